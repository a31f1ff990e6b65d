# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two authorities behind one real door: each gets its own mail, under its own policy, on its own page."""

import urllib.request

import pytest

from support.gateway import Gateway, eventually
from support.policies import POLICIES

OURS, THEIRS = "stadtverwaltung@stadt-muenster.example", "stadtverwaltung@kreis-streng.example"
SENDER, HOST = "erika@buerger.example", "www.kreis-streng.example"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folders = (str(POLICIES / "muenster"), str(POLICIES / "strict"))
    changes = {
        "house": {"policies": folders},
        "web": {"hosts": (HOST,)},
        "health": {"enabled": True, "port": 0},
    }
    with Gateway(tmp_path_factory.mktemp("two") / "data", changes=changes) as running:
        eventually(lambda: running.role("health") and running.role("web"), what="every face")
        yield running


def get(gateway: Gateway, role: str, path: str, host: str = "127.0.0.1") -> str:
    found = gateway.role(role)
    assert found is not None
    request = urllib.request.Request(f"http://127.0.0.1:{found.port}{path}", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def test_one_transaction_is_for_one_authority(gateway):
    with gateway.session() as client:
        client.ehlo("mx.buerger.example")
        client.mail(SENDER)
        assert client.rcpt(OURS)[0] == 250
        code, text = client.rcpt(THEIRS)
        assert (code, b"another authority" in text) == (452, True)
        assert client.rcpt(f"x@{HOST}")[0] >= 550


def test_each_gets_its_own_and_is_counted_as_its_own(gateway):
    for number, address in enumerate((OURS, THEIRS)):
        mail = (
            f"From: {SENDER}\r\nTo: {address}\r\nSubject: Amt 32\r\nMessage-ID: <{number}@b.example>\r\n\r\nHallo\r\n"
        )
        with gateway.session() as client:
            client.sendmail(SENDER, [address], mail)
    for name in ("muenster", "strict"):
        line = f'poststelle_events_total{{authority="{name}",event="arrived"}} 1'
        eventually(lambda line=line: line in get(gateway, "health", "/metrics"), what=line)
    boxes = {folder.name for folder in (gateway.folder / "mailboxes").glob("*") if folder.is_dir()}
    assert all(gateway.mailbox(box)[0]["To"] != THEIRS for box in boxes if box.endswith("stadt-muenster.example"))


def test_each_host_is_its_own_authority_s_page(gateway):
    ours, theirs = get(gateway, "web", "/kontakt"), get(gateway, "web", "/kontakt", HOST)
    assert "Kreis Strengen" in theirs
    assert "Kreis Strengen" not in ours
    assert "stadt-muenster.example" not in theirs
