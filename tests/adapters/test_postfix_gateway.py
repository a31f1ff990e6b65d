# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The whole production picture: the world, Debian's Postfix, every role, clamd, rspamd, a name server, the mailboxes."""

import json
import re
import signal
import smtplib
import socket
from base64 import b64encode
from functools import cache
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from poststelle.application.settings import Malware, Sender, Spam
from poststelle.application.synthetic.teststrings import EICAR, GTUBE
from poststelle.core.journal import EventKind
from poststelle.records.database import attach, detach
from poststelle.records.models import DeferralRow
from poststelle.records.queries import message_by_reference
from support.behind_postfix import BASE_URL, DOMAIN, HOSTNAME, Engines, picture
from support.clamd_server import ClamdServer
from support.dns_stub import DnsStub, txt
from support.engine_mail import mail_with_attachment
from support.gateway import a_free_port, eventually
from support.ham import PROGRAMS, ham
from support.postfix_server import PostfixServer, ports
from support.programs import require_program
from support.recorded import message_list, tasks_of
from support.rspamd_server import RspamdServer
from support.smtp_sink import Script, SmtpSink
from support.smuggling import ENDS

PROVEN, STRANGER = "127.0.0.7", "127.0.0.9"
"""The address that buerger.example sends from, and one that it does not."""
CENTRAL = f"stadtverwaltung@{DOMAIN}"
OFFICE = f"ordnungsamt@intern.{DOMAIN}"
CITIZEN, UNKNOWN_DOMAIN = "erika@buerger.example", "erika@nirgends.example"


@cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def key_pem() -> bytes:
    traditional = serialization.PrivateFormat.TraditionalOpenSSL
    return key().private_bytes(serialization.Encoding.PEM, traditional, serialization.NoEncryption())


def key_record() -> str:
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    return f"v=DKIM1; k=rsa; p={b64encode(key().public_key().public_bytes(serialization.Encoding.DER, spki)).decode()}"


ZONE = {
    ("s1._domainkey.buerger.example", "TXT"): [txt(key_record())],
    ("buerger.example", "TXT"): [txt(f"v=spf1 ip4:{PROVEN} -all")],
    ("_dmarc.buerger.example", "TXT"): [txt("v=DMARC1; p=reject")],
}
REFERENCE = re.compile(rb"PS(?:-[0-9A-Z]{4}){3}")


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    server = ClamdServer(tmp_path_factory.mktemp("clamd"), a_free_port(), stream_max_bytes=60_000_000).start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def rspamd(tmp_path_factory):
    server = RspamdServer(tmp_path_factory.mktemp("rspamd"), a_free_port(), max_message="60M").start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def city(tmp_path_factory, clamd, rspamd):
    require_program("postfix", "postfix")
    with DnsStub(ZONE) as names:
        engines = Engines(
            Malware(engine="clamd", socket=clamd.socket_path),
            Spam(engine="rspamd", port=rspamd.port),
            Sender(mode="own", resolver="127.0.0.1", resolver_port=names.port),
        )
        with picture(tmp_path_factory.mktemp("city"), engines) as running:
            yield running


@pytest.fixture(scope="module")
def records(city, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(city.processes.settings.house.data, "behind-postfix")
        yield database
        detach(database)


def letter(name: str, *fields: str, body: str = "Guten Tag", sender: str = CITIZEN) -> bytes:
    head = (
        f"From: Erika Mustermann <{sender}>",
        f"To: {CENTRAL}",
        "Subject: =?utf-8?q?Amt_32_=E2=80=93_Bu=C3=9Fgeldstelle?=",
        "Date: Sun, 22 Nov 2026 10:00:00 +0000",
        f"Message-ID: <{name}@buerger.example>",
        "MIME-Version: 1.0",
    )
    return "\r\n".join((*head, *(fields or ("Content-Type: text/plain; charset=utf-8",)), "", body, "")).encode()


def sent(city, message: bytes, *, sender=CITIZEN, recipients=(CENTRAL,), address=PROVEN) -> tuple[int, bytes]:
    """The reply to the content; what is refused earlier raises."""
    with city.client(address) as client:
        client.ehlo()
        assert client.mail(sender)[0] == 250
        for recipient in recipients:
            assert client.rcpt(recipient)[0] == 250, recipient
        return client.data(message)


def reference_in(said: bytes) -> str:
    found = REFERENCE.search(said)
    assert found, said
    return found.group().decode()


def test_a_letter_is_accepted_and_reaches_the_offices_mailbox(city):
    code, said = sent(city, letter("accepted"))
    assert (code, said[:5]) == (250, b"2.6.0")
    mail = city.arrived(OFFICE, "<accepted@buerger.example>")
    assert mail["X-Poststelle-Reference"] == reference_in(said)
    assert mail.get_content().strip() == "Guten Tag"


def test_the_clients_own_address_and_greeting_are_on_record(city, records):
    _, said = sent(city, letter("peer"))
    view = message_by_reference(records, "muenster", reference_in(said))
    peer = json.loads(view.peer)
    assert PROVEN in peer.values()
    assert "mx.buerger.example" in peer.values()
    (arrived,) = [entry for entry in city.journal(view.line.reference) if entry["kind"] == EventKind.ARRIVED]
    assert PROVEN in json.dumps(arrived)


def test_an_unknown_address_is_refused_at_rcpt_and_the_known_one_is_served(city):
    with city.client(PROVEN) as client:
        client.ehlo()
        client.mail(CITIZEN)
        assert client.rcpt(f"niemand@{DOMAIN}")[0] == 550
        assert client.rcpt("someone@elsewhere.example")[0] == 554
        assert client.rcpt(CENTRAL)[0] == 250
        code, said = client.data(letter("mixed"))
    assert code == 250
    assert city.arrived(OFFICE, "<mixed@buerger.example>")["X-Poststelle-Reference"] == reference_in(said)


def test_a_refusal_reaches_the_client_in_the_dialogue_with_its_clause(city):
    twice = ("Content-Type: text/plain", "Content-Type: text/html")
    code, said = sent(city, letter("twice", *twice))
    assert code == 550
    assert said.startswith(b"5.6.0 ")
    assert f"{BASE_URL}/kontakt#email.malformed".encode() in said
    assert EventKind.REFUSED in [entry["kind"] for entry in city.journal(reference_in(said))]


def test_what_announces_itself_as_too_large_is_refused_before_it_is_sent(city):
    with city.client(PROVEN) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "56000000"
        assert client.docmd("MAIL", f"FROM:<{CITIZEN}> SIZE=56000001")[0] == 552


def test_attachments_beyond_the_sum_are_refused_with_their_clause_at_the_end(city):
    code, said = sent(city, mail_with_attachment(b"%PDF-1.7\n" + bytes(range(256)) * (21 * 4096), "gross.pdf"))
    assert (code, said[:5]) == (552, b"5.3.4"), said
    assert f"{BASE_URL}/kontakt#attachments.total".encode() in said


def test_a_repeated_attempt_is_one_message(city, records):
    first, again = (sent(city, letter("again"))[1] for _ in range(2))
    assert reference_in(first) == reference_in(again)
    city.arrived(OFFICE, "<again@buerger.example>")
    found = message_list(records, "muenster", reference_in(first))
    assert len(found) == 1
    assert [mail["Message-ID"] for mail in city.mailbox(OFFICE)].count("<again@buerger.example>") == 1


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGKILL], ids=["stopped", "killed"])
def test_while_the_door_is_away_nothing_is_taken_and_nothing_is_lost(city, by):
    message = letter(f"away-{by.name}")
    city.processes.end("door", by=by)
    try:
        code, _ = sent(city, message)
        assert 400 <= code < 500
    finally:
        city.processes.start("door")
    assert sent(city, message)[0] == 250
    city.arrived(OFFICE, f"<away-{by.name}@buerger.example>")


def test_while_the_recipients_service_is_away_the_client_comes_again(city):
    city.processes.end("recipients")
    try:
        with city.client(PROVEN) as client:
            client.ehlo()
            client.mail(CITIZEN)
            assert client.rcpt(CENTRAL)[0] == 451
            assert client.rcpt(f"niemand@{DOMAIN}")[0] in {450, 451, 550}
    finally:
        city.processes.start("recipients")


def test_spam_is_held_for_a_clerk_and_goes_nowhere(city, records):
    code, said = sent(city, letter("spam", body=GTUBE.decode()))
    assert code == 250
    view = message_by_reference(records, "muenster", reference_in(said))
    assert view.line.disposition == "hold"
    assert view.effects == ()


def test_infected_mail_is_deleted_as_a_whole_and_in_silence(city, records):
    code, said = sent(city, mail_with_attachment(EICAR, "rechnung.pdf"))
    assert code == 250
    view = message_by_reference(records, "muenster", reference_in(said))
    assert (view.line.disposition, view.is_content_kept, view.effects) == ("delete", False, ())
    told = city.journal(view.line.reference)
    assert EventKind.MALWARE_DELETED in [entry["kind"] for entry in told]
    assert "Hand.EICAR" in json.dumps(told)


def test_with_the_scanner_away_nothing_is_taken_unscanned(city, clamd):
    clamd.stop()
    try:
        assert sent(city, letter("unscanned"))[0] == 451
    finally:
        clamd.start()
    assert sent(city, letter("unscanned"))[0] == 250


@pytest.fixture(scope="module")
def elsewhere(city):
    """A mail server of the world that keeps what is put off and tries again when it is asked to."""
    here = ports(city.postfix.ports.door, city.postfix.ports.policy, city.postfix.ports.smtp)
    changes = {"relay_domains": "elsewhere.example", "default_transport": f"relay:[127.0.0.1]:{here.mailboxes}"}
    with PostfixServer(here, changes) as postfix:
        yield postfix


def files_in(folder: Path) -> set[Path]:
    return {file for file in folder.rglob("*") if file.is_file()}


def put_off(records, sender: str) -> list[DeferralRow]:
    return list(DeferralRow.objects.using(records.alias).filter(sender=sender))


def test_what_another_server_tries_again_and_again_is_one_message_and_leaves_nothing_lying(
    city, elsewhere, records, clamd
):
    message = letter("patient", body="Guten Tag\r\n" * 20_000, sender=UNKNOWN_DOMAIN)
    kept = city.processes.settings.house.data / "blobs"
    before = files_in(kept)
    clamd.stop()
    try:
        with smtplib.SMTP("127.0.0.1", elsewhere.ports.out, timeout=90) as client:
            client.sendmail(UNKNOWN_DOMAIN, [CENTRAL], message)
        for count in (1, 2, 3):
            eventually(
                lambda count=count: len(put_off(records, UNKNOWN_DOMAIN)) >= count or elsewhere.flush(),
                what=f"attempt {count}",  # asked again and again: while an attempt is under way nothing is to be flushed
            )
        eventually(lambda: files_in(kept) <= before, what="nothing lies about once the attempt under way is over")
    finally:
        clamd.start()
    elsewhere.flush()
    mail = city.arrived(OFFICE, "<patient@buerger.example>")
    tried = put_off(records, UNKNOWN_DOMAIN)
    assert len({row.fingerprint for row in tried}) == 1
    assert all(row.sha256 for row in tried)
    kinds = [entry["kind"] for entry in city.journal(mail["X-Poststelle-Reference"])]
    assert kinds.count(EventKind.ARRIVED) == 1
    assert [one["Message-ID"] for one in city.mailbox(OFFICE)].count("<patient@buerger.example>") == 1


PROGRAM = b"MZ" + b"\x90\0\3\0\0\0" * 200


def test_a_proven_sender_gets_a_notice_for_what_the_page_does_not_allow(city):
    code, said = sent(city, mail_with_attachment(PROGRAM, "antrag.exe"))
    assert code == 250
    notice = city.arrived(CITIZEN, "<2@buerger.example>")
    assert notice["Auto-Submitted"] == "auto-replied"
    assert "antrag.exe" in notice.get_body(("plain",)).get_content()
    assert reference_in(said) in notice.as_string()


def test_a_forged_sender_is_refused_where_its_domain_asks_for_it(city):
    code, said = sent(city, letter("forged"), address=STRANGER)
    assert (code, said[:6]) == (550, b"5.7.26")
    assert f"{BASE_URL}/kontakt#email.sender".encode() in said


def test_a_signature_proves_what_the_address_does_not_and_survives_postfix(city):
    signature = dkim.sign(letter("signed"), b"s1", b"buerger.example", key_pem(), include_headers=[b"From", b"Subject"])
    code, said = sent(city, signature + letter("signed"), address=STRANGER)
    assert code == 250, said
    delivered = city.arrived(OFFICE, "<signed@buerger.example>")
    ours = delivered.get_all("Authentication-Results")[0]
    assert ours.startswith(HOSTNAME)
    assert "dkim=pass" in ours
    assert "dmarc=pass" in ours


def test_from_a_domain_that_publishes_nothing_good_mail_is_taken(city):
    assert sent(city, letter("nothing", sender=UNKNOWN_DOMAIN), sender=UNKNOWN_DOMAIN)[0] == 250


def test_to_a_domain_that_publishes_nothing_no_notice_is_sent_a_person_answers(city, records):
    message = mail_with_attachment(PROGRAM, "antrag.exe").replace(b"buerger.example", b"nirgends.example")
    code, said = sent(city, message, sender=UNKNOWN_DOMAIN)
    assert code == 250
    view = message_by_reference(records, "muenster", reference_in(said))
    assert "feedback" in {task.kind for task in tasks_of(records, reference_in(said))}
    assert not any(effect.kind == "notice" for effect in view.effects)


def test_from_a_domain_that_publishes_nothing_useless_mail_is_refused_in_the_dialogue(city):
    message = mail_with_attachment(PROGRAM, "antrag.exe").replace(b"buerger.example", b"nirgends.example")
    code, said = sent(city, message.replace(b"Guten Tag", b""), sender=UNKNOWN_DOMAIN)
    assert code == 550
    assert f"{BASE_URL}/kontakt#attachments.formats".encode() in said


def test_a_delivery_that_an_office_refuses_becomes_a_task_on_its_case(city, records):
    city.processes.end("maildrop")
    full = Script(refuse_recipients={OFFICE: b"552 5.2.2 mailbox full"})
    try:
        with SmtpSink(full, city.postfix.ports.mailboxes):
            code, said = sent(city, letter("full"))
            assert code == 250
            reference = reference_in(said)

            def tasks() -> set[str]:
                return {task.kind for task in tasks_of(records, reference)}

            eventually(lambda: "delivery" in tasks(), what="a task on the case")
    finally:
        city.processes.start("maildrop")


def test_a_return_path_takes_reports_only(city):
    address = f"bounce+PS-2222-3333-4444@{HOSTNAME}"
    assert sent(city, letter("not-a-report"), recipients=(address,))[0] == 550
    with city.client(STRANGER) as client:
        client.ehlo()
        client.mail(CITIZEN)
        assert client.rcpt(f"anybody@{HOSTNAME}")[0] == 550


SMUGGLED = f"MAIL FROM:<boss@{DOMAIN}>\r\nRCPT TO:<{CENTRAL}>\r\nDATA\r\nSubject: smuggled\r\n\r\nx".encode()


def smuggled_through(postfix, head: bytes, end: bytes) -> list[bytes]:
    """What Postfix answers to a message with a second one behind an odd end."""
    opening = (b"", b"HELO mx.buerger.example", f"MAIL FROM:<{CITIZEN}>".encode(), f"RCPT TO:<{CENTRAL}>".encode())
    with socket.socket() as client, client.makefile("rb") as replies:
        client.bind((PROVEN, 0))
        client.settimeout(60)
        client.connect(("127.0.0.1", postfix.ports.smtp))
        for line in (*opening, b"DATA"):
            client.sendall(line + b"\r\n" if line else b"")
            assert replies.readline()[:1] in b"23"
        client.sendall(head + b"text" + end + SMUGGLED + b"\r\n.\r\nQUIT\r\n")
        return replies.readlines()


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS.keys())
def test_no_odd_end_of_data_makes_a_second_message(city, records, end):
    before = len(message_list(records, "muenster"))
    said = smuggled_through(city.postfix, letter(f"odd{end.hex()}"), end)
    assert sum(line.startswith(b"250") for line in said) <= 1
    kept = message_list(records, "muenster")
    assert len(kept) - before <= 1
    assert not any(line.sender.startswith("boss") or "smuggled" in line.subject for line in kept)


@pytest.mark.soak
def test_every_programs_honest_message_passes_all_of_it(city):
    turned_away = []
    for one in ham(len(PROGRAMS)):
        code, said = sent(city, one.content, sender="" if one.is_bounce else CITIZEN)
        if code != 250:
            turned_away.append((one.client, code, said))
    assert not turned_away


@pytest.fixture(scope="module")
def second_choice(tmp_path_factory):
    require_program("postfix", "postfix")
    with picture(tmp_path_factory.mktemp("lmtp"), lmtp=True) as running:
        yield running


@pytest.fixture(scope="module")
def second_records(second_choice, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(second_choice.processes.settings.house.data, "second-choice")
        yield database
        detach(database)


def test_by_lmtp_no_odd_end_makes_a_second_message(second_choice, second_records):
    for end in ENDS.values():
        smuggled_through(second_choice.postfix, letter(f"lmtp{end.hex()}"), end)
    with second_choice.client(PROVEN) as client:
        client.sendmail("last@buerger.example", [CENTRAL], letter("last"))

    def kept() -> list[str]:
        return [line.sender for line in message_list(second_records, "muenster")]

    eventually(lambda: "last@buerger.example" in kept(), what="the honest message behind them")
    assert not any(sender.startswith("boss") for sender in kept())
    assert len(kept()) <= 1 + len(ENDS)


def test_by_lmtp_a_refusal_becomes_a_bounce_to_whoever_was_named_as_sender(second_choice):
    twice = ("Content-Type: text/plain", "Content-Type: text/html")
    with second_choice.client() as client:
        client.sendmail("forged@victim.example", [CENTRAL], letter("lmtp", *twice))  # 250: already accepted
    bounce = second_choice.arrived_at("forged@victim.example")
    assert bounce.get_content_type() == "multipart/report"
    assert "5.6.0" in bounce.as_string()


def test_postfix_finds_nothing_to_warn_of(city):
    for word in ("fatal:", "unused parameter", "proxy-reject: RCPT", "panic:"):
        assert word not in city.postfix.log()


def test_nothing_of_ours_broke_on_the_way(city):
    for log in city.processes.folder.glob("*.log"):
        assert "Traceback" not in log.read_text(), log
        assert "accept_failed" not in log.read_text(), log


def test_an_unknown_address_alone_ends_a_mail_programs_attempt(city):
    with city.client(PROVEN) as client, pytest.raises(smtplib.SMTPRecipientsRefused):
        client.sendmail(CITIZEN, [f"niemand@{DOMAIN}"], letter("unknown"))
