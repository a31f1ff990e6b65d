# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Our DKIM beside dkimpy, which signs here and is asked for its opinion."""

import time
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256

import dkim as dkimpy
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.facts import AuthResult
from poststelle.protocol.dkim import (
    MAX_SPACE_BYTES,
    BodyHash,
    fields_of,
    signature_of,
    strongest,
    tags_of,
    verify,
)

AT = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
FORMS = {"simple": Simple, "relaxed": Relaxed}
KEY = generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
)
SPKI = KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
RECORD = f"v=DKIM1; k=rsa; p={b64encode(SPKI).decode()}"
HEAD = b"From: Erika <erika@buerger.example>\r\nSubject:  Amt 32 \t\r\n\tBussgeld  \r\nDate: x\r\n"
MESSAGE = HEAD + b"\r\nGuten Tag\r\n"

lines = st.lists(
    st.sampled_from([b"a", b"b c", b" ", b"\t", b"\r\n", b" \r\n", b"  x", b"\r\n\r\n", b"."]), max_size=25
)
bodies = lines.map(b"".join)


def signed(message: bytes, head: str = "relaxed", body: str = "relaxed", **options: object) -> bytes:
    forms = (head.encode(), body.encode())
    names = [b"From", b"Subject", b"Date"]
    return (
        dkimpy.sign(message, b"s1", b"buerger.example", PEM, canonicalize=forms, include_headers=names, **options)
        + message
    )


def result(message: bytes, record: str = RECORD, at: datetime = AT) -> AuthResult | None:
    head, _, body = message.partition(b"\r\n\r\n")
    fields = fields_of(head + b"\r\n")
    place = next(place for place, (name, _) in enumerate(fields) if name == "dkim-signature")
    signature = signature_of(fields[place][1], place)
    if signature is None:
        return None
    running = BodyHash(signature.body_form)
    running.update(body)
    return verify(signature, fields, record, running.digest(), at)


@pytest.mark.parametrize("form", FORMS)
@given(body=bodies, cut=st.integers(0, 40))
def test_the_body_hash_is_that_of_the_canonical_body_however_it_is_cut(form, body, cut):
    running = BodyHash(form)
    running.update(body[:cut])
    running.update(body[cut:])
    whole = body if not body or body.endswith(b"\r\n") else body + b"\r\n"
    assert running.digest() == sha256(FORMS[form].canonicalize_body(whole)).digest()


def test_an_empty_body_has_the_hashes_of_the_standard():
    assert b64encode(BodyHash("simple").digest()) == b"frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="
    assert b64encode(BodyHash("relaxed").digest()) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


@pytest.mark.parametrize("form", FORMS)
def test_endless_white_space_costs_little_and_has_no_hash(form):
    running = BodyHash(form)
    begun = time.process_time()
    for _ in range(200):
        running.update(b" \r\n" * 50_000)
    assert time.process_time() - begun < 5
    assert running.digest() == b""
    assert len(running._space) <= MAX_SPACE_BYTES


@pytest.mark.parametrize("head", FORMS)
@pytest.mark.parametrize("body", FORMS)
def test_what_the_other_implementation_signs_passes(head, body):
    assert result(signed(MESSAGE, head, body)) is AuthResult.PASS


@settings(max_examples=40, deadline=None)
@given(body=bodies, head_form=st.sampled_from(list(FORMS)), body_form=st.sampled_from(list(FORMS)))
def test_any_body_signed_there_passes_here(body, head_form, body_form):
    message = HEAD + b"\r\n" + body + b"\r\n"
    assert result(signed(message, head_form, body_form)) is AuthResult.PASS


@settings(max_examples=150, deadline=None)
@given(place=st.integers(0, 10_000), octet=st.sampled_from(list(b" \tax;=:\r\n.0")))
def test_one_changed_octet_passes_only_where_the_other_implementation_agrees(place, octet):
    message = bytearray(SIGNED)
    message[place % len(message)] = octet
    changed = bytes(message)
    if b"\n" in changed.replace(b"\r\n", b"") or b"\r" in changed.replace(b"\r\n", b""):
        return
    try:
        ours = result(changed)
    except StopIteration:
        return
    if ours is AuthResult.PASS:
        assert dkimpy.verify(changed, dnsfunc=lambda *_, **__: RECORD.encode())


SIGNED = signed(MESSAGE)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (b"Guten", b"Gute", AuthResult.FAIL),
        (b"Amt 32", b"Amt 33", AuthResult.FAIL),
        (b"From: Erika", b"From: evil@x\r\nFrom: Erika", AuthResult.FAIL),
        (b"\r\nDate: x", b"\r\nFrom: evil@x\r\nDate: x", AuthResult.FAIL),
        (b"a=rsa-sha256", b"a=rsa-sha1", AuthResult.POLICY),
        (b"a=rsa-sha256", b"a=dsa-sha256", AuthResult.NEUTRAL),
        (b"a=rsa-sha256", b"a=ed25519-sha256", AuthResult.PERMERROR),
        (b"i=@buerger.example", b"i=@elsewhere.example", AuthResult.PERMERROR),
        (b"v=1", b"v=2", None),
        (b"v=1", b"v=1; v=1", None),
        (b"d=buerger.example", b"d=", None),
        (b"d=buerger.example", b"d=a b", None),
        (b"s=s1", b"s=../x", None),
        (b"h=from", b"h=fron", None),
        (b"bh=", b"bh=!", None),
        (b"c=relaxed/relaxed", b"c=loose", None),
        (b"t=", b"t=x", None),
    ],
)
def test_a_changed_or_senseless_signature(old, new, expected):
    assert old in SIGNED
    assert result(SIGNED.replace(old, new, 1)) is expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (RECORD, AuthResult.PASS),
        (RECORD.removeprefix("v=DKIM1; k=rsa; "), AuthResult.PASS),
        (RECORD + "; s=email; h=sha256:sha1; t=y:s", AuthResult.PASS),
        (RECORD + "; n=a note;", AuthResult.PASS),
        (RECORD + "; s=tlsrpt", AuthResult.PERMERROR),
        (RECORD + "; h=sha1", AuthResult.PERMERROR),
        (RECORD + "; p=x", AuthResult.PERMERROR),
        (RECORD.replace("DKIM1", "DKIM2"), AuthResult.PERMERROR),
        (RECORD.replace("k=rsa", "k=ed25519"), AuthResult.PERMERROR),
        ("v=DKIM1; p=", AuthResult.PERMERROR),
        ("v=DKIM1; p=AAAA", AuthResult.PERMERROR),
        ("nothing", AuthResult.PERMERROR),
        ("", AuthResult.PERMERROR),
    ],
)
def test_the_key_record_decides(record, expected):
    assert result(SIGNED, record) is expected


def test_another_key_fails():
    other = generate_private_key(65537, 2048).public_key()
    spki = other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert result(SIGNED, f"p={b64encode(spki).decode()}") is AuthResult.FAIL


def test_part_of_the_body_signed_is_policy_and_never_pass():
    partly = signed(MESSAGE, length=True)
    assert result(partly) is AuthResult.POLICY
    assert result(partly + b"appended\r\n") is AuthResult.POLICY


def test_an_elliptic_signature_of_the_year_2018_passes_and_expires():
    key = Ed25519PrivateKey.generate()
    expires = int(AT.timestamp())
    body_hash = b64encode(sha256(b"Guten Tag\r\n").digest()).decode()
    tags = f"v=1; a=ed25519-sha256; d=buerger.example; s=s1; h=from; x={expires}; bh={body_hash}; b="
    value = key.sign(sha256(f"From: e@buerger.example\r\nDKIM-Signature: {tags}".encode()).digest())
    field = f"DKIM-Signature: {tags}{b64encode(value).decode()}\r\n"
    message = f"{field}From: e@buerger.example\r\n\r\nGuten Tag\r\n".encode()
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    record = f"v=DKIM1; k=ed25519; p={b64encode(raw).decode()}"
    assert result(message, record) is AuthResult.PASS
    assert result(message, record, at=AT.replace(second=1)) is AuthResult.FAIL
    assert result(message.replace(b"Guten", b"Gute"), record) is AuthResult.FAIL


def test_of_several_results_the_pass_says_most():
    assert strongest([AuthResult.FAIL, AuthResult.PASS, AuthResult.NEUTRAL]) is AuthResult.PASS
    assert strongest([AuthResult.FAIL, AuthResult.TEMPERROR]) is AuthResult.TEMPERROR
    assert strongest([]) is AuthResult.NONE


def test_fields_keep_their_folds_and_malformed_lines_are_no_fields():
    head = b"A: x\r\n y\r\nno field\r\nwords before B: x\r\n: x\r\nC :z\r\n"
    assert fields_of(head) == (("a", b"A: x\r\n y"), ("c", b"C :z"))


@given(st.text(max_size=120))
def test_reading_never_fails(text):
    tags_of(text)
    signature_of(b"DKIM-Signature: " + text.encode(), 0)
    fields_of(text.encode())


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from(list("vkpsht=; :DKIM1rsaed25519AB+/")), max_size=60))
def test_no_key_record_breaks_us(record):
    assert result(SIGNED, record) is AuthResult.PERMERROR
