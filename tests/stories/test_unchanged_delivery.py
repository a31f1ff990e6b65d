# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A message in which nothing is wrong goes on byte for byte through the real door: its DKIM signature holds at the office."""

import base64
import re

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from support.gateway import Gateway, eventually

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


def test_what_is_signed_by_dkim_still_is_when_the_office_gets_it(tmp_path):
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    der = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    sent = dkim.sign(PLAIN, b"s1", b"buerger.example", pem, canonicalize=(b"simple", b"simple")) + PLAIN
    with Gateway(tmp_path / "data") as gateway:
        with gateway.session() as client:
            client.sendmail("erika@buerger.example", ["stadtverwaltung@stadt-muenster.example"], sent)
        eventually(lambda: gateway.mailbox(OFFICE), what="delivered")
        (file,) = (gateway.folder / "mailboxes" / OFFICE / "new").iterdir()
        got = file.read_bytes()
    assert dkim.verify(got, dnsfunc=lambda *_name, **_timeout: record)
    ours = OWN_FIELDS.match(got)
    assert ours is not None
    assert got[ours.end() :] == sent, "nothing but our fields on top"
    assert b"X-Poststelle-Packing: original" in ours.group()
