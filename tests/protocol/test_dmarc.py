# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.facts import AuthResult
from poststelle.protocol.dmarc import Authenticated, Record, is_aligned, parse_record, result_of, the_record


def organisational(domain: str) -> str:
    return ".".join(domain.split(".")[-2:])


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("v=DMARC1; p=reject", Record("reject", "reject", False, False, 100)),
        ("v=DMARC1;p=none;sp=reject;adkim=s;aspf=s;pct=20", Record("none", "reject", True, True, 20)),
        ("v = DMARC1 ; P = Quarantine ;", Record("quarantine", "quarantine", False, False, 100)),
        ("v=DMARC1; p=reject; sp=odd; pct=many; rua=mailto:a@b?x=y", Record("reject", "reject", False, False, 100)),
        ("v=DMARC1; p=odd; rua=mailto:a@b", Record("none", "none", False, False, 100)),
        ("v=DMARC1; p=odd", None),
        ("v=DMARC1", None),
        ("v=DMARC2; p=reject", None),
        ("p=reject; v=DMARC1", None),
        ("v=DMARC1x; p=reject", None),
        ("v=spf1 -all", None),
        ("", None),
        ("v=DMARC1; p=reject;" + " " * 5000, None),
    ],
)
def test_records_are_read(text, record):
    assert parse_record(text) == record


def test_two_records_are_none_and_other_texts_do_not_count():
    one = "v=DMARC1; p=reject"
    assert the_record([one, "google-site-verification=x"]) == parse_record(one)
    assert the_record([one, one]) is None
    assert the_record([]) is None


@pytest.mark.parametrize(
    ("text", "subdomain", "asked"),
    [
        ("v=DMARC1; p=reject; sp=none", False, "reject"),
        ("v=DMARC1; p=reject; sp=none", True, "none"),
        ("v=DMARC1; p=reject; pct=99", False, "quarantine"),
        ("v=DMARC1; p=quarantine; pct=0", False, "none"),
        ("v=DMARC1; p=none; pct=0", False, "none"),
    ],
)
def test_the_policy_in_force(text, subdomain, asked):
    record = parse_record(text)
    assert record is not None
    assert record.policy_for(subdomain=subdomain) == asked


@pytest.mark.parametrize(
    ("domain", "from_domain", "relaxed", "strict"),
    [
        ("stadt.example", "stadt.example", True, True),
        ("Stadt.Example", "stadt.example", True, True),
        ("mail.stadt.example", "stadt.example", True, False),
        ("stadt.example", "mail.stadt.example", True, False),
        ("bad-stadt.example", "stadt.example", False, False),
        ("stadt.example.evil", "stadt.example", False, False),
        ("", "stadt.example", False, False),
        ("stadt.example", "", False, False),
        ("", "", False, False),
    ],
)
def test_alignment(domain, from_domain, relaxed, strict):
    assert is_aligned(domain, from_domain, organisational) is relaxed
    assert is_aligned(domain, from_domain, organisational, strict=True) is strict


@pytest.mark.parametrize(
    ("spf", "dkim", "result"),
    [
        ("a.stadt.example", (), AuthResult.PASS),
        ("", ("b.stadt.example",), AuthResult.FAIL),
        ("", ("b.stadt.example", "stadt.example"), AuthResult.PASS),
        ("elsewhere.example", ("mailer.example",), AuthResult.FAIL),
        ("", (), AuthResult.FAIL),
    ],
)
def test_one_aligned_proof_is_enough(spf, dkim, result):
    record = parse_record("v=DMARC1; p=reject; adkim=s")
    assert result_of(record, Authenticated(spf, dkim), "stadt.example", organisational) is result


def test_without_a_record_there_is_no_result():
    assert result_of(None, Authenticated("stadt.example", ()), "stadt.example", organisational) is AuthResult.NONE


@given(st.text(max_size=100))
def test_reading_never_fails(text):
    parse_record(text)
    parse_record("v=DMARC1;" + text)
