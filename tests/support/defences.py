# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The ledger of defences: which name of the program holds against which fault, and which test fails without it.

Read before the program is loaded: it imports nothing of it.
"""

from dataclasses import dataclass

from support import without
from support.removals import Removal

KILLS = "tests/faults/test_fault_kills.py"
DOOR = f"{KILLS}::test_a_door_that_dies_loses_nothing_it_acknowledged_and_takes_nothing_twice"
OUTBOX = f"{KILLS}::test_an_outbox_that_dies_sends_again_only_what_it_could_not_record"
KEEPER = f"{KILLS}::test_a_keeper_that_dies_leaves_no_gap_and_removes_what_is_to_go_and_nothing_else"
STORAGE = "tests/faults/test_fault_storage.py"
DISKS = "tests/faults/test_fault_disks.py"
ENGINES = "tests/faults/test_fault_engines.py"
UNSEEN = f"{ENGINES}::test_a_message_nobody_could_look_at_is_answered_451_and_the_attempt_is_on_record"
CLOCK = "tests/faults/test_fault_clock.py"
ENDING = "tests/faults/test_fault_ending.py"
POWER = "tests/faults/test_fault_power.py"
QUEUE = "tests/contract/test_outbox_port.py"
WORK = "tests/contract/test_outbox_work.py"
ALONE = "tests/contract/test_alone.py"
POOL = "tests/adapters/test_inspector_pool.py"
LIMITS = "tests/adapters/test_smtp_door_limits.py"


@dataclass(frozen=True)
class Defence:
    """One row of the ledger."""

    name: str
    holds: str
    """What the program does against the fault, as the page for operators says it."""
    removals: tuple[Removal, ...]
    tests: tuple[str, ...]
    """Node ids; every one of them fails without the defence."""
    fails_with: str
    """A pattern that the failure of each shows."""
    is_daily: bool = False
    """Tried with every run of the tests; the others belong to the long runs."""


def _at(test: str, *points: str) -> tuple[str, ...]:
    return tuple(f"{test}[files-{point}]" for point in points)


DEFENCES = (
    # ------------------------------------------------------------------------------------------ a process dies
    Defence(
        "spool-swept",
        "what was half received is swept away when a door starts",
        (Removal("poststelle.adapters.blobs_fs:FileBlobs.sweep_spool", without.answering(0)),),
        _at(DOOR, "spooling", "spooled", "securing"),
        r"PosixPath",
    ),
    Defence(
        "body-before-row",
        "the body is durable before its row is written",
        (Removal("poststelle.adapters.blobs_fs:FileBlobs.secure", without.nothing),),
        _at(DOOR, "settled", "replied"),
        r"assert None == b'From",
        is_daily=True,
    ),
    Defence(
        "body-again",
        "content that is there already is written anew",
        (Removal("poststelle.adapters.blobs_fs:FileBlobs.secure", without.takes_once),),
        _at(DOOR, "secured", "settling"),
        r"assert False",
    ),
    Defence(
        "settled-at-once",
        "a message, its verdict, its effects and its journal entries are one transaction",
        (Removal("poststelle.records.writer:transaction", without.one_by_one),),
        _at(DOOR, "in-settlement"),
        r"assert [12] == 0",
    ),
    Defence(
        "retry-recognised",
        "a message that comes again is recognised and told what became of it",
        (Removal("poststelle.records.store:RecordsStore._latest", without.nobody),),
        _at(DOOR, "settled", "replied"),
        r"assert 0 == 2",
    ),
    Defence(
        "one-of-two-at-once",
        "of attempts that are judged at the same time one becomes a case, and the others hear what it became",
        (Removal("poststelle.records.store:RecordsStore._settled_meanwhile", without.nobody),),
        ("tests/faults/test_fault_engines.py::test_where_the_retry_overtakes_the_first_there_is_one_case",),
        r"assert .*250",
    ),
    Defence(
        "kept-until-recorded",
        "an effect stays in the queue until its outcome is recorded",
        (Removal("poststelle.records.outbox:OutboxTable._claim", without.done_when_claimed),),
        _at(OUTBOX, "claimed", "before-dot"),
        r"assert \[\] ==",
    ),
    Defence(
        "one-message-id",
        "every attempt at an effect hands over the same bytes, Message-ID included",
        (Removal("poststelle.adapters.submission:SmtpSubmission.submit", without.numbered),),
        _at(OUTBOX, "after-dot", "recording", "in-record"),
        r"assert \[1, 1\] == \[2\]",
    ),
    Defence(
        "recorded-at-once",
        "the outcome of an effect and its journal entry are one transaction",
        (Removal("poststelle.records.writer:transaction", without.one_by_one),),
        _at(OUTBOX, "in-record"),
        r"assert \[1\] == \[2\]",
    ),
    Defence(
        "outcome-recorded",
        "an outcome that was recorded is committed",
        (Removal("poststelle.records.outbox:OutboxTable._settle", without.forgotten),),
        _at(OUTBOX, "claiming", "recorded"),
        r"assert \[\d+\] == \[1\]",
    ),
    Defence(
        "places-at-once",
        "leaves get their places in one transaction with the tree",
        (Removal("poststelle.records.database:transaction", without.one_by_one),),
        _at(KEEPER, "in-sequence"),
        r"assert \[",
    ),
    Defence(
        "struck-last",
        "content is removed before it is struck from the list",
        (Removal("poststelle.records.store:RecordedBodies.sweep", without.forgets_first),),
        _at(KEEPER, "removing"),
        r"is None",
    ),
    Defence(
        "tree-goes-on",
        "a batch goes on where the tree stands",
        (Removal("poststelle.records.sequencer:Sequencer._tree", without.begun_anew),),
        _at(KEEPER, "sequenced"),
        r"'signed': 0",
    ),
    Defence(
        "head-signed",
        "a head is kept when it is signed, not before",
        (Removal("poststelle.records.sequencer:Sequencer.sign_head", without.kept_unsigned),),
        _at(KEEPER, "signing"),
        r"b''",
    ),
    Defence(
        "removed-twice",
        "content that is gone already is struck from the list",
        (Removal("poststelle.adapters.blobs_fs:FileBlobs.remove", without.removes_once),),
        _at(KEEPER, "removed"),
        r"\('ended', 1\) == \('ended', 0\)",
    ),
    # ------------------------------------------------------------------------------------------ disk and database
    Defence(
        "answer-after-commit",
        "a reply waits for its commit",
        (Removal("poststelle.records.writer:GroupWriter.run", without.before_the_commit),),
        (
            f"{STORAGE}::test_a_locked_database_is_451_and_the_retry_comes_through",
            f"{STORAGE}::test_a_disk_too_full_for_the_record_is_451_and_nothing_is_acknowledged",
            f"{STORAGE}::test_a_database_that_may_not_be_written_is_451",
        ),
        r"'250 2\.0\.0.*\.startswith\('451|where False = .*startswith",
        is_daily=True,
    ),
    Defence(
        "file-in-its-place",
        "what went into a file that lost its name is not acknowledged",
        (Removal("poststelle.records.database:Database.check_place", without.nothing),),
        (f"{STORAGE}::test_a_database_file_that_was_taken_away_is_451_not_a_message_in_a_file_without_a_name",),
        r"where False = .*startswith",
    ),
    Defence(
        "connection-made-anew",
        "a connection that is dead is given up",
        (Removal("django.db.backends.base.base:BaseDatabaseWrapper.close_if_unusable_or_obsolete", without.nothing),),
        (f"{STORAGE}::test_a_database_server_that_went_away_is_451_and_found_again_when_it_is_back",),
        r"where False = .*startswith",
    ),
    Defence(
        "disk-told-as-world",
        "a disk that takes nothing more is the world's failure",
        (Removal("poststelle.adapters.blobs_fs:_reaching_disk", without.unguarded),),
        (
            f"{DISKS}::test_without_an_inode_large_mail_waits_with_evidence_and_small_mail_goes_on",
            f"{DISKS}::test_on_a_disk_that_is_full_to_the_last_byte_nothing_is_acknowledged_and_nothing_lost",
            f"{DISKS}::test_on_a_disk_that_became_read_only_large_mail_waits_with_evidence_and_small_mail_goes_on",
            f"{STORAGE}::test_a_disk_too_full_for_the_body_is_452_and_nothing_stays_behind",
        ),
        r"where False = .*startswith",
        is_daily=True,
    ),
    Defence(
        "bucket-told-as-world",
        "a bucket that does not answer is the world's failure, and on record",
        (Removal("poststelle.adapters.blobs_s3:_reaching_bucket", without.unguarded),),
        (f"{DISKS}::test_without_the_bucket_large_mail_waits_with_evidence_and_small_mail_goes_on[gone]",),
        r"assert \[\] == \['bucket",
    ),
    Defence(
        "message-deadline",
        "the deadline of a message ends the wait of its sender",
        (Removal("poststelle.adapters.smtp_door.connection:Connection._give_up", without.nothing),),
        (
            f"{DISKS}::test_a_disk_slower_than_the_deadline_is_451_and_the_retry_is_told_what_became_of_the_first",
            f"{LIMITS}::test_a_message_beyond_its_deadline_gets_451_and_the_session_goes_on",
        ),
        r"assert ",
    ),
    Defence(
        "writers-queue",
        "writers on one database file stand in a queue",
        (Removal("poststelle.records.database:Database.writing", without.unguarded),),
        (f"{ALONE}::test_writers_on_one_file_stand_in_a_queue_and_do_not_sleep_and_look_again",),
        r"the second stands in the queue",
    ),
    Defence(
        "one-sequencer",
        "one sequencer at a time gives places",
        (Removal("poststelle.records.database:Database.alone", without.always_entered),),
        (f"{ALONE}::test_the_second_stands_by_until_the_first_is_done",),
        r"\(True, True\) == \(True, False\)",
    ),
    # ------------------------------------------------------------------------------------------ the queue
    Defence(
        "lease",
        "an effect that is under way is given to nobody else",
        (Removal("poststelle.records.outbox:OutboxTable.claim", without.without_lease),),
        (f"{QUEUE}::test_a_leased_item_is_given_to_nobody_else",),
        r"assert 2 == 1",
        is_daily=True,
    ),
    Defence(
        "attempt-token",
        "only who holds the lease records the outcome",
        (Removal("poststelle.records.outbox:OutboxTable._give_back", without.whoever_asks),),
        (f"{QUEUE}::test_after_the_lease_another_worker_gets_the_item_and_the_late_one_is_refused",),
        r"assert not True",
    ),
    Defence(
        "one-holder",
        "two workers never claim the same effect",
        (Removal("poststelle.records.outbox:OutboxTable._claim", without.unlocked),),
        (f"{QUEUE}::test_two_stores_on_one_database_never_hold_the_same_item[postgresql]",),
        r"assert ",
    ),
    Defence(
        "outcome-kept",
        "an outcome that finds no database is recorded before anything else is begun",
        (Removal("poststelle.application.outbox:Outbox._record_the_rest", without.unrecorded),),
        (f"{WORK}::test_what_was_sent_is_not_sent_again_because_the_database_was_gone",),
        r"assert ",
    ),
    # ------------------------------------------------------------------------------------------ engines
    Defence(
        "attempt-on-record",
        "an attempt that failed by our fault is on record",
        (Removal("poststelle.application.intake:defer", without.nothing),),
        (UNSEEN,),
        r"assert \[\] == \['deferred'\]",
    ),
    Defence(
        "never-unscanned",
        "a scanner that does not answer lets nothing pass",
        (Removal("poststelle.adapters.clamd:Clamd.scan", without.clean_where_unknown),),
        (f"{UNSEEN}[nonsense]",),
        r"where False = .*startswith",
    ),
    Defence(
        "clear-answers-only",
        "whatever is not a clear OK or FOUND is no answer",
        (Removal("poststelle.adapters.clamd:Clamd._verdict", without.clean_unless_found),),
        (f"{UNSEEN}[nonsense]",),
        r"where False = .*startswith",
    ),
    Defence(
        "scanner-in-time",
        "a scanner has until the deadline of the message",
        (Removal("poststelle.adapters.clamd:_Wire._timed", without.late),),
        (f"{UNSEEN}[hanging]",),
        r"assert \[\] == \['deferred'\]",
    ),
    Defence(
        "scanner-shown-a-virus",
        "the doctor shows the scanner what every scanner knows",
        (Removal("poststelle.application.health:of_scanner", without.taken_at_its_word),),
        (
            f"{ENGINES}::test_what_a_scanner_lets_through_that_finds_nothing_is_accepted_and_the_doctor_says_so",
            "tests/application/test_health_scanner.py::test_a_scanner_that_calls_the_test_virus_clean_is_broken",
        ),
        r"Health.FINE",
    ),
    Defence(
        "never-unrated",
        "a spam filter that does not answer lets nothing pass",
        (Removal("poststelle.adapters.rspamd:Rspamd.rate", without.ham_where_unknown),),
        (f"{UNSEEN}[no_spam_filter]",),
        r"where False = .*startswith",
    ),
    Defence(
        "second-worker",
        "a worker that died is replaced once",
        (Removal("poststelle.adapters.inspector_pool.pool:TRIES", without.constant(1)),),
        (f"{ENGINES}::test_a_worker_that_died_once_is_replaced_and_the_message_is_judged",),
        r"'held' == 'accepted'",
    ),
    Defence(
        "held-for-a-clerk",
        "what nobody could look into is held for a clerk",
        (Removal("poststelle.core.rules:RULES", without.all_but_the_first),),
        (f"{ENGINES}::test_a_message_that_kills_every_worker_is_held_for_somebody_as_our_fault",),
        r"== 'held'",
    ),
    Defence(
        "memory-limit",
        "a worker has a gigabyte of memory and no more",
        (
            Removal("poststelle.adapters.inspector_pool.confinement:ADDRESS_SPACE_BYTES", without.constant(1 << 40)),
            Removal("poststelle.adapters.inspector_pool.common:started", without.alike_in_workers("memory-limit")),
        ),
        (f"{POOL}::test_a_second_lost_worker_ends_the_looking_without_an_answer[eats-memory]",),
        r"nothing stopped it",
    ),
    Defence(
        "processor-limit",
        "a worker has its seconds of processor time for a message and no more",
        (
            Removal("poststelle.adapters.inspector_pool.worker:_allow_cpu", without.nothing),
            Removal("poststelle.adapters.inspector_pool.common:started", without.alike_in_workers("processor-limit")),
        ),
        (f"{POOL}::test_a_lost_worker_is_replaced_once_and_the_message_is_looked_into[spins]",),
        r"'timed-out'",
    ),
    # ------------------------------------------------------------------------------------------ clock and end
    Defence(
        "step-told",
        "a step of the clock is journaled",
        (Removal("poststelle.adapters.clock:SteadyClock._advance", without.silently),),
        (f"{CLOCK}::test_a_step_is_journaled_with_how_far_it_went",),
        r"assert 0 == 1",
    ),
    Defence(
        "never-back",
        "the time of receipt never goes back",
        (Removal("poststelle.adapters.clock:SteadyClock.now", without.steps_back),),
        (f"{CLOCK}::test_after_a_step_back_later_mail_is_never_received_earlier",),
        r"assert datetime",
    ),
    Defence(
        "round-finished",
        "a role asked to end finishes what is under way",
        (Removal("poststelle.adapters.rounds:signal", without.unwatched),),
        (f"{ENDING}::test_what_is_under_way_when_a_role_is_asked_to_end_is_finished_and_nothing_else_begun",),
        r"assert ",
    ),
    Defence(
        "door-drains",
        "a door asked to end lets transactions finish",
        (Removal("poststelle.adapters.smtp_door.connection:Connection.ask_to_leave", without.drained_at_once),),
        (f"{LIMITS}::test_a_draining_door_lets_transactions_finish_and_sends_others_away",),
        r"assert ",
    ),
    # ------------------------------------------------------------------------------------------ the power goes
    Defence(
        "row-flushed",
        "a commit is on the disk before it is answered",
        (Removal("poststelle.records.target:_PRAGMAS", without.flushed_later),),
        (f"{POWER}::test_what_was_acknowledged_is_there_after_the_power_went",),
        r"assert ",
    ),
    Defence(
        "body-flushed",
        "a body is on the disk before its row is written",
        (Removal("poststelle.adapters.blobs_fs:_flush_file", without.nothing),),
        (f"{POWER}::test_what_was_acknowledged_is_there_after_the_power_went",),
        r"assert ",
    ),
    Defence(
        "name-flushed",
        "the name of a body is on the disk before its row is written",
        (Removal("poststelle.adapters.blobs_fs:_flush_directory", without.nothing),),
        (f"{POWER}::test_a_body_keeps_its_name_on_a_disk_of_its_own_after_the_power_went",),
        r"assert ",
    ),
)
BY_NAME = {defence.name: defence for defence in DEFENCES}
