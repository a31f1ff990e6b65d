# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an office gets: unchanged where it may be, rebuilt where it must be, and nobody else's word for ours."""

import pytest

from poststelle.application.delivery import Packing, Parcel, fields, note, pack, packing, without_foreign
from poststelle.core.facts import Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.signature import Encryption
from support.builders import (
    RECEIVED_AT,
    UNAUTHENTICATED,
    a_file,
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


def a_parcel(facts):
    return Parcel("PS-1", the_verdict(facts), facts, RECEIVED_AT, "mx.stadt-muster.example")


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
    assert packed.endswith(b"From: x\r\n\r\nneu")
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


def test_fields_are_ascii_on_one_line_whatever_the_verdict():
    for facts in (some_facts(a_macro_file("ä\r\nBcc: x.docx")), uninspected_facts()):
        for name, value in fields(a_parcel(facts)):
            assert f"{name}{value}".isascii()
            assert "\n" not in value
