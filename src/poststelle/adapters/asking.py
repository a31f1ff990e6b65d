# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether parts of the world answer, for probes that come often: each is asked seldom, and all at the same time.

However many ask, a part hears one question within the time an answer is kept; one that hangs holds a thread of its own
and nobody else, and counts as not answering.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from poststelle.application.ports import UnavailableError

Ask = Callable[[], None]
"""One question in a thread of its own. UnavailableError or OSError where the part does not answer."""

PATIENCE_SECONDS = 2.0
"""Probes give up after some seconds themselves; whoever takes longer would not take a message in time either."""
_READY = b"220"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long what is waited for, in seconds."""

    answer: float = PATIENCE_SECONDS
    kept: float = 3.0
    """How old an answer may be."""
    forgotten: float = 30.0
    """A question that hangs so long is left to itself, and the part is asked anew: it may be back long since."""


@dataclass
class _Question:
    """One question under way, or its answer."""

    asked_at: float = field(default_factory=time.monotonic)
    is_over: threading.Event = field(default_factory=threading.Event)
    is_well: bool = False


class Asking:
    """The parts by name. Safe to be asked from any number of threads."""

    def __init__(self, parts: Mapping[str, Ask], patience: Patience | None = None) -> None:
        self._parts = parts
        self._patience = patience or Patience()
        self._lock = threading.Lock()
        self._questions: dict[str, _Question] = {}

    def missing(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of these parts that do not answer, in the order named. KeyError for one nobody knows."""
        asked = {name: self._question(name) for name in names}
        until = time.monotonic() + self._patience.answer
        return tuple(name for name, question in asked.items() if not _is_well(question, until))

    def _question(self, name: str) -> _Question:
        """The latest one, or a new one where that is too old."""
        with self._lock:
            known, now = self._questions.get(name), time.monotonic()
            if known is not None and now - known.asked_at < self._lifetime(known):
                return known
            question = self._questions[name] = _Question()
        threading.Thread(target=_ask, args=(self._parts[name], question), name=f"ask-{name}", daemon=True).start()
        return question

    def _lifetime(self, question: _Question) -> float:
        return self._patience.kept if question.is_over.is_set() else self._patience.forgotten


def _ask(ask: Ask, question: _Question) -> None:
    try:
        ask()
        question.is_well = True
    except (UnavailableError, OSError):
        pass
    finally:
        question.is_over.set()


def _is_well(question: _Question, until: float) -> bool:
    return question.is_over.wait(max(0.0, until - time.monotonic())) and question.is_well


def ask_greeting(place: tuple[str, int], seconds: float = PATIENCE_SECONDS) -> None:
    """A mail server greets as one that takes mail (RFC 5321, 3.1). OSError or UnavailableError where it does not."""
    with socket.create_connection(place, seconds) as link:
        link.settimeout(seconds)
        if link.recv(len(_READY)) != _READY:
            raise UnavailableError("it does not take mail at present")
        link.sendall(b"QUIT\r\n")
