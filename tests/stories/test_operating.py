# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What operators and machines see of a gateway at work: probes, numbers, logs, a support report; and nothing of the mail."""

import json
import urllib.error
import urllib.request
import zipfile

import pytest

from support.gateway import Gateway, eventually

MARKS = ("Markierung-Betreff", "markierung-absender", "Markierung-Inhalt", "Markierung-Datei", "markierung-helo")
SECRET = "markierung-geheimnis"  # not one of anybody
OFFICE = "stadtverwaltung@stadt-muenster.example"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    found = Gateway(tmp_path_factory.mktemp("operating") / "data")
    health = found.settings.health.model_copy(update={"enabled": True, "port": 0})
    log = found.settings.log.model_copy(update={"format": "json"})
    found.settings = found.settings.model_copy(update={"health": health, "log": log})
    with found:
        eventually(lambda: found.role("health"), what="the health port")
        send(found)
        eventually(lambda: 'event="accepted"' in get(found, "/metrics")[1], what="the message is counted")
        yield found


def send(gateway: Gateway) -> None:
    """A message that is marked everywhere, with a file that is objected to, and one that is refused."""
    subject, sender, text, file, helo = MARKS
    mail = (
        f"From: {sender} <{sender}@buerger.example>\r\nTo: {OFFICE}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{sender}@buerger.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain\r\n\r\n{text}\r\n"
        f"--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename={file}.exe\r\n\r\n"
        f"MZ{text}\r\n--b--\r\n"
    )
    with gateway.session() as client:
        client.ehlo(f"{helo}.example")
        client.sendmail(f"{sender}@buerger.example", [OFFICE], mail)
        client.mail(f"{sender}@buerger.example")
        client.rcpt(f"{text}@stadt-muenster.example")
        client.docmd(f"{text} {subject}")


def get(gateway: Gateway, path: str) -> tuple[int, str]:
    role = gateway.role("health")
    assert role is not None
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{role.port}{path}", timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def command(gateway: Gateway, *words: str) -> tuple[int, str]:
    done = gateway.poststelle(*words, environment={"POSTSTELLE_KEY_PASSPHRASE": SECRET})
    return done.code, done.said


def test_probes_and_numbers_have_a_port_of_their_own(gateway):
    eventually(lambda: get(gateway, "/healthz") == (200, "ok\n"), what="every role is at work")
    assert get(gateway, "/readyz") == (200, "ok\n")
    assert get(gateway, "/desk/")[0] == 404
    code, text = get(gateway, "/metrics")
    assert code == 200
    for line in (
        'poststelle_events_total{authority="muenster",event="accepted"} 1',
        'poststelle_objections_total{authority="muenster",disposition="notify",reason="',
        'poststelle_role_up{role="door"} 1',
        'poststelle_switch_on{authority="muenster",switch="observe"} 0',
        'poststelle_certificate_days_left{authority="muenster",use="smime"}',
        "poststelle_journal_lag_seconds ",
        "poststelle_disk_free_bytes ",
    ):
        assert line in text, text
    assert "@" not in text, "no addresses"


def test_a_role_that_is_gone_is_missed_and_comes_back(gateway):
    gateway.kill("outbox")
    eventually(lambda: get(gateway, "/healthz") == (200, "ok\n"), what="well again")


def test_no_log_of_any_role_holds_anything_of_the_mail(gateway):
    lines = [json.loads(line) for line in gateway.log.splitlines() if line.startswith("{")]
    assert {"door", "outbox", "sequencer", "web", "health"} <= {line.get("role") for line in lines}
    assert all(line["at"].endswith("Z") for line in lines)
    found = [mark for mark in MARKS if mark.lower() in gateway.log.lower()]
    assert not found, gateway.log


def test_a_support_report_holds_neither_secrets_nor_persons(gateway, tmp_path):
    log = tmp_path / "some.log"
    log.write_text(f"2026-01-01T10:00:00Z from erika@buerger.example at 192.0.2.7 with {SECRET} in {gateway.folder}\n")
    code, said = command(gateway, "support-report", str(tmp_path / "report.zip"), "--log", str(log))
    assert code == 0, said
    with zipfile.ZipFile(tmp_path / "report.zip") as packed:
        files = {name: packed.read(name).decode() for name in packed.namelist()}
    assert set(files) == {"versions.json", "settings.json", "doctor.jsonl", "metrics.txt", "log-1.txt"}
    assert files["log-1.txt"] == "2026-01-01T10:00:00Z from <address> at <ip> with <set> in <set>\n"
    whole = "\n".join(files.values())
    for hidden in (*MARKS, SECRET, "erika", "192.0.2.7", str(gateway.folder), "@", gateway.settings.house.hostname):
        assert hidden.lower() not in whole.lower(), hidden
    assert json.loads(files["settings.json"])["malware.engine"] == "demo"
    assert '"part": "virus scanner"' in files["doctor.jsonl"]
    assert command(gateway, "support-report", str(tmp_path / "report.zip"))[0] == 2


def test_a_switch_shows_on_every_face_at_once(gateway):
    try:
        assert command(gateway, "bypass", "on", "--why", "drill")[0] == 0
        assert 'poststelle_switch_on{authority="muenster",switch="bypass"} 1' in get(gateway, "/metrics")[1]
        eventually(lambda: 'event="bypass-set"' in get(gateway, "/metrics")[1], what="journaled and counted")
        assert "ON: bypass for muenster" in command(gateway, "doctor")[1]
    finally:
        assert command(gateway, "bypass", "off")[0] == 0
    assert 'poststelle_switch_on{authority="muenster",switch="bypass"} 0' in get(gateway, "/metrics")[1]
