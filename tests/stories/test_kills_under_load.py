# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Roles are killed while mail streams in: what was acknowledged is on record once, and nothing withheld gets out."""

import itertools
import re
import shutil
import smtplib
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from poststelle.application.synthetic.catalogue import SAMPLES
from poststelle.application.synthetic.sample import DOMAIN, Sample, Stamp, as_relayed
from poststelle.core.verdict import Disposition, SenderTold
from poststelle.records.database import attach, detach
from poststelle.records.models import OutboxRow, OutboxState
from poststelle.records.queries import message_by_reference
from support.gateway import POLICY, START_SECONDS, Gateway, a_free_port, eventually
from support.nodes import new_shared
from support.postgres import postgres_server
from support.recorded import message_list
from support.s3 import s3_server

__all__ = ["postgres_server", "s3_server"]

REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")
AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
MIX = tuple(
    sample
    for sample in SAMPLES
    if sample.name in {"subject-by-number", "pdf-and-docx", "docm", "eicar", "gtube", "macro-forged", "zip"}
)
CLIENTS = 2
KILLS_SHORT, KILLS_LONG = 6, 200
GIVE_UP_SECONDS = 2 * START_SECONDS
BETWEEN_KILLS = 4
"""Messages acknowledged between two kills, so that every kill meets mail on its way."""
LETTER = itertools.count()
LONG_TEXT = (b"x" * 76 + b"\r\n") * 1_500
"""Makes plain letters too large for their row: their bodies go to the blob store."""


@dataclass
class Stream:
    """Clients that send one message after the other and try again until each is answered for good."""

    gateway: Gateway
    answers: dict[str, tuple[Sample, int, str]] = field(default_factory=dict)
    tries: Counter[str] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)
    kills: int = 0
    kills_of_outbox: int = 0

    def run(self) -> None:
        while not self.over.is_set():
            number = next(LETTER)
            sample = MIX[number % len(MIX)]
            self._deliver(sample, f"kill{number}")

    def _deliver(self, sample: Sample, serial: str) -> None:
        content = as_relayed(sample, Stamp(AT, serial), "mx.stadt-muenster.example")
        if sample.name == "subject-by-number":
            content += LONG_TEXT

        def answered() -> tuple[int, str] | None:
            self.tries[serial] += 1
            return attempt(self.gateway.settings.door.port, sample, content)

        code, text = eventually(answered, GIVE_UP_SECONDS, f"an answer to {serial}")
        match = REFERENCE.search(text)
        self.answers[serial] = (sample, code, match.group() if match else "")


def attempt(port: int, sample: Sample, content: bytes) -> tuple[int, str] | None:
    """The final answer to one attempt; None where the client has to try again."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
            client.ehlo("mx.buerger.example")
            for code, _ in (client.mail(sample.sender), *(client.rcpt(one) for one in sample.recipients)):
                if code != 250:
                    return None
            code, text = client.data(re.sub(rb"(?m)^\.", b"..", content))
    except (OSError, smtplib.SMTPException):
        return None
    return (code, text.decode()) if code < 400 or code >= 500 else None


def the_kills(gateway: Gateway) -> tuple[Callable[[], None], ...]:
    """One role after the other, without waiting until the last one is back: several may be down at a time."""
    further = (lambda: gateway.end("door-2"),) if gateway.settings.door.processes > 1 else ()
    return (
        *further,
        lambda: gateway.end("door"),
        lambda: gateway.end("outbox"),
        gateway.end_the_inspectors,
        lambda: gateway.end("sequencer"),
        lambda: gateway.end("keyholder"),
        lambda: gateway.end("web"),
    )


def stream_while_killing(gateway: Gateway, kills: int) -> Stream:
    stream = Stream(gateway)
    clients = [threading.Thread(target=stream.run) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    try:
        for number in range(kills):
            before = len(stream.answers)
            eventually(
                lambda seen=before: len(stream.answers) >= seen + BETWEEN_KILLS, GIVE_UP_SECONDS, "mail is flowing"
            )
            kills_of = the_kills(gateway)
            kills_of[number % len(kills_of)]()
            stream.kills += 1
        stream.kills_of_outbox = -(-stream.kills // len(the_kills(gateway)))
    finally:
        stream.over.set()
        for client in clients:
            client.join(GIVE_UP_SECONDS)
    return stream


def uncapped(folder: Path) -> Path:
    """The shipped policy without caps on notices: the stream's few senders write more in a minute than in a year."""
    shutil.copytree(POLICY, folder / "muenster")
    file = folder / "muenster" / "2026-01-01.toml"
    text, changed = re.subn(r"(?m)^(per_sender_per_day|per_hour) = \d+$", r"\1 = 1000000", file.read_text())
    assert changed == 2
    file.write_text(text)
    return file.parent


def on_files(_request) -> dict[str, Mapping[str, object]]:
    """SQLite and files: what a gateway has by itself."""
    return {}


def on_servers(request) -> dict[str, Mapping[str, object]]:
    """PostgreSQL and S3, with two doors."""
    shared = new_shared(request.getfixturevalue("postgres_server"), request.getfixturevalue("s3_server"))
    return {"changes": {"store": shared.store, "door": {"processes": 2}}, "environment": shared.environment}


@pytest.fixture(
    params=[
        pytest.param((on_files, KILLS_SHORT), id="files"),
        pytest.param((on_files, KILLS_LONG), id="files, long", marks=pytest.mark.soak),
        pytest.param((on_servers, KILLS_LONG), id="servers, long", marks=pytest.mark.soak),
    ],
    scope="module",
)
def aftermath(request, tmp_path_factory, django_db_blocker):
    """The stream, the gateway's folder, and every message on record once all that is due was sent."""
    store, kills = request.param
    folder = tmp_path_factory.mktemp("kills")
    policy, kept_where = uncapped(folder / "policy"), store(request)
    with (
        django_db_blocker.unblock(),
        Gateway(folder / "data", door_port=a_free_port(), policy=policy, **kept_where) as gateway,
    ):
        stream = stream_while_killing(gateway, kills)
        records = attach(gateway.target, f"kills-{store.__name__}-{kills}")

        waiting = OutboxRow.objects.using(records.alias).exclude(state=OutboxState.DONE)
        eventually(lambda: not waiting.exists(), GIVE_UP_SECONDS, "everything due is sent")
        lines = message_list(records, "muenster")
        views = {line.reference: message_by_reference(records, "muenster", line.reference) for line in lines}
        yield stream, gateway, lines, views
        detach(records)


def references(aftermath, *names: str) -> set[str]:
    """References of the messages of these names that were acknowledged and not held by our own fault."""
    stream, _, lines, _ = aftermath
    held = {line.reference for line in lines if line.disposition == Disposition.HOLD}
    return {ref for sample, _, ref in stream.answers.values() if sample.name in names} - held


def test_every_acknowledged_message_is_on_record_exactly_once(aftermath):
    stream, _, lines, views = aftermath
    assert all(reference for _, _, reference in stream.answers.values())
    recorded = Counter(view.message_id for view in views.values())
    for serial, (sample, _, reference) in stream.answers.items():
        message_id = f"<{sample.name}.{serial}@{sample.sender.rpartition('@')[2]}>"
        was_looked_into = views[reference].facts.inspection is not None  # unless both its inspectors were killed
        assert views[reference].message_id == (message_id if was_looked_into else "")
        assert recorded[message_id] == (1 if was_looked_into else 0)
    assert len(lines) == len(stream.answers)


def test_every_message_was_answered_as_if_nothing_had_happened(aftermath):
    stream, _, lines, _ = aftermath
    dispositions = {line.reference: line.disposition for line in lines}
    for sample, code, reference in stream.answers.values():
        by_our_fault = dispositions[reference] == Disposition.HOLD and sample.expected.disposition != Disposition.DELETE
        assert code == (250 if by_our_fault else sample.expected.reply)
        assert by_our_fault or dispositions[reference] == sample.expected.disposition


def test_the_kills_were_felt(aftermath):
    stream, gateway, _, _ = aftermath
    assert "starts again" in gateway.log
    assert max(stream.tries.values()) > 1


def kept(gateway: Gateway) -> list[tuple[str, str, str]]:
    """(mailbox, reference, Message-ID) of everything that left the house."""
    found = []
    for folder in (gateway.folder / "mailboxes").iterdir():
        for mail in gateway.mailbox(folder.name):
            named = mail["X-Poststelle-Reference"] or REFERENCE.search(mail["Subject"]).group()
            found.append((folder.name, named, mail["Message-ID"]))
    return found


def test_what_is_to_be_delivered_was_delivered_at_least_once_under_one_message_id(aftermath):
    _, gateway, _, _ = aftermath
    ids: dict[tuple[str, str], set[str]] = {}
    for box, reference, message_id in kept(gateway):
        ids.setdefault((box, reference), set()).add(message_id)
    for sample in MIX:
        for reference in references(aftermath, sample.name):
            if "deliver" in sample.expected.kinds:
                assert len(ids[f"{sample.expected.offices[0]}@intern.{DOMAIN}", reference]) == 1
            if sample.expected.told is SenderTold.NOTICE:
                assert len(ids[sample.sender, reference]) == 1


def test_effects_are_repeated_only_where_an_outbox_was_killed_and_they_are_counted(aftermath, capsys):
    """Between the receiver's 250 and our record of it; the receiver sees the same Message-ID."""
    stream, gateway, lines, _ = aftermath
    copies = Counter(kept(gateway))
    repeated = sum(number - 1 for number in copies.values())
    with capsys.disabled():
        print(  # noqa: T201 - the report
            f"\n{stream.kills} kills: {len(stream.answers)} acknowledged in {sum(stream.tries.values())} tries, "
            f"{len(lines)} on record, {len(copies)} effects, {repeated} repeated"
        )
    assert repeated <= stream.kills_of_outbox * gateway.settings.outbox.threads


def test_nothing_deleted_held_or_refused_left_the_house(aftermath):
    _, gateway, lines, _ = aftermath
    stays = {line.reference for line in lines if line.disposition in {"hold", "delete", "refuse"}}
    assert stays
    assert not stays & {reference for _, reference, _ in kept(gateway)}
