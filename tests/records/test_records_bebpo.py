# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""EGVP messages on the road of every message, with a store of their own and the inspector in this process."""

import json
from datetime import UTC, datetime

import pytest

from poststelle.adapters.no_engines import NoScanner
from poststelle.application.ports import Inspected, UnavailableError
from poststelle.application.switches import Flip, Switch
from poststelle.compose.bebpo import take_in
from poststelle.core.journal import EventKind
from poststelle.inspection.egvp.container import pack
from poststelle.inspection.egvp.message import door_view, inspect_egvp
from poststelle.inspection.message import look_within
from poststelle.records.models import DeferralRow
from support.desk_house import MORNING, MUENSTER
from support.egvp_folders import a_folder
from support.front_house import Front, OpenFront

ENTERED = datetime(2026, 2, 27, 22, 59, 59, tzinfo=UTC)
WRITTEN = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


class EgvpInProcess:
    """The inspector without its processes; ``dies`` as two workers would have died over the message."""

    dies = False

    def inspect(self, content, arrival, deadline_seconds):
        assert arrival.channel == "bebpo"
        return Inspected(None if self.dies else inspect_egvp(content.read(), look_within(None)), ())

    def door_view(self, content, deadline_seconds):
        return None if self.dies else door_view(content.read())


class Down:
    """An engine that does not answer."""

    def scan(self, content, deadline_seconds):
        raise UnavailableError("scanner")

    def engine(self):
        return "down"


class NeverAsked:
    """An engine that has nothing to say of a message that is no mail."""

    def rate(self, content, arrival, deadline_seconds):
        raise AssertionError("a spam filter was asked")

    def check(self, content, arrival, from_domain):
        raise AssertionError("a domain was looked up")


class Drop:
    """Hands messages in as the door does, and looks at what is on record."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.seen = OpenFront(front, 0)

    def take(self, files, *, trusted=True):
        house = self.front.house
        writer = house.books.blobs.writer()
        writer.write(pack(files))
        take_in(house, self.front.inspector, writer.finish(), WRITTEN, trusted=trusted)


@pytest.fixture
def drop(open_records, tmp_path):
    asked = NeverAsked()
    return Drop(
        Front(open_records(), tmp_path, malware=NoScanner(), spam=asked, sender=asked, inspector=EgvpInProcess())
    )


def test_it_is_on_record_as_received_when_the_server_had_it(drop):
    drop.take(a_folder(entered=ENTERED, message_id="govapp_9"))
    (message,) = drop.seen.messages()
    assert (message.channel, message.received_at, message.message_id) == ("bebpo", ENTERED, "govapp_9")
    assert message.recipients == json.dumps(["bebpo@stadt-muenster.example"])
    assert message.sender.endswith("@egvp.invalid")


def test_where_no_paper_says_when_the_newest_file_stands_in(drop):
    drop.take(a_folder(entered=None))
    assert drop.seen.messages()[0].received_at == WRITTEN


def test_a_moment_in_the_future_becomes_now(drop):
    drop.take(a_folder(entered=datetime(2031, 1, 1, tzinfo=UTC)))
    assert drop.seen.messages()[0].received_at == MORNING


def test_taken_in_again_after_a_crash_it_is_one_message(drop):
    files = a_folder(entered=ENTERED)
    drop.take(files)
    drop.take(files | {"message.preferences": b"#another export\n"})
    assert len(drop.seen.messages()) == 1
    assert drop.seen.kinds().count(EventKind.RETRY_RECOGNISED) == 1


def test_the_same_id_with_another_attachment_is_a_case_of_its_own(drop):
    drop.take(a_folder(attachments={"a.txt": b"eins"}))
    drop.take(a_folder(attachments={"a.txt": b"zwei"}))
    assert len(drop.seen.messages()) == 2


def test_a_scanner_that_is_away_defers_and_the_first_attempt_is_evidence(drop):
    drop.front.malware = Down()
    with pytest.raises(UnavailableError):
        drop.take(a_folder(entered=ENTERED))
    assert drop.seen.messages() == []
    (deferral,) = DeferralRow.objects.using(drop.front.records.database.alias)
    assert deferral.channel == "bebpo"
    drop.front.malware = NoScanner()
    drop.take(a_folder(entered=ENTERED))
    assert drop.seen.messages()[0].received_at == ENTERED


def test_a_message_over_which_workers_die_is_a_visible_case(drop):
    drop.front.inspector.dies = True
    drop.take(a_folder())
    (message,) = drop.seen.messages()
    assert message.state == "held"
    assert "decide-hold" in {task.kind for task in drop.seen.tasks()}


@pytest.mark.parametrize("switch", list(Switch))
def test_no_switch_lets_a_folder_pass_as_it_came(drop, switch):
    drop.front.records.switches.flip([Flip(MUENSTER, switch, True, MORNING, "operator", "trying out")])
    drop.take(a_folder(subject="Amt 32 – Bußgeldstelle"))
    (message,) = drop.seen.messages()
    (effect,) = drop.seen.effects()
    assert not message.is_observed
    assert "untouched" not in json.loads(effect.payload)


@pytest.mark.parametrize(("trusted", "flag"), [(True, "origin-attested"), (False, "origin-unproven")])
def test_what_the_client_attests_counts_only_where_the_path_is_trusted(drop, trusted, flag):
    from poststelle.records.queries import message_by_reference

    drop.take(a_folder(), trusted=trusted)
    reference = drop.seen.messages()[0].reference
    view = message_by_reference(drop.front.records.database, MUENSTER, reference)
    assert flag in view.verdicts[0].flags
