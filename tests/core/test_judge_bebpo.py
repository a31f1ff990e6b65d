# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the judge makes of EGVP messages under the policy shipped for Münster."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.handover import mailbox_address
from poststelle.application.synthetic.bebpo import OUR_SAFE_ID, SAFE_ID
from poststelle.core.address import MAX_LOCAL_OCTETS, Address
from poststelle.core.arrival import Channel, Envelope
from poststelle.core.catalogue.hints import FLAGS as FLAG_TEXTS
from poststelle.core.catalogue.tasks import TASKS
from poststelle.core.egvp import (
    BREAKING,
    TRUSTED_PATH,
    UNCONFIRMED_DOMAIN,
    EgvpFacts,
    EgvpParty,
    ProofOfOrigin,
    XJustizDocument,
    XJustizFacts,
    XJustizKind,
    local_part,
    origin_of,
)
from poststelle.core.facts import Announced, Facts, File, MalwareFacts, SenderFacts, SpamFacts, Trimming
from poststelle.core.flags import FLAGS
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, terms_of
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, SenderTold, TaskKind, Verdict
from support.builders import RECEIVED_AT, a_file, a_head, a_text, an_inspection, some_malware
from support.policies import policy_folder

FOLDER = policy_folder("muenster")
TERMS = terms_of(FOLDER.editions[-1], FOLDER.directory, Channel.BEBPO)
ENVELOPE = Envelope(Address(local_part(SAFE_ID), UNCONFIRMED_DOMAIN), (mailbox_address(TERMS.policy),))
SOUND = EgvpFacts(
    message_id="govapp_1",
    received_at="2026-03-04T09:30:00+00:00",
    sender=EgvpParty(SAFE_ID, "Amtsgericht", "Justiz", "egvp_justiz"),
    addressee=EgvpParty(OUR_SAFE_ID),
)


def facts(
    *files: File,
    subject: str = "Amt 32 – Bußgeldstelle",
    egvp: EgvpFacts = SOUND,
    malware: MalwareFacts | None = None,
    **changes: Any,
) -> Facts:
    head = a_head(from_fields=0, from_addresses=(), subject=subject)
    seen = an_inspection(a_text(), *files, head=head, egvp=egvp, **changes)
    origin = origin_of(egvp, TRUSTED_PATH)
    return Facts(seen, malware or MalwareFacts("none"), SpamFacts("none", None), SenderFacts(), origin=origin)


def verdict(found: Facts) -> Verdict:
    (only,) = judge(TERMS, found, ENVELOPE, Register(), RECEIVED_AT).by_recipient
    return only


def codes(one: Verdict) -> set[Reason]:
    return {entry.code for entry in one.objections}


def text_keys(one: Verdict) -> list[str]:
    return [task.text_key for task in one.tasks]


def xjustiz(**changes: Any) -> XJustizFacts:
    return XJustizFacts(XJustizKind.DOCUMENTS, "nachricht.gds.uebermittlungSchriftgutobjekte.0005005", **changes)


def test_a_sound_message_goes_to_its_office_without_a_task():
    one = verdict(facts(a_file()))
    assert (one.disposition, one.route.office, one.tasks) == (Disposition.ACCEPT, "ordnungsamt", ())
    assert one.sender_told is SenderTold.NOBODY


def test_it_has_no_from_field_and_that_is_no_objection():
    assert codes(verdict(facts())) == set()


@pytest.mark.parametrize("stated", [OUR_SAFE_ID, OUR_SAFE_ID.upper(), ""])
def test_our_own_mailbox_and_no_mailbox_are_no_objection(stated):
    one = verdict(facts(egvp=replace(SOUND, addressee=EgvpParty(stated))))
    assert Reason.ADDRESSEE_FOREIGN not in codes(one)
    assert ("addressee-unstated" in one.flags) is (not stated)


@pytest.mark.parametrize("stated", [SAFE_ID, "govello-1234567890", "irgendwas"])
def test_another_mailbox_holds_the_message_for_the_mailroom(stated):
    one = verdict(facts(egvp=replace(SOUND, addressee=EgvpParty(stated))))
    assert one.disposition is Disposition.HOLD
    assert "decide-addressee" in text_keys(one)
    assert [entry.clause for entry in one.objections] == ["bebpo.safe-id"]


@pytest.mark.parametrize("fault", sorted(BREAKING))
def test_a_broken_handover_is_held_with_its_reason(fault):
    one = verdict(facts(egvp=replace(SOUND, faults=(fault,))))
    assert one.disposition is Disposition.HOLD
    assert "decide-handover" in text_keys(one)
    assert one.objections[0].evidence == fault


@pytest.mark.parametrize(
    "fault", ["received-at-absent", "message-ids-differ", "entry-times-differ", "xjustiz-unreadable"]
)
def test_a_remark_on_the_papers_holds_nothing(fault):
    assert verdict(facts(egvp=replace(SOUND, faults=(fault,)))).disposition is Disposition.ACCEPT


@pytest.mark.parametrize(
    ("announced", "came", "is_missing"),
    [
        ("antrag.pdf", "antrag.pdf", False),
        ("Antrag.PDF", "antrag.pdf", False),
        ("an\u200btrag.pdf\u200b", "antrag.pdf", False),
        ("u\u0308bersicht.pdf", "übersicht.pdf", False),
        ("Schreiben 1", "Schreiben 1.pdf", False),
        ("antrag.pdf", "antrag.pdf.p7s", True),
        ("antrag.pdf", "antrag.docx", True),
        ("Schreiben 1", "Schreiben 11.pdf", True),
    ],
    ids=["same", "case", "zero-width", "composition", "no-extension", "only-its-signature", "other-format", "longer"],
)
def test_announced_and_received_are_compared_by_what_a_reader_sees(announced, came, is_missing):
    one = verdict(facts(a_file(came), announced=(Announced(announced, "xjustiz"),)))
    assert (Reason.DOCUMENT_MISSING in codes(one)) is is_missing


def test_a_document_three_papers_announce_is_missing_once():
    announced = tuple(Announced("b.pdf", source) for source in ("msgprops", "pruefvermerk", "xjustiz"))
    one = verdict(facts(a_file("a.pdf"), announced=announced))
    assert [entry.evidence for entry in one.objections] == ["b.pdf"]
    assert one.sender_told is SenderTold.BY_HAND
    assert text_keys(one) == ["feedback-bebpo"]


def test_a_paper_of_the_client_is_not_the_document_that_was_announced():
    paper = a_file("pruefvermerk.pdf", path=("EGVP", "pruefvermerk.pdf"), trimming=Trimming.REPORT)
    one = verdict(facts(paper, announced=(Announced("pruefvermerk.pdf", "msgprops"),)))
    assert Reason.DOCUMENT_MISSING in codes(one)


def test_a_request_for_an_acknowledgement_is_due_the_next_working_day():
    document = XJustizDocument("1", "1", "Klage", ("klage.pdf",), eeb_requested=True)
    one = verdict(facts(a_file("klage.pdf"), egvp=replace(SOUND, xjustiz=xjustiz(documents=(document,)))))
    (task,) = one.tasks
    assert (task.kind, task.office, task.due_on) == (TaskKind.EEB, "ordnungsamt", "2026-03-05")


def test_an_acknowledgement_that_came_back_is_a_remark():
    came_back = XJustizFacts(XJustizKind.EEB_RETURN, "nachricht.eeb.zuruecklaufend.2200007")
    one = verdict(facts(egvp=replace(SOUND, xjustiz=came_back)))
    assert "eeb-return" in one.flags
    assert one.tasks == ()


@pytest.mark.parametrize(
    ("role", "is_flagged"), [("egvp_justiz", False), ("EGVP_beBPo", False), ("egvp_unbekannt", True), ("", True)]
)
def test_a_role_outside_the_policys_table_is_no_secure_channel(role, is_flagged):
    one = verdict(facts(egvp=replace(SOUND, sender=replace(SOUND.sender, role=role))))
    assert ("role-unknown" in one.flags) is is_flagged


def test_structured_references_route_where_the_subject_says_nothing():
    one = verdict(facts(subject="Anlage", aktenzeichen=("36.22.1041",)))
    assert (one.route.office, one.route.aktenzeichen) == ("auslaenderamt", "36.22.1041")


def test_reference_and_subject_that_disagree_go_to_the_mailroom():
    one = verdict(facts(subject="Amt 32 – Bußgeldstelle", aktenzeichen=("36.22.1041",)))
    assert one.route.office == ""
    assert set(one.route.suggestions) == {"ordnungsamt", "auslaenderamt"}


@pytest.mark.parametrize("files", [1000, 1001])
def test_a_thousand_attachments_are_allowed_and_one_more_is_told(files):
    one = verdict(facts(*(a_file(f"{number}.pdf") for number in range(files))))
    assert (Reason.TOO_MANY_FILES in codes(one)) is (files > 1000)


@pytest.mark.parametrize(("size", "is_too_large"), [(200 << 20, False), ((200 << 20) + 1, True)])
def test_two_hundred_megabytes_are_allowed_and_one_byte_more_is_told(size, is_too_large):
    one = verdict(facts(a_file(size_bytes=size)))
    assert (Reason.SIZE_TOTAL in codes(one)) is is_too_large
    assert one.disposition is (Disposition.NOTIFY if is_too_large else Disposition.ACCEPT)


@pytest.mark.parametrize("length", [90, 91])
def test_names_of_ninety_characters_are_allowed(length):
    name = "x" * (length - 4) + ".pdf"
    assert (Reason.FILE_NAME_TOO_LONG in codes(verdict(facts(a_file(name))))) is (length > 90)


reasons = st.sampled_from(list(Reason))
parties = st.builds(EgvpParty, st.sampled_from(["", OUR_SAFE_ID, SAFE_ID]), st.text(max_size=5))
papers = st.builds(
    EgvpFacts,
    message_id=st.text(max_size=5),
    addressee=parties,
    sender=parties,
    faults=st.lists(st.sampled_from([*sorted(BREAKING), "received-at-absent"]), max_size=2).map(tuple),
)
attached = st.lists(
    st.builds(lambda number, code: a_file(f"{number}.pdf", Format.PDF, code), st.integers(0, 99), reasons), max_size=4
)


@given(papers, attached, st.booleans(), st.text(max_size=30))
def test_whatever_comes_is_kept_and_nobody_is_answered_by_a_machine(egvp, files, is_infected, subject):
    malware = some_malware() if is_infected else None
    one = verdict(facts(*files, egvp=egvp, malware=malware, subject=subject))
    assert one.disposition in {Disposition.ACCEPT, Disposition.NOTIFY, Disposition.HOLD}
    assert one.sender_told in {SenderTold.NOBODY, SenderTold.BY_HAND}
    assert one.disposition is Disposition.HOLD or not is_infected
    assert all(task.text_key in TASKS for task in one.tasks)
    assert TaskKind.DECIDE_HOLD in {task.kind for task in one.tasks} or one.disposition is not Disposition.HOLD


def test_no_grade_of_proof_is_a_boolean_and_each_has_a_word_on_the_desk():
    assert len(ProofOfOrigin) == 3
    assert {name for name, _ in FLAGS} <= set(FLAG_TEXTS)


@given(st.text(max_size=100), st.text(max_size=100))
def test_addresses_that_stand_for_identifiers_are_plain_and_never_shared(one, other):
    for identifier in (one, other):
        local = local_part(identifier)
        assert len(local) <= MAX_LOCAL_OCTETS
        assert local.isascii()
        assert not set(local) & set(' @<>"\\,;:()')
    assert (local_part(one) == local_part(other)) is (one == other)
