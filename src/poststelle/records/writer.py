# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The one writing thread of a process: jobs that arrive while a commit is under way share the next one.

Group commit buys the tail: with eight producers the slowest in a hundred waits for one flush, not for eight. Jobs of one
kind are done in one go (database.Together), since with every statement the thread gives the interpreter's lock away and
gets it back behind the producers. A job that fails takes none of its neighbours with it. Knows nothing of what the jobs
write.
"""

import queue
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.db import transaction

from poststelle.application.ports import UnavailableError
from poststelle.records.checkpoint import Checkpointer
from poststelle.records.database import Database, Together, reaching_database

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

MAX_JOBS_PER_COMMIT = 64
PATIENCE_SECONDS = 30.0
"""How long a caller waits for its commit; well below the message deadline of the door."""


@dataclass(frozen=True, slots=True)
class _Waiting(Generic[T_co]):
    """A job, its answers (one for each time it was done), and the promise to its caller that the last is committed."""

    job: Callable[[], T_co]
    answers: list[T_co] = field(default_factory=list)
    promise: "Future[None]" = field(default_factory=Future)


class GroupWriter:
    """Runs jobs of many threads in shared transactions, in the order they came. Close it before the process ends."""

    def __init__(self, database: Database, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._database = database
        self._patience_seconds = patience_seconds
        self._queue: queue.SimpleQueue[_Waiting[object] | None] = queue.SimpleQueue()
        self._is_closed = False
        self._checkpointer = Checkpointer(database)
        self._thread = threading.Thread(target=self._write, name="poststelle-writer", daemon=True)
        self._thread.start()

    def run(self, job: Callable[[], T]) -> T:
        """What the job returned, once it is committed. The job runs in the writing thread, perhaps more than once."""
        if self._is_closed:
            raise UnavailableError("the writer is closed")
        waiting = _Waiting(job)
        self._queue.put(waiting)
        try:
            waiting.promise.result(self._patience_seconds)
        except FutureTimeoutError as error:
            waiting.promise.cancel()
            raise UnavailableError("the database did not commit in time") from error
        return waiting.answers[-1]

    def close(self) -> None:
        """Commit what waits and end the thread."""
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()

    def _write(self) -> None:
        self._checkpointer.take_over()
        is_open = True
        while is_open:
            batch, is_open = self._next_batch()
            if batch:
                self._commit(batch)
                self._checkpointer.committed(len(batch))
        self._checkpointer.close()
        self._database.close()

    def _next_batch(self) -> tuple[list[_Waiting[object]], bool]:
        """The next jobs, at least one unless the writer was closed; and whether to go on after them."""
        batch: list[_Waiting[object]] = []
        entry = self._queue.get()
        while entry is not None:
            if entry.promise.set_running_or_notify_cancel():
                batch.append(entry)
            if len(batch) == MAX_JOBS_PER_COMMIT:
                return batch, True
            try:
                entry = self._queue.get_nowait()
            except queue.Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[_Waiting[object]]) -> None:
        """One transaction for all; where it fails, one for each, so that only the failing job learns of it."""
        try:
            with (
                self._database.writing(),
                reaching_database(),
                transaction.atomic(using=self._database.alias),
            ):
                _do(batch)
            self._database.check_place()
        except Exception as error:  # noqa: BLE001 - it belongs to the caller, who waits in another thread
            self._database.connection.close_if_unusable_or_obsolete()
            if len(batch) == 1:
                batch[0].promise.set_exception(error)
                return
            for waiting in batch:
                self._commit([waiting])
        else:
            for waiting in batch:
                waiting.promise.set_result(None)


def _do(batch: Sequence[_Waiting[object]]) -> None:
    """Each job, those of one kind together. Their order means nothing: nobody who waits has seen another's commit."""
    together: defaultdict[Callable[[Sequence[object]], Sequence[object]], list[tuple[_Waiting[object], object]]]
    together = defaultdict(list)
    for waiting in batch:
        if isinstance(waiting.job, Together):
            together[waiting.job.work].append((waiting, waiting.job.item))
        else:
            waiting.answers.append(waiting.job())
    for work, alike in together.items():
        answers = work([item for _, item in alike])
        for (waiting, _), answer in zip(alike, answers, strict=True):
            waiting.answers.append(answer)
