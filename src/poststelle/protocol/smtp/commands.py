# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From bytes to commands: where a command line ends, how long it may be, which octets it may hold, which verb it is."""

import re
from typing import NamedTuple

from poststelle.protocol.smtp.replies import BAD_OCTETS, LINE_TOO_LONG, UNKNOWN_COMMAND, Reply
from poststelle.protocol.smtp.states import Verb

LINE_OCTETS = 512
"""Including CRLF (RFC 5321, 4.5.3.1.4)."""
PATH_LINE_OCTETS = 1024
"""Of MAIL and RCPT: RFC 5321 asks for 512 plus what each extension adds (RFC 1870, RFC 6152); twice is enough."""
SMTPUTF8_OCTETS = 10
"""What RFC 6531, 3.1 adds to MAIL and VRFY."""
LONGEST_LINE_OCTETS = PATH_LINE_OCTETS + SMTPUTF8_OCTETS

_LIMITS = {b"MAIL": PATH_LINE_OCTETS, b"RCPT": PATH_LINE_OCTETS}
_EXTENDED = frozenset({b"MAIL", b"VRFY"})
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_UTF8_VERBS = frozenset({Verb.MAIL, Verb.RCPT, Verb.VRFY})
_VERBS = {verb.value.encode("ascii"): verb for verb in Verb}


class Command(NamedTuple):
    """One command as given: the verb, and the octets behind it without blanks at either end."""

    verb: Verb
    argument: bytes

    @property
    def text(self) -> str:
        """The argument as text; only for verbs that take ASCII alone."""
        return self.argument.decode("ascii", "replace")


class CommandReader:
    """Received bytes on their way to lines and bodies. Keeps one unfinished line and what came behind it."""

    __slots__ = ("_at", "_is_overlong", "_pending")

    def __init__(self) -> None:
        self._pending = b""
        self._at = 0
        self._is_overlong = False

    def push(self, wire: bytes) -> None:
        """Take further bytes."""
        self._pending = self._pending[self._at :] + wire if len(self._pending) > self._at else wire
        self._at = 0

    def clear(self) -> None:
        """Forget everything."""
        self._pending, self._at, self._is_overlong = b"", 0, False

    @property
    def waiting_bytes(self) -> int:
        """Octets not used yet."""
        return len(self._pending) - self._at

    def rest(self) -> bytes:
        """Everything not used yet, as a body wants it."""
        return self._pending[self._at :] if self._at else self._pending

    def use(self, count: int) -> None:
        """The next octets were used by a body."""
        self._at += count

    def next_command(self) -> Command | Reply | None:
        """The next line as a command, the reply that refuses it, or None while its CRLF has not come."""
        end = self._pending.find(b"\r\n", self._at)
        if end < 0:
            self._keep_unfinished()
            return None
        line = self._pending[self._at : end]
        is_overlong, self._is_overlong = self._is_overlong, False
        self._at = end + 2
        return LINE_TOO_LONG if is_overlong else parse_command(line)

    def _keep_unfinished(self) -> None:
        """Of a line that is too long already, only a CR is kept that may belong to its end."""
        if self._is_overlong or self.waiting_bytes >= LONGEST_LINE_OCTETS:
            self._is_overlong = True
            self._pending, self._at = (b"\r" if self._pending.endswith(b"\r") else b""), 0


def parse_command(line: bytes) -> Command | Reply:
    """The command on a line without its CRLF, or the reply that refuses it."""
    word, _, argument = line.partition(b" ")
    word = word.upper()
    if len(line) + 2 > LINE_OCTETS and len(line) + 2 > _limit(word, line):
        return LINE_TOO_LONG
    verb = _VERBS.get(word)
    if _CONTROL.search(line) or not (line.isascii() or verb in _UTF8_VERBS):
        return BAD_OCTETS
    return UNKNOWN_COMMAND if verb is None else Command(verb, argument.strip(b" "))


def _limit(word: bytes, line: bytes) -> int:
    limit = _LIMITS.get(word, LINE_OCTETS)
    if word in _EXTENDED and b"SMTPUTF8" in line.upper():
        limit += SMTPUTF8_OCTETS
    return limit
