# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One transaction at the door: its authority, its body on the way to the blob store, and what went wrong with it."""

from dataclasses import replace
from datetime import datetime

from poststelle.adapters.smtp_door.judgement import Incoming, Letter, Lost, discard, log_failure
from poststelle.adapters.smtp_door.settings import Known, Recipients, Stranger
from poststelle.application.ports import Blobs, BlobWriter, UnavailableError
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId, Envelope, Peer
from poststelle.protocol.smtp import replies
from poststelle.protocol.smtp.events import BodyStarted
from poststelle.protocol.smtp.replies import Reply

_STRANGERS = {
    Stranger.UNKNOWN_USER: replies.UNKNOWN_ADDRESS,
    Stranger.FOREIGN_DOMAIN: replies.NOT_OUR_DOMAIN,
}


class Transaction:
    """What the door remembers between MAIL and the end of the content."""

    __slots__ = ("_meant", "_size_bytes", "authority", "envelope", "failure", "peer", "writer")

    def __init__(self) -> None:
        self.authority: AuthorityId | None = None
        self.envelope: Envelope | None = None
        self.peer: Peer | None = None
        self.writer: BlobWriter | None = None
        self.failure: Reply | None = None
        """What the client is told at the end of a content that could not be kept."""
        self._meant: list[Address] = []
        self._size_bytes = 0

    def ask(self, recipients: Recipients, given: Address) -> Reply:
        """The answer to RCPT. All recipients of one transaction belong to one authority."""
        try:
            answer = recipients(given)
        except UnavailableError:
            return replies.OUR_FAILURE
        except Exception as error:  # noqa: BLE001 - a broken directory is our fault, never the sender's
            log_failure("recipient_not_decided", error)
            return replies.OUR_FAILURE
        if isinstance(answer, Stranger):
            return _STRANGERS[answer]
        return self._admit(answer, given)

    def _admit(self, known: Known, given: Address) -> Reply:
        if self.authority not in {None, known.authority}:
            return replies.ONE_AUTHORITY
        self.authority = known.authority
        self._meant.append(known.address or given)
        return replies.RECIPIENT_OK

    def begin(self, started: BodyStarted, blobs: Blobs) -> None:
        """Open the body."""
        given, meant = started.envelope, tuple(self._meant)
        self.envelope = given if meant == given.recipients else replace(given, recipients=meant)
        self.peer = started.peer
        try:
            self.writer = blobs.writer()
        except UnavailableError:
            self.failure = replies.DISK_FULL
        except Exception as error:  # noqa: BLE001 - the client is told 451 after its content
            log_failure("body_not_opened", error)
            self.failure = replies.OUR_FAILURE

    def write(self, chunk: bytes) -> None:
        """Keep the next bytes; after a failure the rest of the content is swallowed."""
        self._size_bytes += len(chunk)
        if self.writer is None:
            return
        try:
            self.writer.write(chunk)
        except UnavailableError:
            self.failure = replies.DISK_FULL
            self.drop()
        except Exception as error:  # noqa: BLE001 - see above
            log_failure("body_not_written", error)
            self.failure = replies.OUR_FAILURE
            self.drop()

    def drop(self) -> None:
        """Forget the body."""
        writer, self.writer = self.writer, None
        if writer is not None:
            discard(writer)

    def let_go(self) -> None:
        """Leave the body to the thread that is judging it."""
        self.writer = None

    def complete(self, received_at: datetime, *, is_lmtp: bool) -> Incoming | Lost | Reply:
        """The message as it is handed on, whole or lost; or what the client is told where there is none."""
        if self.authority is None or self.envelope is None or self.peer is None:
            return self.failure or replies.OUR_FAILURE
        letter = Letter(self.authority, self.envelope, self.peer, received_at)
        if self.writer is None:
            return Lost(letter, self._size_bytes, self.failure or replies.OUR_FAILURE)
        replies_due = len(self.envelope.recipients) if is_lmtp else 1
        return Incoming(letter, self.writer, self._size_bytes, replies_due)
