# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Acts of the desk without the desk: the registers of signers and of consents from the command line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from poststelle.application.desk import consents, identities
from poststelle.application.desk.house import DeskHouse
from poststelle.application.settings import Settings
from poststelle.compose.desk import desk_house, mailroom
from poststelle.compose.operator import operator
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.whose import listed, the_one
from poststelle.core.arrival import AuthorityId
from poststelle.core.register import Consent, IdentityCheck, IdentityState, Register
from poststelle.faces.cli.consents import Ahead, ConsentBench
from poststelle.faces.cli.identities import IdentityBench
from poststelle.faces.cli.listing import Listed


def identity_bench(settings: Settings) -> IdentityBench:
    """The register of every authority here. The journal names the operator by the account of this machine."""
    account = operator()

    def checks(named: str) -> Listed[IdentityCheck]:
        with _opened(settings) as (house, _):
            return listed(house.authorities.by_id, named, lambda one: _entries(house.registers.register(one)))

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

    def consents_in_force(named: str) -> Listed[Consent]:
        with _opened(settings) as (house, _):
            return listed(house.authorities.by_id, named, lambda one: house.registers.register(one).consents)

    def ahead(whom: Ahead, form: consents.ConsentForm) -> Consent:
        with _opened(settings) as (house, _):
            viewer = mailroom(the_one(house.authorities.by_id, whom.authority), account)
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
