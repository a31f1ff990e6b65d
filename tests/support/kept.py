# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is kept in a house, as time goes by: erasure by its terms, and what the journal says of it."""

from datetime import timedelta

from django.apps import apps

from poststelle.application.ports import UnavailableError
from poststelle.application.retention import Term, erase_due, sign_in_term, terms_now
from poststelle.core.journal import read_leaf
from poststelle.core.policy import RetentionClass
from poststelle.records.journal_check import check_journal
from poststelle.records.models import JournalLeaf, Message, OutboxRow, TaskRow
from poststelle.records.retention import RetentionTable
from poststelle.records.sequencer import JournalKey, Sequencer
from support.desk_house import MORNING, MUENSTER
from support.policies import policy_folder

EDITIONS = policy_folder().editions
DAYS = {one.holds: one.days for one in EDITIONS[-1].policy.keeps}


def rows(front, model):
    return model.objects.using(front.front.records.database.alias)


def deliver_everything(front) -> None:
    """As the outbox and the offices would: nothing is left to do."""
    rows(front, OutboxRow).update(state="done")
    rows(front, TaskRow).update(state="done")
    rows(front, Message).filter(state="accepted").update(state="delivered")


def erase_after(front, days: float) -> int:
    now = MORNING + timedelta(days=days)
    database = front.front.records.database
    return erase_due(terms_after(days), RetentionTable(database, database), now)


def terms_after(days: float) -> tuple[Term, ...]:
    now = MORNING + timedelta(days=days)
    return (*terms_now(MUENSTER, EDITIONS, now), sign_in_term({MUENSTER: EDITIONS}, now))


def kept_after(front, days: float) -> dict[RetentionClass, int]:
    database = front.front.records.database
    table = RetentionTable(database, database)
    return {term.holds: table.kept(term) for term in terms_after(days)}


def journaled(front, kind: str) -> list[dict[str, str]]:
    found = rows(front, JournalLeaf).filter(kind=kind)
    return [dict(read_leaf(bytes(row.leaf)).facts) | {"actor": read_leaf(bytes(row.leaf)).actor} for row in found]


class Switched:
    """An engine that can be away."""

    def __init__(self, real) -> None:
        self._real, self.is_away = real, False

    def __getattr__(self, name: str) -> object:
        if self.is_away:
            raise UnavailableError("scanner")
        return getattr(self._real, name)


def sequence_and_sign(front, key) -> None:
    database = front.front.records.database
    sequencer = Sequencer(database, database, front.front.clock, "mx")
    while sequencer.sequence():
        pass
    sequencer.sign_head(JournalKey("k", key.sign))


def fault_of(front, key) -> str:
    def is_signed(content, signature):
        key.public_key().verify(signature, content)
        return True

    return check_journal(front.front.records.database, is_signed).fault


def everything(front) -> str:
    """Every value of every table."""
    models = apps.get_app_config("records").get_models()
    return "\n".join(f"{model.__name__} {row}" for model in models for row in rows(front, model).values())
