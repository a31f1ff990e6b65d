# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest mail of many programs, inspected and judged under Münster's policy: nobody is sent away who did nothing wrong."""

from dataclasses import dataclass

import pytest

from poststelle.application.answers import answer
from poststelle.core.address import Address
from poststelle.core.arrival import Channel, Envelope
from poststelle.core.facts import Inspection, Tier
from poststelle.core.judgement import judge, terms_of
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, SenderTold, Verdict
from support.builders import RECEIVED_AT, SENDER, some_facts
from support.ham import Ham, ham
from support.mails import inspected
from support.policies import policy_folder

MUENSTER = policy_folder("muenster")
TERMS = terms_of(MUENSTER.editions[-1], MUENSTER.directory, Channel.EMAIL)
TO = Address("stadtverwaltung", "stadt-muenster.example")
EVERYDAY, MANY = 174, 4_640
"""Each program three times, and eighty times."""


@dataclass(frozen=True)
class Outcome:
    """What became of one message."""

    ham: Ham
    seen: Inspection
    verdict: Verdict

    @property
    def is_refused(self) -> bool:
        return self.verdict.disposition is Disposition.REFUSE

    @property
    def is_wrongly_told(self) -> bool:
        """Objected to, and no reason for it."""
        return self.ham.is_plain and (
            self.verdict.disposition is not Disposition.ACCEPT or self.verdict.sender_told is not SenderTold.NOBODY
        )

    def __str__(self) -> str:
        found = sorted({f"{defect.code}@{defect.where}" for defect in self.seen.defects if defect.tier is Tier.REFUSE})
        told = sorted({f"{entry.code}:{'/'.join(entry.path)}" for entry in self.verdict.objections})
        return f"{self.ham.client} {self.ham.number}: {self.verdict.disposition} {found} {told}"


def outcome(one: Ham) -> Outcome:
    seen = inspected(one.content)
    envelope = Envelope(None if one.is_bounce else SENDER, (TO,))
    verdicts = judge(TERMS, some_facts(inspection=seen), envelope, Register(), RECEIVED_AT)
    assert answer(verdicts, "PS-1234-5678-9ABC", "https://x.example/").code // 100 in (2, 5)
    return Outcome(one, seen, verdicts.by_recipient[0])


def judged(count: int) -> list[Outcome]:
    return [outcome(one) for one in ham(count)]


def shown(outcomes: list[Outcome]) -> str:
    return "\n".join(map(str, outcomes[:40]))


def test_of_every_programs_messages_none_is_refused_and_none_told_wrongly():
    found = judged(EVERYDAY)
    assert not [one for one in found if one.is_refused], shown([one for one in found if one.is_refused])
    assert not [one for one in found if one.is_wrongly_told], shown([one for one in found if one.is_wrongly_told])
    assert not [one for one in found if one.verdict.flags], {one.ham.client: one.verdict.flags for one in found}


@pytest.mark.soak
def test_of_thousands_at_most_one_in_a_thousand_is_refused_or_told_wrongly():
    found = judged(MANY)
    assert len(found) >= 3_000
    refused, wrong = ([one for one in found if one.is_refused], [one for one in found if one.is_wrongly_told])
    assert len(refused) <= len(found) // 1_000, shown(refused)
    assert len(wrong) <= len(found) // 1_000, shown(wrong)


def test_the_same_number_gives_the_same_message():
    kept = [one for one in ham(EVERYDAY) if one.client not in ("smime", "python")]  # keys and marks of their own
    again = [one for one in ham(EVERYDAY) if one.client not in ("smime", "python")]
    assert kept == again
