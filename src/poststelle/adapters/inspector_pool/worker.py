# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The worker: confined, it takes one job after the other from its socket pair and looks into hostile bytes.

It has no network, no keys, no files and no settings. What it needs of the world it asks the broker for.
"""

import json
import mmap
import os
import resource
import socket
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from poststelle.adapters.inspector_pool.confinement import Restraints
from poststelle.adapters.inspector_pool.frames import BrokenPeerError, Frame, Kind, receive_frame, send_frame
from poststelle.adapters.inspector_pool.order import Order
from poststelle.adapters.inspector_pool.pixels import pack_preview
from poststelle.core.codec import dump, load
from poststelle.inspection import message, products
from poststelle.inspection.cms.layer import Recipient, Surroundings
from poststelle.inspection.egvp import products as egvp
from poststelle.inspection.egvp.message import door_view, inspect_and_show
from poststelle.inspection.preview import preview
from poststelle.inspection.requests import Answer, Request, Scan, Scanned, Unwrap, Unwrapped, UnwrapRefused

CPU_SECONDS_PER_JOB = 40
"""A backstop far above the per-attachment budget: the kernel ends what spins outside Python's reach."""
MAX_RESULT_IN_FRAME_BYTES = 16 << 20

Content = bytes | mmap.mmap
Dialogue = Generator[Request, Answer, bytes]
Job = Callable[[Content, Order, Surroundings], Dialogue]


def serve(link: socket.socket, surroundings: Surroundings, restraints: Restraints) -> None:
    """Confine this process and answer jobs until the broker closes the pair."""
    confinement = restraints.apply()
    send_frame(link, Kind.READY, json.dumps([confinement.active, confinement.missing]).encode())
    with suppress(BrokenPeerError):
        while True:
            _one_job(link, receive_frame(link), surroundings)


def _one_job(link: socket.socket, frame: Frame, surroundings: Surroundings) -> None:
    head, _, inline = frame.content.partition(b"\n")
    order = load(Order, head)
    _allow_cpu(CPU_SECONDS_PER_JOB)
    content: Content = inline if frame.handle is None else _mapped(frame.handle)
    at = datetime.fromisoformat(order.received_at) if order.received_at else None
    try:
        around = replace(surroundings, received_at=at, recipients=_keys_of(order.owner, surroundings))
        _give(link, _drive(link, JOBS[order.job](content, order, around)))
    except BrokenPeerError:
        raise
    except MemoryError:
        send_frame(link, Kind.FAULT, b"MemoryError")
    except Exception as error:  # noqa: BLE001 - a bug in an inspector: named to the broker, never a silent pass
        send_frame(link, Kind.FAULT, _where(error))


def _give(link: socket.socket, result: bytes) -> None:
    """The result in the frame, or where it is large in a file of memory that goes with it."""
    if len(result) <= MAX_RESULT_IN_FRAME_BYTES:
        send_frame(link, Kind.RESULT, result)
        return
    handle = os.memfd_create("result")
    try:
        _write_all(handle, result)
        send_frame(link, Kind.RESULT, b"", handle)
    finally:
        os.close(handle)


def _where(error: Exception) -> bytes:
    """Type and place of a bug, without its message: that may quote the content."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}" if trace else ""  # noqa: PTH119
    return f"{type(error).__name__} at {place}".encode()


def _mapped(handle: int) -> Content:
    try:
        size = os.fstat(handle).st_size
        return mmap.mmap(handle, size, access=mmap.ACCESS_READ) if size else b""
    finally:
        os.close(handle)


def _allow_cpu(seconds: int) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    until = int(usage.ru_utime + usage.ru_stime) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _keys_of(owner: str, surroundings: Surroundings) -> tuple[Recipient, ...]:
    """One authority's message is never opened with the key of another: it would read what was written to that one."""
    return tuple(one for one in surroundings.recipients or () if one.owner in {"", owner})


def _drive(link: socket.socket, dialogue: Dialogue) -> bytes:
    try:
        request = next(dialogue)
        while True:
            said = _ask(link, request)
            del request  # what was scanned is let go of when the walk lets go of it
            request = dialogue.send(said)
    except StopIteration as end:
        result: bytes = end.value
        return result


def _ask(link: socket.socket, request: Request) -> Answer:
    match request:
        case Scan(section, content):
            layer = os.memfd_create("layer")
            try:
                _write_all(layer, content)
                send_frame(link, Kind.SCAN, section.encode(), layer)
            finally:
                os.close(layer)
            receive_frame(link)
            return Scanned()
        case Unwrap(recipient_info, key_bytes):
            send_frame(link, Kind.UNWRAP, key_bytes.to_bytes(2, "big") + recipient_info)
            answer = receive_frame(link).content
            return Unwrapped(answer[1:]) if answer[:1] == b"K" else UnwrapRefused(answer[1:].decode("ascii"))


def _write_all(handle: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _inspect(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    del order
    inspection = yield from message.inspect_message(content, time.process_time, surroundings)
    return dump(inspection)


def _inspect_file(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    del surroundings
    yield from ()
    return dump(message.inspect_attachment(bytes(content), order.name, time.process_time))


def _text(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    del order
    text = yield from products.rendered_text(content, surroundings)
    return text.encode()


def _html(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    del order
    html = yield from products.main_html(content, surroundings)
    return html or b""


def _product(make: Callable[[Content, Order], bytes]) -> Job:
    """A job that asks nobody anything."""

    def job(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
        del surroundings
        yield from ()
        return make(content, order)

    return job


def _inspect_egvp(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    del order, surroundings
    inspection = yield from inspect_and_show(content, message.look_within(time.process_time))
    return dump(inspection)


def _preview(content: Content, order: Order, surroundings: Surroundings) -> Dialogue:
    extracted = yield from products.extract(content, order.path, surroundings)
    return _shown(extracted, order)


def _shown(content: bytes, order: Order) -> bytes:
    return pack_preview(preview(content, order.first_page, order.page_limit))


JOBS: dict[str, Job] = {
    "inspect": _inspect,
    "inspect-file": _inspect_file,
    "text": _text,
    "html": _html,
    "extract": lambda content, order, around: products.extract(content, order.path, around),
    "rebuild": lambda content, order, around: products.rebuild(content, order.withheld, order.note, around),
    "preview": _preview,
    "preview-egvp": _product(lambda content, order: _shown(egvp.extract(content, order.path), order)),
    "preview-file": _product(lambda content, order: _shown(bytes(content), order)),
    "door-egvp": _product(lambda content, _: dump(door_view(content))),
    "inspect-egvp": _inspect_egvp,
    "text-egvp": _product(lambda content, _: egvp.rendered_text(content).encode()),
    "html-egvp": _product(lambda _content, _order: b""),
    "extract-egvp": _product(lambda content, order: egvp.extract(content, order.path)),
    "rebuild-egvp": _product(lambda content, order: egvp.rebuild(content, order.withheld, order.note)),
}
