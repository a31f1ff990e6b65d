# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The pool: hands messages to confined workers, retries once in a fresh one, and throws away what met anything odd.

Refuses to know what is looked for. A worker's death is our fault, not the sender's: after the second one the answer is
an inspection that did not happen, and a person decides.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, TypeVar

from poststelle.adapters.inspector_pool.broker import Broker
from poststelle.adapters.inspector_pool.frames import (
    BrokenPeerError,
    Kind,
    read_out,
    receive_frame,
    send_frame,
    without_file,
)
from poststelle.adapters.inspector_pool.order import FilePath, Order, Wanted, job_name, send_job
from poststelle.adapters.inspector_pool.pixels import unpack_preview
from poststelle.adapters.inspector_pool.raising import START_SECONDS, TRIES, Nursery, Worker
from poststelle.adapters.inspector_pool.world import World
from poststelle.application.ports import Inspected, Keyholder, Malware, UnavailableError
from poststelle.core.arrival import Arrival, Channel
from poststelle.core.codec import CodecError, load
from poststelle.core.facts import Inspection, MalwareFound, Tier
from poststelle.inspection.egvp.message import DoorView
from poststelle.inspection.preview import MAX_PAGES, Preview

T = TypeVar("T")

NO_KEYS = World()
"""One value, since a worker is used again only while it was told of the very same world."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """How many workers, and how long one may try."""

    workers: int = 2
    try_seconds: float = 25.0
    messages_per_worker: int = 200


class WorkerLostError(Exception):
    """A worker died, broke the protocol, or ran out of its time."""


class InspectorPool:
    """Implements the Inspector port. Safe for use from many threads; one thread drives one worker at a time."""

    def __init__(
        self,
        scanner: Malware,
        keyholder: Keyholder | None,
        settings: PoolSettings | None = None,
        world: Callable[[], World] = lambda: NO_KEYS,
        nursery: Nursery | None = None,
    ) -> None:
        self._settings = settings or PoolSettings()
        self._world = world
        self._told = NO_KEYS
        self._scanner = scanner
        self._keyholder = keyholder
        self._free = threading.BoundedSemaphore(self._settings.workers)
        self._lock = threading.Lock()
        self._raising = threading.Lock()
        """Held for the ten milliseconds and more that a birth takes: who gives a worker back does not wait for it."""
        self._idle: list[Worker] = []
        self._nursery = nursery or Nursery()

    def inspect(self, content: BinaryIO, arrival: Arrival, deadline_seconds: float) -> Inspected:
        """Look into the whole message, at most twice."""
        received_at = arrival.received_at.isoformat()
        order = Order(job_name("inspect", arrival.channel), owner=arrival.authority, received_at=received_at)
        return self._inspect(order, content, deadline_seconds)

    def inspect_message(self, content: BinaryIO, deadline_seconds: float, at: datetime | None = None) -> Inspected:
        """The same, where no arrival is behind the message: the check before sending. Without a moment no chain holds."""
        return self._inspect(Order("inspect", received_at=at.isoformat() if at else ""), content, deadline_seconds)

    def _inspect(self, order: Order, content: BinaryIO, deadline_seconds: float) -> Inspected:
        until = time.monotonic() + deadline_seconds
        remarks: list[str] = []
        found: list[MalwareFound] = []
        for _ in range(TRIES):
            broker = Broker(self._scanner, self._keyholder, until, order.owner)
            try:
                inspection = self._run(order, content, broker, _inspection, _is_unremarkable)
            except WorkerLostError as lost:
                remarks.append(str(lost))
                found += broker.found
                continue
            remarks += ["unwrap-used"] * broker.unwraps
            return Inspected(inspection, tuple(broker.found), tuple(remarks))
        return Inspected(None, tuple(dict.fromkeys(found)), tuple(remarks))

    def inspect_file(self, content: BinaryIO, name: str, deadline_seconds: float) -> Inspection:
        """One file as the only attachment of a simple e-mail. UnavailableError where two workers died over it."""
        until = time.monotonic() + deadline_seconds
        return self._made(Order("inspect-file", name), content, until, _inspection, _is_unremarkable)

    def door_view(self, content: BinaryIO, deadline_seconds: float) -> DoorView | None:
        """What the beBPo door must know before it hands a message on; None where two workers died over it."""
        until = time.monotonic() + deadline_seconds
        for _ in range(TRIES):
            broker = Broker(self._scanner, self._keyholder, until)
            try:
                return self._run(Order("door-egvp"), content, broker, lambda answer: load(DoorView, answer))
            except WorkerLostError:
                continue
        return None

    def text(
        self, content: BinaryIO, deadline_seconds: float, channel: Channel = Channel.EMAIL, owner: str = ""
    ) -> str:
        """The main text of a message as plain text, for people."""
        return self._product(
            Order(job_name("text", channel), owner=owner), content, time.monotonic() + deadline_seconds
        ).decode()

    def html(
        self, content: BinaryIO, deadline_seconds: float, channel: Channel = Channel.EMAIL, owner: str = ""
    ) -> str:
        """The first HTML body, untrusted; empty where there is none."""
        return self._product(
            Order(job_name("html", channel), owner=owner), content, time.monotonic() + deadline_seconds
        ).decode()

    def extract(
        self,
        content: BinaryIO,
        path: FilePath,
        deadline_seconds: float,
        channel: Channel = Channel.EMAIL,
        owner: str = "",
    ) -> bytes:
        """The very bytes of one file of the message."""
        order = Order(job_name("extract", channel), owner=owner, path=path)
        return self._product(order, content, time.monotonic() + deadline_seconds)

    def preview(
        self,
        content: BinaryIO,
        wanted: Wanted,
        deadline_seconds: float,
        channel: Channel = Channel.EMAIL,
        owner: str = "",
    ) -> Preview:
        """Pixels and words of one file of the message; empty where it cannot be shown or its worker died over it."""
        order = Order(
            job_name("preview", channel),
            owner=owner,
            path=wanted.path,
            first_page=wanted.first_page,
            page_limit=wanted.page_limit,
        )
        return self._shown(order, content, deadline_seconds)

    def preview_file(
        self, content: BinaryIO, deadline_seconds: float, first_page: int = 0, page_limit: int = MAX_PAGES
    ) -> Preview:
        """The same for a file that stands alone."""
        order = Order("preview-file", first_page=first_page, page_limit=page_limit)
        return self._shown(order, content, deadline_seconds)

    def _shown(self, order: Order, content: BinaryIO, deadline_seconds: float) -> Preview:
        broker = Broker(self._scanner, self._keyholder, time.monotonic() + deadline_seconds, order.owner)
        try:
            return self._run(order, content, broker, unpack_preview)
        except WorkerLostError:
            return Preview()

    def rebuild(  # noqa: PLR0913 - whose message it is stands apart from what is to be made of it
        self,
        content: BinaryIO,
        withheld: tuple[FilePath, ...],
        note: str,
        deadline_seconds: float,
        channel: Channel = Channel.EMAIL,
        *,
        owner: str = "",
    ) -> bytes:
        """A new, well-formed message from the judged parts without the withheld files; ``note`` stands first."""
        order = Order(job_name("rebuild", channel), owner=owner, withheld=withheld, note=note)
        return self._product(order, content, time.monotonic() + deadline_seconds)

    def confinement(self) -> tuple[str, ...]:
        """The mechanisms that hold in the workers here, as a fresh worker reports them."""
        worker = self._take(time.monotonic() + START_SECONDS)
        names = worker.confinement
        self._give_back(worker, reusable=True)
        return names

    def close(self) -> None:
        """End every idle worker and the nursery."""
        with self._lock:
            workers, self._idle = self._idle, []
        for worker in workers:
            worker.end()
        self._nursery.close()

    def _product(self, order: Order, content: BinaryIO, until: float) -> bytes:
        return self._made(order, content, until, bytes)

    def _made(
        self,
        order: Order,
        content: BinaryIO,
        until: float,
        read: Callable[[bytes], T],
        may_reuse: Callable[[T], bool] = lambda _: False,
    ) -> T:
        for _ in range(TRIES):
            broker = Broker(self._scanner, self._keyholder, until, order.owner)
            try:
                return self._run(order, content, broker, read, may_reuse)
            except WorkerLostError as error:
                lost = error
        raise UnavailableError(f"the inspector could not do {order.job}: {lost}") from lost

    def _run(
        self,
        order: Order,
        content: BinaryIO,
        broker: Broker,
        read: Callable[[bytes], T],
        may_reuse: Callable[[T], bool] = lambda _: False,
    ) -> T:
        """The worker's answer, as it was read. WorkerLostError where it cannot be: no honest worker sends such."""
        worker = self._take(broker.until)
        reusable = False
        try:
            now = time.monotonic()
            try_until = min(now + self._settings.try_seconds, max(broker.until, now + 0.1))
            worker.link.settimeout(try_until - now)
            worker.served += 1
            send_job(worker.link, order, content)
            answer = read(_converse(worker.link, broker, try_until))
            reusable = worker.served < self._settings.messages_per_worker and may_reuse(answer)
        except TimeoutError as error:
            raise WorkerLostError("timed-out") from error
        except (BrokenPeerError, CodecError) as error:
            raise WorkerLostError("worker-died") from error
        else:
            return answer
        finally:
            self._give_back(worker, reusable=reusable)

    def _take(self, until: float) -> Worker:
        if not self._free.acquire(timeout=max(0.0, until - time.monotonic())):
            raise UnavailableError("no inspector was free in time")
        try:
            with self._lock:
                self._tell_changes()
                while self._idle:
                    worker = self._idle.pop()
                    if _is_silent(worker.link):
                        return worker
                    worker.end()  # it died while idle: an idle worker says nothing
                world = self._told
            with self._raising:
                return self._nursery.raise_worker(world)
        except BaseException:
            self._free.release()
            raise

    def _tell_changes(self) -> None:
        """Keys or trust changed: workers that know of it take the place of those that wait."""
        world = self._world()
        if world is self._told:
            return
        self._told = world
        while self._idle:
            self._idle.pop().end()

    def _give_back(self, worker: Worker, *, reusable: bool) -> None:
        with self._lock:
            is_kept = reusable and worker.world is self._told
            if is_kept:
                self._idle.append(worker)
        if not is_kept:
            worker.end()
        self._free.release()


def _is_silent(link: socket.socket) -> bool:
    """Not ``select``, which knows descriptors below 1,024 only: a door has many."""
    waiting = select.poll()
    waiting.register(link, select.POLLIN)
    return not waiting.poll(0)


def _inspection(answer: bytes) -> Inspection:
    return load(Inspection, answer)


def _is_unremarkable(inspection: Inspection) -> bool:
    odd = inspection.crypto.layers or any(file.findings for file in inspection.files)
    return inspection.tier is Tier.CLEAN and not odd


def _converse(link: socket.socket, broker: Broker, until: float) -> bytes:
    while True:
        frame = receive_frame(link, until)
        if frame.kind is Kind.RESULT:
            return frame.content if frame.handle is None else read_out(frame.handle)
        if frame.kind is Kind.FAULT:
            said = without_file(frame).content.decode("utf-8", "replace")
            raise WorkerLostError(f"worker-fault: {said}")
        send_frame(link, Kind.ANSWER, broker.answer(frame))
