# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The registers are remembered between messages, and what a clerk does holds for the very next one."""

from datetime import timedelta

import pytest

from poststelle.core.arrival import AuthorityId
from poststelle.core.register import IdentityState, Register
from poststelle.records.models import ConsentRow, IdentityRow
from support.records import AUTHORITY, HandClock

NEIGHBOUR = AuthorityId("nachbarstadt")


class Desk:
    """A store, and rows written as another process would."""

    def __init__(self, open_records) -> None:
        self.clock = HandClock()
        self._records = open_records(self.clock)
        self._using = self._records.database.alias

    def register(self, authority: AuthorityId = AUTHORITY) -> Register:
        return self._records.registers.register(authority)

    def check(self, state: IdentityState = IdentityState.VERIFIED) -> None:
        IdentityRow.objects.using(self._using).create(
            authority_id=AUTHORITY,
            spki_sha256="aa",
            addresses='["e@buerger.example"]',
            state=state.value,
            checked_by="k",
            checked_at=self.clock.now(),
        )

    def consent(self, seconds: float) -> ConsentRow:
        return ConsentRow.objects.using(self._using).create(
            reference="Z-1",
            authority_id=AUTHORITY,
            sender="e@buerger.example",
            formats='["rtf"]',
            valid_from=self.clock.now(),
            valid_until=self.clock.now() + timedelta(seconds=seconds),
            granted_by="k",
        )


@pytest.fixture
def desk(open_records):
    return Desk(open_records)


def test_a_register_is_remembered_while_nothing_changes(desk):
    desk.check()
    assert desk.register() is desk.register()


def test_a_check_and_its_revocation_hold_at_once(desk):
    assert desk.register().identities == ()
    desk.check()
    assert [one.state for one in desk.register().identities] == [IdentityState.VERIFIED]
    desk.check(IdentityState.REVOKED)
    assert [one.state for one in desk.register().identities] == [IdentityState.REVOKED]


def test_a_consent_its_revocation_and_its_end_hold_at_once(desk):
    assert desk.register().consents == ()
    given = desk.consent(seconds=2)
    assert len(desk.register().consents) == 1
    desk.clock.advance(seconds=2)
    assert desk.register().consents == ()
    given.valid_until += timedelta(hours=1)
    given.save()
    assert len(desk.register().consents) == 1
    given.revoked_at = desk.clock.now()
    given.save()
    assert desk.register().consents == ()


def test_each_authority_has_its_own(desk):
    desk.check()
    desk.consent(seconds=60)
    assert desk.register(NEIGHBOUR) == Register()
    assert len(desk.register().consents) == 1
