# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Thousands of honest messages of many programs through the real door: none is turned away, none told wrongly."""

import re
import smtplib
from dataclasses import dataclass

import pytest

from poststelle.records.database import attach, detach
from poststelle.records.models import Message, OutboxRow
from support.dns_stub import DnsStub, txt
from support.front_house import POST, SERVICE, Front
from support.gateway import Gateway
from support.ham import Ham, ham
from support.records import open_records

__all__ = ["open_records"]
MESSAGES = 3_000


@pytest.mark.soak
def test_honest_mail_is_taken_accepted_and_never_answered(open_records, tmp_path):
    turned_away = []
    with Front(open_records(), tmp_path).opened() as front:
        for one in ham(MESSAGES):
            sender = "" if one.is_bounce else "erika@buerger.example"
            proof = f"Authentication-Results: {SERVICE}; spf=pass smtp.mailfrom={sender}\r\n".encode()
            ended = one.content if one.content.endswith(b"\r\n") else one.content + b"\r\n"
            said = front.send(proof + ended, sender=sender)
            if not said.startswith("250"):
                turned_away.append((one.client, said))
        assert len(turned_away) * 1_000 <= MESSAGES, turned_away
        assert {message.disposition for message in front.messages()} == {"accept"}
        assert not [effect for effect in front.effects() if effect.kind == "notice"]


PROVEN, FORWARDER = "127.0.0.7", "127.0.0.9"
"""Where the senders' domains send from, and where somebody does who passes their mail on."""
OPEN = frozenset({"buerger.example", "verein.example", "provider.example"})
"""Domains that do not ask for refusal of what comes another way; all others do."""
FORWARDED_EVERY = 10
_FROM = re.compile(rb"^From:(?:.*\r\n[ \t])*.*@([\w.-]+)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True)
class Sending:
    """One honest message as a mail server hands it over."""

    ham: Ham
    domain: str

    @property
    def address(self) -> str:
        is_forwarded = self.domain in OPEN and self.ham.number % FORWARDED_EVERY == 0
        return FORWARDER if is_forwarded else PROVEN

    def send(self, port: int) -> tuple[int, bytes]:
        """The reply to the content, or the first refusal."""
        with smtplib.SMTP("127.0.0.1", port, f"mx.{self.domain}", 90, (self.address, 0)) as client:
            client.ehlo()
            sender = "" if self.ham.is_bounce else f"erika@{self.domain}"
            for answer in (client.mail(sender), client.rcpt(POST)):
                if answer[0] != 250:
                    return answer
            return client.data(self.ham.content)


def sending(one: Ham) -> Sending:
    found = _FROM.search(one.content)
    assert found, one
    return Sending(one, found[1].decode().lower())


def zone(domains: set[str]) -> dict[tuple[str, str], list[str]]:
    """SPF for the domain's own server alone, and DMARC that asks for refusal, except of the open ones."""
    asks = {domain: "none" if domain in OPEN else "reject" for domain in domains}
    return {
        **{(host, "TXT"): [txt(f"v=spf1 ip4:{PROVEN} -all")] for one in domains for host in (one, f"mx.{one}")},
        **{(f"_dmarc.{domain}", "TXT"): [txt(f"v=DMARC1; p={asked}")] for domain, asked in asks.items()},
    }


@pytest.mark.soak
def test_honest_mail_passes_confined_inspectors_and_the_checks_of_its_senders(tmp_path, django_db_blocker):
    domains = {sending(one).domain for one in ham(MESSAGES)}
    with DnsStub(zone(domains)) as names:
        own = {"mode": "own", "resolver": "127.0.0.1", "resolver_port": names.port}
        changes = {"sender": own, "door": {"trusted_peers": ("192.0.2.1/32",)}}  # this machine is the world
        with Gateway(tmp_path, changes=changes) as gateway, django_db_blocker.unblock():
            replies = [(one, sending(one).send(gateway.port)) for one in ham(MESSAGES)]
            database = attach(gateway.folder, "honest")
            messages = list(Message.objects.using(database.alias))
            notices = OutboxRow.objects.using(database.alias).exclude(kind="deliver").count()
            detach(database)
    assert [(one.client, said) for one, said in replies if said[0] != 250] == []
    assert {message.disposition for message in messages} == {"accept"}
    assert len(messages) == len({one.content for one, _ in replies})
    assert notices == 0
    asked = {name for name, _ in names.asked}
    assert asked >= {f"_dmarc.{domain}" for domain in domains}
    assert {one.partition(".")[2] if one.startswith("mx.") else one for one in asked} >= domains - {
        "mx.provider.example"
    }
