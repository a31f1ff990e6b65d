# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Metrics as Prometheus reads them (text format 0.0.4). Labels are authorities, kinds and codes: never a name or address."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from poststelle.application.switches import Switch
from poststelle.application.vitals import AuthorityVitals, JournalVitals, Tallied, Vitals

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with its samples."""

    name: str
    kind: str
    """``gauge`` or ``counter``."""
    about: str
    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is not in the records; an absent value is not shown."""

    version: str
    roles: Mapping[str, bool]
    """Whether each role that should be is at work."""
    free_bytes: int | None
    signature_age_seconds: float | None
    certificate_days: Mapping[tuple[str, str], float]
    """By (authority, use), the nearest end: ``smime``, or ``tls`` of the door, which has no authority."""
    revocation_seconds: Mapping[str, float]
    """By kind of source, the age of the oldest that is at hand."""
    revocation_stale: int | None
    """Sources of which nothing that is in force is at hand; None where nobody is asked."""


def exposition(families: Iterable[Family]) -> str:
    """The text that a scrape gets."""
    return "".join(_family(one) for one in families)


def of_vitals(vitals: Vitals, now: datetime) -> tuple[Family, ...]:
    """What waits, and for how long."""
    return tuple(
        Family(
            f"poststelle_{name}",
            "gauge",
            about,
            tuple(sample for one in vitals.authorities for sample in take(one, now)),
        )
        for name, about, take in _WAITING
    ) + tuple(
        Family(f"poststelle_journal_{name}", "gauge", about, (((), value),))
        for name, about, value in _of_journal(vitals.journal, now)
    )


def of_tally(tallied: Tallied) -> tuple[Family, ...]:
    """What happened since this process began."""
    events = tuple(
        ((("authority", name), ("event", kind)), float(count)) for (name, kind), count in _sorted(tallied.events)
    )
    objections = tuple(
        ((("authority", name), ("disposition", disposition), ("reason", code)), float(count))
        for (name, disposition, code), count in _sorted(tallied.objections)
    )
    return (
        Family(
            "poststelle_events_total",
            "counter",
            "Journal entries by kind: accepted, held, refused, worker-died …",
            events,
        ),
        Family("poststelle_objections_total", "counter", "Objections by disposition and reason code", objections),
    )


def of_surroundings(around: Surroundings) -> tuple[Family, ...]:
    """Engines, certificates, processes, room."""
    roles = tuple(((("role", name),), float(is_up)) for name, is_up in _sorted(around.roles))
    days = tuple(
        ((*((("authority", name),) if name else ()), ("use", use)), left)
        for (name, use), left in _sorted(around.certificate_days)
    )
    return (
        Family("poststelle_build_info", "gauge", "Version of the program", (((("version", around.version),), 1.0),)),
        Family("poststelle_role_up", "gauge", "1 where the role is at work on this node", roles),
        Family("poststelle_certificate_days_left", "gauge", "Days until the next certificate ends", days),
        Family(
            "poststelle_antivirus_signature_age_seconds",
            "gauge",
            "Age of the virus scanner's signatures",
            _if_known(around.signature_age_seconds),
        ),
        Family(
            "poststelle_revocation_age_seconds",
            "gauge",
            "Age of the oldest revocation list (crl) and of the oldest answer on a signer (ocsp)",
            tuple(((("kind", kind),), age) for kind, age in _sorted(around.revocation_seconds)),
        ),
        Family(
            "poststelle_revocation_stale",
            "gauge",
            "Lists and answers that are wanted and not in force",
            _if_known(around.revocation_stale),
        ),
        Family("poststelle_disk_free_bytes", "gauge", "Room below the data folder", _if_known(around.free_bytes)),
    )


def age_seconds(since: datetime | None, now: datetime) -> float:
    """How long ago; 0 where there is nothing."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0


def _counted(label: str, counts: Mapping[str, int], authority: str) -> tuple[Sample, ...]:
    return tuple(((("authority", authority), (label, kind)), float(count)) for kind, count in _sorted(counts))


def _one(authority: str, value: float) -> tuple[Sample, ...]:
    return (((("authority", authority),), float(value)),)


def _switches(one: AuthorityVitals, _now: datetime) -> tuple[Sample, ...]:
    return tuple(
        ((("authority", one.authority), ("switch", switch.value)), float(switch.value in one.switches))
        for switch in Switch
    )


_Take = Callable[[AuthorityVitals, datetime], tuple[Sample, ...]]
_WAITING: tuple[tuple[str, str, _Take], ...] = (
    ("tasks_open", "Open tasks by kind", lambda one, _now: _counted("kind", one.tasks, one.authority)),
    (
        "task_oldest_age_seconds",
        "Age of the oldest open task",
        lambda one, now: _one(one.authority, age_seconds(one.oldest_task_at, now)),
    ),
    ("messages_held", "Messages that wait for a decision", lambda one, _now: _one(one.authority, one.held)),
    (
        "outbox_waiting",
        "Effects not carried out yet, by kind",
        lambda one, _now: _counted("kind", one.effects, one.authority),
    ),
    (
        "outbox_oldest_age_seconds",
        "Age of the oldest effect not carried out",
        lambda one, now: _one(one.authority, age_seconds(one.oldest_effect_at, now)),
    ),
    ("outbox_given_up", "Effects given up", lambda one, _now: _one(one.authority, one.given_up)),
    (
        "deferred_24h",
        "Attempts answered 451 within 24 hours",
        lambda one, _now: _one(one.authority, one.deferred_today),
    ),
    ("switch_on", "1 where a switch for hard days is on", _switches),
)


def _of_journal(journal: JournalVitals, now: datetime) -> tuple[tuple[str, str, float], ...]:
    return (
        ("leaves", "Entries with their place in the tree", float(journal.leaves)),
        ("waiting", "Entries without a place yet", float(journal.waiting)),
        ("lag_seconds", "Age of the oldest entry without a place", age_seconds(journal.waiting_since, now)),
        ("head_age_seconds", "Age of the newest signed head", age_seconds(journal.head_at, now)),
        ("unsigned_leaves", "Entries that no signed head covers", float(max(0, journal.leaves - journal.head_leaves))),
    )


def _if_known(value: float | None) -> tuple[Sample, ...]:
    return () if value is None else (((), float(value)),)


_K = TypeVar("_K", bound=str | tuple[str, ...])
_V = TypeVar("_V")


def _sorted(counts: Mapping[_K, _V]) -> list[tuple[_K, _V]]:
    return sorted(counts.items(), key=lambda item: item[0] if isinstance(item[0], tuple) else (item[0],))


_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


def _family(family: Family) -> str:
    lines = [f"# HELP {family.name} {family.about}", f"# TYPE {family.name} {family.kind}"]
    lines += [f"{family.name}{_braced(labels)} {value:.10g}" for labels, value in family.samples]
    return "\n".join(lines) + "\n"


def _braced(labels: Labels) -> str:
    inner = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels)
    return f"{{{inner}}}" if inner else ""
