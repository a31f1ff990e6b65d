# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the faces are shown of what was settled."""

from dataclasses import replace
from datetime import timedelta

import pytest

from poststelle.application.settlement import Deferral
from poststelle.core.arrival import Channel, Envelope, Peer
from poststelle.core.facts import Facts, File, Head, Inspection, MalwareFacts, Role, SenderFacts, SpamFacts, Tier
from poststelle.core.formats import Format
from poststelle.core.journal import Event, EventKind
from poststelle.core.reasons import Reason
from poststelle.core.signature import CryptoFacts
from poststelle.core.verdict import Disposition, Objection, Route, SenderTold, Task, TaskKind, Verdict, Verdicts
from poststelle.records.models import JournalValue, TaskRow
from poststelle.records.queries import journal_of, message_by_reference
from support.records import AUTHORITY, NOON, a_settlement, an_effect

HEAD = Head(1, ("erika@buerger.example",), (), "Erika", "Amt 32", "<1@x>", "", (), "", "", "", False, 1, False)
MACRO = Objection(Reason.MACRO, ("a.docx",), Disposition.NOTIFY, "attachments.macros", "save-without-macros")


def a_file(name="a.docx"):
    return File((name,), (name,), "0" * 64, 10, Format.DOCX, Role.ATTACHMENT)


def facts_of(*names: str):
    inspection = Inspection(HEAD, Tier.CLEAN, (), tuple(a_file(name) for name in names), 10, CryptoFacts())
    return Facts(inspection, MalwareFacts("none"), SpamFacts("none", None), SenderFacts())


def a_verdict(disposition=Disposition.ACCEPT, office="ordnung", **changes: object):
    values = {
        "recipient": a_settlement().arrival.envelope.recipients[0],
        "disposition": disposition,
        "objections": (),
        "withheld": (),
        "sender_told": SenderTold.NOBODY,
        "hints": (),
        "tasks": (),
        "route": Route(office, ()),
        "edition": "muster/2026-01-01",
        "edition_hash": "e" * 64,
        "judged_at": NOON,
    }
    return Verdict(**(values | changes))


def judged(*verdicts: Verdict, **changes: object):
    return a_settlement(verdicts=Verdicts(verdicts), **changes)


@pytest.fixture
def records(open_records):
    return open_records()


def test_a_message_comes_back_as_it_was_settled(records):
    objected = a_verdict(Disposition.NOTIFY, objections=(MACRO,), withheld=(("a.docx",),))
    facts = facts_of("a.docx")
    task = Task(TaskKind.TRIAGE, "no-office", due_on="2026-03-05")
    objected = replace(objected, tasks=(task,))
    records.store.settle(judged(objected, reference="P-one", facts=facts, effects=(an_effect(),)))
    view = message_by_reference(records.database, AUTHORITY, "P-one")
    assert (view.facts, view.verdicts) == (facts, (objected,))
    assert (view.line.subject, view.line.disposition, view.line.offices) == ("Amt 32", "notify", ("ordnung",))
    assert [effect.state for effect in view.effects] == ["open"]
    tasks = TaskRow.objects.using(records.database.alias).values_list("kind", "reason", "due_on")
    assert [(kind, reason, due_on.isoformat()) for kind, reason, due_on in tasks] == [
        ("triage", "no-office", task.due_on)
    ]


def test_an_authority_never_sees_another_ones_message(records):
    records.store.settle(a_settlement(reference="P-one"))
    assert message_by_reference(records.database, "other", "P-one") is None
    assert journal_of(records.database, "other", "P-one") == ()


@pytest.mark.parametrize(
    ("disposition", "code", "state"),
    [
        (Disposition.ACCEPT, 250, "accepted"),
        (Disposition.NOTIFY, 250, "accepted"),
        (Disposition.HOLD, 250, "held"),
        (Disposition.DELETE, 250, "deleted"),
        (Disposition.REFUSE, 550, "refused"),
    ],
)
def test_the_state_follows_the_verdict(records, disposition, code, state):
    records.store.settle(judged(a_verdict(disposition), reference="P-one", reply_code=code))
    assert message_by_reference(records.database, AUTHORITY, "P-one").line.state == state


def test_who_refuses_a_message_does_not_close_it_for_those_who_take_it(records):
    verdicts = a_verdict(Disposition.REFUSE), a_verdict(Disposition.HOLD)
    records.store.settle(judged(*verdicts, reference="P-one"))
    line = message_by_reference(records.database, AUTHORITY, "P-one").line
    assert line.state == "held"


def test_the_journal_of_a_message_shows_what_was_not_erased(records):
    records.store.settle(a_settlement(reference="P-one"))
    first, second = journal_of(records.database, AUTHORITY, "P-one")
    assert (first.leaf.kind, first.values) == ("arrived", (("sender", "erika@buerger.example"),))
    assert (second.leaf.kind, second.values) == ("accepted", ())
    JournalValue.objects.using(records.database.alias).all().delete()
    assert journal_of(records.database, AUTHORITY, "P-one")[0].values == ()


def test_earlier_attempts_that_we_put_off_stand_with_the_message(records):
    early = NOON - timedelta(minutes=2)
    event = Event(EventKind.DEFERRED, early, AUTHORITY)
    records.store.deferred(
        Deferral(Channel.EMAIL, AUTHORITY, Envelope(None, ()), Peer(""), early, 1, "", "f", "scanner", (event,))
    )
    records.store.settle(a_settlement(reference="P-one", fingerprint="f"))
    assert message_by_reference(records.database, AUTHORITY, "P-one").deferrals == (early,)
