# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The synthetic citizens write to a running gateway by SMTP, and we look at every end: reply, record, journal, mail."""

import base64
import re
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from poststelle.adapters.inspector_pool.confinement import probe
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.application.ports import Submitted
from poststelle.application.synthetic.catalogue import QUICK
from poststelle.application.synthetic.comparing import Became, differences
from poststelle.application.synthetic.packages import docm
from poststelle.application.synthetic.sample import CENTRAL, DOMAIN, Sample, Stamp, as_relayed
from poststelle.application.synthetic.teststrings import EICAR
from poststelle.compose.roles import roles_of
from poststelle.core.journal import EventKind, JournalLine
from poststelle.core.verdict import Disposition, SenderTold, Verdicts
from poststelle.records.database import Database, attach, detach
from poststelle.records.queries import MessageView, journal_of, message_by_reference
from support.gateway import Gateway, eventually, remembers
from support.recorded import message_list

REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")
STAMP = Stamp(datetime(2026, 3, 4, 9, 30, tzinfo=UTC), "e2e")
PASSPHRASE = "nur für die Schlüsselverwahrung"
OUTCOMES = {
    Disposition.ACCEPT: EventKind.ACCEPTED,
    Disposition.NOTIFY: EventKind.ACCEPTED,
    Disposition.HOLD: EventKind.HELD,
    Disposition.REFUSE: EventKind.REFUSED,
    Disposition.DELETE: EventKind.MALWARE_DELETED,
}


@dataclass(frozen=True)
class Seen:
    """One message and everything that can be seen of it."""

    sample: Sample
    content: bytes
    answers: tuple[Submitted, ...]
    references: tuple[str, ...]
    view: MessageView | None
    journal: tuple[JournalLine, ...]

    @property
    def reference(self) -> str:
        return self.references[0]

    @property
    def kinds(self) -> list[str]:
        return [entry.leaf.kind for entry in self.journal]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with Gateway(tmp_path_factory.mktemp("gateway"), passphrase=PASSPHRASE) as running:
        yield running


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "whole-gateway")
        yield database
        detach(database)


@pytest.fixture(scope="module")
def seen(gateway, records) -> dict[str, Seen]:
    door = SmtpSubmission(Relay("127.0.0.1", gateway.port, Tls.NONE, "mx.stadt-muenster.example"))
    found = {}
    for sample in QUICK:
        content = as_relayed(sample, STAMP, gateway.settings.sender.authserv_id)
        answers = tuple(door.submit(sample.sender, sample.recipients, content) for _ in range(sample.times))
        named = [REFERENCE.search(answer.text) for answer in answers]
        found[sample.name] = (sample, content, answers, tuple(match.group() for match in named if match))
    return {name: looked_up(records, *parts) for name, parts in found.items()}


def looked_up(records: Database, sample, content, answers, references) -> Seen:
    if not references:
        return Seen(sample, content, answers, (), None, ())

    def settled() -> MessageView | None:
        view = message_by_reference(records, "muenster", references[0])
        return view if view is None or all(effect.state != "open" for effect in view.effects) else None

    view = eventually(settled, what=f"what {sample.name} sends")
    return Seen(sample, content, answers, references, view, journal_of(records, "muenster", references[0]))


def test_the_journal_says_what_confines_the_inspectors(gateway, records):
    started = [line.leaf for line in journal_of(records, "muenster", "") if line.leaf.kind == EventKind.STARTED]
    assert started
    assert dict(started[0].facts)["confinement"] == " ".join(sorted(probe().active))


NAMES = [sample.name for sample in QUICK]
JUDGED = [sample.name for sample in QUICK if sample.expected.disposition is not None]
NOTICED = [sample.name for sample in QUICK if sample.expected.told is SenderTold.NOTICE]
DELIVERED = [sample.name for sample in QUICK if "deliver" in sample.expected.kinds]


@pytest.mark.parametrize("name", NAMES)
def test_every_promise_holds_on_the_wire_and_on_record(seen, name):
    one = seen[name]
    verdicts = Verdicts(one.view.verdicts) if one.view else None
    replies = tuple(answer.code for answer in one.answers)
    assert differences(one.sample.expected, Became(replies, one.references, verdicts)) == ()
    effects = one.view.effects if one.view else ()
    assert {effect.kind for effect in effects} == one.sample.expected.kinds
    assert {effect.state for effect in effects} <= {"done"}


@pytest.mark.parametrize("name", JUDGED)
def test_the_journal_tells_arrival_and_outcome_and_nothing_twice(seen, name):
    kinds = seen[name].kinds
    assert kinds[0] == EventKind.ARRIVED
    assert kinds.count(OUTCOMES[seen[name].sample.expected.disposition]) == 1
    assert kinds.count(EventKind.ARRIVED) == 1


def test_the_journal_gives_every_entry_its_place(seen, records):
    def placed() -> bool:
        lines = [line for name in JUDGED for line in journal_of(records, "muenster", seen[name].reference)]
        return all(line.index is not None for line in lines)

    eventually(placed, what="a place in the tree for every entry")


@pytest.mark.parametrize("name", DELIVERED)
def test_each_office_gets_the_message_once_under_our_reference(seen, gateway, name):
    one = seen[name]
    for office in dict.fromkeys(one.sample.expected.offices):
        box = gateway.mailbox(f"{office}@intern.{DOMAIN}")
        assert [mail["X-Poststelle-Reference"] for mail in box].count(one.reference) == 1


def test_mail_in_order_is_delivered_byte_for_byte_below_our_fields(seen, gateway):
    one = seen["pdf-and-docx"]
    original = one.content.partition(b"\r\n")[2]  # what the server in front wrote in our name is ours to replace
    files = (gateway.folder / "mailboxes").glob(f"sozialamt@intern.{DOMAIN}/new/*")
    assert any(one.reference.encode() in kept and kept.endswith(original) for kept in (f.read_bytes() for f in files))


def test_a_withheld_file_reaches_no_mailbox(seen, gateway):
    content = base64.b64encode(docm())[:400]
    files = [file.read_bytes() for file in gateway.folder.glob("mailboxes/*/new/*")]
    assert any(seen["docm"].reference.encode() in kept for kept in files)
    assert not any(content in kept.replace(b"\r\n", b"") for kept in files)


def the_notice(gateway: Gateway, one: Seen):
    box = gateway.mailbox(one.sample.sender)
    (found,) = [mail for mail in box if f"[{one.reference}]" in mail["Subject"]]
    return found


@pytest.mark.parametrize("name", NOTICED)
def test_a_notice_says_what_is_wrong_in_both_languages_and_quotes_nothing(seen, gateway, name):
    one = seen[name]
    mail = the_notice(gateway, one)
    assert mail["Return-Path"] == "<>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["Message-ID"] == f"<{one.reference}.notice@mx.stadt-muenster.example>"
    told = " ".join(mail.get_body(("plain",)).get_content().split())
    assert "Guten Tag," in told
    assert "Hello," in told
    for verdict in one.view.verdicts:
        for objection in verdict.objections:
            assert f"#{objection.clause}" in told
    assert "Anbei die erbetenen Unterlagen" not in told


def test_a_notice_about_macros_says_how_to_save_without(seen, gateway):
    told = " ".join(the_notice(gateway, seen["docm"]).get_body(("plain",)).get_content().split())
    assert "formular.docm: Die Datei enthält Makros." in told
    assert "ohne Makros" in told
    assert "without macros" in told
    assert told.count("Die Datei enthält Makros.") == 1


def test_nobody_is_written_to_but_who_is_owed_a_notice(seen, gateway):
    boxes = {folder.name for folder in (gateway.folder / "mailboxes").iterdir()}
    owed = {seen[name].sample.sender for name in NOTICED}
    offices = {f"{office}@intern.{DOMAIN}" for name in DELIVERED for office in seen[name].sample.expected.offices}
    assert boxes == owed | offices


def test_message_ids_of_notices_are_unique(seen, gateway):
    mails = [mail for name in NOTICED for mail in gateway.mailbox(seen[name].sample.sender)]
    assert len({mail["Message-ID"] for mail in mails}) == len({mail["Subject"] for mail in mails}) == len(NOTICED)


def stored_bytes(gateway: Gateway) -> bytes:
    files = (file for file in gateway.folder.rglob("*") if file.is_file())
    return b"".join(file.read_bytes().replace(b"\r\n", b"") for file in files)


def test_malware_leaves_a_record_and_no_content(seen, gateway):
    one = seen["eicar"]
    assert not one.view.is_content_kept
    assert EventKind.MALWARE_FOUND in one.kinds
    stored = stored_bytes(gateway)
    assert EICAR not in stored
    assert base64.b64encode(EICAR) not in stored


def test_a_refused_message_leaves_a_record_without_content(seen, gateway):
    one = seen["macro-forged"]
    assert one.view.line.subject == "Amt 50 – Wohngeld"
    assert not one.view.is_content_kept
    assert one.view.sha256
    assert b"vom 24. Februar" not in stored_bytes(gateway)


def test_a_refusal_names_clause_and_page_in_the_dialogue(seen):
    said = seen["too-large"].answers[0].text
    assert "5.3.4" in said
    assert "#attachments.total" in said
    assert seen["too-large"].reference in said


def test_a_retry_is_the_same_case(seen):
    one = seen["retry"]
    assert len(one.references) == 2
    assert len(set(one.references)) == 1
    assert one.kinds.count(EventKind.RETRY_RECOGNISED) == 1


def test_who_is_refused_hears_the_same_words_at_the_next_attempt(seen, gateway):
    one = seen["macro-forged"]
    door = SmtpSubmission(Relay("127.0.0.1", gateway.port, Tls.NONE, "mx.stadt-muenster.example"))
    again = door.submit(one.sample.sender, one.sample.recipients, one.content)
    assert again == one.answers[0]
    assert "http" in again.text, "all of its lines"


def test_an_answer_lost_on_the_way_is_not_a_second_case(seen, gateway, records):
    head = b"From: erika@buerger.example\r\nSubject: Amt 32 - verlorene Antwort\r\n\r\nText\r\n.\r\n"
    talk = [
        b"EHLO mx.buerger.example\r\n",
        b"MAIL FROM:<erika@buerger.example>\r\n",
        f"RCPT TO:<{CENTRAL}>\r\n".encode(),
    ]
    with socket.create_connection(("127.0.0.1", gateway.port), 30) as client:
        reader = client.makefile("rb")
        reader.readline()
        for command in (*talk, b"DATA\r\n"):
            client.sendall(command)
            while reader.readline()[3:4] == b"-":
                pass
        client.sendall(head)  # and gone, before the answer

    def lines():
        return message_list(records, "muenster", "verlorene Antwort")

    (first,) = eventually(lines, what="the message is on record")
    with gateway.session() as client:
        client.ehlo("mx.buerger.example")
        client.mail("erika@buerger.example")
        client.rcpt(CENTRAL)
        code, said = client.data(head.removesuffix(b".\r\n"))
    assert code == 250
    assert first.reference in said.decode()
    assert len(lines()) == 1


def test_the_command_line_reads_the_journal_of_a_running_gateway(seen, gateway):
    entries = gateway.poststelle("journal", "show", seen["docm"].reference, "--json").rows
    assert [entry["kind"] for entry in entries] == [*seen["docm"].kinds]
    assert any(entry["clause"] == "attachments.macros" for entry in entries)


def test_nothing_went_wrong_in_the_log(seen, gateway):
    assert not re.findall(r"(?m)^.* (?:ERROR|CRITICAL) .*$", gateway.log)
    assert "Traceback" not in gateway.log
    assert "starts again" not in gateway.log


def test_the_passphrase_is_in_the_memory_of_no_process_but_the_keyholder(gateway):
    found = {name: eventually(lambda name=name: gateway.role(name)) for name in roles_of(gateway.settings)}
    pids = {name: role.pid for name, role in found.items() if name != "keyholder"} | {"supervisor": gateway.pid}
    assert len(pids) == len(found)
    assert [name for name, pid in pids.items() if remembers(pid, PASSPHRASE.encode())] == []
    assert [name for name, pid in pids.items() if not remembers(pid, b"poststelle")] == []


def test_every_role_but_the_keyholder_is_forked_from_the_supervisor(gateway):
    own = {name for name in roles_of(gateway.settings) if (role := gateway.role(name)) and comm(role.pid) == name}
    assert own == set(roles_of(gateway.settings)) - {"keyholder"}


def comm(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()
