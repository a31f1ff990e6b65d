# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port Submission: one message to one next mail server by SMTP. It knows no queue and alters no octet.

The message must use CRLF throughout, and is refused here otherwise: a bare LF before a dot is how mail is smuggled.
"""

import math
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from poststelle.application.ports import LostAfterDotError, NoConnectionError, Submitted, UnavailableError

_T = TypeVar("_T")

_BARE_LINE_END: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)")
_SERVICE_NOT_AVAILABLE: Final = 421
"""RFC 5321, 3.8: the server closes the channel; whatever was asked, the same as no connection."""
LONGEST_REPLY_OCTETS: Final = 64 * 1024
"""RFC 5321, 4.5.3.1.5 allows 512 a line; what is longer than any list of extensions is no reply."""
FAREWELL_SECONDS: Final = 2.0
"""For the reply to QUIT, which decides nothing any more."""


class Tls(StrEnum):
    """How the connection is protected (RFC 3207)."""

    NONE = "none"
    OPPORTUNISTIC = "opportunistic"
    """Where offered, whatever the certificate: against listeners only."""
    REQUIRED = "required"
    """Always, with a certificate that proves the host's name."""


@dataclass(frozen=True, slots=True)
class Relay:
    """The next mail server, and how to speak to it."""

    host: str
    port: int = 25
    tls: Tls = Tls.OPPORTUNISTIC
    helo: str = "localhost"
    """Our own name in EHLO."""
    timeout_seconds: float = 60.0
    """For each reply (RFC 5321, 4.5.3.2 allows minutes; a later attempt costs less than a blocked worker)."""
    ca_file: str = ""
    """PEM file of the issuers believed under ``required``; empty means the system's."""
    whole_seconds: float = 480.0
    """For the whole submission: shorter than the lease of an item, so that no second worker sends it meanwhile. What
    is left of it is granted to the reply after the final dot, where patience avoids a second copy (RFC 5321,
    4.5.3.2.6)."""


@dataclass(frozen=True, slots=True)
class _Needs:
    """What the next server must understand to take the message unaltered."""

    smtputf8: bool
    eight_bit: bool

    @property
    def options(self) -> tuple[str, ...]:
        return ("SMTPUTF8",) * self.smtputf8 + ("BODY=8BITMIME",) * self.eight_bit


@dataclass(frozen=True, slots=True)
class _Mail:
    """One message with its envelope."""

    sender: str
    recipients: Sequence[str]
    message: bytes
    needs: _Needs


class _Replies:
    """What smtplib reads replies from: each ends in time and within bounds, however it is dealt out."""

    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._came = b""
        self._until = 0.0
        self._room = 0

    def expect(self, until: float) -> None:
        """A new reply begins; it ends by then."""
        self._until, self._room = until, LONGEST_REPLY_OCTETS

    def readline(self, most: int) -> bytes:
        """One line, or so many octets of it; nothing where the other end has closed. OSError where it takes too long."""
        while b"\n" not in self._came and len(self._came) < most:
            self._link.settimeout(_left(self._until))
            piece = self._link.recv(4096)
            if not piece:
                return b""
            self._came += piece
        size = min(self._came.find(b"\n") + 1 or most, most)
        self._room -= size
        if self._room < 0:
            raise OSError("a reply without an end")
        line, self._came = self._came[:size], self._came[size:]
        return line

    def close(self) -> None:
        """The socket belongs to smtplib."""


class _Talk(smtplib.SMTP):
    """smtplib's dialogue, in which every reply has its time, and all together the time of a submission."""

    def __init__(self, relay: Relay) -> None:
        self._until = time.monotonic() + relay.whole_seconds
        self._reply_seconds = relay.timeout_seconds
        seconds = min(relay.timeout_seconds, relay.whole_seconds)
        super().__init__(relay.host, relay.port, local_hostname=relay.helo, timeout=seconds)

    def getreply(self) -> tuple[int, bytes]:
        """The next reply; smtplib makes a lost connection of what takes too long."""
        if self.sock is not None:
            if self.file is None:
                self.file = _Replies(self.sock)
            self.file.expect(min(self._until, time.monotonic() + self._reply_seconds))
        return super().getreply()

    def be_patient(self) -> None:
        """From here on a reply may take all the time that is left. UnavailableError where there is none."""
        self._reply_seconds = math.inf
        if self.sock is not None:
            self.sock.settimeout(_left(self._until))

    def leave(self) -> None:
        """QUIT where the other side still listens; the message's fate is decided already."""
        self._until = time.monotonic() + FAREWELL_SECONDS
        try:
            if self.sock is not None:
                self.sock.settimeout(FAREWELL_SECONDS)
                self.quit()
        except (OSError, smtplib.SMTPException):
            pass
        finally:
            self.close()


def _left(until: float) -> float:
    """Seconds until then. TimeoutError where there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the next server took too long")
    return left


class SmtpSubmission:
    """The port Submission over one connection per message."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay

    def submit(self, sender: str, recipients: Sequence[str], message: bytes) -> Submitted:
        """Hand the message over to all recipients or to none; the deciding reply of the server."""
        if _BARE_LINE_END.search(message):
            return Submitted(554, "5.6.0 not sent: the message has a bare CR or LF")
        if not all(address.isprintable() for address in (sender, *recipients)):
            return Submitted(553, "5.1.3 not sent: an address has control characters")
        needs = _needs((sender, *recipients), message)
        smtp = self._connected()
        try:
            refusal = _missing(smtp, needs)
            return refusal or _transaction(smtp, _Mail(sender, recipients, message, needs))
        finally:
            smtp.leave()

    def _connected(self) -> _Talk:
        try:
            return self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise NoConnectionError(f"no luck connecting: {error}") from None

    def _connect(self) -> _Talk:
        smtp = _Talk(self._relay)
        try:
            self._greet(smtp)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> None:
        smtp.ehlo_or_helo_if_needed()
        if self._relay.tls is Tls.NONE:
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=_context(self._relay))
            smtp.ehlo()
        elif self._relay.tls is Tls.REQUIRED:
            raise UnavailableError(f"{self._relay.host} offers no STARTTLS, which is required")


def _context(relay: Relay) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=relay.ca_file or None)
    if relay.tls is Tls.OPPORTUNISTIC:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _needs(addresses: Sequence[str], message: bytes) -> _Needs:
    head, _, _ = message.partition(b"\r\n\r\n")
    international = not head.isascii() or not all(address.isascii() for address in addresses)
    return _Needs(smtputf8=international, eight_bit=international or not message.isascii())


def _missing(smtp: smtplib.SMTP, needs: _Needs) -> Submitted | None:
    """The refusal we give ourselves where the server cannot take the message as it is."""
    if needs.smtputf8 and not smtp.has_extn("smtputf8"):
        sentence = "5.6.7 not sent: the next server takes no international addresses (SMTPUTF8)"
        return Submitted(550, sentence, is_unfit=True)
    if needs.eight_bit and not smtp.has_extn("8bitmime"):
        return Submitted(554, "5.6.3 not sent: the next server takes no 8-bit content (8BITMIME)", is_unfit=True)
    return None


def _transaction(smtp: _Talk, mail: _Mail) -> Submitted:
    options = (*mail.needs.options, *((f"SIZE={len(mail.message)}",) if smtp.has_extn("size") else ()))
    if mail.needs.smtputf8:
        smtp.command_encoding = "utf-8"
    recipients = [("RCPT", f"TO:<{recipient}>", frozenset({250, 251})) for recipient in mail.recipients]
    dialogue = (
        ("MAIL", " ".join((f"FROM:<{mail.sender}>", *options)), frozenset({250})),
        *recipients,
        ("DATA", "", frozenset({354})),
    )
    for verb, argument, wanted in dialogue:
        answer = _command(smtp, verb, argument)
        if answer[0] not in wanted:
            return _refusal(verb, answer)
    station = "in the content, before the final dot"
    _at(station, smtp.be_patient)
    _at(station, lambda: smtp.send(_stuffed(mail.message)))
    return _answer(_after_the_dot(smtp))


def _refusal(verb: str, reply: tuple[int, bytes]) -> Submitted:
    """What was not answered as it should be; a yes to another question is not one to ours, and takes no message."""
    answer = _answer(reply)
    if answer.is_accepted:
        raise UnavailableError(f"the next server answered {verb} with {answer.code}: {answer.text}")
    return answer


def _command(smtp: smtplib.SMTP, verb: str, argument: str = "") -> tuple[int, bytes]:
    """Not smtplib's own mail() and rcpt(): they rewrite addresses they parse otherwise than we did."""
    return _at(f"at {verb}", lambda: smtp.docmd(verb, argument))


def _after_the_dot(smtp: smtplib.SMTP) -> tuple[int, bytes]:
    """From here on nobody but the server knows whether it has the message."""
    try:
        smtp.send(b".\r\n")
        return smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise LostAfterDotError(f"lost after the final dot: {error}") from None


def _stuffed(message: bytes) -> bytes:
    """With dots doubled at line starts and ended by CRLF (RFC 5321, 4.5.2)."""
    whole = message if message.endswith(b"\r\n") else message + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", whole)


def _answer(reply: tuple[int, bytes]) -> Submitted:
    code, text = reply
    if code == _SERVICE_NOT_AVAILABLE:
        raise UnavailableError(f"the next server closes: {_printable(text)}")
    return Submitted(code, _printable(text))


def _at(station: str, step: Callable[[], _T]) -> _T:
    try:
        return step()
    except (OSError, smtplib.SMTPException) as error:
        raise UnavailableError(f"no luck {station}: {error}") from None


def _printable(text: bytes) -> str:
    return re.sub(r"[^\x20-\x7e]+", " ", text.decode("utf-8", "replace"))[:400]
