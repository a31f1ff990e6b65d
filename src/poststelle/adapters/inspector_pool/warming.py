# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a nursery does once so that no worker has to: small messages of its own looked into before the first fork.

A worker that met a signature or ciphertext is not used again, so that what a fresh one builds at its first message is
paid for every such message (2026-11: 50 ms for the codec alone).
"""

from base64 import encodebytes
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from poststelle.adapters.inspector_pool.order import Order
from poststelle.core.codec import dump, prepare
from poststelle.core.facts import Inspection
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.message import inspect_message

_HEAD = b"From: Probe <probe@example.org>\r\nTo: probe@example.org\r\nSubject: Probe\r\nMIME-Version: 1.0\r\n"
_PLAIN = (
    b'Content-Type: multipart/mixed; boundary="p"\r\n\r\n'
    b"--p\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
    b'--p\r\nContent-Type: application/pdf; name="probe.pdf"\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=\r\n'
    b"--p--\r\n"
)


def warm_up() -> None:
    """Look into a plain and a signed message."""
    prepare(Order, Inspection)
    now = datetime.now(UTC)
    certificate, signed = _signed(now)
    around = Surroundings(now, ChainChecker(Trust((certificate,))), ())
    for entity in (_PLAIN, signed):
        dump(drive_alone(inspect_message(_HEAD + entity, None, around)))


def _signed(now: datetime) -> tuple[bytes, bytes]:
    """A certificate of a key that is forgotten at once, and an entity signed with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "probe")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
    certificate = builder.sign(key, hashes.SHA256())
    signer = pkcs7.PKCS7SignatureBuilder().set_data(_PLAIN).add_signer(certificate, key, hashes.SHA256())
    der = signer.sign(Encoding.DER, [pkcs7.PKCS7Options.Binary])
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return certificate.public_bytes(Encoding.DER), head + encodebytes(der).replace(b"\n", b"\r\n")
