# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Drives a session without a socket: answers its questions by rule and keeps what it said and reported."""

from collections import deque
from dataclasses import dataclass, field

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope, Peer
from poststelle.protocol.smtp import (
    BodyChunk,
    BodyDropped,
    BodyEnded,
    BodyStarted,
    Closed,
    Event,
    RecipientGiven,
    Session,
    SessionSettings,
    TlsAsked,
    replies,
)

SETTINGS = SessionSettings("mx.example.org", 10_000, client_address="192.0.2.7")


def answer_recipient(address: Address) -> replies.Reply:
    return replies.UNKNOWN_ADDRESS if address.local == "nobody" else replies.RECIPIENT_OK


@dataclass
class Driver:
    """One session, already greeted unless told otherwise."""

    settings: SessionSettings = SETTINGS
    is_greeted: bool = True
    said: bytes = b""
    events: list[Event] = field(default_factory=list)
    messages: list[bytes] = field(default_factory=list)
    verdicts: deque[tuple[replies.Reply, ...]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.session = Session(self.settings)
        self._body = b""
        if self.is_greeted:
            self.session.greet()
            self.session.outgoing()

    def send(self, wire: bytes) -> list[str]:
        """The lines said in answer to these bytes."""
        self.follow(self.session.receive(wire))
        out = self.session.outgoing()
        self.said += out
        return out.decode("ascii").split("\r\n")[:-1]

    def codes(self, wire: bytes) -> list[str]:
        """Code and enhanced code of every reply to these bytes."""
        return [" ".join(line.split(" ")[:2]) for line in self.send(wire) if line[3:4] == " "]

    def follow(self, events: tuple[Event, ...]) -> None:
        waiting = deque(events)
        while waiting:
            event = waiting.popleft()
            self.events.append(event)
            waiting.extend(self._do(event))

    def _do(self, event: Event) -> tuple[Event, ...]:
        match event:
            case RecipientGiven(recipient):
                return self.session.answer(answer_recipient(recipient))
            case BodyStarted() | BodyDropped():
                self._body = b""
            case BodyChunk(content):
                assert content
                self._body += content
            case BodyEnded(size_bytes):
                assert size_bytes == len(self._body)
                self.messages.append(self._body)
                return self.session.answer(*(self.verdicts.popleft() if self.verdicts else (replies.ACCEPTED,)))
            case TlsAsked():
                self.session.secured()
        return ()

    @property
    def is_closed(self) -> bool:
        return Closed() in self.events

    def envelopes(self) -> list[Envelope]:
        return [event.envelope for event in self.events if isinstance(event, BodyStarted)]

    def peers(self) -> list[Peer]:
        return [event.peer for event in self.events if isinstance(event, BodyStarted)]


def in_transaction(settings: SessionSettings = SETTINGS, hello: bytes = b"EHLO client.example") -> Driver:
    """A session that waits for a content."""
    driver = Driver(settings)
    driver.send(hello + b"\r\n")
    driver.send(b"MAIL FROM:<anna@example.net>\r\nRCPT TO:<post@stadt.example>\r\nDATA\r\n")
    driver.said = b""
    return driver
