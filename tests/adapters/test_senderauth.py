# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import time
from base64 import b64encode
from io import BytesIO
from ipaddress import ip_network

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poststelle.adapters.senderauth import (
    Dns,
    DnsSettings,
    HeaderSenderAuth,
    NoSenderAuth,
    OwnSenderAuth,
    organisational,
)
from poststelle.core.address import Address
from poststelle.core.arrival import Peer
from poststelle.core.facts import AuthResult, SenderFacts
from support.dns_stub import DnsStub, txt
from support.engine_mail import arrival_of, mail_with

DOMAIN = "buerger.example"
SPF_PASS = {(DOMAIN, "TXT"): [txt("v=spf1 ip4:192.0.2.0/24 -all")]}
KEY_NAME = f"s1._domainkey.{DOMAIN}"
DMARC_NAME = f"_dmarc.{DOMAIN}"
MESSAGE = mail_with(b"Guten Tag\r\n\r\nText ")
HEADERS = [b"From", b"Subject", b"Date"]


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="module")
def pem(key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def key_zone(key):
    return {(KEY_NAME, "TXT"): [txt(key_record(key))]}


def key_record(key) -> str:
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return f"v=DKIM1; k=rsa; p={b64encode(public).decode()}"


def signed(message: bytes, pem: bytes, domain: str = DOMAIN, **options: object) -> bytes:
    return dkim.sign(message, b"s1", domain.encode(), pem, include_headers=HEADERS, **options) + message


def checked(zone, message=MESSAGE, from_domain=DOMAIN, stub=None, dns=None, **arrival: object) -> SenderFacts:
    with DnsStub(zone, **(stub or {})) as server:
        auth = OwnSenderAuth(server.dns(**(dns or {})))
        return auth.check(BytesIO(message), arrival_of(message, **arrival), from_domain)


def test_without_records_nothing_is_said():
    assert checked({}) == SenderFacts(source="own")


@pytest.mark.parametrize(
    ("record", "result"),
    [
        ("v=spf1 ip4:192.0.2.7 -all", AuthResult.PASS),
        ("v=spf1 ip4:198.51.100.1 -all", AuthResult.FAIL),
        ("v=spf1 ip4:198.51.100.1 ~all", AuthResult.SOFTFAIL),
        ("v=spf1 ?all", AuthResult.NEUTRAL),
        ("v=spf1 a:host.buerger.example -all", AuthResult.PASS),
        ("v=spf1 mx -all", AuthResult.PASS),
        ("v=spf1 include:_spf.mailer.example -all", AuthResult.PASS),
        ("v=spf1 redirect=_spf.mailer.example", AuthResult.PASS),
        ("v=spf1 exists:%{i}.seen.mailer.example -all", AuthResult.PASS),
        ("v=spf1 ptr -all", AuthResult.PASS),
        ("v=spf1 nonsense:x -all", AuthResult.PERMERROR),
        ("v=spf1 include:nowhere.example -all", AuthResult.PERMERROR),
        ("v=spf1 include:buerger.example -all", AuthResult.PERMERROR),
        ("v=spf1 a:v1.example a:v2.example a:v3.example a:v4.example -all", AuthResult.PERMERROR),
        ("v=spf1 exp=%{d}%", AuthResult.PERMERROR),
        ("no spf", AuthResult.NONE),
    ],
)
def test_spf_says_what_the_domain_published(record, result):
    zone = {
        (DOMAIN, "TXT"): [txt(record)],
        (DOMAIN, "MX"): ["10 host.buerger.example."],
        ("host.buerger.example", "A"): ["192.0.2.7"],
        ("7.2.0.192.in-addr.arpa", "PTR"): ["host.buerger.example."],
        ("_spf.mailer.example", "TXT"): [txt("v=spf1 ip4:192.0.2.7 -all")],
        ("192.0.2.7.seen.mailer.example", "A"): ["127.0.0.2"],
    }
    assert checked(zone).spf is result


def test_an_ipv6_client_is_looked_up_by_its_own_records():
    zone = {
        (DOMAIN, "TXT"): [txt("v=spf1 a:host.buerger.example -all")],
        ("host.buerger.example", "AAAA"): ["2001:db8::7"],
    }
    assert checked(zone, peer=Peer("2001:db8::7", helo="host.buerger.example")).spf is AuthResult.PASS


def test_a_bounce_is_checked_by_its_greeting():
    zone = {("mx.buerger.example", "TXT"): [txt("v=spf1 ip4:192.0.2.7 -all")]}
    facts = checked(zone, sender=None, peer=Peer("192.0.2.7", helo="mx.buerger.example"))
    assert facts.spf is AuthResult.PASS
    assert facts.spf_aligned


def test_spf_of_another_domain_does_not_align():
    zone = {("mailer.example", "TXT"): [txt("v=spf1 ip4:192.0.2.7 -all")]}
    facts = checked(zone, sender=Address("bounce", "mailer.example"))
    assert facts.spf is AuthResult.PASS
    assert not facts.spf_aligned


@pytest.mark.parametrize("address", ["", "nonsense", "list"])
def test_without_a_clients_address_spf_never_passes(address):
    assert checked(SPF_PASS, peer=Peer(address, helo="x.example")).spf is not AuthResult.PASS


@pytest.mark.parametrize(("client", "result"), [("192.0.2.10", AuthResult.NONE), ("192.0.2.11", AuthResult.FAIL)])
def test_the_address_of_our_own_proxy_says_nothing_of_the_sender(client, result):
    with DnsStub({(DOMAIN, "TXT"): [txt("v=spf1 -all")]}) as server:
        auth = OwnSenderAuth(server.dns(), (ip_network("192.0.2.10/32"),))
        found = auth.check(BytesIO(MESSAGE), arrival_of(MESSAGE, peer=Peer(client, "mx.buerger.example")), DOMAIN)
    assert found.spf is result


@pytest.mark.parametrize("content", [None, "", "search example\n"], ids=["no file", "empty", "no server"])
def test_a_machine_that_names_no_server_has_trouble_and_no_error(pem, tmp_path, content):
    file = tmp_path / "resolv.conf"
    if content is not None:
        file.write_text(content)
    found = OwnSenderAuth(Dns(DnsSettings(system_file=str(file)))).check(
        BytesIO(signed(MESSAGE, pem)), arrival_of(MESSAGE), DOMAIN
    )
    assert {found.spf, found.dkim, found.dmarc} == {AuthResult.TEMPERROR}


def test_a_good_signature_passes_and_aligns(pem, key_zone):
    facts = checked(key_zone, signed(MESSAGE, pem))
    assert facts.dkim is AuthResult.PASS
    assert facts.dkim_aligned


def test_a_signature_of_another_domain_passes_and_does_not_align(pem, key_zone):
    zone = {("s1._domainkey.mailer.example", "TXT"): key_zone[KEY_NAME, "TXT"]}
    facts = checked(zone, signed(MESSAGE, pem, "mailer.example"))
    assert facts.dkim is AuthResult.PASS
    assert not facts.dkim_aligned


def test_an_aligned_signature_under_a_foreign_one_is_found(pem, key_zone):
    both = signed(signed(MESSAGE, pem), pem, "nokey.example")
    facts = checked(key_zone, both)
    assert (facts.dkim, facts.dkim_aligned) == (AuthResult.PASS, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [(b"Guten Tag", b"Guten Abend"), (b"Amt 32", b"Amt 33"), (b"From: Erika", b"From: x@y.example\r\nFrom: Erika")],
)
def test_a_change_breaks_the_signature(pem, key_zone, old, new):
    facts = checked(key_zone, signed(MESSAGE, pem).replace(old, new))
    assert facts.dkim is AuthResult.FAIL
    assert not facts.dkim_aligned


def test_a_signature_over_part_of_the_body_is_no_pass(pem, key_zone):
    message = signed(MESSAGE, pem, length=True)
    assert checked(key_zone, message).dkim is AuthResult.POLICY
    assert checked(key_zone, message + b"appended\r\n").dkim is AuthResult.POLICY
    assert not checked(key_zone, message + b"appended\r\n").dkim_aligned


def test_a_missing_key_is_a_permanent_error(pem):
    assert checked({}, signed(MESSAGE, pem)).dkim is AuthResult.PERMERROR


def test_many_signatures_are_not_all_tried(pem, key_zone):
    message = MESSAGE
    for number in range(12):
        message = signed(message, pem, f"d{number}.example")
    with DnsStub(key_zone) as server:
        OwnSenderAuth(server.dns()).check(BytesIO(message), arrival_of(message), DOMAIN)
    assert len({name for name, _ in server.asked if "_domainkey" in name}) == 5


@pytest.mark.parametrize(
    ("record", "zone", "dmarc", "policy"),
    [
        ("v=DMARC1; p=reject", {}, AuthResult.FAIL, "reject"),
        ("v=DMARC1; p=none", {}, AuthResult.FAIL, "none"),
        ("v=DMARC1; p=reject", SPF_PASS, AuthResult.PASS, "reject"),
        ("something else", SPF_PASS, AuthResult.NONE, ""),
    ],
)
def test_dmarc_says_what_the_domain_asks_for(record, zone, dmarc, policy):
    facts = checked(zone | {(DMARC_NAME, "TXT"): [txt(record)]})
    assert (facts.dmarc, facts.dmarc_policy) == (dmarc, policy)


def test_a_subdomain_is_under_its_organisations_record():
    zone = {("_dmarc.stadt-muenster.de", "TXT"): [txt("v=DMARC1; p=none; sp=reject")]}
    facts = checked(zone, from_domain="mail.stadt-muenster.de")
    assert (facts.dmarc, facts.dmarc_policy) == (AuthResult.FAIL, "reject")


def test_a_proof_that_could_not_be_fetched_makes_no_dmarc_fail():
    zone = {(DMARC_NAME, "TXT"): [txt("v=DMARC1; p=reject")]}
    facts = checked(zone, stub={"failing": frozenset({DOMAIN})})
    assert (facts.spf, facts.dmarc) == (AuthResult.TEMPERROR, AuthResult.TEMPERROR)


def test_a_silent_server_costs_a_bounded_time_and_is_a_result(pem):
    silent = frozenset({DOMAIN, KEY_NAME, DMARC_NAME})
    begun = time.monotonic()
    facts = checked(
        {}, signed(MESSAGE, pem), stub={"silent": silent}, dns={"seconds_each": 0.2, "seconds_together": 0.5}
    )
    assert time.monotonic() - begun < 3
    assert (facts.spf, facts.dkim, facts.dmarc) == (AuthResult.TEMPERROR,) * 3


def test_the_look_ups_of_one_message_are_bounded():
    zone = SPF_PASS | {(DMARC_NAME, "TXT"): [txt("v=DMARC1; p=reject")]}
    assert checked(zone, dns={"max_lookups": 0}).spf is AuthResult.TEMPERROR


@pytest.mark.parametrize(
    "zone",
    [
        {},
        SPF_PASS | {(DMARC_NAME, "TXT"): [txt("v=DMARC1; p=reject")]},
        {(DOMAIN, "TXT"): [txt("v=spf1 a:host.buerger.example -all")], ("host.buerger.example", "A"): ["192.0.2.7"]},
        {(DOMAIN, "A"): ["192.0.2.7"]},
    ],
    ids=["no such name", "texts", "texts and addresses", "a name without texts"],
)
def test_what_is_still_known_is_not_asked_again_and_means_the_same(zone):
    with DnsStub(zone) as server:
        auth = OwnSenderAuth(server.dns())
        first = auth.check(BytesIO(MESSAGE), arrival_of(MESSAGE), DOMAIN)
        asked = tuple(server.asked)
        assert auth.check(BytesIO(MESSAGE), arrival_of(MESSAGE), DOMAIN) == first
        assert tuple(server.asked) == asked


@pytest.mark.parametrize("from_domain", ["", "münchen.example", "a" * 70 + ".example", "a..b", "[192.0.2.1]"])
def test_an_odd_from_domain_is_a_result(from_domain):
    facts = checked(SPF_PASS, from_domain=from_domain)
    assert facts.dmarc is AuthResult.NONE
    assert not facts.spf_aligned


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=80))
def test_hostile_bytes_are_a_result(junk, pem):
    for message in (
        junk,
        b"DKIM-Signature: " + junk + b"\r\n" + MESSAGE,
        signed(MESSAGE, pem).replace(b"; bh=", b";" + junk),
    ):
        assert checked({}, message).dkim is not AuthResult.PASS


@pytest.mark.parametrize(
    ("domain", "own"),
    [
        ("stadt-muenster.de", "stadt-muenster.de"),
        ("a.mail.stadt-muenster.de", "stadt-muenster.de"),
        ("MAIL.Council.gov.uk.", "council.gov.uk"),
        ("someone.github.io", "someone.github.io"),
        ("de", "de"),
        ("[192.0.2.1]", "[192.0.2.1]"),
        ("192.0.2.1", "192.0.2.1"),
        ("", ""),
    ],
)
def test_the_organisational_domain(domain, own):
    assert organisational(domain) == own


def test_two_customers_of_one_host_are_not_one_organisation():
    assert organisational("a.github.io") != organisational("b.github.io")


def test_the_header_mode_believes_our_own_service_only():
    own = b"Authentication-Results: mx.stadt.example; dkim=pass header.d=buerger.example;\r\n spf=fail smtp.mailfrom=x@y.example"
    foreign = b"Authentication-Results: mx.evil.example; spf=pass smtp.mailfrom=buerger.example"
    auth = HeaderSenderAuth("mx.stadt.example")
    message = mail_with(b"Guten Tag", foreign, own)
    facts = auth.check(BytesIO(message), arrival_of(message), "Buerger.Example")
    assert facts == SenderFacts(spf=AuthResult.FAIL, dkim=AuthResult.PASS, dkim_aligned=True, source="header")
    message = mail_with(own, foreign)
    assert auth.check(BytesIO(message), arrival_of(message), DOMAIN) == SenderFacts(source="header")


def test_without_a_checker_nothing_is_claimed():
    assert NoSenderAuth().check(BytesIO(MESSAGE), arrival_of(MESSAGE), DOMAIN) == SenderFacts(source="none")
