# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One connection at the door: bytes between the socket and a session, the clock beside it, and the wait for a verdict."""

import asyncio
import logging
import math
from collections.abc import Callable
from concurrent.futures import Executor, Future
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import assert_never

from poststelle.adapters.smtp_door.judgement import log_failure, submit
from poststelle.adapters.smtp_door.settings import DoorSettings, Reception, Recipients
from poststelle.adapters.smtp_door.transaction import Transaction
from poststelle.application.ports import Blobs, Clock
from poststelle.protocol.smtp import (
    BodyChunk,
    BodyDropped,
    BodyEnded,
    BodyStarted,
    Closed,
    Event,
    RecipientGiven,
    SenderGiven,
    Session,
    SessionSettings,
    State,
    TlsAsked,
    replies,
)
from poststelle.protocol.smtp.replies import Reply

_log = logging.getLogger("poststelle.door")

LINGER_SECONDS = 10.0
"""How long a client may take to fetch our last words."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all connections of one door share."""

    settings: DoorSettings
    blobs: Blobs
    recipients: Recipients
    reception: Reception
    clock: Clock
    pool: Executor
    admit: Callable[["Connection", str], bool]
    """Asked once per connection; False is answered with 421."""
    leave: Callable[["Connection"], None]


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._shared = surroundings
        self._settings = surroundings.settings
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._session: Session
        """There from the first call of the transport on, which says who the client is."""
        self._transaction = Transaction()
        self._verdict: Future[tuple[Reply, ...]] | None = None
        self._securing: asyncio.Task[None] | None = None
        self._early: bytes | None = None
        """While TLS is negotiated: what came under its protection before we were told that it is up."""
        self._progress_at = 0.0
        self._session_ends_at = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._overdue: asyncio.TimerHandle | None = None
        """Only where a message is still being judged when the connection is over."""
        self._is_leaving = False
        self._is_clogged = False
        self._is_paused = False

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # a stream's, no other
        """Ask for room, and greet when the client had the chance to speak too early."""
        self._transport = transport
        address = _address_of(transport)
        is_trusted = self._settings.trusts(address)
        self._session = _session(self._settings, address, is_trusted=is_trusted)
        if not self._shared.admit(self, "" if is_trusted else address):
            self._follow(self._session.close(replies.TOO_MANY_CONNECTIONS))
            return
        self._extend()
        self._session_ends_at = self._progress_at + self._settings.session_timeout_seconds
        self._watch(self._deadline_at)
        # Reading begins in the next turn of the loop; the greeting follows one turn later, so that bytes which were
        # there before it are seen first.
        self._loop.call_soon(self._loop.call_soon, self._greet)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._early is not None:
            self._early += data
            return
        before = self._session.commands_read
        is_body = self._session.state is State.BODY
        if self._verdict is not None:
            self._set_reading()
        self._follow(self._session.receive(data))
        if is_body or self._session.commands_read != before:
            self._extend()

    def eof_received(self) -> bool:
        """The client will send no more: hang up, but not on one that waits for its verdict (seen again afterwards)."""
        if self._verdict is None or self._session.is_secured:
            return False
        self._set_reading()
        return True

    def pause_writing(self) -> None:
        """The client does not fetch our replies: read nothing more from it."""
        self._is_clogged = True
        self._set_reading()

    def resume_writing(self) -> None:
        """The client fetches our replies again."""
        self._is_clogged = False
        self._set_reading()

    def connection_lost(self, _exc: Exception | None) -> None:
        """The client is gone. A body under way is forgotten; a message being judged is judged to its end."""
        self._stop_watching()
        self._transport = None
        if self._verdict is None:
            self._transaction.drop()
        self._session.close()
        self._shared.leave(self)

    # What the door calls

    def ask_to_leave(self) -> None:
        """Close the session as soon as no transaction is under way."""
        self._is_leaving = True
        self._leave_when_idle()

    def break_off(self) -> None:
        """Close the session now; the client will try again."""
        self._end(replies.SHUTTING_DOWN)

    # Events

    def _follow(self, events: tuple[Event, ...]) -> None:
        """Do what the events ask for, and send what the session has to say."""
        while events:
            following: tuple[Event, ...] = ()
            for event in events:
                # A question is the last event of its tuple, so what its answer brings comes in order.
                following = self._do(event)
            events = following
        self._flush()
        self._leave_when_idle()

    def _do(self, event: Event) -> tuple[Event, ...]:
        match event:
            case RecipientGiven(recipient):
                return self._session.answer(self._transaction.ask(self._shared.recipients, recipient))
            case BodyEnded():
                return self._submit()
            case TlsAsked():
                self._securing = self._loop.create_task(self._secure())
            case Closed():
                self._close()
            case _:
                self._keep(event)
        return ()

    def _keep(self, event: SenderGiven | BodyStarted | BodyChunk | BodyDropped) -> None:
        """Keep the transaction and its body up to date."""
        match event:
            case BodyChunk(content):
                self._transaction.write(content)
            case SenderGiven():
                self._transaction = Transaction()
            case BodyStarted():
                self._transaction.begin(event, self._shared.blobs)
            case BodyDropped():
                self._transaction.drop()
            case _:
                assert_never(event)

    def _submit(self) -> tuple[Event, ...]:
        """Give the message to a thread and stop reading; or say at once that there is none."""
        incoming = self._transaction.complete(self._shared.clock.now(), is_lmtp=self._settings.lmtp)
        if isinstance(incoming, Reply):
            return self._session.answer(incoming)
        self._verdict = submit(self._shared.pool, self._shared.reception, incoming)
        self._extend()
        self._verdict.add_done_callback(self._report)
        if self._session.is_secured:
            # With TLS, the end of reading would close the connection before the reply.
            self._set_reading()
        return ()

    def _report(self, verdict: Future[tuple[Reply, ...]]) -> None:
        """In the thread: tell the loop, unless it is gone."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._judged, verdict)

    def _judged(self, verdict: Future[tuple[Reply, ...]]) -> None:
        if verdict is not self._verdict:
            _log.warning("door.late_verdict was_begun=%s", not verdict.cancelled())
            return
        self._answer(verdict.result())

    def _give_up(self, verdict: Future[tuple[Reply, ...]]) -> None:
        """The deadline of the message has passed. A thread that has begun goes on; the retry will be recognised."""
        _log.error("door.message_deadline_passed")
        if verdict.cancel():
            self._transaction.drop()
        else:
            self._transaction.let_go()
        self._answer((replies.OUR_FAILURE,))

    def _answer(self, answers: tuple[Reply, ...]) -> None:
        self._verdict = None
        if self._overdue is not None:
            self._overdue.cancel()
        if self._session.state is not State.VERDICT:
            return
        if self._is_paused:
            self._set_reading()
        self._follow(self._session.answer(*answers))
        self._extend()

    async def _secure(self) -> None:
        """Negotiate TLS on the connection; on failure it is closed."""
        plain, tls = self._transport, self._settings.tls
        self._set_reading()
        if plain is None or tls is None:
            return
        # From here on nothing in the clear gets to us. A client may send its EHLO together with the end of the handshake,
        # and asyncio hands that on one turn before the new transport.
        self._early = b""
        try:
            secured = await self._loop.start_tls(
                plain, self, tls(), server_side=True, ssl_handshake_timeout=self._settings.command_timeout_seconds
            )
        except OSError as error:
            _log.info("door.tls_failed error=%s", type(error).__name__)
            secured = None
        except Exception as error:  # noqa: BLE001 - nobody else looks at this task: the connection would stay for ever
            log_failure("tls_broken", error)
            secured = None
        if secured is None:
            plain.abort()
            self.connection_lost(None)
            return
        self._securing = None
        self._transport = secured
        self._session.secured()
        self._extend()
        self._set_reading()
        early, self._early = self._early, None
        if early:
            self.data_received(early)
        self._leave_when_idle()

    # The clock

    def _extend(self) -> None:
        """There was progress: the next time-out counts from now."""
        self._progress_at = self._loop.time()

    @property
    def _deadline_at(self) -> float:
        """When patience ends, as things stand. The end of the session does not cut off a message being judged."""
        if self._verdict is not None:
            return self._progress_at + self._settings.message_deadline_seconds
        is_body = self._session.state is State.BODY
        seconds = self._settings.data_timeout_seconds if is_body else self._settings.command_timeout_seconds
        return min(self._progress_at + seconds, self._session_ends_at)

    def _watch(self, at: float) -> None:
        """Look at the clock then, or before any deadline that a change of state may bring; never at every read."""
        soonest = self._loop.time() + self._settings.shortest_timeout_seconds
        self._timer = self._loop.call_at(min(at, soonest), self._look_at_clock)

    def _look_at_clock(self) -> None:
        if self._session.state is State.SECURING:
            self._watch(math.inf)
        elif self._loop.time() < self._deadline_at:
            self._watch(self._deadline_at)
        elif self._verdict is None:
            self._end(replies.TIMED_OUT)
        else:
            self._give_up(self._verdict)
            if self._session.state is not State.CLOSED:
                self._watch(self._deadline_at)

    def _stop_watching(self) -> None:
        """The connection is over; only a message that is still being judged keeps its deadline."""
        if self._timer is not None:
            self._timer.cancel()
        if self._verdict is not None and self._overdue is None:
            self._overdue = self._loop.call_at(self._deadline_at, self._give_up, self._verdict)

    # The socket

    def _greet(self) -> None:
        self._session.greet()
        self._flush()
        self._leave_when_idle()

    def _flush(self) -> None:
        wire = self._session.outgoing()
        if wire and self._transport is not None and not self._transport.is_closing():
            self._transport.write(wire)

    def _set_reading(self) -> None:
        """Read only while somebody wants it: not while a message is judged, TLS negotiated or our replies pile up.

        While a message is judged, reading is stopped by the first bytes that come: most clients send none, and stopping
        and starting costs as much as the rest of a small message (100 of 350 microseconds, November 2026).
        """
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._is_paused = self._is_clogged or self._verdict is not None or self._session.state is State.SECURING
        if self._is_paused:
            transport.pause_reading()
        else:
            transport.resume_reading()

    def _leave_when_idle(self) -> None:
        if self._is_leaving and self._session.is_idle:
            self._end(replies.SHUTTING_DOWN)

    def _end(self, last_words: Reply) -> None:
        if self._session.state is State.SECURING and self._transport is not None:
            self._transport.abort()
        self._follow(self._session.close(last_words))

    def _close(self) -> None:
        """Send the last words and close; a client that does not fetch them is cut off after a while."""
        self._flush()
        self._stop_watching()
        if self._transport is not None:
            self._transport.close()
            self._timer = self._loop.call_later(LINGER_SECONDS, self._transport.abort)


def _session(settings: DoorSettings, client_address: str, *, is_trusted: bool) -> Session:
    return Session(
        SessionSettings(
            hostname=settings.hostname,
            size_limit_bytes=settings.size_limit_bytes,
            client_address=client_address,
            lmtp=settings.lmtp,
            offers_starttls=settings.tls is not None,
            is_trusted=is_trusted,
            max_recipients=settings.max_recipients,
        )
    )


def _address_of(transport: asyncio.Transport) -> str:
    """The client's IP address in its usual spelling; empty where the socket has none."""
    name = transport.get_extra_info("peername")
    if not isinstance(name, tuple) or not name:
        return ""
    try:
        address = ip_address(str(name[0]).partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
