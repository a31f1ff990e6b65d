# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The replies of the door: what a reply is on the wire, and the fixed ones by name."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

MAX_LINE_OCTETS = 512
"""Including code and CRLF (RFC 5321, 4.5.3.1.5)."""
MAX_LINES = 3
"""Of a reply that carries an enhanced code; more is not shown by common mail programs."""

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\Z", re.ASCII)
_UNPRINTABLE = bytes(range(0x20)) + bytes(range(0x7F, 0x100))
_TO_PRINTABLE = bytes.maketrans(_UNPRINTABLE, b"?" * len(_UNPRINTABLE))


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. The classes of code and enhanced code agree (RFC 3463, 2); ValueError where they do not."""

    code: int
    enhanced: str
    """Empty where RFC 2034, 4 wants none: greeting, EHLO, 3xx."""
    lines: tuple[str, ...]
    """Printable ASCII; anything else is shown as a question mark, overlong lines are cut."""
    wire: bytes = field(init=False, repr=False, compare=False)
    """The reply as it is sent: one or several lines, each ended by CRLF."""

    def __post_init__(self) -> None:
        if not 200 <= self.code <= 599 or not self.lines:
            raise ValueError(f"not a reply: {self.code} with {len(self.lines)} lines")
        if self.enhanced and not (_ENHANCED.match(self.enhanced) and self.enhanced[0] == str(self.code)[0]):
            raise ValueError(f"code {self.code} with enhanced code {self.enhanced!r}")
        object.__setattr__(self, "wire", _encode(self))

    @property
    def is_positive(self) -> bool:
        """2xx or 3xx."""
        return self.code < 400

    @property
    def is_permanent(self) -> bool:
        """5xx: trying again would not help."""
        return self.code >= 500


def _encode(said: Reply) -> bytes:
    lines = said.lines[:MAX_LINES] if said.enhanced else said.lines
    last = len(lines) - 1
    return b"".join(_encode_line(said, text, is_last=at == last) for at, text in enumerate(lines))


def _encode_line(said: Reply, text: str, *, is_last: bool) -> bytes:
    mark = " " if is_last else "-"
    status = f"{said.enhanced} " if said.enhanced else ""
    raw = f"{said.code}{mark}{status}{text}".encode("ascii", "replace").translate(_TO_PRINTABLE)
    return raw[: MAX_LINE_OCTETS - 2] + b"\r\n"


@lru_cache(maxsize=64)
def greeting(hostname: str, protocol: str) -> Reply:
    """The first words of a server, the same to every client: encoded once."""
    return Reply(220, "", (f"{hostname} {protocol}",))


@lru_cache(maxsize=64)
def welcome(hostname: str, keywords: tuple[str, ...]) -> Reply:
    """The answer to EHLO, HELO or LHLO; clients are told one of few."""
    return Reply(250, "", (hostname, *keywords))


def reply(code: int, enhanced: str, *lines: str) -> Reply:
    """A reply from its parts."""
    return Reply(code, enhanced, lines)


# The dialogue itself (RFC 5321, 4.2 and 4.3.2; enhanced codes of RFC 3463)
OK = reply(250, "2.0.0", "OK")
SENDER_OK = reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = reply(250, "2.1.5", "Recipient OK")
ACCEPTED = reply(250, "2.0.0", "Message accepted")
GO_AHEAD = Reply(354, "", ("End data with <CR><LF>.<CR><LF>",))
BYE = reply(221, "2.0.0", "Bye")
TLS_READY = reply(220, "2.0.0", "Ready to start TLS")
HELP = reply(214, "2.0.0", "See RFC 5321")
NOT_VERIFIED = reply(252, "2.5.2", "Cannot verify the address, but will take a message and try")
UNKNOWN_COMMAND = reply(500, "5.5.1", "Command not known")
NOT_OFFERED = reply(502, "5.5.1", "Command not offered here")
OUT_OF_ORDER = reply(503, "5.5.1", "Command out of order")
LINE_TOO_LONG = reply(500, "5.5.2", "Line too long")
BAD_OCTETS = reply(501, "5.5.2", "Octets not allowed in a command")
BAD_ARGUMENT = reply(501, "5.5.4", "Syntax error in the argument")
UNKNOWN_PARAMETER = reply(555, "5.5.4", "Parameter not known")
BAD_SENDER = reply(501, "5.1.7", "Syntax error in the sender's address")
BAD_RECIPIENT = reply(501, "5.1.3", "Syntax error in the recipient's address")
TOO_MANY_RECIPIENTS = reply(452, "4.5.3", "Too many recipients in one transaction")
ONE_AUTHORITY = reply(452, "4.5.3", "Recipients of another authority: send a separate transaction")
OUT_OF_STEP = reply(554, "5.5.0", "Commands sent before they were allowed")

# What becomes of a message or a session (door.md, Replies)
TOO_BIG = reply(552, "5.3.4", "Message too big")
MALFORMED = reply(550, "5.6.0", "Message malformed: bare CR, bare LF or NUL")
UNKNOWN_ADDRESS = reply(550, "5.1.1", "No such mailbox here")
NOT_OUR_DOMAIN = reply(550, "5.7.1", "Not a domain of ours")
OUR_FAILURE = reply(451, "4.3.0", "Local error, please try again later")
DISK_FULL = reply(452, "4.3.1", "Out of storage, please try again later")
TOO_MANY_ERRORS = reply(421, "4.7.0", "Too many errors")
TOO_MANY_CONNECTIONS = reply(421, "4.7.0", "Too many connections, please try again later")
TIMED_OUT = reply(421, "4.4.2", "Timed out")
SHUTTING_DOWN = reply(421, "4.3.2", "Shutting down, please try again later")
