# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of things that wear out: a word for each case, and a remedy wherever something is wrong."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from poststelle.application import upkeep
from poststelle.application.health import Diagnosis, Health
from poststelle.application.ports import UnavailableError
from poststelle.application.vitals import AuthorityVitals, JournalVitals, TablesState, Vitals

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
FILE = Path("tls.pem")


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


def backlog(oldest: datetime | None, given_up: int = 0) -> Diagnosis:
    one = AuthorityVitals("muenster", effects={"deliver": 3}, oldest_effect_at=oldest, given_up=given_up)
    return upkeep.of_backlog(Vitals((one,), JournalVitals()), NOW)


CASES = {
    "signatures of this morning": (upkeep.of_signatures(timedelta(hours=5)), "fine", "5 hours old"),
    "signatures of the day before yesterday": (upkeep.of_signatures(timedelta(days=2)), "doubtful", "2 days old"),
    "signatures of a week ago": (upkeep.of_signatures(timedelta(days=7)), "broken", "7 days old"),
    "signatures without a date": (upkeep.of_signatures(None), "doubtful", "not known"),
    "a certificate for months": (upkeep.of_certificate(FILE, NOW + timedelta(days=90), NOW), "fine", "90 days"),
    "a certificate for a month": (upkeep.of_certificate(FILE, NOW + timedelta(days=30), NOW), "doubtful", "30 days"),
    "a certificate that ended": (upkeep.of_certificate(FILE, NOW, NOW), "broken", "expired on 2026-03-04"),
    "a certificate that is none": (upkeep.of_certificate(FILE, None, NOW), "broken", "cannot be read"),
    "tables of this version": (upkeep.of_tables(TablesState("SQLite", True)), "fine", "up to date"),
    "tables of a later version": (upkeep.of_tables(TablesState("SQLite", True, frozenset(), frozenset({"records.0099_x"}))), "broken", "0099_x"),
    "tables of an earlier version": (upkeep.of_tables(TablesState("SQLite", True, frozenset({"records.0005_x"}))), "doubtful", "0005_x is to come"),
    "no tables": (upkeep.of_tables(TablesState("SQLite", False, frozenset({"records.0001_x"}))), "doubtful", "none yet"),
    "an outbox that keeps up": (backlog(ago(minutes=59)), "fine", "3 waiting"),
    "an outbox that does not": (backlog(ago(hours=2), 1), "doubtful", "1 given up; muenster since 2026-03-04 10:00"),
    "notices that wait for a cap": (
        upkeep.of_backlog(Vitals((AuthorityVitals("m", effects={"notice": 4}, capped=4),), JournalVitals()), NOW),
        "fine",
        "4 waiting (4 of them for a cap on notices), 0 given up",
    ),
    "nothing in the outbox": (backlog(None), "fine", "0 given up"),
    "no deferrals": (upkeep.of_deferrals(Vitals((), JournalVitals())), "fine", "none"),
    "a deferral": (upkeep.of_deferrals(Vitals((AuthorityVitals("m", deferred_today=1),), JournalVitals())), "doubtful", "1 attempts"),
    "a journal that keeps up": (upkeep.of_journal(JournalVitals(9, 1, ago(seconds=2), NOW, NOW, 8), NOW), "fine", "9 entries, 1"),
    "a journal without sequencer": (upkeep.of_journal(JournalVitals(9, 4, ago(minutes=6)), NOW), "broken", "4 entries"),
    "a clock that is right": (upkeep.of_clock(JournalVitals(newest_at=ago(seconds=1)), NOW, True), "fine", "12:00:00 UTC"),
    "a clock nobody keeps": (upkeep.of_clock(JournalVitals(), NOW, False), "doubtful", "not synchronised"),
    "a clock that went back": (upkeep.of_clock(JournalVitals(newest_at=NOW + timedelta(hours=1)), NOW, True), "broken", "13:00:00"),
    "a kernel that does not say": (upkeep.of_clock(JournalVitals(), NOW, None), "fine", "UTC"),
    "files that are ours alone": (upkeep.of_permissions([(FILE, 0o100600, True), (FILE, 0o40755, False)]), "fine", "alone"),
    "a secret that others read": (upkeep.of_permissions([(FILE, 0o100640, True)]), "broken", "0640"),
    "data that others write": (upkeep.of_permissions([(FILE, 0o40775, False), (FILE, 0o40777, False)]), "broken", "1 more"),
    "our port": (upkeep.of_port("door port", "[::]:25", "ours"), "fine", "[::]:25"),
    "a free port": (upkeep.of_port("door port", "[::]:25", "free"), "doubtful", "nobody"),
    "somebody else's port": (upkeep.of_port("door port", "[::]:25", "taken"), "broken", "another program"),
    "a port we may not have": (upkeep.of_port("door port", "[::]:25", "refused"), "broken", "cannot"),
    "policies": (upkeep.of_policy_faults(("m/2026-01-01",), ()), "fine", "m/2026-01-01"),
    "policies with warnings": (upkeep.of_policy_faults((), ("PS201", "PS202")), "doubtful", "PS201 (and 1 more)"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_every_case_has_its_word_and_every_trouble_its_remedy(case):
    found, health, said = CASES[case]
    assert (found.health, said in found.sentence) == (Health(health), True), found
    assert bool(found.remedy) == (found.health is not Health.FINE)


def test_an_error_in_between_is_a_diagnosis_and_not_the_end():
    def broken() -> Diagnosis:
        raise UnavailableError("database: OperationalError")

    found = upkeep.unless("database", "Start it.", broken, UnavailableError)
    assert (found.health, found.sentence, found.remedy) == (Health.BROKEN, "database: OperationalError", "Start it.")
