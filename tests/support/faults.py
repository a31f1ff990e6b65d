# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every fault of the world this gateway stands up to: what the sender hears, what the journal says, what an operator does.

The page docs/operations/faults.md is made of it; the defences are rows of support.defences.
"""

from dataclasses import dataclass

from poststelle.core.journal import EventKind
from poststelle.protocol.smtp.replies import ACCEPTED, DISK_FULL, OUR_FAILURE, SHUTTING_DOWN, Reply
from support.kill_points import Point

OUTSIDE = None
"""No sender waits for an answer at this moment."""
UNHEARD = "none: the connection breaks"


@dataclass(frozen=True)
class Fault:
    """One row of the page."""

    what: str
    heard: Reply | str | None
    journal: tuple[EventKind, ...]
    seen_in: str
    remedy: str
    defences: tuple[str, ...]
    """Names in the ledger."""


@dataclass(frozen=True)
class Death:
    """What it means that a process dies at this point."""

    point: Point
    where: str
    then: str
    defences: tuple[str, ...]


FAULTS = (
    Fault(
        "the door is killed, or the machine falls",
        UNHEARD,
        (EventKind.RETRY_RECOGNISED,),
        "log: `role door ended`; `poststelle_role_up`",
        "None: the door starts again, the sending server tries again. Below: point by point.",
        ("spool-swept", "body-before-row", "settled-at-once", "retry-recognised"),
    ),
    Fault(
        "the power goes",
        UNHEARD,
        (),
        "—",
        "None, as long as the disk keeps what it says it flushed: no write cache without a battery.",
        ("row-flushed", "body-flushed", "name-flushed"),
    ),
    Fault(
        "the outbox is killed",
        OUTSIDE,
        (EventKind.DELIVERED,),
        "log: `role outbox ended`",
        "None. A mailbox may get a message twice, with the same Message-ID: let its server drop duplicates.",
        ("kept-until-recorded", "one-message-id", "recorded-at-once", "outcome-recorded"),
    ),
    Fault(
        "the sequencer is killed, or a second one runs",
        OUTSIDE,
        (),
        "`poststelle_journal_lag_seconds`, `poststelle_journal_unsigned_leaves`",
        "None: the next one goes on where the last commit stands, one at a time.",
        ("places-at-once", "struck-last", "one-sequencer"),
    ),
    Fault(
        "the disk of the bodies is full, out of inodes or read-only",
        DISK_FULL,
        (EventKind.DEFERRED,),
        "doctor: disk; `poststelle_disk_free_bytes`; cause `blob store: no room for the content`",
        "Make room, or mount it writable. Mail up to 64 KB goes on meanwhile; larger mail comes again by itself.",
        ("disk-told-as-world",),
    ),
    Fault(
        "the disk of the records is full or read-only, or the database locked",
        OUR_FAILURE,
        (),
        "log: `door.deferred cause=database: …`; doctor: disk; `poststelle_disk_free_bytes`",
        "Make room, end what holds the lock. The sending server's log is the only evidence of such an attempt.",
        ("answer-after-commit",),
    ),
    Fault(
        "the database's file is taken away or replaced",
        OUR_FAILURE,
        (),
        "log: `database: the file was taken away or replaced`",
        "Put it back, or stop all roles and restore a backup; never replace it under a running gateway.",
        ("file-in-its-place",),
    ),
    Fault(
        "the database server is gone, or restarts",
        OUR_FAILURE,
        (),
        "`/readyz` names the database; log: `event=unavailable cause=database`",
        "Start it: every role finds it again by itself.",
        ("connection-made-anew", "outcome-kept"),
    ),
    Fault(
        "the bucket is gone, or hangs",
        OUR_FAILURE,
        (EventKind.DEFERRED,),
        "doctor: bucket; cause `bucket: …`",
        "Start it, or mend the way there. Mail up to 64 KB goes on meanwhile.",
        ("bucket-told-as-world",),
    ),
    Fault(
        "the disk is slow beyond the deadline of the message",
        OUR_FAILURE,
        (EventKind.RETRY_RECOGNISED,),
        "log: `door.message_deadline_passed`",
        "Find out what keeps it busy. What was begun is settled after all, and the retry is told what became of it.",
        ("message-deadline", "one-of-two-at-once"),
    ),
    Fault(
        "writers crowd on one database file",
        OUTSIDE,
        (),
        "latency of the door; [ADR 13](../adr/0013-turns-to-write.md)",
        "None: they stand in a queue. Where it grows, see [many nodes](nodes.md).",
        ("writers-queue",),
    ),
    Fault(
        "the virus scanner is gone, hangs, hangs up or talks nonsense",
        OUR_FAILURE,
        (EventKind.DEFERRED,),
        "doctor: virus scanner; `/readyz`; cause `clamd …`",
        "Restart clamav-daemon, look into its log. Everything waits at the sending servers and comes again by itself.",
        ("never-unscanned", "clear-answers-only", "scanner-in-time", "attempt-on-record"),
    ),
    Fault(
        "the virus scanner answers in order and finds nothing any more",
        ACCEPTED,
        (EventKind.ACCEPTED,),
        "doctor: virus scanner, which is shown the EICAR test file",
        "Stop the door, load the signatures, look again: no message shows it, so let the doctor run daily.",
        ("scanner-shown-a-virus",),
    ),
    Fault(
        "the spam filter is gone",
        OUR_FAILURE,
        (EventKind.DEFERRED,),
        "doctor: spam filter; cause `rspamd …`",
        "Start it, or set `spam.engine`.",
        ("never-unrated", "attempt-on-record"),
    ),
    Fault(
        "no inspector can be started",
        OUR_FAILURE,
        (EventKind.DEFERRED,),
        "log: `no inspector can be started`; doctor: inspector sandbox",
        "Look for memory and process limits of the unit.",
        ("attempt-on-record",),
    ),
    Fault(
        "an inspector dies, has no memory left, or spins",
        ACCEPTED,
        (EventKind.WORKER_DIED,),
        '`poststelle_events_total{event="worker-died"}`',
        "None: the next one takes over. Where one message does it again and again, report it.",
        ("second-worker", "memory-limit", "processor-limit"),
    ),
    Fault(
        "two inspectors die over one message",
        ACCEPTED,
        (EventKind.WORKER_DIED, EventKind.HELD),
        "desk: held, with a task to decide and the suspicion of a deadline",
        "A clerk decides; the sender is not written to. Keep the message for a report of the fault.",
        ("held-for-a-clerk",),
    ),
    Fault(
        "the clock is set",
        ACCEPTED,
        (EventKind.CLOCK_STEPPED,),
        "doctor: clock",
        "Let NTP keep it. Times of receipt never go back; the entry says how far the step went, for whoever counts a term.",
        ("step-told", "never-back"),
    ),
    Fault(
        "a role is asked to end (SIGTERM)",
        SHUTTING_DOWN,
        (),
        "log",
        "None: transactions and rounds under way are finished first, within 20 s; keyholder and nursery end last.",
        ("round-finished", "door-drains"),
    ),
    Fault(
        "a lease ends while its worker is still busy, or two ask for one effect",
        OUTSIDE,
        (EventKind.DELIVERED,),
        "log: `event=lease-lost`",
        "None. Where it is often, raise `outbox.lease_seconds` above what the slowest mailbox takes.",
        ("lease", "attempt-token", "one-holder"),
    ),
)

DEATHS = (
    Death(Point.SPOOLING, "while content comes in", "nothing of it stays; it comes again", ("spool-swept",)),
    Death(Point.SPOOLED, "content complete, nobody looked yet", "the same", ("spool-swept",)),
    Death(Point.SECURING, "judged, body not yet durable", "the same", ("spool-swept",)),
    Death(Point.SECURED, "body durable, no row", "it comes again and the body is taken over", ("body-again",)),
    Death(Point.SETTLING, "before the transaction", "the same", ("body-again",)),
    Death(Point.IN_SETTLEMENT, "half the rows written", "none of them stays; it comes again", ("settled-at-once",)),
    Death(
        Point.SETTLED, "committed, not answered", "it comes again and is told the first answer", ("retry-recognised",)
    ),
    Death(Point.REPLIED, "answered", "everything is on record", ("body-before-row", "retry-recognised", "row-flushed")),
    Death(Point.CLAIMING, "before an effect is claimed", "another claims it", ("outcome-recorded",)),
    Death(Point.CLAIMED, "claimed", "claimed again when the lease is over", ("kept-until-recorded",)),
    Death(Point.BEFORE_DOT, "before the content was handed over", "the same", ("kept-until-recorded",)),
    Death(Point.AFTER_DOT, "the receiver said 250", "sent **twice**, with the same Message-ID", ("one-message-id",)),
    Death(Point.RECORDING, "before the outcome is recorded", "sent **twice**, the same", ("one-message-id",)),
    Death(
        Point.IN_RECORD, "the outcome half recorded", "sent **twice**, the same", ("one-message-id", "recorded-at-once")
    ),
    Death(Point.RECORDED, "the outcome recorded", "it is done", ("outcome-recorded",)),
    Death(Point.IN_SEQUENCE, "places given, tree not grown", "none of it stays; given again", ("places-at-once",)),
    Death(Point.SEQUENCED, "places given", "the next batch goes on there", ("tree-goes-on",)),
    Death(Point.SIGNING, "before a head is signed", "signed with the next round", ("head-signed",)),
    Death(Point.REMOVING, "before content is removed", "it stays on the list and is removed", ("struck-last",)),
    Death(Point.REMOVED, "removed, still on the list", "struck from the list", ("removed-twice",)),
)
