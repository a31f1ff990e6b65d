# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""S/MIME mail as a sender's program makes it: the OpenSSL command line, and AES-GCM by our own builder."""

import base64
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from poststelle.inspection.cms.certificates import Certificate, read_certificate
from support.certificates import Holder
from support.cms_maker import authenveloped, transported
from support.programs import require_program

TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nAmt 32: bitte um R\xc3\xbcckruf.\r\n"


@dataclass(frozen=True)
class Theirs:
    """Somebody else's certificate, as a sender has it: no key beside it."""

    der: bytes

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.der)

    @property
    def read(self) -> Certificate:
        return read_certificate(self.der)

    @property
    def key(self) -> "Theirs":
        return self

    def public_key(self):
        return self.certificate.public_key()


@dataclass(frozen=True)
class MailProgram:
    """Writes entities; the header of the message is put on by ``message``."""

    folder: Path

    def _run(self, *arguments: str, entity: bytes) -> bytes:
        openssl = require_program("openssl", "openssl")
        done = subprocess.run([openssl, "cms", *arguments], input=entity, capture_output=True, check=True)
        return done.stdout.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")

    def encrypted(self, entity: bytes, to: bytes, cipher: str = "-aes-256-cbc") -> bytes:
        pem = self.folder / "recipient.pem"
        pem.write_bytes(x509.load_der_x509_certificate(to).public_bytes(Encoding.PEM))
        return self._run("-encrypt", "-binary", cipher, "-outform", "SMIME", str(pem), entity=entity)

    def signed(self, entity: bytes, by: Holder, *, opaque: bool = False) -> bytes:
        signer, key = self.folder / "signer.pem", self.folder / "signer.key"
        signer.write_bytes(by.pem)
        key.write_bytes(by.key_pem)
        how = ("-nodetach",) if opaque else ()
        return self._run(
            "-sign", *how, "-binary", "-md", "sha256", "-signer", str(signer), "-inkey", str(key), entity=entity
        )


def gcm(entity: bytes, to: bytes) -> bytes:
    """As Outlook on the web sends it (RFC 5083), with the key wrapped by RSA-OAEP."""
    content_key = os.urandom(32)
    der = authenveloped((transported(Theirs(to), content_key, oaep="sha256"),), entity, content_key)
    return enclosed(der, "authEnveloped-data")


def enclosed(der: bytes, smime_type: str = "enveloped-data") -> bytes:
    """An application/pkcs7-mime entity."""
    head = f"Content-Type: application/pkcs7-mime; smime-type={smime_type}; name=smime.p7m\r\n"
    body = base64.encodebytes(der).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + body


def in_parts(*parts: bytes) -> bytes:
    """A multipart/mixed of these entities."""
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n"


def attached(name: str, content: bytes) -> bytes:
    """A file as an entity."""
    head = f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return (
        head.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
    )


def bent(mail: bytes, at: int = -40) -> bytes:
    """The same with other ciphertext near its end: decryption goes wrong inside."""
    lines = mail.rstrip().split(b"\r\n")
    der = bytearray(base64.b64decode(b"".join(lines[lines.index(b"") + 1 :])))
    der[at] ^= 0x55
    return (
        b"\r\n".join(lines[: lines.index(b"") + 1]) + b"\r\n" + base64.encodebytes(bytes(der)).replace(b"\n", b"\r\n")
    )


def message(
    entity: bytes, sender: str = "erika@example.org", *, to: str, subject: str = "Amt 32", proven: bool = True
) -> bytes:
    """The entity under a header; ``proven`` adds what a mail server in front says of SPF."""
    results = (
        f"Authentication-Results: mx.stadt-muenster.example; spf=pass smtp.mailfrom={sender}; dmarc=pass "
        f"header.from={sender.partition('@')[2]}\r\n"
    )
    head = (
        f"From: Erika <{sender}>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: Mon, 02 Mar 2026 10:00:00 +0100\r\n"
        f"Message-ID: <{os.urandom(8).hex()}@example.org>\r\n"
    )
    without_version = entity.replace(b"MIME-Version: 1.0\r\n", b"", 1)
    return (results if proven else "").encode() + head.encode() + b"MIME-Version: 1.0\r\n" + without_version
