# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""With which settings nothing starts, and that the sentence names what is wrong; everything beside them is taken."""

from pathlib import Path

import pytest

from poststelle.application.health import of_settings
from poststelle.application.readiness import may_deliver_opened, refusals
from poststelle.application.settings import Door, House, Malware, Outbox, Sender, Settings, Store

POSTGRES = Store(database="postgresql://poststelle@db.stadt.example/poststelle")
CERTIFICATE, KEY = Path("door.pem"), Path("door.key")
RELAY = "mail.stadt.example"


def told(mode: str = "demo", *, allow_unscanned: bool = False, **sections: object) -> list[str]:
    house = House(mode=mode, allow_unscanned=allow_unscanned)
    return [found.sentence for found in refusals(Settings(house=house, **sections))]


def to_relay(starttls: str, *relays: str) -> Outbox:
    return Outbox(host=RELAY, starttls=starttls, opened_relays=relays)


REFUSED = {
    "doors on a file": ({"door": Door(processes=2)}, "would starve one another on one SQLite file"),
    "doors on no port": ({"door": Door(processes=2, port=0), "store": POSTGRES}, "would each take a free port"),
    "another database": ({"store": Store(database="mysql://db/poststelle")}, "not the address of a PostgreSQL server"),
    "no scanner": ({"mode": "production", "malware": Malware(engine="none")}, "accepts nothing unscanned"),
    "the demo's scanner": ({"mode": "production", "malware": Malware(engine="demo")}, "accepts nothing unscanned"),
    "a certificate alone": ({"door": Door(certificate=CERTIFICATE)}, "a certificate without a key"),
    "a key alone": ({"door": Door(key=KEY)}, "a key without a certificate"),
    "opened mail by plain text": ({"outbox": to_relay("never", RELAY)}, "let decrypted messages out without TLS"),
    "opened mail by TLS if offered": ({"outbox": to_relay("if-offered", RELAY)}, "decrypted messages out without TLS"),
    "results of nobody": ({"sender": Sender(mode="header", authserv_id="")}, "no authserv_id says whose results"),
}


def test_every_reason_not_to_start_is_told_at_once():
    wrong = {"mode": "production", "door": Door(key=KEY, processes=2), "sender": Sender(mode="header")}
    assert len(told(**wrong)) == 4
    said = of_settings(Settings(house=House(mode="production"), door=wrong["door"], sender=wrong["sender"]))
    assert all(sentence in said.sentence for sentence in told(**wrong))


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_start_is_refused_with_one_sentence(case):
    sections, sentence = REFUSED[case]
    (found,) = told(**sections)
    assert sentence in found


TAKEN = {
    "doors on a server": {"door": Door(processes=4), "store": POSTGRES},
    "one door on a server": {"store": POSTGRES},
    "files in a bucket": {"store": Store(bucket="post")},
    "the default": {},
    "a scanner": {"mode": "production", "malware": Malware(engine="clamd")},
    "another system has scanned": {"mode": "production", "malware": Malware(engine="none"), "allow_unscanned": True},
    "a certificate with its key": {"door": Door(certificate=CERTIFICATE, key=KEY)},
    "opened mail by proven TLS": {"outbox": to_relay("required", RELAY)},
    "results of our own server": {"sender": Sender(mode="header", authserv_id=RELAY)},
}


@pytest.mark.parametrize("case", TAKEN)
def test_every_other_pair_is_taken(case):
    assert told(**TAKEN[case]) == []


@pytest.mark.parametrize(
    ("outbox", "may"),
    [
        (to_relay("required", RELAY), True),
        (to_relay("required", "other.example", RELAY), True),
        (to_relay("required", "other.example"), False),
        (to_relay("required"), False),
        (to_relay("if-offered", RELAY), False),
        (to_relay("never", RELAY), False),
    ],
    ids=["the one named", "one of those named", "another is named", "none is named", "TLS if offered", "no TLS"],
)
def test_what_was_decrypted_goes_to_a_server_that_is_named_and_proves_its_name_alone(outbox, may):
    assert may_deliver_opened(Settings(outbox=outbox)) is may
