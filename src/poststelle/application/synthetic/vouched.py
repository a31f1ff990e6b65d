# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signed mail that somebody vouches for: an issuer made for one demonstration, and citizens with its certificates."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import EmailMessage

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from poststelle.application.synthetic.letters import Writer, opened
from poststelle.application.synthetic.sample import SMIME, Expected, Sample, Stamp
from poststelle.application.synthetic.sealed import as_smime
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind

_KEY_BITS = 2048
_YEAR = timedelta(days=365)
_SIGNS_CERTIFICATES = x509.KeyUsage(
    digital_signature=False,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=True,
    crl_sign=True,
    encipher_only=False,
    decipher_only=False,
)


@dataclass(frozen=True, slots=True)
class Issuer:
    """A certificate authority of the demonstration; its certificate is put among the trusted ones."""

    key: rsa.RSAPrivateKey
    certificate: x509.Certificate

    def certify(self, address: str, display: str, at: datetime) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
        """A key for this address, and a certificate for signing mail with it."""
        key = rsa.generate_private_key(65537, _KEY_BITS)
        building = _building(display, self.certificate.subject, key, at)
        building = building.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        return key, building.add_extension(usage, critical=False).sign(self.key, hashes.SHA256())


def issuer(at: datetime) -> Issuer:
    """A fresh authority, valid around this moment."""
    key = rsa.generate_private_key(65537, _KEY_BITS)
    display = "Vorführ-Zertifizierungsstelle (nur zum Ausprobieren)"
    building = _building(display, _name(display), key, at)
    building = building.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    building = building.add_extension(_SIGNS_CERTIFICATES, critical=True)
    return Issuer(key, building.sign(key, hashes.SHA256()))


def _name(display: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, display)])


def _building(display: str, issued_by: x509.Name, key: rsa.RSAPrivateKey, at: datetime) -> x509.CertificateBuilder:
    building = x509.CertificateBuilder().subject_name(_name(display)).issuer_name(issued_by)
    building = building.public_key(key.public_key()).serial_number(x509.random_serial_number())
    return building.not_valid_before(at - timedelta(days=1)).not_valid_after(at + _YEAR)


def _writer(vouching: Issuer, ours: x509.Certificate | None) -> Writer:
    """Signed; where ``ours`` is given, encrypted for us after that."""

    def write(sample: Sample, stamp: Stamp) -> bytes:
        inner = EmailMessage()
        inner.set_content("Guten Tag,\n\nbitte prüfen Sie meine Angaben.\n", cte="quoted-printable")
        key, certificate = vouching.certify(sample.sender, sample.display, stamp.at)
        content = inner.as_bytes().replace(b"\n", b"\r\n")
        signing = pkcs7.PKCS7SignatureBuilder().set_data(content).add_signer(certificate, key, hashes.SHA256())
        sealed = signing.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
        message = opened(sample, stamp, "Amt 50 – Wohngeld")
        if ours is None:
            return as_smime(message, "signed-data", sealed)
        entity = as_smime(EmailMessage(), "signed-data", sealed)
        envelope = pkcs7.PKCS7EnvelopeBuilder().set_data(entity).add_recipient(ours)
        return as_smime(
            message,
            "enveloped-data",
            envelope.encrypt(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary]),
        )

    return write


def vouched_samples(vouching: Issuer, ours: x509.Certificate) -> tuple[Sample, ...]:
    """Signed, and signed then encrypted for us: valid signatures of people whom nobody has checked yet."""
    unchecked = Expected(
        disposition=Disposition.NOTIFY,
        offices=("sozialamt",),
        told=SenderTold.NOTICE,
        codes=frozenset({Reason.SIGNATURE_UNCHECKED}),
        tasks=frozenset({TaskKind.CHECK_IDENTITY}),
    )
    return (
        Sample(
            name="signed-and-unchecked",
            promises=("S24", "S28", "S29"),
            title="Gültig signiert, Identität noch nicht geprüft",
            write=_writer(vouching, None),
            expected=unchecked,
            recipients=(SMIME,),
            sender="signe.sauber@buerger.example",
            display="Signe Sauber",
        ),
        Sample(
            name="encrypted-for-us",
            promises=("S24", "S26", "S28", "S29"),
            title="Für uns verschlüsselt und darin gültig signiert",
            write=_writer(vouching, ours),
            expected=replace(
                unchecked,
                told=SenderTold.NOBODY,
                tasks=frozenset({TaskKind.CHECK_IDENTITY, TaskKind.FEEDBACK}),
                stays_here=True,
            ),
            recipients=(SMIME,),
            sender="vera.verschluesselt@buerger.example",
            display="Vera Verschlüsselt",
        ),
    )
