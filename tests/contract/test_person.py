# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is held about somebody is found, and goes on request by four eyes, on both databases; what is needed stays."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from poststelle.application.desk.acts import Act, Mark
from poststelle.application.person import LAPSES, Request, RequestError, ask, confirm, open_requests, preview
from poststelle.core.journal import Event, EventKind
from poststelle.core.person import Ground, Kind
from poststelle.records.accounts import take_try
from poststelle.records.desk_book import RecordedDesk
from poststelle.records.models import (
    ConsentRow,
    DeferralRow,
    IdentityRow,
    JournalValue,
    KnownSignerRow,
    Message,
    OutboxRow,
    SignInRow,
    TaskRow,
)
from poststelle.records.person import RecordedPersons
from support.desk_house import MORNING, MUENSTER
from support.front_house import PLAIN, SENDER, Front, OpenFront
from support.kept import Switched, deliver_everything, everything, fault_of, rows, sequence_and_sign
from support.records import GIVE_UP_SECONDS, HandClock, Lingering, in_a_thread

OTHER = "willi@buerger.example"
ANNA, BERTA = "user:1", "user:2"


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def front(request, tmp_path) -> Iterator[OpenFront]:
    made = Front(request.getfixturevalue(request.param)(), tmp_path, HandClock(MORNING))
    made.malware = Switched(made.malware)
    with made.opened() as opened:
        yield opened


def book(front) -> RecordedPersons:
    return RecordedPersons(front.front.records.database, front.front.clock, frozenset({"jugendamt"}))


def held(front, address: str = SENDER) -> list[tuple[str, str | None]]:
    found = book(front).held(MUENSTER, address)
    return [(one.kind.value, one.stays.value if one.stays else None) for one in found]


def a_request(address: str = SENDER, **changes: object) -> Request:
    return replace(Request("LV-2222", MUENSTER, address, ANNA, MORNING, "Schreiben vom 1. März"), **changes)


def everything_about(front, sender: str) -> None:
    """One of each kind."""
    name = sender.partition("@")[0].encode()
    content = PLAIN.replace(b"erika@", name + b"@").replace(b"Erika", name.title())
    for is_away in (True, False):
        front.front.malware.is_away = is_away
        front.send(content, sender=sender)
    deliver_everything(front)
    of = {"authority_id": MUENSTER}
    rows(front, ConsentRow).create(
        **of, reference=f"PS-{sender}", sender=sender, formats='["heic"]', valid_from=MORNING,
        valid_until=MORNING + timedelta(days=9), granted_by=ANNA, revoked_at=MORNING,
    )  # fmt: skip
    rows(front, IdentityRow).create(
        **of, spki_sha256=sender, addresses=f'["{sender.upper()}"]', state="revoked", person=sender.partition("@")[0], checked_by=ANNA,
        checked_at=MORNING,
    )  # fmt: skip
    rows(front, KnownSignerRow).create(**of, address=sender, seen_at=MORNING)
    take_try(front.front.records.database, sender, MORNING)
    event = Event(EventKind.CONSENT_GRANTED, MORNING, MUENSTER, actor=ANNA, personal=(("sender", sender),))
    front.front.records.store.append([event])


def test_everything_under_an_address_is_found_whatever_its_letters_and_of_nobody_else(front):
    everything_about(front, SENDER)
    assert held(front, SENDER.upper()) == [(kind.value, None) for kind in Kind]
    assert held(front, OTHER) == []
    assert held(front, f"x{SENDER}") == held(front, f"{SENDER}.org") == held(front, SENDER[1:]) == []


def test_a_sender_is_found_by_the_envelope_and_by_the_header(front):
    front.send(sender="Willi@buerger.example")
    assert [kind for kind, _ in held(front)] == [kind for kind, _ in held(front, OTHER)] == ["message"]


def test_an_address_within_a_longer_one_is_another(front):
    for value in (f"{SENDER}.org", f"dr.{SENDER}", f"an {SENDER}-x"):
        event = Event(EventKind.CONSENT_REVOKED, MORNING, MUENSTER, personal=(("why", value),))
        front.front.records.store.append([event])
    assert held(front) == []


def test_a_confirmed_request_erases_everything_of_that_person_and_nothing_of_another(front):
    everything_about(front, SENDER)
    everything_about(front, OTHER)
    others = held(front, OTHER)
    key = Ed25519PrivateKey.generate()
    sequence_and_sign(front, key)
    request = a_request()
    ask(front.front.records.store, request)
    assert len(held(front)) == len(Kind) + 1, "asking erases nothing, and is on record itself"
    done = confirm(book(front), front.front.records.store, request, BERTA, MORNING)
    assert done.count == len(Kind)
    assert [(one.kind, one.stays) for one in done.kept] == [(Kind.ENTRY, Ground.PROOF)]
    assert held(front, OTHER) == others
    assert rows(front, JournalValue).filter(leaf__kind="deferred", value=OTHER).count() == 1
    named = [line for line in everything(front).lower().splitlines() if SENDER in line or "erika" in line]
    assert [line.split()[0] for line in named] == ["journalvalue"], "the request itself, as proof that it was met"
    message = rows(front, Message).get(sender="")
    assert message.body_id is None
    assert rows(front, Message).filter(body__isnull=False).count() == 1
    sequence_and_sign(front, key)
    assert fault_of(front, key) == ""


def test_request_and_erasure_name_both_people_and_each_thing_that_went(front):
    everything_about(front, SENDER)
    request = a_request()
    ask(front.front.records.store, request)
    confirm(book(front), front.front.records.store, request, BERTA, MORNING)
    asked, *erased, confirmed = front.journal("erasure-asked", "personal-erased", "erasure-confirmed")
    assert (asked.kind, asked.actor, dict(asked.facts)) == ("erasure-asked", ANNA, {"request": "LV-2222"})
    assert {one.actor for one in erased} == {BERTA}
    assert [dict(one.facts) for one in erased] == [{"kind": kind.value, "request": "LV-2222"} for kind in Kind]
    reference = rows(front, Message).get().reference
    assert [one.reference for one in erased] == [reference, *[""] * (len(Kind) - 1)]
    said = {"erased": str(len(Kind)), "kept.proof": "1", "request": "LV-2222"}
    assert (confirmed.actor, dict(confirmed.facts)) == (BERTA, said)


def test_who_asked_cannot_confirm(front):
    everything_about(front, SENDER)
    with pytest.raises(RequestError, match="another person"):
        confirm(book(front), front.front.records.store, a_request(), ANNA, MORNING)
    assert len(held(front)) == len(Kind)


@pytest.mark.parametrize("changes", [{"address": "erika"}, {"address": "@buerger.example"}, {"why": ""}])
def test_a_request_names_an_address_and_a_reason(front, changes):
    with pytest.raises(RequestError):
        ask(front.front.records.store, a_request(**changes))
    assert front.journal("erasure-asked") == []


def test_a_request_is_open_until_it_is_confirmed_or_lapses(front):
    one, two = a_request(), a_request(OTHER, id="LV-3333")
    for request in (one, two):
        ask(front.front.records.store, request)
    assert open_requests(book(front), MUENSTER, MORNING) == (one, two)
    confirm(book(front), front.front.records.store, one, BERTA, MORNING)
    assert open_requests(book(front), MUENSTER, MORNING + LAPSES) == (two,)
    assert open_requests(book(front), MUENSTER, MORNING + LAPSES + timedelta(seconds=1)) == ()


def a_task(front, **columns: str) -> None:
    of = {"message_id": rows(front, Message).get().reference, "authority_id": MUENSTER, "created_at": MORNING}
    rows(front, TaskRow).create(**of, **{"kind": "feedback", "reason": "", **columns})


NEEDS = {
    Ground.LEGAL_HOLD: lambda front: rows(front, Message).update(legal_hold=True),
    Ground.DEADLINE: lambda front: a_task(front, kind="deadline", state="done"),
    Ground.OPEN_TASK: a_task,
    Ground.UNDECIDED: lambda front: rows(front, Message).update(state="held"),
    Ground.UNFINISHED: lambda front: rows(front, Message).update(state="accepted", done_at=None),
    Ground.UNSENT: lambda front: rows(front, OutboxRow).update(state="open"),
}


@pytest.mark.parametrize("ground", NEEDS)
def test_a_message_that_is_needed_stays_with_its_attempts_and_says_why(front, ground):
    everything_about(front, SENDER)
    NEEDS[ground](front)
    before = rows(front, Message).get()
    assert held(front)[:2] == [("message", ground.value), ("attempt", ground.value)]
    done = confirm(book(front), front.front.records.store, a_request(), BERTA, MORNING)
    assert done.count == len(Kind) - 2
    assert {one.stays for one in done.kept} == {ground}
    after = rows(front, Message).get()
    assert (after.sender, after.body_id, after.subject) == (before.sender, before.body_id, before.subject)
    assert rows(front, DeferralRow).count() == 1
    assert rows(front, JournalValue).filter(leaf__kind="deferred").count() == 2


def test_what_holds_stays_until_somebody_ends_it(front):
    everything_about(front, SENDER)
    rows(front, ConsentRow).update(revoked_at=None)
    rows(front, IdentityRow).update(state="verified")
    assert [kind for kind, stays in held(front) if stays == "in-force"] == ["consent", "identity"]
    done = confirm(book(front), front.front.records.store, a_request(), BERTA, MORNING)
    assert {(one.kind, one.stays) for one in done.kept} == {
        (Kind.CONSENT, Ground.IN_FORCE),
        (Kind.IDENTITY, Ground.IN_FORCE),
    }
    front.front.clock.advance(days=10)
    assert ("consent", None) in held(front), "it has ended"


def test_the_entry_on_a_consent_that_holds_stays_with_it(front):
    everything_about(front, SENDER)
    rows(front, ConsentRow).update(revoked_at=None)
    facts = (("consent", f"PS-{SENDER}"),)
    event = Event(EventKind.CONSENT_GRANTED, MORNING, MUENSTER, facts=facts, personal=(("why", f"für {SENDER}."),))
    front.front.records.store.append([event])
    assert held(front)[-2:] == [("entry", None), ("entry", "in-force")]


def test_what_came_after_the_request_is_not_erased_by_it(front):
    request = a_request(asked_at=MORNING - timedelta(seconds=1))
    front.send()
    deliver_everything(front)
    assert [one.kind for one in preview(book(front), request).stays] == [Kind.MESSAGE]
    done = confirm(book(front), front.front.records.store, request, BERTA, MORNING)
    assert (done.count, len(done.kept)) == (0, 1)
    assert rows(front, Message).get().sender == SENDER


def test_of_a_sealed_office_no_subject_is_told(front):
    front.send()
    assert "Amt 32 - Anwohnerparken" in dict(book(front).held(MUENSTER, SENDER)[0].said).values()
    everywhere = frozenset({"ordnungsamt"})
    shown = RecordedPersons(front.front.records.database, front.front.clock, everywhere).held(MUENSTER, SENDER)[0]
    assert dict(shown.said)["subject"] == "versiegelt, nur beim Amt"


def test_an_act_of_the_desk_at_the_same_moment_is_waited_for_and_counts(front):
    front.send()
    deliver_everything(front)
    records, reference = front.front.records, rows(front, Message).get().reference
    lingering = Lingering(records.database)
    clerk = RecordedDesk(records.database, lingering)
    act = Act(reference, MUENSTER, ANNA, MORNING, events=(), changes=(Mark("legal-hold", "true"),))
    with ThreadPoolExecutor() as threads:
        acted = threads.submit(in_a_thread, records, lambda: clerk.record(act))
        assert lingering.has_written.wait(GIVE_UP_SECONDS)
        confirmed = threads.submit(
            in_a_thread, records, lambda: confirm(book(front), records.store, a_request(), BERTA, MORNING)
        )
        waits = not wait([confirmed], timeout=0.5).done
        lingering.may_commit.set()
        acted.result(GIVE_UP_SECONDS)
        assert (waits, confirmed.result(GIVE_UP_SECONDS).count) == (True, 0)
    assert rows(front, Message).get().sender == SENDER


def test_names_of_others_under_which_signing_in_failed_stay(front):
    database = front.front.records.database
    for name in (SENDER, OTHER):
        take_try(database, name, MORNING)
    confirm(book(front), front.front.records.store, a_request(), BERTA, MORNING)
    assert [row.name for row in rows(front, SignInRow)] == [OTHER]
