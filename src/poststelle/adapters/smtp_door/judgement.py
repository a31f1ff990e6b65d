# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""From the last byte of a content to the replies: the part of the door's work that may wait, done in a thread."""

import logging
import secrets
import traceback
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime

from poststelle.adapters.smtp_door.settings import Accept, Reception
from poststelle.application.ports import BlobWriter, Body, UnavailableError
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.protocol.smtp.replies import DISK_FULL, OUR_FAILURE, Reply

_log = logging.getLogger("poststelle.door")


@dataclass(frozen=True, slots=True)
class Letter:
    """What is known of a message without its content."""

    authority: AuthorityId
    envelope: Envelope
    peer: Peer
    received_at: datetime

    def arrival(self, body: BlobKey, size_bytes: int) -> Arrival:
        """The message with this content; an empty key stands for one that could not be kept."""
        return Arrival(
            channel=Channel.EMAIL,
            authority=self.authority,
            envelope=self.envelope,
            body=body,
            size_bytes=size_bytes,
            received_at=self.received_at,
            peer=self.peer,
        )


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message whose content is complete and whose fate is open."""

    letter: Letter
    writer: BlobWriter
    size_bytes: int
    replies_due: int
    """How many replies the client waits for."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A message whose content came and could not be kept, and what the client is told."""

    letter: Letter
    size_bytes: int
    reply: Reply


def submit(pool: Executor, reception: Reception, came: Incoming | Lost) -> "Future[tuple[Reply, ...]]":
    """Let a thread finish the body and judge the message. The future never holds an exception."""
    if isinstance(came, Lost):
        return pool.submit(_lose, reception, came)
    return pool.submit(_judge, reception, came)


def _lose(reception: Reception, lost: Lost) -> tuple[Reply, ...]:
    """Leave evidence of the attempt where anything can be written at all; the reply is the same either way."""
    try:
        reception.note_lost(lost.letter.arrival(BlobKey(""), lost.size_bytes))
    except Exception as error:  # noqa: BLE001 - the sending server's own log remains
        log_failure("loss_not_noted", error)
    return (lost.reply,)


def _judge(reception: Reception, incoming: Incoming) -> tuple[Reply, ...]:
    try:
        body = incoming.writer.finish()
        return _ask(reception.accept, incoming, body)
    except UnavailableError as error:
        _log.warning("door.body_not_kept cause=%s", error)
        return _lose(reception, Lost(incoming.letter, incoming.size_bytes, DISK_FULL))
    except Exception as error:  # noqa: BLE001 - whatever it is, the client is told 451 and the operator the place
        log_failure("body_not_finished", error)
        return (OUR_FAILURE,)
    finally:
        # Takes nothing away from a body that was secured; of one that was not, nothing stays behind.
        discard(incoming.writer)


def _ask(accept: Accept, incoming: Incoming, body: Body) -> tuple[Reply, ...]:
    arrival = incoming.letter.arrival(body.key, body.size_bytes)
    try:
        answers = accept(arrival, body)
    except UnavailableError as error:
        _log.warning("door.deferred cause=%s", error)
        return (OUR_FAILURE,)
    except Exception as error:  # noqa: BLE001 - see above
        log_failure("accept_failed", error)
        return (OUR_FAILURE,)
    if len(answers) not in {1, incoming.replies_due}:
        _log.error("door.wrong_number_of_replies given=%d due=%d", len(answers), incoming.replies_due)
        return (OUR_FAILURE,)
    return answers


def discard(writer: BlobWriter) -> None:
    """Forget a body; where that fails, the sweeper of the blob store will find it."""
    try:
        writer.discard()
    except Exception as error:  # noqa: BLE001 - nothing else depends on it
        log_failure("body_not_discarded", error)


def log_failure(event: str, error: BaseException) -> str:
    """Log where something of ours broke, by a reference and never with content: an exception's words may quote mail."""
    reference = secrets.token_hex(4)
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
    _log.error("door.%s reference=%s error=%s at=%s", event, reference, type(error).__name__, place)
    return reference
