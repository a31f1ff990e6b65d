# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An act of the desk that waited while retention erased what it rests on is refused, and writes nothing, on both databases."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest

from poststelle.application.desk import consents, moving
from poststelle.application.desk.acts import ErasedError
from poststelle.application.desk.house import DeskHouse
from poststelle.application.retention import erase_due
from poststelle.compose.desk import mailroom
from poststelle.core.edition import legal_date
from poststelle.core.policy import RetentionClass
from poststelle.records.desk_book import RecordedDesk
from poststelle.records.models import ConsentRow, Message, OutboxRow, RouteProposalRow, VerdictRow
from poststelle.records.retention import RetentionTable
from support.desk_house import MORNING, MUENSTER, SERVICE
from support.front_house import Front, OpenFront
from support.kept import DAYS, deliver_everything, rows, terms_after
from support.records import GIVE_UP_SECONDS, HandClock, Lingering, in_a_thread

PAULA = mailroom(MUENSTER, "user:1")
UNTIL = legal_date(MORNING) + timedelta(days=5)


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def front(request, tmp_path) -> Iterator[OpenFront]:
    with Front(request.getfixturevalue(request.param)(), tmp_path, HandClock(MORNING)).opened() as opened:
        yield opened


def desk(front) -> DeskHouse:
    records = front.front.records
    return DeskHouse(
        RecordedDesk(records.database, records.database),
        front.front.house.authorities,
        records.registers,
        front.front.clock,
        lambda: "C-1",
        SERVICE,
    )


ACTS = {
    "routed by hand": lambda house, reference: moving.route(house, PAULA, reference, "ordnungsamt"),
    "consented to": lambda house, reference: consents.grant(
        house, PAULA, reference, consents.ConsentForm(("heic",), UNTIL)
    ),
}


def in_the_middle_of_erasure(front, days: float, holds: RetentionClass, act: Callable[[], object]) -> None:
    """The act reads the case before the erasure is committed, and writes after it."""
    records, now = front.front.records, MORNING + timedelta(days=days)
    lingering = Lingering(records.database)
    terms = [term for term in terms_after(days) if term.holds is holds]
    with ThreadPoolExecutor() as threads:
        erased = threads.submit(
            in_a_thread, records, lambda: erase_due(terms, RetentionTable(records.database, lingering), now)
        )
        assert lingering.has_written.wait(GIVE_UP_SECONDS)
        acted = threads.submit(in_a_thread, records, act)
        waits = not wait([acted], timeout=0.5).done
        lingering.may_commit.set()
        assert (waits, erased.result(GIVE_UP_SECONDS)) == (True, 1)
        acted.result(GIVE_UP_SECONDS)


def standing(front) -> list[object]:
    models = (OutboxRow, ConsentRow, RouteProposalRow, VerdictRow)
    return [list(rows(front, model).order_by("id").values()) for model in models]


@pytest.mark.parametrize("act", ACTS)
def test_nothing_is_delivered_of_which_the_content_went_in_the_same_moment(front, act):
    assert front.send_sample("heic").startswith("250")
    deliver_everything(front)
    reference, before = rows(front, Message).get().reference, standing(front)
    house = desk(front)
    with pytest.raises(ErasedError, match="soeben gelöscht"):
        in_the_middle_of_erasure(
            front, DAYS[RetentionClass.MESSAGE] + 1, RetentionClass.MESSAGE, lambda: ACTS[act](house, reference)
        )
    assert rows(front, Message).get().body_id is None
    assert standing(front) == before
    assert front.journal("delivery-queued", "consent-granted", "routed-by-hand")[1:] == []


@pytest.mark.parametrize("act", ACTS)
def test_what_was_found_in_a_message_does_not_come_back_once_it_was_erased(front, act):
    assert front.send_sample("heic").startswith("250")
    deliver_everything(front)
    rows(front, Message).update(state="delivered", done_at=MORNING)
    reference, house = rows(front, Message).get().reference, desk(front)
    with pytest.raises(ErasedError):
        in_the_middle_of_erasure(
            front, DAYS[RetentionClass.FACTS] + 1, RetentionClass.FACTS, lambda: ACTS[act](house, reference)
        )
    assert rows(front, RouteProposalRow).count() == 0
    assert ".heic" not in rows(front, VerdictRow).get().verdict


@pytest.mark.parametrize("act", ACTS)
def test_without_an_erasure_it_is_carried_out(front, act):
    front.send_sample("heic")
    deliver_everything(front)
    ACTS[act](desk(front), rows(front, Message).get().reference)
    assert rows(front, OutboxRow).filter(kind="deliver", state="open").count() == 1
