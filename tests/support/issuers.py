# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An issuer that says what it has revoked: its web server, and certificates and answers that name it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from support.certificates import DAY, DER, NOW, Holder, Wish, issued

HOUR = timedelta(hours=1)


@dataclass
class Issuer:
    """A web server of an issuer: what it serves, and what it was asked."""

    port: int = 0
    served: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    status: int = 200

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def address(self, path: str) -> str:
        return f"http://{self.host}{path}"


@contextmanager
def serving() -> Iterator[Issuer]:
    """The server on a free port of this machine."""
    known = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known.asked.append((self.command, self.path))
            content = known.served.get(self.path)
            self.send_response(known.status if content is not None else 404)
            if known.status == 302:
                self.send_header("Location", known.address("/elsewhere"))
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def do_POST(self):
            self.do_GET()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    known.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()


def certified(by: Holder, name: str, *extensions: x509.ExtensionType, email: str = "max@example.org") -> Holder:
    """A certificate that says more than those of ``issued``."""
    made = issued(by, Wish(name=name, email=email))
    builder = x509.CertificateBuilder().subject_name(made.certificate.subject).issuer_name(by.certificate.subject)
    builder = builder.public_key(made.key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW - DAY).not_valid_after(NOW + DAY)
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.RFC822Name(email)]), critical=False)
    for one in extensions:
        builder = builder.add_extension(one, critical=False)
    return Holder(made.key, builder.sign(by.key, hashes.SHA256()))


def asked_at(address: str) -> x509.ExtensionType:
    place = x509.UniformResourceIdentifier(address)
    return x509.AuthorityInformationAccess([x509.AccessDescription(AuthorityInformationAccessOID.OCSP, place)])


def listed_at(address: str) -> x509.ExtensionType:
    place = x509.UniformResourceIdentifier(address)
    return x509.CRLDistributionPoints([x509.DistributionPoint([place], None, None, None)])


def answer(on: Holder, issuer: Holder, by: Holder | None = None, *, revoked: bool = False, end=NOW + DAY) -> bytes:
    """What is answered on a certificate of this issuer, signed by it or by somebody else."""
    signer = by or issuer
    status = ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD
    builder = ocsp.OCSPResponseBuilder().add_response(
        on.certificate,
        issuer.certificate,
        hashes.SHA1(),
        status,
        NOW - HOUR,
        end,
        NOW - 2 * HOUR if revoked else None,
        x509.ReasonFlags.key_compromise if revoked else None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    if signer is not issuer:
        builder = builder.certificates([signer.certificate])
    return builder.sign(signer.key, hashes.SHA256()).public_bytes(DER)
