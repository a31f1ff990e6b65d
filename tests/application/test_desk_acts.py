# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people decide at the desk: what follows, what is journaled, and what is refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

from poststelle.application.desk import chores, consents, holds, identities, moving
from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.consents import ConsentForm
from poststelle.application.desk.identities import IdentityForm
from poststelle.application.desk.viewer import Power, Role
from poststelle.application.switches import Flip, Switch
from poststelle.application.synthetic.sample import Stamp, Standing, as_relayed
from poststelle.core.egvp import EgvpFacts, EgvpParty
from poststelle.core.signature import Identity, Signature
from support.builders import a_head, a_signer, an_inspection, signed
from support.desk_house import MUENSTER, SERVICE, desk_rig, sample

ERIKA = "erika.mustermann@buerger.example"
KNOWN = IdentityForm("Erika Mustermann", "in-person", "seit Jahren bekannt")


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def paula(rig):
    return rig.viewer("paula")


def state(rig, reference):
    return rig.desk.book.case(MUENSTER, reference).state


def journal(rig, reference):
    from poststelle.records.queries import journal_of

    return [line.leaf.kind for line in journal_of(rig.database, MUENSTER, reference)]


def entry(rig, reference, kind):
    from poststelle.records.queries import journal_of

    return next(line for line in journal_of(rig.database, MUENSTER, reference) if line.leaf.kind == kind)


def outbox(rig, reference):
    from poststelle.records.models import OutboxRow

    rows = OutboxRow.objects.using(rig.database.alias).filter(reference=reference).order_by("id")
    return [(row.kind, row.recipient) for row in rows]


def open_tasks(rig, reference):
    return [task for task in rig.desk.book.case(MUENSTER, reference).tasks if task.is_open]


def test_a_released_message_is_delivered_and_keeps_its_first_receipt(rig, paula):
    reference = rig.sample_arrives("gtube")
    received_at = rig.desk.book.case(MUENSTER, reference).arrival.received_at
    assert outbox(rig, reference) == []
    rig.clock.advance(days=2)
    holds.release(rig.desk, paula, reference, "Gewinnspiel der Stadt")
    case = rig.desk.book.case(MUENSTER, reference)
    assert (case.state, case.arrival.received_at) == ("accepted", received_at)
    assert {verdict.judged_at for verdict in case.verdicts} == {received_at}
    assert outbox(rig, reference) == [("deliver", "ordnungsamt@intern.stadt-muenster.example")]
    assert open_tasks(rig, reference) == []


def test_a_release_says_who_when_and_why(rig, paula):
    reference = rig.sample_arrives("gtube")
    holds.release(rig.desk, paula, reference, "geprüft")
    line = entry(rig, reference, "hold-released")
    assert line.leaf.actor == paula.account
    assert dict(line.leaf.facts) == {"reasons": "spam"}
    assert dict(line.values) == {"why": "geprüft"}


def test_a_message_is_released_once(rig, paula):
    reference = rig.sample_arrives("gtube")
    holds.release(rig.desk, paula, reference, "")
    with pytest.raises(OvertakenError):
        holds.release(rig.desk, paula, reference, "")
    with pytest.raises(OvertakenError):
        holds.discard(rig.desk, paula, reference, "doch nicht")
    assert journal(rig, reference).count("hold-released") == 1


def test_an_act_on_an_outdated_sight_writes_nothing(rig, paula):
    reference = rig.sample_arrives("gtube")
    from poststelle.application.desk.acts import Mark, StateChange
    from poststelle.application.desk.house import at_desk

    desk = at_desk(rig.desk, paula, reference, Power.DECIDE_HOLD)
    holds.discard(rig.desk, paula, reference, "Werbung")
    with pytest.raises(OvertakenError):
        desk.record((Mark("assigned", paula.account), StateChange("held", "accepted")), ())
    assert state(rig, reference) == "discarded"
    from poststelle.records.models import Message

    assert Message.objects.using(rig.database.alias).get(reference=reference).assigned_to == ""


def test_discarding_wants_a_reason(rig, paula):
    reference = rig.sample_arrives("gtube")
    with pytest.raises(UnusableError):
        holds.discard(rig.desk, paula, reference, "  ")
    assert state(rig, reference) == "held"
    holds.discard(rig.desk, paula, reference, "Werbung")
    assert (state(rig, reference), outbox(rig, reference)) == ("discarded", [])


def test_routing_by_hand_delivers_ends_triage_and_proposes_a_rule(rig, paula):
    from poststelle.records.models import RouteProposalRow

    reference = rig.sample_arrives("no-clue")
    assert [task.kind for task in open_tasks(rig, reference)] == ["triage"]
    moving.route(rig.desk, paula, reference, "ordnungsamt")
    assert rig.desk.book.case(MUENSTER, reference).offices == ("ordnungsamt",)
    assert open_tasks(rig, reference) == []
    assert outbox(rig, reference) == [("deliver", "ordnungsamt@intern.stadt-muenster.example")]
    proposal = RouteProposalRow.objects.using(rig.database.alias).get(reference=reference)
    assert (proposal.clue, proposal.office, proposal.proposed_by) == ("subject", "ordnungsamt", paula.account)


def test_the_same_office_twice_is_one_act(rig, paula):
    reference = rig.sample_arrives("no-clue")
    moving.route(rig.desk, paula, reference, "ordnungsamt")
    moving.route(rig.desk, paula, reference, "ordnungsamt")
    assert journal(rig, reference).count("routed-by-hand") == 1
    assert len(outbox(rig, reference)) == 1


def test_a_held_message_is_routed_without_being_delivered(rig, paula):
    reference = rig.sample_arrives("gtube")
    moving.route(rig.desk, paula, reference, "auslaenderamt")
    assert outbox(rig, reference) == []
    holds.release(rig.desk, paula, reference, "")
    assert outbox(rig, reference) == [("deliver", "auslaenderamt@intern.stadt-muenster.example")]


@pytest.mark.parametrize("name", ["ambiguous", "eicar"], ids=["refused", "deleted"])
def test_nobody_works_with_what_is_on_record_only(rig, paula, name):
    reference = rig.sample_arrives(name)
    for act in (
        lambda: moving.route(rig.desk, paula, reference, "auslaenderamt"),
        lambda: chores.assign(rig.desk, paula, reference),
        lambda: chores.mark_done(rig.desk, paula, reference),
    ):
        with pytest.raises(OvertakenError):
            act()
    chores.set_legal_hold(rig.desk, paula, reference, "Beweissicherung")


def test_routing_one_recipient_s_part_leaves_the_other_to_be_routed(rig, paula):
    both = ("stadtverwaltung@stadt-muenster.example", "postmaster@stadt-muenster.example")
    reference = rig.sample_arrives("no-clue", *both)
    moving.route(rig.desk, paula, reference, "ordnungsamt", position=0)
    assert rig.desk.book.case(MUENSTER, reference).offices == ("ordnungsamt", "")
    assert [(task.kind, task.recipient) for task in open_tasks(rig, reference)] == [("triage", both[1])]


def test_an_unknown_office_is_refused(rig, paula):
    with pytest.raises(UnusableError):
        moving.route(rig.desk, paula, rig.sample_arrives("no-clue"), "raumfahrtamt")


def arrives(rig, one):
    """A sample that is not in the catalogue as it is."""
    content = as_relayed(one, Stamp(rig.clock.now(), f"z{rig.clock.now().timestamp()}"), SERVICE)
    return rig.arrives(content, *one.recipients, sender=one.sender)


def consent_until(rig, days=30):
    return rig.clock.now().date() + timedelta(days=days)


def test_a_consent_after_arrival_releases_the_file(rig, paula):
    reference = rig.sample_arrives("rtf")
    before = rig.desk.book.case(MUENSTER, reference)
    assert before.verdicts[0].withheld
    assert consents.grant(rig.desk, paula, reference, ConsentForm(("rtf",), consent_until(rig)))
    after = rig.desk.book.case(MUENSTER, reference)
    assert after.verdicts[0].withheld == ()
    assert [kind for kind, _ in outbox(rig, reference)] == ["deliver", "notice", "deliver"]
    assert {"consent-granted", "file-released"} <= set(journal(rig, reference))


def test_whom_a_consent_is_for_is_the_mailbox_or_the_one_writer_and_never_nobody():
    court = EgvpFacts(sender=EgvpParty(safe_id="DE.Justiz.0A1B"))
    assert consents.consenting_to(an_inspection(head=a_head(from_addresses=()), egvp=court)) == "de.justiz.0a1b"
    assert consents.consenting_to(an_inspection(head=a_head(from_addresses=("A@b.example",)))) == "a@b.example"
    assert consents.consenting_to(an_inspection(head=a_head(from_addresses=()))) == ""


def test_what_waits_for_a_decision_is_delivered_after_a_consent_too(rig, paula):
    rig.records.switches.flip((Flip(MUENSTER, Switch.BYPASS, True, rig.clock.now(), "operator"),))
    rig.house = replace(rig.house, books=replace(rig.house.books, switches=rig.records.switches))
    one = sample("rtf")
    head, _, rest = as_relayed(one, Stamp(rig.clock.now(), "z"), SERVICE).partition(b"\r\n")
    looping = head + b"\r\n" + b"Received: from a by b; Wed, 4 Mar 2026 08:00:00 +0000\r\n" * 31 + rest
    reference = rig.arrives(looping, *one.recipients, sender=one.sender)
    assert consents.grant(rig.desk, paula, reference, ConsentForm(("rtf",), consent_until(rig)))
    case = rig.desk.book.case(MUENSTER, reference)
    assert (case.state, case.verdicts[0].disposition, case.verdicts[0].sender_told) == ("held", "hold", "nobody")
    holds.release(rig.desk, paula, reference, "")
    assert [kind for kind, _ in outbox(rig, reference)] == ["deliver"]


def test_a_consent_holds_for_later_messages_and_only_until_its_end(rig, paula):
    first = rig.sample_arrives("rtf")
    consents.grant(rig.desk, paula, first, ConsentForm(("rtf",), consent_until(rig, 1), everywhere=True))
    assert rig.desk.book.case(MUENSTER, rig.sample_arrives("rtf")).verdicts[0].withheld == ()
    rig.clock.advance(days=3)
    assert rig.desk.book.case(MUENSTER, rig.sample_arrives("rtf")).verdicts[0].withheld


RTF_SENDER = sample("rtf").sender
RTF_FORM = ("rtf",)


def is_withheld(rig, name="rtf", **changes: object):
    """A message with this sample's file arrives: does no consent let it pass?"""
    case = rig.desk.book.case(MUENSTER, arrives(rig, replace(sample(name), **changes)))
    return case is None or not any(objection.consent for objection in case.verdicts[0].objections)


@pytest.mark.parametrize("whom", [RTF_SENDER, RTF_SENDER.upper(), "@buerger.example"])
def test_a_consent_may_be_given_before_anything_came_and_is_cited(rig, paula, whom):
    granted = consents.grant_ahead(rig.desk, paula, whom, "", ConsentForm(RTF_FORM, consent_until(rig)))
    reference = rig.sample_arrives("rtf")
    verdict = rig.desk.book.case(MUENSTER, reference).verdicts[0]
    assert [entry.consent for entry in verdict.objections] == [granted.reference]
    assert verdict.withheld == ()
    assert dict(entry(rig, reference, "judged").leaf.facts)["consent"] == granted.reference


@pytest.mark.parametrize(
    ("granted", "changes"),
    [
        (("max@buerger.example", ""), {}),
        (("@mail.buerger.example", ""), {}),
        ((RTF_SENDER, "standesamt"), {}),
        ((RTF_SENDER, ""), {"standing": Standing.FORGED}),
        ((RTF_SENDER, ""), {"standing": Standing.UNKNOWN}),
        ((RTF_SENDER, ""), {"name": "docm"}),
    ],
    ids=["another sender", "a subdomain", "another office", "a forged sender", "an unknown sender", "macros"],
)
def test_a_consent_helps_nobody_else(rig, paula, granted, changes):
    consents.grant_ahead(rig.desk, paula, *granted, ConsentForm(RTF_FORM, consent_until(rig)))
    assert is_withheld(rig, **changes)


def test_a_consent_ends_with_its_last_day_or_when_it_is_revoked(rig, paula):
    first = consents.grant_ahead(rig.desk, paula, RTF_SENDER, "", ConsentForm(RTF_FORM, consent_until(rig, 1)))
    assert not is_withheld(rig)
    consents.revoke(rig.desk, paula, first.reference, "Zusage zurückgenommen")
    assert is_withheld(rig)
    assert rig.desk.registers.register(MUENSTER).consents == ()
    with pytest.raises(OvertakenError):
        consents.revoke(rig.desk, paula, first.reference, "noch einmal")
    consents.grant_ahead(rig.desk, paula, RTF_SENDER, "", ConsentForm(RTF_FORM, consent_until(rig, 1)))
    assert not is_withheld(rig)
    rig.clock.advance(days=3)
    assert is_withheld(rig)


@pytest.mark.parametrize(
    ("whom", "formats", "days"),
    [
        (("erika", ""), RTF_FORM, 1),
        (("a b@buerger.example", ""), RTF_FORM, 1),
        ((RTF_SENDER, "amt-99"), RTF_FORM, 1),
        ((RTF_SENDER, ""), ("docm",), 1),
        ((RTF_SENDER, ""), (), 1),
        ((RTF_SENDER, ""), RTF_FORM, 10_000),
    ],
    ids=["no address", "a blank", "no such office", "macros", "no format", "too long"],
)
def test_what_cannot_be_consented_to_ahead_is_refused(rig, paula, whom, formats, days):
    with pytest.raises(UnusableError):
        consents.grant_ahead(rig.desk, paula, *whom, ConsentForm(formats, consent_until(rig, days)))
    assert rig.desk.registers.register(MUENSTER).consents == ()


def test_a_revocation_wants_a_reason(rig, paula):
    with pytest.raises(UnusableError):
        consents.revoke(rig.desk, paula, "PS-0000-0000-0000", " ")


@pytest.mark.parametrize("wanted", ["docm", "exe", "zip", "nonsense", ""])
def test_no_consent_to_macros_programs_or_archives(rig, paula, wanted):
    reference = rig.sample_arrives("docm")
    with pytest.raises(UnusableError):
        consents.grant(rig.desk, paula, reference, ConsentForm((wanted,), consent_until(rig)))


@pytest.mark.parametrize("days", [-1, 10_000], ids=["over already", "longer than the page allows"])
def test_a_consent_has_an_end_that_the_page_allows(rig, paula, days):
    with pytest.raises(UnusableError):
        consents.grant(rig.desk, paula, rig.sample_arrives("rtf"), ConsentForm(("rtf",), consent_until(rig, days)))


def erikas_signature(**changes: object):
    return signed(signer=a_signer(emails=(ERIKA,)), **changes)


def test_a_checked_identity_makes_the_next_signature_accepted(rig, paula):
    first = rig.signed_arrives(erikas_signature())
    second = rig.signed_arrives(erikas_signature())
    assert [task.kind for task in open_tasks(rig, second)] == ["check-identity"]
    identities.confirm(rig.desk, paula, first, KNOWN)
    assert open_tasks(rig, first) == open_tasks(rig, second) == []
    verdict = rig.desk.book.case(MUENSTER, rig.signed_arrives(erikas_signature())).verdicts[0]
    assert (verdict.identity, verdict.accepted_signature) == (Identity.VERIFIED, True)
    identities.revoke(rig.desk, paula, first, "Karte verloren")
    verdict = rig.desk.book.case(MUENSTER, rig.signed_arrives(erikas_signature())).verdicts[0]
    assert (verdict.identity, verdict.accepted_signature) == (Identity.REVOKED, False)


def test_an_address_is_the_same_however_its_letters_are_written(rig, paula):
    rig.inspector.crypto = erikas_signature()
    reference = arrives(rig, replace(sample("subject-by-number"), sender="Erika.Mustermann@Buerger.example"))
    identities.confirm(rig.desk, paula, reference, KNOWN)
    assert open_tasks(rig, reference) == []


def test_another_key_of_the_same_person_stays_to_be_checked(rig, paula):
    first = rig.signed_arrives(erikas_signature())
    other = rig.signed_arrives(signed(signer=a_signer(emails=(ERIKA,), spki_sha256="f" * 64)))
    identities.confirm(rig.desk, paula, first, KNOWN)
    assert [task.kind for task in open_tasks(rig, other)] == ["check-identity"]


@pytest.mark.parametrize(
    "form", [IdentityForm("", "in-person"), IdentityForm("Erika", "hearsay")], ids=["no person", "no method"]
)
def test_an_identity_check_names_person_and_method(rig, paula, form):
    with pytest.raises(UnusableError):
        identities.confirm(rig.desk, paula, rig.signed_arrives(erikas_signature()), form)


def test_nobody_is_vouched_for_by_a_broken_signature(rig, paula):
    reference = rig.signed_arrives(erikas_signature(signature=Signature.BAD))
    with pytest.raises(UnusableError):
        identities.confirm(rig.desk, paula, reference, KNOWN)


def test_an_answer_by_hand_ends_its_task_once(rig, paula):
    reference = rig.sample_arrives("macro-of-a-stranger")
    (task,) = open_tasks(rig, reference)
    chores.answered(rig.desk, paula, reference, task.id, "am Telefon")
    assert dict(entry(rig, reference, "answered-by-hand").leaf.facts) == {"kind": "feedback"}
    with pytest.raises(OvertakenError):
        chores.answered(rig.desk, paula, reference, task.id)


def test_a_decision_on_form_settles_the_suspicion(rig, paula):
    reference = rig.sample_arrives("widerspruch-withheld")
    assert "deadline" in [task.kind for task in open_tasks(rig, reference)]
    chores.decide_form(rig.desk, paula, reference, "kept", "qualifiziert signiertes PDF liegt bei")
    assert "deadline" not in [task.kind for task in open_tasks(rig, reference)]
    with pytest.raises(UnusableError):
        chores.decide_form(rig.desk, paula, reference, "void", "")


def test_a_hold_is_not_finished_by_a_tick(rig, paula):
    reference = rig.sample_arrives("gtube")
    (task,) = open_tasks(rig, reference)
    with pytest.raises(UnusableError):
        chores.finish_task(rig.desk, paula, reference, task.id)
    with pytest.raises(UnusableError):
        chores.mark_done(rig.desk, paula, reference)


def test_marks_are_journaled_but_for_reading(rig, paula):
    reference = rig.sample_arrives("subject-by-number")
    before = journal(rig, reference)
    chores.mark_read(rig.desk, paula, reference)
    assert journal(rig, reference) == before
    chores.assign(rig.desk, paula, reference)
    chores.set_legal_hold(rig.desk, paula, reference, "Klage angekündigt")
    chores.lift_legal_hold(rig.desk, paula, reference)
    chores.mark_done(rig.desk, paula, reference)
    moving.hand_over(rig.desk, paula, reference, "Kreis Coesfeld", "unzuständig")
    said = journal(rig, reference)[len(before) :]
    assert said == ["task-assigned", "legal-hold-set", "legal-hold-lifted", "task-done", "handed-over"]


@pytest.mark.parametrize(
    ("role", "office", "may"),
    [
        (Role.MAILROOM, "", True),
        (Role.CLERK, "ordnungsamt", True),
        (Role.CLERK, "sozialamt", False),
        (Role.LEAD, "ordnungsamt", False),
        (Role.AUDIT, "", False),
        (Role.ADMIN, "", False),
    ],
)
def test_who_may_decide_on_a_hold(rig, role, office, may):
    reference = rig.sample_arrives("gtube")
    rig.employ("otto", role, office)
    if may:
        holds.release(rig.desk, rig.viewer("otto"), reference, "")
    else:
        with pytest.raises(NotAllowedError):
            holds.release(rig.desk, rig.viewer("otto"), reference, "")
        assert state(rig, reference) == "held"


def test_a_hold_of_a_sealed_office_is_its_own_to_decide(rig, paula):
    reference = rig.sample_arrives("gtube", "personalrat@stadt-muenster.example")
    with pytest.raises(NotAllowedError):
        holds.release(rig.desk, paula, reference, "")
    rig.employ("vera", Role.CLERK, "personalrat")
    holds.release(rig.desk, rig.viewer("vera"), reference, "")
    assert state(rig, reference) == "accepted"


def test_nothing_is_learnt_from_a_message_that_goes_to_a_sealed_office(rig, paula):
    from poststelle.records.models import RouteProposalRow

    moving.route(rig.desk, paula, rig.sample_arrives("no-clue"), "personalrat")
    assert not RouteProposalRow.objects.using(rig.database.alias).exists()


def test_a_role_holds_for_its_period(rig):
    today = rig.clock.now().date()
    rig.employ("petra", Role.AUDIT, valid_from=today, valid_until=today + timedelta(days=1))
    assert rig.viewer("petra").may(Power.READ, ("ordnungsamt",))
    rig.clock.advance(days=2)
    with pytest.raises(IndexError):
        rig.viewer("petra")
