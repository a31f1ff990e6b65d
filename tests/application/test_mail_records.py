# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The records that mail needs: a zone in which all is well, and what is said of each fault in it."""

from dataclasses import replace

import pytest

from poststelle.application.health import Health
from poststelle.application.mail_records import Answer, Wanted, Zone, examinations, mta_sts_policy
from poststelle.application.ports import UnavailableError
from poststelle.core.facts import AuthResult

HOST, DOMAIN = "mx.stadt.example", "stadt.example"
KEY = "ab" * 32
WANTED = Wanted((DOMAIN,), HOST, "s1", f"berichte@{DOMAIN}", KEY, "20261128")
TLSA, STS, STS_HOST = f"_25._tcp.{HOST}", f"_mta-sts.{DOMAIN}", f"mta-sts.{DOMAIN}"
DKIM, DMARC, RPT = f"s1._domainkey.{DOMAIN}", f"_dmarc.{DOMAIN}", f"_smtp._tls.{DOMAIN}"
GOOD = {
    (HOST, "A"): ("192.0.2.25",),
    (HOST, "AAAA"): ("2001:db8::25",),
    ("25.2.0.192.in-addr.arpa", "PTR"): (HOST,),
    ("5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "PTR"): (HOST,),
    (HOST, "TXT"): ("v=spf1 a -all",),
    (TLSA, "TLSA"): (f"3 1 1 {KEY}",),
    (DOMAIN, "MX"): (f"10 {HOST}",),
    (DOMAIN, "TXT"): ("google-site-verification=x", "v=spf1 mx -all"),
    (DKIM, "TXT"): ("v=DKIM1; k=rsa; p=MIIB",),
    (DMARC, "TXT"): (f"v=DMARC1; p=reject; rua=mailto:berichte@{DOMAIN}",),
    (STS, "TXT"): ("v=STSv1; id=20261128;",),
    (STS_HOST, "A"): ("192.0.2.80",),
    (RPT, "TXT"): (f"v=TLSRPTv1; rua=mailto:berichte@{DOMAIN}",),
}


def looked_at(records, wanted=WANTED, spf=AuthResult.PASS, *, is_validated=True):
    def ask(name: str, kind: str) -> Answer:
        return Answer(records.get((name, kind), ()), is_validated)

    return [look() for look in examinations(wanted, Zone(ask, lambda _domain, _address: spf))]


def faults(found):
    return [one for one in found if one.health is not Health.FINE]


def test_where_all_is_published_nothing_is_left_to_do():
    found = looked_at(GOOD)
    assert faults(found) == []
    assert len(found) == 10


def test_what_is_missing_is_printed_as_the_line_to_publish():
    found = looked_at({})
    assert len(faults(found)) == 9, "of a host without an address nothing is looked up backwards"
    told = {one.part: one.remedy for one in found}
    assert told[f"MX of {DOMAIN}"] == f"Publish:  {DOMAIN}. IN MX 10 {HOST}."
    assert told[f"SPF of {DOMAIN}"] == f'Publish:  {DOMAIN}. IN TXT "v=spf1 mx -all"'
    assert told[f"SPF of {HOST}"] == f'Publish:  {HOST}. IN TXT "v=spf1 a -all"'
    assert told[f"DMARC of {DOMAIN}"] == (
        f'Publish:  {DMARC}. IN TXT "v=DMARC1; p=reject; rua=mailto:berichte@{DOMAIN}"'
    )
    assert told[f"DANE of {HOST}"] == f"Publish:  {TLSA}. IN TLSA 3 1 1 {KEY}"
    assert told[f"MTA-STS of {DOMAIN}"].startswith(f'Publish:  {STS}. IN TXT "v=STSv1; id=20261128"')
    assert told[f"TLS-RPT of {DOMAIN}"] == f'Publish:  {RPT}. IN TXT "v=TLSRPTv1; rua=mailto:berichte@{DOMAIN}"'


def test_what_is_printed_is_what_is_asked_for():
    printed = {}
    for one in looked_at({(HOST, "A"): ("192.0.2.25",)}):
        if one.remedy.startswith("Publish:"):
            name, _, content = one.remedy.removeprefix("Publish:  ").partition(". IN ")
            kind, _, content = content.partition(" ")
            content = (
                content.partition("  ")[0].strip('"').replace("<public key of your signer, RSA 2048 or more>", "MI")
            )
            printed[name, kind] = (*printed.get((name, kind), ()), content.removesuffix("."))
    assert faults(looked_at({**printed, (HOST, "A"): ("192.0.2.25",), (STS_HOST, "A"): ("192.0.2.80",)})) == []


@pytest.mark.parametrize(
    ("word", "changed", "part", "health", "sentence"),
    [
        ("another MX", {(DOMAIN, "MX"): ("10 filter.example",)}, "MX", Health.DOUBTFUL, "mail goes to 10 filter.example"),
        ("no MX", {(DOMAIN, "MX"): ()}, "MX", Health.BROKEN, "mail does not come here"),
        ("a name elsewhere", {("25.2.0.192.in-addr.arpa", "PTR"): ("x.example",)}, "reverse", Health.DOUBTFUL, "points"),
        ("two SPF records", {(DOMAIN, "TXT"): ("v=spf1 mx -all", "v=spf1 a")}, "SPF of stadt", Health.BROKEN, "2 records"),
        ("SPF for all", {(DOMAIN, "TXT"): ("v=spf1 mx ?all",)}, "SPF of stadt", Health.DOUBTFUL, "forbids nobody"),
        ("another text", {(DOMAIN, "TXT"): ("v=spf10 mx",)}, "SPF of stadt", Health.DOUBTFUL, "none"),
        ("a revoked key", {(DKIM, "TXT"): ("v=DKIM1; p=",)}, "DKIM", Health.BROKEN, "no key can be read"),
        ("DMARC that asks for nothing", {(DMARC, "TXT"): ("v=DMARC1; p=none",)}, "DMARC", Health.DOUBTFUL, "anybody may"),
        ("two DMARC records", {(DMARC, "TXT"): ("v=DMARC1; p=reject",) * 2}, "DMARC", Health.DOUBTFUL, "no record that"),
        ("MTA-STS without id", {(STS, "TXT"): ("v=STSv1;",)}, "MTA-STS", Health.DOUBTFUL, "cannot be used"),
        ("MTA-STS without a host", {(STS_HOST, "A"): ()}, "MTA-STS", Health.BROKEN, "has no address"),
        ("reports to nobody", {(RPT, "TXT"): ("v=TLSRPTv1;",)}, "TLS-RPT", Health.DOUBTFUL, "cannot be used"),
        ("a key of another certificate", {(TLSA, "TLSA"): ("3 1 1 00",)}, "DANE", Health.BROKEN, "fits the certificate"),
        ("an issuer's TLSA", {(TLSA, "TLSA"): ("1 0 1 00",)}, "DANE", Health.BROKEN, "not for mail"),
    ],
)  # fmt: skip
def test_each_fault_is_named_with_its_remedy(word, changed, part, health, sentence):
    [found] = faults(looked_at({**GOOD, **changed}))
    assert found.part.startswith(part), word
    assert found.health is health, word
    assert sentence in found.sentence, word
    assert found.remedy, word


def test_a_record_that_forgets_our_own_mail_server_is_broken():
    found = faults(looked_at(GOOD, spf=AuthResult.FAIL))
    assert {one.part for one in found} == {f"SPF of {DOMAIN}", f"SPF of {HOST}"}
    assert all("says fail of our own 192.0.2.25" in one.sentence for one in found)


def test_dane_counts_only_with_dnssec():
    [found] = faults(looked_at(GOOD, is_validated=False))
    assert (found.part, found.health) == (f"DANE of {HOST}", Health.DOUBTFUL)


def test_without_a_certificate_any_usable_record_is_taken():
    assert faults(looked_at(GOOD, replace(WANTED, spki_sha256=""))) == []


def test_a_name_server_that_does_not_answer_is_a_finding_and_no_end():
    def silence(name: str, kind: str) -> Answer:
        raise UnavailableError(f"{kind} of {name}")

    found = [look() for look in examinations(WANTED, Zone(silence, lambda *_: AuthResult.PASS))]
    assert len(found) == 10
    assert {one.health for one in found} == {Health.DOUBTFUL}
    assert f"MX of {DOMAIN}" in " ".join(one.sentence for one in found)


def test_the_policy_file_of_mta_sts_names_the_mail_server_on_lines_of_crlf():
    assert mta_sts_policy(WANTED).split("\r\n") == [
        "version: STSv1", "mode: enforce", f"mx: {HOST}", "max_age: 604800", "",
    ]  # fmt: skip
