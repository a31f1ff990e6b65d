# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The operator's log on standard error: events with keys, as lines of text or of JSON, in UTC.

What a fault says of itself is left out: the text of an exception may quote the mail it failed over. Its type and the
places in our code are enough to find it.
"""

import json
import logging
import re
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Literal

Shape = Literal["text", "json"]
_PAIR = re.compile(r"(?:^|(?<=\s))([a-z_]+)=(.*?)(?=\s+[a-z_]+=|\s*$)", re.DOTALL)
_LOG = logging.getLogger("poststelle")
MAX_PLACES = 12
"""Frames named of a fault, from the innermost."""


def set_up(shape: Shape, level: int = logging.INFO) -> None:
    """Everything that this process says goes to standard error in this shape, what ends it or a thread included."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if shape == "json" else TextLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    sys.excepthook = _broken
    threading.excepthook = lambda found: _broken(found.exc_type, found.exc_value, found.exc_traceback)


def _broken(kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
    """Python itself would print the fault with its words."""
    if fault is not None and not issubclass(kind, KeyboardInterrupt):
        _LOG.critical("event=broken thread=%s", threading.current_thread().name, exc_info=(kind, fault, trace))


class TextLines(logging.Formatter):
    """``2026-11-28T10:00:00.000Z poststelle.door INFO event=opened port=25``."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, whatever the record holds."""
        said = " ".join(record.getMessage().split())
        fault = fault_of(record)
        return f"{_at(record)} {record.name} {record.levelname} {said}" + (f" fault={fault}" if fault else "")


class JsonLines(logging.Formatter):
    """The same as an object: ``at``, ``logger``, ``level``, every ``key=value`` of the message, and the ``text`` before."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; the four names of ours win over keys of the message."""
        said = record.getMessage()
        pairs = {match[1]: " ".join(match[2].split()) for match in _PAIR.finditer(said)}
        first = _PAIR.search(said)
        text = " ".join(said[: first.start()].split()) if first else " ".join(said.split())
        fault = fault_of(record)
        ours = {"at": _at(record), "logger": record.name, "level": record.levelname}
        further = {key: value for key, value in (("text", text), ("fault", fault)) if value}
        return json.dumps({**pairs, **ours, **further}, ensure_ascii=False)


def fault_of(record: logging.LogRecord) -> str:
    """Type and places of the exception on a record: ``ValueError at mime/scan.py:12 files.py:80``; empty without one."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    kind, _, trace = record.exc_info
    frames = traceback.extract_tb(trace)[-MAX_PLACES:]
    places = (f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in reversed(frames))
    return f"{kind.__name__} at {' '.join(places)}".strip()


def _at(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
