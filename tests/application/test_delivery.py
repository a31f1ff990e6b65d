# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an office gets: unchanged where it may be, rebuilt where it must be, and nobody else's word for ours."""

from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from poststelle.application.delivery import Packing, Parcel, fields, note, pack, packing, without_foreign
from poststelle.core.address import Address
from poststelle.core.arrival import Peer
from poststelle.core.facts import AuthResult, SenderFacts, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.signature import Encryption
from poststelle.protocol.authres import believed, sender_facts
from support.builders import (
    AUTHENTICATED,
    RECEIVED_AT,
    SENDER,
    UNAUTHENTICATED,
    a_file,
    a_head,
    a_macro_file,
    a_text,
    an_inspection,
    encrypted,
    some_facts,
    the_ciphertext,
    the_verdict,
    uninspected_facts,
)

MAIL = b"From: erika@buerger.example\r\nSubject: Antrag\r\n\r\nGuten Tag\r\n"


ROOT = Path(__file__).parents[2]
PEER = Peer("192.0.2.7", "mail.buerger.example", "out.buerger.example", "ESMTPS", tls=True)
HOSTNAME = "mx.stadt-muster.example"


def a_parcel(facts, peer=PEER, sender: Address | None = SENDER):
    return Parcel("PS-1", the_verdict(facts), facts, RECEIVED_AT, HOSTNAME, peer, sender)


def field_of(parcel, wanted):
    [value] = [value for name, value in fields(parcel) if name == wanted]
    return value


def never(content, withheld, note):
    raise AssertionError("nothing is to be rebuilt")


@pytest.mark.parametrize(
    ("word", "facts", "expected"),
    [
        ("clean", some_facts(a_file()), Packing.ORIGINAL),
        ("a file withheld", some_facts(a_macro_file()), Packing.REBUILT),
        ("a trimming withheld", some_facts(a_file("x.gif", Format.GIF, trimming=Trimming.INLINE_IMAGE)), Packing.REBUILT),
        ("a defect noted", some_facts(inspection=an_inspection(a_text(), tier=Tier.NOTE)), Packing.REBUILT),
        ("several readings", some_facts(inspection=an_inspection(a_text(), tier=Tier.UNION)), Packing.REBUILT),
        ("never looked into", uninspected_facts(), Packing.REBUILT),
        ("opened", some_facts(inspection=an_inspection(the_ciphertext(), crypto=encrypted())), Packing.OPENED),
        ("closed", some_facts(inspection=an_inspection(the_ciphertext(), crypto=encrypted(Encryption.FAILED))), Packing.REBUILT),
    ],
)  # fmt: skip
def test_the_original_goes_on_only_where_it_is_clean_and_whole(word, facts, expected):
    assert packing(the_verdict(facts), facts) is expected, word


def test_an_unchanged_message_stays_byte_for_byte_under_our_fields():
    packed = pack(MAIL, a_parcel(some_facts(a_file())), never)
    assert packed.endswith(MAIL)
    head = packed[: -len(MAIL)].decode("ascii")
    assert "X-Poststelle-Verdict: accept; objections=none; edition=muster/2026-01-01\r\n" in head
    assert all(": " in line for line in head.splitlines())


def test_a_rebuilt_message_is_told_what_to_leave_out_and_why():
    asked = []

    def rebuild(content, withheld, note):
        asked.append((content, tuple(withheld), note))
        return b"From: x\r\n\r\nneu"

    packed = pack(MAIL, a_parcel(some_facts(a_macro_file())), rebuild)
    assert packed.endswith(b"From: x\r\n\r\nneu"), "without a policy of the From domain it stays"
    [(content, withheld, words)] = asked
    assert (content, withheld) == (MAIL, (("formular.docx",),))
    assert "formular.docx: Die Datei enthält Makros." in words


@pytest.mark.parametrize(
    ("word", "facts", "sentence"),
    [
        ("notice", some_facts(a_macro_file()), "automatische Rückmeldung"),
        ("by hand", some_facts(a_macro_file(), sender=UNAUTHENTICATED), "dafür gibt es eine Aufgabe"),
        ("trimming", some_facts(a_file("x.gif", Format.GIF, trimming=Trimming.INLINE_IMAGE)), "keine Rückmeldung"),
        ("mended", some_facts(inspection=an_inspection(a_text(), tier=Tier.UNION)), "neu zusammengesetzt"),
    ],
)
def test_the_office_reads_whether_the_sender_knows(word, facts, sentence):
    assert sentence in note(a_parcel(facts)), word


@pytest.mark.parametrize(
    ("word", "field", "stays"),
    [
        ("our own prefix", b"X-Poststelle-Verdict: accept", False),
        ("in any case", b"x-POSTSTELLE-anything : accept", False),
        ("folded", b"X-Poststelle-Verdict:\r\n accept", False),
        ("our results", b"Authentication-Results: mx.stadt-muster.example; spf=pass", False),
        ("our results in capitals", b"Authentication-Results: MX.Stadt-Muster.Example; spf=pass", False),
        ("our results, quoted", b'Authentication-Results: "mx.stadt-muster.example"; spf=pass', False),
        ("our results behind a comment", b"Authentication-Results: (x) mx.stadt-muster.example 1; spf=pass", False),
        ("our results, folded", b"Authentication-Results:\r\n\tmx.stadt-muster.example; spf=pass", False),
        ("somebody's results", b"Authentication-Results: mx.other.example; spf=pass", True),
        ("a field that only mentions us", b"Subject: X-Poststelle-Verdict: accept", True),
    ],
)
def test_nobody_else_states_anything_in_our_name(word, field, stays):
    message = field + b"\r\n" + MAIL
    assert (without_foreign(message, "mx.stadt-muster.example") == message) is stays, word
    assert without_foreign(message, "mx.stadt-muster.example").endswith(MAIL), word


def test_the_body_is_never_touched():
    body = MAIL + b"X-Poststelle-Verdict: accept\r\n"
    assert without_foreign(body, "x") == body


def test_every_field_we_add_is_explained_to_who_runs_the_mailboxes():
    page = (ROOT / "docs" / "operations" / "outgoing.md").read_text(encoding="utf-8")
    for name, _ in fields(a_parcel(some_facts())):
        assert f"`{name}`" in page, name


def test_fields_are_ascii_on_one_line_whatever_the_verdict():
    for facts in (some_facts(a_macro_file("ä\r\nBcc: x.docx")), uninspected_facts()):
        for name, value in fields(a_parcel(facts)):
            assert f"{name}{value}".isascii()
            assert "\n" not in value


def test_the_way_in_is_written_down_for_whoever_comes_after():
    assert field_of(a_parcel(some_facts()), "Received") == (
        "from mail.buerger.example (out.buerger.example [192.0.2.7]) by mx.stadt-muster.example (poststelle) "
        "with ESMTPS id PS-1; Wed, 04 Mar 2026 09:30:00 +0000"
    )


@pytest.mark.parametrize("helo", ["", "a b (c)\r\nBcc: x@y", "m\u00fcnster", "x" * 4000, '";"'])
def test_whatever_a_client_calls_itself_the_trace_stays_one_line_of_ascii(helo):
    value = field_of(a_parcel(some_facts(), replace(PEER, helo=helo, name=helo)), "Received")
    assert value.isascii()
    assert value.isprintable()
    assert len(value) < 900
    assert value.count("(") == 2


def test_a_channel_without_an_address_names_none():
    assert field_of(a_parcel(some_facts(), Peer("", protocol="EGVP")), "Received").startswith(
        "by mx.stadt-muster.example"
    )


def test_the_envelope_sender_is_kept_for_the_office_beside_our_own_return_path():
    assert field_of(a_parcel(some_facts()), "X-Poststelle-Sender") == f"<{SENDER}>"
    assert field_of(a_parcel(some_facts(), sender=None), "X-Poststelle-Sender") == "<>"


@pytest.mark.parametrize(
    "found",
    [
        replace(AUTHENTICATED, dmarc_policy="reject", dkim_aligned=False),
        SenderFacts(spf=AuthResult.FAIL, dmarc=AuthResult.FAIL, dmarc_policy="quarantine", source="own"),
        SenderFacts(spf=AuthResult.SOFTFAIL, source="own"),
    ],
)
def test_whoever_believes_our_results_reads_what_we_found(found):
    value = field_of(a_parcel(some_facts(sender=found)), "Authentication-Results")
    read = sender_facts(believed([value], HOSTNAME), "buerger.example", lambda domain: domain)
    assert replace(read, source="own") == found


def test_where_nobody_checked_no_result_is_stated():
    assert field_of(a_parcel(some_facts(sender=SenderFacts())), "Authentication-Results") == f"{HOSTNAME}; none"


REBUILT = b"From: Erika <erika@buerger.example>\r\nMessage-ID: <1@b>\r\nMIME-Version: 1.0\r\n\r\nGuten Tag\r\n"


def repacked(facts, rebuilt=REBUILT):
    return message_from_bytes(pack(MAIL, a_parcel(facts), lambda *_: rebuilt), policy=policy.default)


@pytest.mark.parametrize("asked_for", ["quarantine", "reject"])
def test_a_rebuilt_message_is_in_our_name_where_its_own_domain_would_have_it_turned_away(asked_for):
    head = a_head(from_display="Jürgen <Müller>, Dr.")
    facts = some_facts(
        inspection=an_inspection(a_text(), a_macro_file(), head=head),
        sender=replace(AUTHENTICATED, dmarc_policy=asked_for),
    )
    mail = repacked(facts)
    [box] = mail["From"].addresses
    assert box.addr_spec == f"poststelle@{HOSTNAME}"
    assert box.display_name.split() == ["Jürgen", "Müller", "Dr", "über", "die", "Poststelle"]
    assert mail["Reply-To"].addresses[0].addr_spec == str(SENDER)
    assert mail["Message-ID"] == "<1@b>"
    assert f"Geschrieben hat: {SENDER}" in note(a_parcel(facts))


def test_a_reply_to_of_the_senders_own_stays():
    facts = some_facts(a_macro_file(), sender=replace(AUTHENTICATED, dmarc_policy="reject"))
    mail = repacked(facts, b"Reply-To: <buero@buerger.example>\r\nSender: <x@buerger.example>\r\n" + REBUILT)
    assert mail["Reply-To"].addresses[0].addr_spec == "buero@buerger.example"
    assert mail["Sender"] is None


@pytest.mark.parametrize("asked_for", ["", "none"])
def test_a_rebuilt_message_keeps_its_from_where_nothing_depends_on_it(asked_for):
    facts = some_facts(a_macro_file(), sender=replace(AUTHENTICATED, dmarc_policy=asked_for))
    assert repacked(facts)["From"].addresses[0].addr_spec == str(SENDER)
    assert "Geschrieben hat" not in note(a_parcel(facts))


def test_for_a_server_without_smtputf8_a_clean_message_is_rebuilt_and_says_who_wrote():
    head = a_head(from_addresses=("jürgen@buerger.example",), from_display="Jürgen")
    parcel = a_parcel(some_facts(inspection=an_inspection(a_text(), head=head), sender=AUTHENTICATED))
    parcel = replace(parcel, must_be_ascii=True)
    packed = pack(MAIL, parcel, lambda *_: REBUILT)
    assert packed.isascii()
    mail = message_from_bytes(packed, policy=policy.default)
    assert mail["X-Poststelle-Packing"] == "rebuilt"
    assert mail["From"].addresses[0].addr_spec == f"poststelle@{HOSTNAME}"
    assert mail["Reply-To"] is None, "an address with umlauts would need what this server lacks"
    assert "Geschrieben hat: jürgen@buerger.example" in note(parcel)
    assert "keine Umlaute" in note(parcel)


def test_an_unchanged_message_is_never_put_in_our_name():
    packed = pack(MAIL, a_parcel(some_facts(a_file(), sender=replace(AUTHENTICATED, dmarc_policy="reject"))), never)
    assert packed.endswith(MAIL)
