# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Encrypted and signed mail (S/MIME); keys and certificates are made when the message is written."""

import base64
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from poststelle.application.synthetic.letters import Writer, opened
from poststelle.application.synthetic.sample import SMIME, Expected, Sample, Stamp
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind

_KEY_BITS = 2048
_YEAR = timedelta(days=365)


def _certified(sample: Sample, stamp: Stamp) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key of the sender's own, and a certificate that nobody vouches for."""
    key = rsa.generate_private_key(65537, _KEY_BITS)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, sample.display)])
    building = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    building = building.serial_number(x509.random_serial_number())
    building = building.not_valid_before(stamp.at - _YEAR).not_valid_after(stamp.at + _YEAR)
    addresses = x509.SubjectAlternativeName([x509.RFC822Name(sample.sender)])
    return key, building.add_extension(addresses, critical=False).sign(key, hashes.SHA256())


def _encrypted(content: bytes, sample: Sample, stamp: Stamp) -> bytes:
    """For a key that is not ours."""
    _, certificate = _certified(sample, stamp)
    builder = pkcs7.PKCS7EnvelopeBuilder().set_data(content).add_recipient(certificate)
    return builder.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _signed(content: bytes, sample: Sample, stamp: Stamp) -> bytes:
    key, certificate = _certified(sample, stamp)
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])


def _wrapped(subject: str, text: str, kind: str, wrap: Callable[[bytes, Sample, Stamp], bytes]) -> Writer:
    def write(sample: Sample, stamp: Stamp) -> bytes:
        inner = EmailMessage()
        inner.set_content(text, cte="quoted-printable")
        content = inner.as_bytes().replace(b"\n", b"\r\n")
        return as_smime(opened(sample, stamp, subject), kind, wrap(content, sample, stamp))

    return write


def as_smime(message: EmailMessage, kind: str, wrapped: bytes) -> bytes:
    """The message with a CMS object as its whole content (RFC 8551, 3.2)."""
    message["MIME-Version"] = "1.0"
    message["Content-Type"] = f'application/pkcs7-mime; smime-type={kind}; name="smime.p7m"'
    message["Content-Transfer-Encoding"] = "base64"
    head = message.as_bytes().rstrip().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return head + b"\r\n\r\n" + base64.encodebytes(wrapped).replace(b"\n", b"\r\n")


SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="encrypted-for-others",
        promises=("S24", "S25"),
        title="Verschlüsselt, aber nicht für uns",
        write=_wrapped("Amt 50 – Grundsicherung", "Vertraulich.", "enveloped-data", _encrypted),
        expected=Expected(
            disposition=Disposition.NOTIFY,
            offices=("sozialamt",),
            told=SenderTold.NOTICE,
            codes=frozenset({Reason.ENCRYPTION_UNREADABLE}),
            withheld=frozenset({"smime.p7m"}),
            tasks=frozenset({TaskKind.DECRYPTION}),
        ),
        recipients=(SMIME,),
    ),
    Sample(
        name="signed-by-a-stranger",
        promises=("S24", "S28", "S29"),
        title="Signiert mit einem Zertifikat, für das niemand bürgt",
        write=_wrapped("Amt 50 – Grundsicherung", "Unterschrieben.", "signed-data", _signed),
        expected=Expected(offices=("sozialamt",), codes=frozenset({Reason.SIGNATURE_INVALID})),
        recipients=(SMIME,),
    ),
)
