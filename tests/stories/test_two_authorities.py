# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two authorities behind one real door: each gets its own mail, under its own policy, on its own page."""

import pytest

from support.gateway import eventually
from support.two_authorities import CITY, COUNTY, PARTIES, SENDER, get, other, send, two_authorities


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with two_authorities(tmp_path_factory.mktemp("two") / "data") as running:
        yield running


def test_one_transaction_is_for_one_authority(gateway):
    with gateway.session() as client:
        client.ehlo("mx.buerger.example")
        client.mail(SENDER)
        assert client.rcpt(CITY.central)[0] == 250
        code, text = client.rcpt(COUNTY.central)
        assert (code, b"another authority" in text) == (452, True)
        assert client.rcpt(f"x@{COUNTY.host}")[0] >= 550


def test_each_gets_its_own_and_is_counted_as_its_own(gateway):
    for number, party in enumerate(PARTIES):
        send(gateway, party.central, number)
    for party in PARTIES:
        line = f'poststelle_events_total{{authority="{party.id}",event="arrived"}} 1'
        eventually(lambda line=line: line in get(gateway, "health", "/metrics"), what=line)
    boxes = {folder.name for folder in (gateway.folder / "mailboxes").glob("*") if folder.is_dir()}
    assert all(gateway.mailbox(box)[0]["To"] != COUNTY.central for box in boxes if box.endswith(CITY.domain))


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party.id)
def test_each_host_is_its_own_authority_s_page(gateway, party):
    page = get(gateway, "web", "/kontakt", party.host)
    assert party.name in page
    assert other(party).name not in page
    assert other(party).domain not in page
