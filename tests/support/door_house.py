# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A running door for tests: its own loop in a thread, recipients and verdicts by rule, and what came in."""

import asyncio
import datetime as dt
import importlib.util
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from poststelle.adapters.smtp_door import (
    CertificateFiles,
    Door,
    DoorSettings,
    Known,
    Reception,
    RecipientAnswer,
    Stranger,
    loop_factory,
)
from poststelle.adapters.smtp_door.connection import Connection
from poststelle.application.ports import Body
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId
from poststelle.protocol.smtp import Session, replies
from poststelle.protocol.smtp.replies import Reply
from support.blob_store import SpareBlobs

WAIT_SECONDS = 30.0
"""No test waits longer for anything."""
NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DEFAULTS = DoorSettings(host="127.0.0.1", port=0, hostname="mx.example.org", size_limit_bytes=100_000)

wants_uvloop: ContextVar[bool] = ContextVar("wants_uvloop", default=False)
LOOPS = ("asyncio", *(("uvloop",) if importlib.util.find_spec("uvloop") else ()))


@pytest.fixture(params=LOOPS)
def each_loop(request) -> Iterator[None]:
    """The door runs on the standard loop, and on uvloop where it is installed."""
    token = wants_uvloop.set(request.param == "uvloop")
    yield
    wants_uvloop.reset(token)


MUENSTER = AuthorityId("muenster")
COESFELD = AuthorityId("coesfeld")
_DOMAINS = {"stadt.example": MUENSTER, "kreis.example": COESFELD}
_LOCALS = {"post", "amt32", "bürger", "postmaster", "abgelehnt"}


class StandingClock:
    def now(self) -> dt.datetime:
        return NOW


def recipients(address: Address) -> RecipientAnswer:
    if not address.domain:
        return Known(MUENSTER, Address("postmaster", "stadt.example"))
    authority = _DOMAINS.get(address.domain)
    if authority is None:
        return Stranger.FOREIGN_DOMAIN
    return Known(authority) if address.local.lower() in _LOCALS else Stranger.UNKNOWN_USER


@dataclass
class RunningDoor:
    door: Door
    loop: asyncio.AbstractEventLoop
    blobs: SpareBlobs
    arrivals: list[tuple[Arrival, Body]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    """Set by a test that had the loop stand still."""

    @property
    def port(self) -> int:
        return self.door.port

    def is_reading(self) -> bool:
        """The door reads from its only client."""
        return self._connection()._transport.is_reading()

    def session(self) -> Session:
        """The session of its only client."""
        return self._connection()._session

    def _connection(self) -> Connection:
        (connection,) = self.door._connections
        return connection

    def contents(self) -> list[bytes]:
        return [self.blobs.content(arrival.body) for arrival, _ in self.arrivals]

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(WAIT_SECONDS)

    def start(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop)

    def until(self, condition: Callable[[], bool]) -> None:
        """Returns when the condition, looked at on the door's own loop between its events, holds."""

        async def look() -> None:
            async with asyncio.timeout(WAIT_SECONDS):
                while not condition():  # noqa: ASYNC110 - the state belongs to the code under test
                    await asyncio.sleep(0.001)

        self.call(look())


def accept_all(arrival: Arrival, _body: Body) -> tuple[Reply, ...]:
    return (replies.ACCEPTED,)


@contextmanager
def running_door(
    settings: DoorSettings = DEFAULTS,
    accept: Callable[[Arrival, Body], tuple[Reply, ...]] = accept_all,
    blobs: SpareBlobs | None = None,
    recipients: Callable[[Address], RecipientAnswer] = recipients,
    *,
    secures: bool = True,
) -> Iterator[RunningDoor]:
    loop = (loop_factory(wants_uvloop=wants_uvloop.get()) or asyncio.new_event_loop)()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    blobs = blobs or SpareBlobs()
    arrivals: list[tuple[Arrival, Body]] = []

    def noted(arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        if secures:
            blobs.secure(body)
        answers = accept(arrival, body)
        arrivals.append((arrival, body))
        return answers

    async def make() -> Door:
        door = Door(settings, blobs, recipients, Reception(noted), StandingClock())
        await door.open()
        return door

    door = asyncio.run_coroutine_threadsafe(make(), loop).result(WAIT_SECONDS)
    running = RunningDoor(door, loop, blobs, arrivals)
    try:
        yield running
    finally:
        running.call(door.drain(0.2))
        loop.call_soon_threadsafe(loop.stop)
        thread.join(WAIT_SECONDS)
        loop.close()


class Client:
    """A client that says what it is told and reads until a reply is complete."""

    def __init__(self, port: int, *, is_greeted: bool = True, receive_bytes: int = 0) -> None:
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(WAIT_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self._kept = b""
        if is_greeted:
            self.greeting = self.reply()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.socket.close()

    def send(self, wire: bytes) -> None:
        self.socket.sendall(wire)

    def line(self) -> bytes:
        """The next line with its CRLF; empty when the server has closed."""
        while b"\r\n" not in self._kept:
            more = self.socket.recv(65536)
            if not more:
                left, self._kept = self._kept, b""
                return left
            self._kept += more
        line, _, self._kept = self._kept.partition(b"\r\n")
        return line + b"\r\n"

    def keep(self, wire: bytes) -> None:
        """Read these bytes again before any others."""
        self._kept = wire + self._kept

    def reply(self) -> str:
        """The next reply, its lines joined by newlines; empty when the server has closed."""
        lines = []
        while True:
            try:
                line = self.line()
            except TimeoutError:
                raise AssertionError(f"no reply within {self.socket.gettimeout()} s") from None
            lines.append(line.rstrip(b"\r\n").decode("ascii"))
            if line[3:4] != b"-":
                return "\n".join(lines)

    def ask(self, wire: bytes) -> str:
        self.send(wire)
        return self.reply()

    def is_closed(self) -> bool:
        """The server says no more and has closed."""
        try:
            return self._kept == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def secure(self) -> None:
        """Negotiate TLS."""
        self.socket = _blind_tls().wrap_socket(self.socket)

    def begin(self, *recipients: bytes, hello: bytes = b"EHLO client.example") -> list[str]:
        """A transaction up to the 354."""
        said = [self.ask(hello + b"\r\n"), self.ask(b"MAIL FROM:<anna@example.net>\r\n")]
        said += [self.ask(b"RCPT TO:<" + name + b">\r\n") for name in recipients or (b"post@stadt.example",)]
        return [*said, self.ask(b"DATA\r\n")]


class HandshakeByHand:
    """TLS whose bytes a test sends when and as it likes; the end of the handshake is left unsent."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._secured = _blind_tls().wrap_bio(self._incoming, self._outgoing)
        while not self._is_done():
            client.send(self.unsent())
            self._incoming.write(client.socket.recv(65536))

    def _is_done(self) -> bool:
        try:
            self._secured.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def unsent(self, *writes: bytes, is_last: bool = False) -> bytes:
        """What lies ready to be sent: the handshake's own bytes, then each of these as a record of its own."""
        for content in writes:
            self._secured.write(content)
        if is_last:
            with suppress(ssl.SSLWantReadError):
                self._secured.unwrap()
        return self._outgoing.read()

    def line(self) -> bytes:
        """The next line that came under TLS; empty when the server has closed."""
        said = b""
        while not said.endswith(b"\r\n"):
            try:
                said += self._secured.read(1)
            except ssl.SSLWantReadError:
                more = self._client.socket.recv(65536)
                if not more:
                    return said
                self._incoming.write(more)
        return said


def _blind_tls() -> ssl.SSLContext:
    """Looks at no certificate: what is tested is the door."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def server_tls(folder: Path) -> CertificateFiles:
    """A fresh self-signed certificate with its key in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mx.example.org")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "door.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return CertificateFiles(pem)


def trusting(settings: DoorSettings = DEFAULTS) -> DoorSettings:
    return replace(settings, trusted_peers=(ipaddress.ip_network("127.0.0.0/8"),))
