# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Consents from the command line of a running gateway, and what becomes of mail at its door (Clause attachments.consent)."""

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.synthetic.catalogue import SAMPLES
from poststelle.application.synthetic.sample import DOMAIN, Sample, Stamp, Standing, as_relayed
from poststelle.core.journal import EventKind, JournalLine
from poststelle.records.database import Database, attach, detach
from poststelle.records.queries import MessageView, journal_of, message_by_reference
from support.gateway import Gateway, eventually

REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")


@dataclass(frozen=True)
class Seen:
    """One message, as the records have it."""

    reference: str
    view: MessageView | None
    journal: tuple[JournalLine, ...]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("consents")) as running:
        yield running


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "consents")
        yield database
        detach(database)


def told_by(gateway: Gateway, *words: str) -> str:
    """What a command of this installation says."""
    return gateway.poststelle(*words).well()


def handed_in(gateway: Gateway, records: Database, sample: Sample, serial: str) -> Seen:
    """One message through the door, and what became of it."""
    door = SmtpSubmission(Relay("127.0.0.1", gateway.port, Tls.NONE, "mx.stadt-muenster.example"))
    content = as_relayed(sample, Stamp(datetime.now(UTC), serial), gateway.settings.sender.authserv_id)
    reference = REFERENCE.findall(door.submit(sample.sender, sample.recipients, content).text)[0]
    view = message_by_reference(records, "muenster", reference)
    return Seen(reference, view, journal_of(records, "muenster", reference))


RTF = next(sample for sample in SAMPLES if sample.name == "rtf")
UNTIL = ("--until", (datetime.now(UTC).date() + timedelta(days=30)).isoformat())


def withheld(one: Seen) -> bool:
    return one.view is None or bool(one.view.verdicts[0].withheld)


def test_a_consent_from_the_command_line_holds_at_the_door_for_its_sender_and_until_it_is_revoked(gateway, records):
    before = handed_in(gateway, records, RTF, "z0")
    assert withheld(before)
    consent = told_by(gateway, "consents", "grant", "--sender", RTF.sender, "--formats", "rtf", *UNTIL).partition(":")[
        0
    ]
    assert consent in told_by(gateway, "consents", "list")
    used = handed_in(gateway, records, RTF, "z1")
    assert not withheld(used)
    assert [entry.consent for entry in used.view.verdicts[0].objections] == [consent]
    (cited,) = [entry.leaf for entry in used.journal if entry.leaf.kind == EventKind.JUDGED]
    assert dict(cited.facts)["consent"] == consent
    assert withheld(handed_in(gateway, records, replace(RTF, sender="max@buerger.example"), "z2"))
    assert withheld(handed_in(gateway, records, replace(RTF, standing=Standing.FORGED), "z3"))
    told_by(gateway, "consents", "revoke", consent, "--why", "Zusage zurückgenommen")
    assert told_by(gateway, "consents", "list", "--json") == ""
    assert withheld(handed_in(gateway, records, RTF, "z4"))


def test_a_consent_after_arrival_delivers_the_file_that_was_withheld(gateway, records):
    one = handed_in(gateway, records, RTF, "z5")
    (office,) = RTF.expected.offices
    mailbox = f"{office}@intern.{DOMAIN}"

    def names() -> list[list[str]]:
        mine = (mail for mail in gateway.mailbox(mailbox) if mail["X-Poststelle-Reference"] == one.reference)
        return [[part.get_filename() for part in mail.iter_attachments()] for mail in mine]

    assert not any("brief.rtf" in found for found in names())
    said = told_by(gateway, "consents", "grant", "--message", one.reference, "--formats", "rtf", *UNTIL, "--why", "Fax")
    assert "released" in said
    eventually(lambda: any("brief.rtf" in found for found in names()), what="the released file in the mailbox")
    listed = json.loads(told_by(gateway, "consents", "list", "--json"))
    assert (listed["sender"], listed["office"], listed["formats"]) == (RTF.sender, office, ["rtf"])
