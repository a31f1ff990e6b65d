# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A message in which nothing is wrong goes on byte for byte through the real door: its signatures hold at the office."""

import base64
import re
import subprocess

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from support.certificates import Wish, issued
from support.gateway import Gateway, eventually
from support.posted import CA
from support.programs import require_program
from support.smime_mails import TEXT, message

OFFICE = "ordnungsamt@intern.stadt-muenster.example"
OWN_FIELDS = re.compile(
    rb"\A(?:(?:Authentication-Results|Received|X-Poststelle-[A-Za-z]+|Return-Path):[^\n]*\n(?:[ \t][^\n]*\n)*)+"
)
PLAIN = (
    b"From: Erika <erika@buerger.example>\r\nTo: stadtverwaltung@stadt-muenster.example\r\n"
    b"Subject: Amt 32 -  =?utf-8?q?Bu=C3=9Fgeldstelle?=\r\nDate: Wed, 04 Mar 2026 09:00:00 +0100\r\n"
    b"Message-ID: <signed@buerger.example>\r\nReferences: <a@x.example>\r\n <b@x.example>\r\n\r\n"
    b"Guten  Tag,\r\n.\tein Punkt am Zeilenanfang, und Leerraum am Ende  \r\n\r\n\r\n"
)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("unchanged") / "data") as running:
        yield running


def delivered(gateway: Gateway, sent: bytes) -> bytes:
    """What the office gets of it."""
    folder = gateway.folder / "mailboxes" / OFFICE / "new"
    before = set(folder.glob("*"))
    with gateway.session() as client:
        client.sendmail("erika@buerger.example", ["stadtverwaltung@stadt-muenster.example"], sent)
    (file,) = eventually(lambda: set(folder.glob("*")) - before, what="delivered")
    return file.read_bytes()


def below_our_fields(got: bytes) -> bytes:
    ours = OWN_FIELDS.match(got)
    assert ours is not None
    assert b"X-Poststelle-Packing: original" in ours.group()
    return got[ours.end() :]


def test_what_is_signed_by_dkim_still_is_when_the_office_gets_it(gateway):
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    sent = dkim.sign(PLAIN, b"s1", b"buerger.example", pem, canonicalize=(b"simple", b"simple")) + PLAIN
    got = delivered(gateway, sent)
    assert dkim.verify(got, dnsfunc=lambda *_name, **_timeout: record)
    assert below_our_fields(got) == sent


@pytest.mark.parametrize("opaque", [False, True], ids=["detached", "opaque"])
def test_what_is_signed_by_smime_arrives_as_it_was_sent_and_its_signature_verifies(gateway, program, tmp_path, opaque):
    erika = issued(CA, Wish(email="erika@buerger.example"))
    entity = program.signed(TEXT, erika, opaque=opaque)
    sent = message(entity, "erika@buerger.example", to="stadtverwaltung@stadt-muenster.example", proven=False)
    got = delivered(gateway, sent)
    assert below_our_fields(got) == sent
    (tmp_path / "ca.pem").write_bytes(CA.pem)
    verify = (require_program("openssl", "openssl"), "cms", "-verify", "-CAfile", str(tmp_path / "ca.pem"))
    done = subprocess.run(verify, input=got, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, TEXT), done.stderr
