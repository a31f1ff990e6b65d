# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What stands in the place of a defence that was taken away: as a careless programmer would have written it.

Nothing of the program is imported here but inside these functions: they are read before it is loaded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

Stand = Callable[[Any], Any]
"""Given what stands in a place, says what is to stand there."""


def constant(value: object) -> Stand:
    return lambda _: value


def answering(value: object) -> Stand:
    """A function that always says the same."""
    return lambda _: lambda *_args, **_named: value


nothing = answering(None)


def nobody(_: Any) -> Any:
    """Finds none, however often it is asked."""
    return lambda *_args, **_named: {}


def all_but_the_first(rows: tuple[object, ...]) -> tuple[object, ...]:
    return rows[1:]


def unguarded(_: Any) -> Any:
    """A context manager that does not care."""
    return lambda *_args: nullcontext()


def always_entered(_: Any) -> Any:
    @contextmanager
    def entered(*_args: object) -> Iterator[bool]:
        yield True

    return entered


def one_by_one(_: Any) -> Any:
    """Django's transactions that are none: each statement is committed by itself."""
    return SimpleNamespace(atomic=lambda **_named: nullcontext())


def before_the_commit(_: Any) -> Any:
    """Says that it is written as soon as it stands in the queue."""

    def run(self: Any, job: Callable[[], object]) -> None:
        from poststelle.records.writer import _Waiting

        def do() -> None:
            job()

        self._queue.put(_Waiting(do))

    return run


def takes_once(secure: Any) -> Any:
    """A store that does not expect content to be there already."""

    def secured(self: Any, body: Any) -> None:
        assert body.inline is not None or not self._path(body.key).exists()
        secure(self, body)

    return secured


def flushed_later(pragmas: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pragma.replace("FULL", "NORMAL") for pragma in pragmas)


def clean_where_unknown(scan: Any) -> Any:
    """A scanner that fails open."""

    def scanned(self: Any, content: Any, deadline_seconds: float) -> Any:
        from poststelle.application.ports import UnavailableError

        try:
            return scan(self, content, deadline_seconds)
        except UnavailableError:
            return ()

    return scanned


def clean_unless_found(verdict: Any) -> Any:
    """Takes every sentence but FOUND for OK."""
    return lambda self, reply: verdict(self, reply) if reply.endswith("FOUND") else ()


def ham_where_unknown(rate: Any) -> Any:
    """A spam filter that fails open."""

    def rated(self: Any, *given: Any) -> Any:
        from poststelle.application.ports import UnavailableError
        from poststelle.core.facts import SpamFacts

        try:
            return rate(self, *given)
        except UnavailableError:
            return SpamFacts("none", None)

    return rated


def late(_: Any) -> Any:
    """A wire with a time limit of its own, whatever the deadline."""

    def timed(self: Any) -> Any:
        self._socket.settimeout(4.0)
        return self._socket

    return timed


def drained_at_once(_: Any) -> Any:
    return lambda self: self.break_off()


def unwatched(_: Any) -> Any:
    """The module ``signal`` as one that handles nothing."""
    import signal

    return SimpleNamespace(SIGTERM=signal.SIGTERM, SIGINT=signal.SIGINT, signal=lambda *_: None)


def steps_back(now: Any) -> Any:
    """A clock that says what the machine says."""

    def told(self: Any) -> Any:
        now(self)
        return self._wall()

    return told


def without_lease(claim: Any) -> Any:
    return lambda self, limit, _lease, resting=(): claim(self, limit, timedelta(0), resting)


def whoever_asks(give_back: Any) -> Any:
    """Lets everybody settle an item, with or without its token."""

    def given_back(self: Any, item: Any, columns: Any) -> Any:
        token = self._rows().values_list("token", flat=True).get(id=item.id)
        return give_back(self, replace(item, token=token), columns)

    return given_back


def unlocked(rows: Any) -> Any:
    """Lets two read the same due items."""

    def claim(self: Any, *given: Any) -> Any:
        features = type(self._database.connection.features)
        features.has_select_for_update_skip_locked = False
        return rows(self, *given)

    return claim


def done_when_claimed(claim: Any) -> Any:
    """A queue that forgets what it hands out."""

    def claimed(self: Any, *given: Any) -> Any:
        items = claim(self, *given)
        self._rows().filter(id__in=[item.id for item in items]).update(state="done")
        return items

    return claimed


def forgotten(settle: Any) -> Any:
    """Says that it is recorded, and does not."""

    def settled(self: Any, *given: Any) -> Any:
        from django.db import transaction

        was_heard = settle(self, *given)
        transaction.set_rollback(True, using=self._database.alias)
        return was_heard

    return settled


def numbered(submit: Any) -> Any:
    """Gives every attempt a Message-ID of its own."""

    def submitted(self: Any, sender: str, recipients: Any, message: bytes) -> Any:
        from secrets import token_hex

        return submit(self, sender, recipients, f"Message-ID: <{token_hex()}@here>\r\n".encode() + message)

    return submitted


def unrecorded(record: Any) -> Any:
    """Forgets what it could not record."""

    def recorded(self: Any) -> None:
        from poststelle.application.ports import UnavailableError

        try:
            record(self)
        except UnavailableError:
            self._unrecorded.clear()
            raise

    return recorded


def forgets_first(_: Any) -> Any:
    """Strikes content from the list before it is removed."""

    def swept(self: Any, blobs: Any) -> int:
        from poststelle.records.models import BlobToSweep

        due = BlobToSweep.objects.using(self._database.alias)
        keys = list(due.values_list("key", flat=True))
        due.delete()
        for key in keys:
            blobs.remove(key)
        return len(keys)

    return swept


def silently(advance: Any) -> Any:
    """Goes on with the time and tells nobody of its steps."""

    def advanced(self: Any) -> None:
        advance(self)

    return advanced


def alike_in_workers(name: str) -> Stand:
    """A nursery that is given as lines of Python, and inherits no path, does without the defence as well."""

    def removed(started: Any) -> Any:
        def begun(program: Any, *others: Any) -> Any:
            from support.removals import sabotage

            interpreter, flag, lines, *rest = program
            given = f"{sabotage(name)}\n{lines}" if flag == "-c" else lines
            return started((interpreter, flag, given, *rest), *others)

        return begun

    return removed


def begun_anew(tree: Any) -> Any:
    """A sequencer that takes every batch for the first."""

    def begun(self: Any) -> Any:
        found = tree(self)
        found.size, found.peaks = 0, b""
        return found

    return begun


def kept_unsigned(sign_head: Any) -> Any:
    """Keeps a head and signs it then."""

    def signed(self: Any, key: Any) -> Any:
        from dataclasses import replace

        early = sign_head(self, replace(key, sign=lambda _: b""))
        key.sign(b"")
        return early

    return signed


def removes_once(remove: Any) -> Any:
    """Does not expect content to be gone already."""

    def removed(self: Any, key: str) -> None:
        assert self._path(key).exists()
        remove(self, key)

    return removed


def taken_at_its_word(examine: Any) -> Any:
    """A doctor whom any answer of the scanner satisfies."""

    def examined(scanner: Any, *given: Any) -> Any:
        def scan(content: Any, deadline_seconds: float) -> tuple[object, ...]:
            return scanner.scan(content, deadline_seconds) or (None,)

        return examine(SimpleNamespace(scan=scan, engine=scanner.engine), *given)

    return examined
