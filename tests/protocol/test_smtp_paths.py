# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Paths and parameters of MAIL and RCPT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.address import Address
from poststelle.protocol.smtp import replies
from poststelle.protocol.smtp.paths import MailArgument, canonical_domain, parse_mail, parse_rcpt
from poststelle.protocol.smtp.replies import Reply


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        (b"TO:<Post@Stadt.Example>", Address("Post", "stadt.example")),
        (b"to: <post@stadt.example>", Address("post", "stadt.example")),
        (b'TO:<"post"@stadt.example>', Address("post", "stadt.example")),
        (b'TO:<"post stelle"@stadt.example>', Address('"post stelle"', "stadt.example")),
        (b'TO:<"a>b"@stadt.example>', Address('"a>b"', "stadt.example")),
        (b"TO:<@a.example,@b.example:post@stadt.example>", Address("post", "stadt.example")),
        (b"TO:<post@[192.0.2.1]>", Address("post", "[192.0.2.1]")),
        (b"TO:<post@[IPv6:2001:DB8:0::1]>", Address("post", "[ipv6:2001:db8::1]")),
        (b"TO:<PostMaster>", Address("PostMaster", "")),
        (b"TO:<a..b.@docomo.example>", Address("a..b.", "docomo.example")),
    ],
)
def test_paths_that_are_addresses(argument, address):
    assert parse_rcpt(argument, smtputf8=False) == address


@pytest.mark.parametrize(
    "argument",
    [
        b"",
        b"TO:",
        b"TO:post@stadt.example",
        b"TO:<>",
        b"TO:<post>",
        b"TO:<@stadt.example>",
        b"TO:<post@>",
        b"TO:<post@-stadt.example>",
        b"TO:<post@stadt..example>",
        b"TO:<post@stadt.example.>",
        b"TO:<po st@stadt.example>",
        b"TO:<post@stadt.example",
        b"TO:<post@[1.2.3]>",
        b"TO:<post@[ipv6:zz]>",
        b"TO:<a@b@stadt.example>",
        b'TO:<"post@stadt.example>',
        b"TO:<" + b"a" * 65 + b"@stadt.example>",
        b"TO:<post@" + b"a" * 64 + b".example>",
        b"TO:<post@" + b"a.example." * 26 + b"example>",
        b"FROM:<post@stadt.example>",
    ],
)
def test_paths_that_are_not(argument):
    assert parse_rcpt(argument, smtputf8=False) is replies.BAD_RECIPIENT


def test_a_recipient_takes_no_parameters():
    assert parse_rcpt(b"TO:<post@stadt.example> NOTIFY=NEVER", smtputf8=False) is replies.UNKNOWN_PARAMETER


def test_an_umlaut_needs_smtputf8():
    argument = "TO:<bürger@münster.example>".encode()
    assert parse_rcpt(argument, smtputf8=False) is replies.BAD_OCTETS
    assert parse_rcpt(argument, smtputf8=True) == Address("bürger", "xn--mnster-3ya.example")


@pytest.mark.parametrize(
    ("domain", "canonical"),
    [
        ("Straße.example", "xn--strae-oqa.example"),
        ("MÜNSTER.example", "xn--mnster-3ya.example"),
        ("xn--mnster-3ya.example", "xn--mnster-3ya.example"),
        ("a\u202eb.example", None),
        ("\u0301.example", None),
        ("ü" * 64 + ".example", None),
    ],
)
def test_domains_are_kept_as_a_labels(domain, canonical):
    assert canonical_domain(domain) == canonical


@pytest.mark.parametrize("local", ["a\u0085b", "a\u2028b", "a\u202eb", "a\u00a0b"])
def test_a_local_part_holds_nothing_invisible(local):
    assert parse_rcpt(f"TO:<{local}@stadt.example>".encode(), smtputf8=True) is replies.BAD_RECIPIENT


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (b"FROM:<>", MailArgument(None, 0, smtputf8=False)),
        (b"FROM:<> SIZE=12 BODY=8BITMIME", MailArgument(None, 12, smtputf8=False)),
        (b"FROM:<a@b.example> body=7bit size=0", MailArgument(Address("a", "b.example"), 0, smtputf8=False)),
        ("FROM:<ä@b.example> SMTPUTF8".encode(), MailArgument(Address("ä", "b.example"), 0, smtputf8=True)),
        ("FROM:<ä@b.example>".encode(), replies.BAD_OCTETS),
        (b"FROM:<\xff@b.example> SMTPUTF8", replies.BAD_SENDER),
        (b"FROM:<postmaster>", replies.BAD_SENDER),
        (b"FROM:<a@b.example>SIZE=1", replies.BAD_SENDER),
        (b"FROM:<a@b.example> SIZE=", replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> SIZE=-1", replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> SIZE=" + b"9" * 21, replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> SIZE=1 SIZE=2", replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> BODY=BINARYMIME", replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> SMTPUTF8=1", replies.BAD_ARGUMENT),
        (b"FROM:<a@b.example> RET=FULL", replies.UNKNOWN_PARAMETER),
        (b"FROM:<a@b.example> AUTH=<>", replies.UNKNOWN_PARAMETER),
    ],
)
def test_mail(argument, expected):
    assert parse_mail(argument) == expected


@given(st.binary(max_size=200))
def test_any_octets_give_an_address_or_a_refusal(octets):
    assert isinstance(parse_rcpt(b"TO:<" + octets, smtputf8=True), Address | Reply)
    assert isinstance(parse_mail(b"FROM:<" + octets), MailArgument | Reply)


@given(st.text(max_size=60))
def test_a_domain_once_canonical_stays_as_it_is(text):
    domain = canonical_domain(text)
    assert domain is None or canonical_domain(domain) == domain
