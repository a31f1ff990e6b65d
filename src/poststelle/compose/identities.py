# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Acts of the desk without the desk: the registers of signers and of consents from the command line."""

import os
import pwd
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poststelle.application.desk import consents, identities
from poststelle.application.desk.acts import UnusableError
from poststelle.application.desk.house import DeskHouse
from poststelle.application.settings import Settings
from poststelle.compose.desk import desk_house, mailroom
from poststelle.compose.parts import authorities, clock, records
from poststelle.core.arrival import AuthorityId
from poststelle.core.register import Consent, IdentityCheck, IdentityState, Register
from poststelle.faces.cli.consents import Ahead, ConsentBench
from poststelle.faces.cli.identities import IdentityBench

MAX_ACCOUNT_CHARS = 30


def identity_bench(settings: Settings) -> IdentityBench:
    """The register of every authority here. The journal names the operator by the account of this machine."""
    account = operator()

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


def consent_bench(settings: Settings) -> ConsentBench:
    """The consents of every authority here."""
    account = operator()

    def consents_in_force() -> tuple[tuple[str, Consent], ...]:
        with _opened(settings) as (house, _):
            return tuple(
                (str(authority), consent)
                for authority in house.authorities.by_id
                for consent in house.registers.register(authority).consents
            )

    def ahead(whom: Ahead, form: consents.ConsentForm) -> Consent:
        with _opened(settings) as (house, _):
            viewer = mailroom(_authority(house, whom.authority), account)
            return consents.grant_ahead(house, viewer, whom.sender, whom.office, form)

    def after(reference_text: str, form: consents.ConsentForm) -> bool:
        with _opened(settings) as (house, owner):
            return consents.grant(house, mailroom(owner(reference_text), account), reference_text, form)

    def revoke(reference_text: str, why: str) -> None:
        with _opened(settings) as (house, _):
            ids = tuple(house.authorities.by_id)
            of = {one.reference: name for name in ids for one in house.registers.register(name).consents}
            consents.revoke(house, mailroom(of.get(reference_text, ids[0]), account), reference_text, why)

    return ConsentBench(consents_in_force, ahead, after, revoke)


def operator() -> str:
    """Who acts from the command line, by the account of this machine."""
    return f"operator:{pwd.getpwuid(os.getuid()).pw_name}"[:MAX_ACCOUNT_CHARS]


def _authority(house: DeskHouse, named: str) -> AuthorityId:
    ids = tuple(house.authorities.by_id)
    if named and named not in ids:
        raise UnusableError(f"Eine Behörde „{named}“ ist hier nicht eingerichtet.")
    if not named and len(ids) > 1:
        raise UnusableError("Hier sind mehrere Behörden eingerichtet: Bitte nennen Sie eine mit --authority.")
    return AuthorityId(named or ids[0])


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
