# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Fetching what issuers have revoked: from whom, what is taken, what it does to a chain, and what is never asked."""

import socket
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from poststelle.adapters.allowed_web import AllowedWeb, WebLimits
from poststelle.adapters.revocation_folder import RevocationFolder
from poststelle.adapters.trust_folder import TrustFolder
from poststelle.application.health import Health
from poststelle.application.key_health import of_revocation, oldest_seconds, stale
from poststelle.application.ports import UnavailableError
from poststelle.application.revocation import RevocationError, checked_list, is_allowed
from poststelle.application.revocation_round import Believed, RevocationRound, Rules
from poststelle.core.signature import Chain
from poststelle.inspection.cms.certificates import Brought
from poststelle.inspection.cms.chain import ChainChecker
from support.certificates import DAY, DER, NOW, Holder, Wish, authority, issued, key, revocation_list
from support.issuers import HOUR, Issuer, answer, asked_at, certified, listed_at, serving

CA, OTHER = authority("Liste CA"), authority("Andere CA")
ERIKA = issued(CA, Wish(email="erika@example.org"))


class HandClock:
    def __init__(self) -> None:
        self.at = NOW

    def now(self):
        return self.at


@pytest.fixture
def issuer():
    with serving() as known:
        yield known


def web(*hosts: str, size_bytes: int = 1 << 20) -> AllowedWeb:
    return AllowedWeb(hosts, WebLimits(size_bytes, 5.0))


@dataclass
class Fetching:
    """A trust folder on disk, and rounds of fetching into it."""

    root: object
    issuer: Issuer
    clock: HandClock = field(default_factory=HandClock)
    lists: tuple[str, ...] = ("/ca.crl",)
    watched: tuple[bytes, ...] = ()
    web: AllowedWeb | None = None

    def __post_init__(self) -> None:
        (self.root / "anchors").mkdir(parents=True)
        (self.root / "anchors" / "ca.der").write_bytes(CA.der)
        self.cache = RevocationFolder(self.root / "fetched")

    def go(self) -> int:
        way_out = self.web or web(self.issuer.host)
        rules = Rules(way_out.hosts, tuple(map(self.issuer.address, self.lists)), HOUR)
        believed = Believed((CA.der,), self.watched)
        return RevocationRound(rules, lambda: believed, way_out, self.cache).go(self.clock)

    def chain(self, at=NOW, signer: Holder = ERIKA) -> Chain:
        return ChainChecker(TrustFolder(self.root).trust())(signer.read, Brought(), at)

    @property
    def faults(self) -> list[str]:
        return [one.fault for one in self.cache.known().values()]


@pytest.fixture
def fetching(tmp_path, issuer) -> Fetching:
    return Fetching(tmp_path / "trust", issuer)


def test_a_fetched_list_decides_on_a_chain_and_a_changed_one_is_noticed(fetching, issuer):
    assert fetching.chain() is Chain.OK
    issuer.served["/ca.crl"] = revocation_list(CA)
    assert fetching.go() == 1
    assert fetching.chain() is Chain.OK
    before = TrustFolder(fetching.root).stamp()
    issuer.served["/ca.crl"] = revocation_list(CA, ERIKA)
    fetching.clock.at = NOW + 2 * HOUR
    assert fetching.go() == 1
    assert TrustFolder(fetching.root).stamp() != before
    assert fetching.chain() is Chain.REVOKED


def test_a_source_is_left_alone_until_it_is_due(fetching, issuer):
    issuer.served["/ca.crl"] = revocation_list(CA)
    assert [fetching.go(), fetching.go()] == [1, 0]
    fetching.clock.at = NOW + HOUR
    assert fetching.go() == 1


def test_a_list_that_ran_out_leaves_the_chain_unknown_and_says_so(fetching, issuer):
    issuer.served["/ca.crl"] = revocation_list(CA, end=NOW + 2 * HOUR)
    fetching.go()
    assert fetching.chain() is Chain.OK
    del issuer.served["/ca.crl"]
    fetching.clock.at = NOW + 3 * HOUR
    fetching.go()
    assert fetching.chain(at=fetching.clock.at) is Chain.REVOCATION_UNKNOWN
    (known,) = fetching.cache.known().values()
    assert known.until == NOW + 2 * HOUR
    assert "404" in known.fault


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<html>Wartung</html>", "no revocation list"),
        (revocation_list(OTHER), "no issuer in the trust store"),
        (revocation_list(Holder(key("p256", "forger"), CA.certificate)), "no issuer in the trust store"),
        (revocation_list(CA, end=NOW - HOUR), "has run out"),
    ],
    ids=["a page", "a stranger's", "forged", "old"],
)
def test_what_is_not_the_issuer_s_own_list_of_today_is_not_taken(fetching, issuer, content, why):
    good = revocation_list(CA)
    issuer.served["/ca.crl"] = good
    fetching.go()
    issuer.served["/ca.crl"] = content
    fetching.clock.at = NOW + HOUR
    fetching.go()
    assert why in fetching.faults[0]
    assert TrustFolder(fetching.root).trust().crls == (good,)


def test_an_older_list_never_replaces_a_newer_one():
    newer, older = _list(NOW - HOUR), _list(NOW - 2 * HOUR)
    assert checked_list(newer, (CA.der,), NOW, older).content == newer
    with pytest.raises(RevocationError, match="older"):
        checked_list(older, (CA.der,), NOW, newer)


def _list(since) -> bytes:
    builder = x509.CertificateRevocationListBuilder().issuer_name(CA.certificate.subject)
    builder = builder.last_update(since).next_update(NOW + DAY)
    return builder.sign(CA.key, hashes.SHA256()).public_bytes(DER)


# ----------------------------------------------------------------------------------------------------- whom we ask


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://crl.example/ca.crl", True),
        ("HTTPS://CRL.example/ca.crl", True),
        ("http://crl.example:8080/ca.crl", False),
        ("http://crl.example.evil.example/", False),
        ("http://evil.example/crl.example", False),
        ("http://crl.example@evil.example/", False),
        ("http://user@crl.example/", False),
        ("ftp://crl.example/", False),
        ("ldap://crl.example/", False),
        ("file:///etc/passwd", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_only_allowed_hosts_and_plain_addresses_are_asked(address, expected):
    assert is_allowed(address, ("crl.example",)) is expected


def test_a_host_that_is_not_allowed_is_never_connected_to(issuer):
    issuer.served["/ca.crl"] = revocation_list(CA)
    with pytest.raises(UnavailableError, match=r"not in revocation\.hosts"):
        web("crl.example").get(issuer.address("/ca.crl"))
    assert issuer.asked == []


def test_no_redirect_is_followed_and_nothing_is_read_beyond_the_limit(issuer):
    issuer.served = {"/ca.crl": b"x" * 5000, "/elsewhere": b"x"}
    with pytest.raises(UnavailableError, match="more than 1000 bytes"):
        web(issuer.host, size_bytes=1000).get(issuer.address("/ca.crl"))
    issuer.status = 302
    with pytest.raises(UnavailableError, match="302"):
        web(issuer.host).get(issuer.address("/ca.crl"))
    assert [path for _, path in issuer.asked] == ["/ca.crl", "/ca.crl"]


# ------------------------------------------------------------------------------------------- answers on one certificate


@pytest.fixture
def max_(issuer) -> Holder:
    return certified(CA, "Max", asked_at(issuer.address("/ocsp")))


RESPONDER = certified(CA, "Auskunft", x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]))
NO_RESPONDER = certified(CA, "Jemand", x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]))


@pytest.mark.parametrize("by", [CA, RESPONDER], ids=["the issuer", "whom it lets answer"])
@pytest.mark.parametrize("revoked", [False, True], ids=["good", "revoked"])
def test_an_issuer_is_asked_on_a_watched_certificate(fetching, issuer, max_, by, revoked):
    fetching.watched, fetching.lists = (max_.der,), ()
    issuer.served["/ocsp"] = answer(max_, CA, by, revoked=revoked)
    assert fetching.go() == 1
    assert issuer.asked == [("POST", "/ocsp")]
    assert fetching.faults == [""]
    assert fetching.chain(signer=max_) is (Chain.REVOKED if revoked else Chain.OK)


def test_an_answer_on_one_signer_says_nothing_of_another(fetching, issuer, max_):
    fetching.watched, fetching.lists = (max_.der,), ()
    issuer.served["/ocsp"] = answer(max_, CA, revoked=True)
    fetching.go()
    assert fetching.chain() is Chain.OK
    assert fetching.chain(signer=max_) is Chain.REVOKED


def test_an_answer_of_somebody_else_on_something_else_or_of_yesterday_is_not_taken(fetching, issuer, max_):
    fetching.watched, fetching.lists = (max_.der,), ()
    wrong = {
        "neither the issuer": answer(max_, CA, NO_RESPONDER),
        "another certificate": answer(ERIKA, CA),
        "has run out": answer(max_, CA, end=NOW - timedelta(minutes=1)),
        "no answer": b"<html>",
    }
    for number, (why, content) in enumerate(wrong.items()):
        issuer.served["/ocsp"] = content
        fetching.clock.at = NOW + number * HOUR
        fetching.go()
        assert why in fetching.faults[0]
    assert TrustFolder(fetching.root).trust().answers == ()


def test_a_silent_host_is_asked_once_in_a_round_and_keeps_no_other_waiting(fetching, issuer):
    """One that takes the connection and says nothing costs the whole time allowed, each time it is asked."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as silent:
        host = f"127.0.0.1:{silent.getsockname()[1]}"
        signers = [certified(CA, f"Ute {number}", asked_at(f"http://{host}/{number}")) for number in range(4)]
        speaking = certified(CA, "Mia", asked_at(issuer.address("/mia")))
        fetching.watched, fetching.lists = (*(one.der for one in signers), speaking.der), ("/ca.crl",)
        fetching.web = AllowedWeb((issuer.host, host), WebLimits(1 << 20, 0.2))
        issuer.served = {"/ca.crl": revocation_list(CA), "/mia": answer(speaking, CA)}
        assert [fetching.go() for _ in range(6)] == [3, 1, 1, 1, 0, 0]
    assert [path for _, path in issuer.asked] == ["/ca.crl", "/mia"]
    assert len([one for one in fetching.cache.known().values() if one.fault]) == len(signers)


def test_a_host_that_refuses_one_source_is_asked_for_the_others(fetching, issuer):
    issuer.served["/second.crl"] = revocation_list(CA)
    fetching.lists = ("/first.crl", "/second.crl")
    assert fetching.go() == 2


def test_a_certificate_of_an_issuer_we_do_not_believe_makes_nobody_ask(fetching, issuer):
    stranger = certified(OTHER, "Eve", asked_at(issuer.address("/ocsp")), listed_at(issuer.address("/eve.crl")))
    fetching.watched, fetching.lists = (stranger.der,), ()
    assert fetching.go() == 0
    assert issuer.asked == []


def test_nobody_is_asked_on_a_certificate_that_ran_out_or_cannot_be_read(fetching, issuer, max_):
    """Certificates of checked signers came with mails, and stay on record for longer than they hold."""
    fetching.watched, fetching.lists = (b"0\x82no certificate", max_.der), ()
    fetching.clock.at = NOW + 2 * DAY
    assert fetching.go() == 0
    fetching.clock.at = NOW
    assert fetching.go() == 1


def test_the_address_of_a_list_in_a_believed_certificate_is_followed_on_an_allowed_host_only(fetching, issuer):
    signer = certified(CA, "Ute", listed_at(issuer.address("/ute.crl")))
    elsewhere = certified(CA, "Uwe", listed_at("http://crl.elsewhere.example/uwe.crl"))
    fetching.watched, fetching.lists = (signer.der, elsewhere.der), ()
    issuer.served["/ute.crl"] = revocation_list(CA)
    assert fetching.go() == 1
    assert issuer.asked == [("GET", "/ute.crl")]


def test_a_source_that_is_asked_no_more_is_forgotten(fetching, issuer):
    """Else its list would run out, and nobody's chain could be known again."""
    issuer.served["/ca.crl"] = revocation_list(CA)
    fetching.go()
    fetching.lists = ()
    assert fetching.go() == 0
    assert fetching.cache.known() == {}
    assert TrustFolder(fetching.root).trust().crls == ()


def test_the_lists_together_stay_within_their_bound(fetching, issuer):
    (fetching.root / "fetched").mkdir()
    (fetching.root / "fetched" / "large.crl").write_bytes(bytes(8 << 20))
    issuer.served["/ca.crl"] = revocation_list(CA)
    fetching.go()
    assert "larger than 8 MiB" in fetching.cache.known()[next(iter(fetching.cache.known()))].fault


def test_the_doctor_tells_fresh_stale_and_never_apart(fetching, issuer):
    def said(at=NOW):
        return of_revocation(fetching.cache.known().values(), (issuer.host,), at)

    assert of_revocation((), (), NOW).health is Health.FINE
    assert said().health is Health.DOUBTFUL
    fetching.go()
    assert (said().health, "never fetched" in said().sentence) == (Health.BROKEN, True)
    issuer.served["/ca.crl"] = revocation_list(CA)
    fetching.clock.at = NOW + HOUR
    fetching.go()
    assert (said().health, "24 h old, holds until" in said().sentence) == (Health.FINE, True)
    assert "STALE" in said(NOW + 2 * DAY).sentence


def test_the_numbers_tell_the_oldest_of_each_kind_and_how_many_do_not_hold(fetching, issuer, max_):
    def numbers(at=NOW):
        known = tuple(fetching.cache.known().values())
        return oldest_seconds(known, at), len(stale(known, at))

    fetching.watched = (max_.der,)
    issuer.served["/ocsp"] = answer(max_, CA)
    fetching.go()
    assert numbers() == ({"ocsp": HOUR.total_seconds()}, 1)
    issuer.served["/ca.crl"] = revocation_list(CA)
    fetching.clock.at = NOW + HOUR
    fetching.go()
    assert numbers() == ({"crl": DAY.total_seconds(), "ocsp": HOUR.total_seconds()}, 0)
    assert numbers(NOW + 2 * DAY)[1] == 2


def test_the_doctor_tells_of_a_responder_in_one_sentence(fetching, issuer, max_):
    other = certified(CA, "Mia", asked_at(issuer.address("/ocsp")))
    fetching.watched, fetching.lists = (max_.der, other.der), ()
    issuer.served["/ocsp"] = answer(max_, CA)
    fetching.go()
    said = of_revocation(fetching.cache.known().values(), (issuer.host,), NOW)
    assert said.health is Health.BROKEN
    assert said.sentence.count("/ocsp") == 1
    assert "never fetched (it is on another certificate) (the first to end of 2)" in said.sentence
