# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Header fields under signature and encryption (RFC 9788): shown, routed by, and flagged where the envelope differs."""

import pytest

from poststelle.core.facts import Inspection
from poststelle.core.signature import CryptoNote, FromMatch
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.certificates import NOW, Wish, authority, issued
from support.cms_maker import Keyholder, Signing, cbc, driven, enveloped, signed_data, transported
from support.smime_mails import enclosed

CA = authority("Header CA")
ERIKA = issued(CA)
POST = issued(CA, Wish(name="Post", email="post@example.org"))
KEY = bytes(range(32))
TRUSTING = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
BODY = b"\r\n\r\nGuten Tag\r\n"
INNER = b"From: Erika <erika@example.org>\r\nSubject: Amt 32 - Meldewesen\r\n"


def head(subject: str, sender: str = "erika@example.org") -> bytes:
    return f"From: Erika <{sender}>\r\nTo: post@example.org\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n".encode()


def signed(entity: bytes) -> bytes:
    return enclosed(signed_data(entity, Signing(ERIKA), embedded=entity), "signed-data")


def sealed(entity: bytes) -> bytes:
    return enclosed(enveloped((transported(POST, KEY),), cbc(entity, KEY)))


def seen(mail: bytes) -> Inspection:
    return driven(inspect_message(mail, None, TRUSTING), Keyholder((POST,)))


def notes(mail: bytes) -> set[CryptoNote]:
    return set(seen(mail).crypto.notes) & {CryptoNote.PROTECTED_HEADERS, CryptoNote.HEADERS_DIFFER}


HP = INNER + b'Content-Type: text/plain; charset=utf-8; hp="cipher"' + BODY
V1 = INNER + b'Content-Type: text/plain; protected-headers="v1"' + BODY
WRAPPED = b"Content-Type: message/rfc822; forwarded=no\r\n\r\n" + INNER + b"Content-Type: text/plain" + BODY
SHOWN = "Amt 32 - Meldewesen"


@pytest.mark.parametrize("entity", [HP, V1, WRAPPED], ids=["hp", "v1", "wrapped"])
@pytest.mark.parametrize(
    "around", [signed, sealed, lambda entity: sealed(signed(entity))], ids=["signed", "sealed", "both"]
)
def test_protected_fields_are_found_in_every_form_under_every_layer(entity, around) -> None:
    found = seen(head("[...]") + around(entity))
    assert (found.head.subject, found.head.protected_subject) == ("[...]", SHOWN)
    assert notes(head("[...]") + around(entity)) == {CryptoNote.PROTECTED_HEADERS}


def test_another_subject_or_sender_outside_is_flagged_and_obscured_ones_are_not() -> None:
    both = {CryptoNote.PROTECTED_HEADERS, CryptoNote.HEADERS_DIFFER}
    assert notes(head("Amt 50 - Wohngeld") + signed(HP)) == both
    assert notes(head(SHOWN, "eve@evil.example") + signed(HP)) == both
    assert notes(head(SHOWN, "erika@EXAMPLE.org") + signed(HP)) == {CryptoNote.PROTECTED_HEADERS}
    for harmless in (SHOWN, "...", "[...]", "Encrypted Message"):
        assert notes(head(harmless) + signed(HP)) == {CryptoNote.PROTECTED_HEADERS}
    chosen = HP.replace(b"Content-Type", b"HP-Outer: Subject: Vertraulich\r\nContent-Type")
    assert notes(head("Vertraulich") + sealed(chosen)) == {CryptoNote.PROTECTED_HEADERS}


def test_from_is_still_compared_as_it_stands_outside() -> None:
    assert seen(head(SHOWN, "eve@evil.example") + signed(HP)).crypto.from_match is FromMatch.MISMATCH


def test_fields_that_nobody_calls_protected_and_attached_messages_are_none() -> None:
    plain = INNER + b"Content-Type: text/plain" + BODY
    forwarded = WRAPPED.replace(b"; forwarded=no", b"")
    for entity in (plain, forwarded):
        assert notes(head("Antrag") + signed(entity)) == set()
        assert seen(head("Antrag") + signed(entity)).head.protected_subject == ""
    assert notes(head("Antrag") + HP.partition(b"Content-Type")[1] + HP.partition(b"Content-Type")[2]) == set()
