# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One SMTP or LMTP session, sans-IO: ``receive`` bytes, follow the events, ``answer`` the questions, send ``outgoing``.

It never raises on what a client sends, keeps at most one read and one command line, and never reads ahead of a
question. It knows no time: whoever holds the socket watches the clock and calls ``close``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope, Peer
from poststelle.protocol.smtp import replies
from poststelle.protocol.smtp.body import BodyReader
from poststelle.protocol.smtp.commands import Command, CommandReader
from poststelle.protocol.smtp.events import (
    BodyChunk,
    BodyDropped,
    BodyEnded,
    BodyStarted,
    Closed,
    Event,
    RecipientGiven,
    SenderGiven,
    TlsAsked,
)
from poststelle.protocol.smtp.paths import parse_mail, parse_rcpt
from poststelle.protocol.smtp.replies import Reply
from poststelle.protocol.smtp.states import IDLE, LAST_IN_GROUP, NEXT, WAITING, Signal, State, Verb
from poststelle.protocol.smtp.xforward import ATTRIBUTES, parse_xforward

MAX_IDLE_COMMANDS = 100
"""Commands that move no message (NOOP, RSET, …) between two messages."""

_HELLOS = frozenset({Verb.HELO, Verb.EHLO, Verb.LHLO})
_PIPELINING = frozenset({Verb.EHLO, Verb.LHLO})
"""After these a client has been offered to send commands in groups (RFC 2920)."""
_IDLE_VERBS = _HELLOS | {Verb.RSET, Verb.NOOP, Verb.VRFY, Verb.HELP, Verb.XFORWARD}
_BARE_VERBS = frozenset({Verb.DATA, Verb.RSET, Verb.STARTTLS, Verb.QUIT})
"""Verbs that take no argument."""
_REMARKS = {Verb.VRFY: replies.NOT_VERIFIED, Verb.HELP: replies.HELP}


@dataclass(frozen=True, slots=True)
class SessionSettings:
    """What one session is told of its surroundings."""

    hostname: str
    size_limit_bytes: int
    client_address: str = ""
    lmtp: bool = False
    offers_starttls: bool = False
    is_trusted: bool = False
    """XFORWARD is announced and believed, and refused recipients are not counted as errors."""
    max_recipients: int = 50
    max_errors: int = 10


@dataclass(slots=True)
class _Transaction:
    """What is forgotten when a message is done, or given up."""

    sender: Address | None = None
    recipients: list[Address] = field(default_factory=list)
    smtputf8: bool = False
    forwarded: Mapping[str, str] = field(default_factory=dict)
    asked: Address | None = None
    """The recipient that waits for an answer."""
    body: BodyReader | None = None
    is_dropped: bool = False
    """The content was spoilt, and that was reported."""


class Session:
    """The server's side of one connection."""

    __slots__ = (
        "_errors",
        "_hello_verb",
        "_helo",
        "_idle_commands",
        "_outgoing",
        "_reader",
        "_settings",
        "_transaction",
        "_withheld",
        "commands_read",
        "is_secured",
        "state",
    )

    def __init__(self, settings: SessionSettings) -> None:
        self._settings = settings
        self.state = State.CONNECTED
        self.commands_read = 0
        """Whole command lines so far: the only sign of progress outside a body."""
        self.is_secured = False
        """The session runs over TLS."""
        self._reader = CommandReader()
        self._outgoing: list[bytes] = []
        self._errors = 0
        self._idle_commands = 0
        self._hello_verb: Verb | None = None
        self._helo = ""
        self._transaction = _Transaction()
        self._withheld = _withheld(settings, is_secured=False)

    # What the holder of the socket calls

    def greet(self) -> None:
        """Send the greeting. Bytes received before it are out of step (RFC 5321, 4.3.1)."""
        if self.state is State.CONNECTED:
            self._say(replies.greeting(self._settings.hostname, "LMTP" if self._settings.lmtp else "ESMTP"))
            self._move(Signal.GREETING)

    def receive(self, wire: bytes) -> tuple[Event, ...]:
        """Take bytes from the client and say what they mean."""
        if self.state is State.CLOSED:
            return ()
        if self.state is State.CONNECTED:
            return self.close(replies.OUT_OF_STEP)
        self._reader.push(wire)
        return self._advance()

    def answer(self, *answers: Reply) -> tuple[Event, ...]:
        """Answer the question asked last, and go on with bytes that came behind it.

        A recipient and an SMTP message get one reply; an LMTP message one per accepted recipient, or one for all.
        ValueError when nothing was asked or the number is wrong.
        """
        if self._transaction.asked is not None and len(answers) == 1:
            return self._answer_recipient(self._transaction.asked, answers[0]) + self._advance()
        if self.state is not State.VERDICT or len(answers) not in {1, self._replies_due}:
            raise ValueError(f"{len(answers)} answers in state {self.state}")
        self._idle_commands = 0
        self._end_message(Signal.ANSWER, answers)
        return self._advance()

    def secured(self) -> None:
        """TLS is up: everything received or learned in the clear is forgotten (RFC 3207, 4.2)."""
        if self.state is State.SECURING:
            self._reader.clear()
            self._transaction = _Transaction()
            self._hello_verb, self._helo = None, ""
            self.is_secured = True
            self._withheld = _withheld(self._settings, is_secured=True)
            self._move(Signal.SECURED)

    def close(self, last_words: Reply | None = None) -> tuple[Event, ...]:
        """End the session from this side, whatever it was doing."""
        if self.state is State.CLOSED:
            return ()
        if last_words is not None:
            self._say(last_words)
        self._move(Signal.FATAL)
        self._reader.clear()
        self._transaction = _Transaction()
        return (Closed(),)

    def outgoing(self) -> bytes:
        """The replies to be sent since the last call."""
        out = b"".join(self._outgoing)
        self._outgoing.clear()
        return out

    @property
    def is_idle(self) -> bool:
        """No transaction is under way: closing now loses nothing."""
        return self.state in IDLE

    @property
    def recipients(self) -> tuple[Address, ...]:
        """The recipients accepted so far in this transaction."""
        return tuple(self._transaction.recipients)

    @property
    def buffered_bytes(self) -> int:
        """Octets kept: an unfinished line, or what came behind a question."""
        return self._reader.waiting_bytes + (self._transaction.body.held_bytes if self._transaction.body else 0)

    # From bytes to commands and bodies

    def _advance(self) -> tuple[Event, ...]:
        events: list[Event] = []
        reader = self._reader
        while reader.waiting_bytes and self.state not in WAITING:
            body = self._transaction.body
            if body is not None:
                self._take_body(body, events)
                continue
            command = reader.next_command()
            if command is None:
                break
            self.commands_read += 1
            events += self._fault(command) if isinstance(command, Reply) else self._obey(command)
        return tuple(events)

    def _take_body(self, body: BodyReader, events: list[Event]) -> None:
        wire = self._reader.rest()
        chunk, used = body.feed(wire)
        self._reader.use(len(wire) if used is None else used)
        if chunk:
            events.append(BodyChunk(chunk))
        elif body.is_spoilt and not self._transaction.is_dropped:
            self._transaction.is_dropped = True
            events.append(BodyDropped())
        if used is None:
            return
        if body.is_spoilt:
            self._end_message(Signal.SPOILT_END, (replies.MALFORMED if body.is_malformed else replies.TOO_BIG,))
        else:
            self._transaction.body = None
            self._move(Signal.END)
            events.append(BodyEnded(body.size_bytes))

    # Commands

    def _obey(self, command: Command) -> tuple[Event, ...]:
        verb = command.verb
        if self._reader.waiting_bytes and self._is_out_of_step(verb):
            return self.close(replies.OUT_OF_STEP)
        if verb in self._withheld:
            return self._fault(replies.NOT_OFFERED)
        if (self.state, verb) not in NEXT:
            return self._fault(replies.OUT_OF_ORDER)
        if command.argument and verb in _BARE_VERBS:
            return self._fault(replies.BAD_ARGUMENT)
        if verb in _IDLE_VERBS:
            self._idle_commands += 1
            if self._idle_commands > MAX_IDLE_COMMANDS:
                return self.close(replies.TOO_MANY_ERRORS)
        return self._OBEY[verb](self, command)

    def _is_out_of_step(self, verb: Verb) -> bool:
        """Bytes follow although the client had to wait: after some verbs, and always unless offered PIPELINING."""
        return verb in LAST_IN_GROUP or self._hello_verb not in _PIPELINING

    def _hello(self, command: Command) -> tuple[Event, ...]:
        if not command.argument:
            return self._fault(replies.BAD_ARGUMENT)
        self._move(command.verb)
        self._transaction = _Transaction()
        self._hello_verb, self._helo = command.verb, command.text
        self._say(replies.welcome(self._settings.hostname, self._keywords()))
        return ()

    def _keywords(self) -> tuple[str, ...]:
        if self._hello_verb is Verb.HELO:
            return ()
        size = f"SIZE {self._settings.size_limit_bytes}"
        starttls = () if Verb.STARTTLS in self._withheld else ("STARTTLS",)
        xforward = (f"XFORWARD {' '.join(ATTRIBUTES)}",) if self._settings.is_trusted else ()
        return ("PIPELINING", size, "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", *starttls, *xforward)

    def _starttls(self, _command: Command) -> tuple[Event, ...]:
        self._say(replies.TLS_READY)
        self._move(Verb.STARTTLS)
        return (TlsAsked(),)

    def _xforward(self, command: Command) -> tuple[Event, ...]:
        given = parse_xforward(command.text)
        if isinstance(given, Reply):
            return self._fault(given)
        self._transaction.forwarded = {**self._transaction.forwarded, **given}
        self._say(replies.OK)
        return ()

    def _mail(self, command: Command) -> tuple[Event, ...]:
        given = parse_mail(command.argument)
        if isinstance(given, Reply):
            return self._fault(given)
        if given.size_bytes > self._settings.size_limit_bytes:
            self._say(replies.TOO_BIG)
            return ()
        self._transaction.sender, self._transaction.smtputf8 = given.sender, given.smtputf8
        self._say(replies.SENDER_OK)
        self._move(Verb.MAIL)
        return (SenderGiven(given.sender),)

    def _rcpt(self, command: Command) -> tuple[Event, ...]:
        given = parse_rcpt(command.argument, smtputf8=self._transaction.smtputf8)
        if isinstance(given, Reply):
            return self._fault(given)
        if len(self._transaction.recipients) >= self._settings.max_recipients:
            self._say(replies.TOO_MANY_RECIPIENTS)
            return ()
        self._transaction.asked = given
        self._move(Verb.RCPT)
        return (RecipientGiven(given),)

    def _answer_recipient(self, asked: Address, said: Reply) -> tuple[Event, ...]:
        self._transaction.asked = None
        self._move(Signal.ACCEPTED if said.is_positive else Signal.REFUSED)
        if said.is_positive:
            self._transaction.recipients.append(asked)
        elif said.is_permanent and not self._settings.is_trusted:
            return self._fault(said)
        self._say(said)
        return ()

    def _data(self, _command: Command) -> tuple[Event, ...]:
        self._transaction.body = BodyReader(self._settings.size_limit_bytes)
        self._say(replies.GO_AHEAD)
        self._move(Verb.DATA)
        given, is_utf8 = self._transaction.sender, self._transaction.smtputf8
        envelope = Envelope(given, self.recipients, is_utf8, answered_each=self._settings.lmtp)
        return (BodyStarted(envelope, self._peer()),)

    def _peer(self) -> Peer:
        """The client, or whom a trusted proxy speaks for. LMTP stays what is spoken here."""
        if self._transaction.forwarded:
            told = self._transaction.forwarded.get
            protocol = "LMTP" if self._settings.lmtp else told("PROTO", "") or "ESMTP"
            return Peer(told("ADDR", ""), told("HELO", ""), told("NAME", ""), protocol)
        with_name = {Verb.HELO: "SMTP", Verb.LHLO: "LMTP"}.get(self._hello_verb or Verb.EHLO, "ESMTP")
        protocol = with_name + ("S" if self.is_secured else "")
        return Peer(self._settings.client_address, self._helo, "", protocol, self.is_secured)

    def _rset(self, command: Command) -> tuple[Event, ...]:
        self._transaction = _Transaction()
        return self._remark(command)

    def _remark(self, command: Command) -> tuple[Event, ...]:
        """Commands that only get a reply."""
        self._move(command.verb)
        self._say(_REMARKS.get(command.verb, replies.OK))
        return ()

    def _quit(self, _command: Command) -> tuple[Event, ...]:
        return self.close(replies.BYE)

    # What all of them use

    @property
    def _replies_due(self) -> int:
        """After the content LMTP wants one reply per accepted recipient (RFC 2033, 4.2)."""
        return len(self._transaction.recipients) if self._settings.lmtp else 1

    def _end_message(self, signal: Signal, answers: tuple[Reply, ...]) -> None:
        """Say what became of the message, once or for every recipient, and be ready for the next."""
        due = self._replies_due
        for said in answers if len(answers) == due else answers * due:
            self._say(said)
        self._move(signal)
        self._transaction = _Transaction()

    def _fault(self, said: Reply) -> tuple[Event, ...]:
        """Refuse a command; the one that uses up the budget gets 421 instead and ends the session."""
        self._errors += 1
        if self._errors >= self._settings.max_errors:
            return self.close(replies.TOO_MANY_ERRORS)
        self._say(said)
        return ()

    def _move(self, on: Verb | Signal) -> None:
        self.state = NEXT[self.state, on]

    def _say(self, said: Reply) -> None:
        self._outgoing.append(said.wire)

    _OBEY: ClassVar[Mapping[Verb, Callable[["Session", Command], tuple[Event, ...]]]] = {
        Verb.HELO: _hello,
        Verb.EHLO: _hello,
        Verb.LHLO: _hello,
        Verb.STARTTLS: _starttls,
        Verb.XFORWARD: _xforward,
        Verb.MAIL: _mail,
        Verb.RCPT: _rcpt,
        Verb.DATA: _data,
        Verb.RSET: _rset,
        Verb.NOOP: _remark,
        Verb.VRFY: _remark,
        Verb.HELP: _remark,
        Verb.QUIT: _quit,
    }
    """What carries a command out once its place in the order of commands is right."""


def _withheld(settings: SessionSettings, *, is_secured: bool) -> frozenset[Verb]:
    """The commands that are not offered on this connection, as it is now."""
    conditions = {
        Verb.HELO: not settings.lmtp,
        Verb.EHLO: not settings.lmtp,
        Verb.LHLO: settings.lmtp,
        Verb.STARTTLS: settings.offers_starttls and not is_secured,
        Verb.XFORWARD: settings.is_trusted,
    }
    return frozenset(verb for verb, is_offered in conditions.items() if not is_offered)
