# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Acts of the desk without the desk: the register of signers from the command line."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poststelle.application.desk import identities
from poststelle.application.desk.house import DeskHouse
from poststelle.application.settings import Settings
from poststelle.compose.desk import desk_house, mailroom
from poststelle.compose.parts import authorities, clock, records
from poststelle.core.arrival import AuthorityId
from poststelle.core.register import IdentityCheck, IdentityState, Register
from poststelle.faces.cli.identities import IdentityBench

MAX_ACCOUNT_CHARS = 30


def identity_bench(settings: Settings) -> IdentityBench:
    """The register of every authority here. The journal names the operator by the account of this machine."""
    account = f"operator:{pwd.getpwuid(os.getuid()).pw_name}"[:MAX_ACCOUNT_CHARS]

    def checks() -> tuple[tuple[str, IdentityCheck], ...]:
        with _opened(settings) as (house, _):
            return tuple(
                (str(authority), check)
                for authority in house.authorities.by_id
                for check in _entries(house.registers.register(authority))
            )

    def confirm(reference_text: str, form: identities.IdentityForm) -> IdentityState:
        with _opened(settings) as (house, owner):
            return identities.confirm(house, mailroom(owner(reference_text), account), reference_text, form)

    def revoke(reference_text: str, why: str) -> None:
        with _opened(settings) as (house, owner):
            identities.revoke(house, mailroom(owner(reference_text), account), reference_text, why)

    return IdentityBench(checks, confirm, revoke)


def _entries(register: Register) -> tuple[IdentityCheck, ...]:
    return (*register.identities, *register.proposals)


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[DeskHouse, Callable[[str], AuthorityId]]]:
    """The house, and whose message a reference is; the first authority's where it is nobody's."""
    time = clock()
    with records(settings, time) as (book, _):
        house = desk_house(settings, book, authorities(settings), time)
        ids = tuple(house.authorities.by_id)

        def owner(reference_text: str) -> AuthorityId:
            return next((one for one in ids if house.book.case(one, reference_text) is not None), ids[0])

        yield house, owner
