# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.facts import AuthResult, SenderFacts
from poststelle.protocol.authres import MAX_FIELD_CHARACTERS, believed, fields_of, parse, sender_facts

OWN = "mx.stadt.example"
GOOD = f"{OWN}; spf=pass smtp.mailfrom=erika@buerger.example; dkim=pass header.d=buerger.example"


def organisational(domain: str) -> str:
    return ".".join(domain.split(".")[-2:])


def facts(value: str, from_domain: str = "buerger.example") -> SenderFacts:
    return sender_facts(believed([value], OWN), from_domain, organisational)


@pytest.mark.parametrize(
    ("value", "service", "results"),
    [
        ("example.org 1; none", "example.org", []),
        ("example.org", "example.org", []),
        ("Example.ORG; none", "example.org", []),
        ('"example.org"; none', "example.org", []),
        ("example.com; spf=pass smtp.mailfrom=example.net", "example.com", [("spf", "pass")]),
        (
            "example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net",
            "example.com",
            [("auth", "pass"), ("spf", "pass")],
        ),
        ('example.com; dkim=fail reason="bad; signature" header.d=newyork.example.com', "example.com", [("dkim", "fail")]),
        ("foo.example.net (foobar) 1 (baz); dkim (Because) / 1 (yay) = (wait) fail policy (here) .expired (!) = 1362",
         None, None),
        ("a.example; DKIM=Pass header.B=abc=/+", "a.example", [("dkim", "pass")]),
        ("a.example;\tdkim=pass (1024-bit (rsa) key \\) ok)\t header.d=b.example ; ", "a.example", [("dkim", "pass")]),
    ],
)  # fmt: skip
def test_the_examples_of_the_standard_are_read(value, service, results):
    found = parse(value)
    if service is None:
        assert found is None
        return
    assert found is not None
    assert found.service == service
    assert [(result.method, result.result) for result in found.results] == results


@pytest.mark.parametrize(
    "value",
    [
        "",
        ";",
        "; spf=pass",
        "two words; spf=pass",
        f"{OWN} 2; spf=pass",
        f"{OWN}; spf",
        f"{OWN}; spf=",
        f"{OWN}; =pass",
        f"{OWN}; spf=pass trailing",
        f'{OWN}; spf=pass reason="no end',
        f"{OWN}; spf=pass (no end",
        f"{OWN}; spf=pass no) begin",
        f"{OWN}; " + "(" * 20 + ")" * 20 + "spf=pass",
        f"{OWN}" + "; spf=pass" * 200,
        f"{OWN}; spf=pass header.x=" + "a" * MAX_FIELD_CHARACTERS,
    ],
)
def test_what_does_not_follow_the_grammar_is_nothing(value):
    assert parse(value) is None


@given(st.text(alphabet=st.sampled_from(list('a=;.()"\\ /1-p\t')), max_size=80))
def test_reading_never_fails(value):
    parse(value)
    believed([value], OWN)


@given(st.text(max_size=200))
def test_reading_any_text_never_fails(value):
    parse(value)


def test_values_and_properties_lose_their_quotes():
    found = parse(f'{OWN}; spf=pass smtp.mailfrom="a\\"b"@x.example')
    assert found is not None
    assert found.results[0].property("smtp.mailfrom") == 'a"b@x.example'


def test_a_result_inside_a_comment_or_a_quote_is_no_result():
    found = parse(f'{OWN} (; dkim=pass header.d=a); spf=fail reason="; dkim=pass header.d=a"')
    assert found is not None
    assert [result.method for result in found.results] == ["spf"]


def test_fields_are_taken_from_the_head_in_order_and_unfolded():
    head = b"Received: x\r\nauthentication-RESULTS: a.example;\r\n\tnone\r\nX: y\r\nAuthentication-Results : b.example; none\r\n"
    assert fields_of(head) == ("a.example;\tnone", "b.example; none")


def test_a_lookalike_field_is_not_taken():
    assert fields_of(b"X-Authentication-Results: a; none\r\nARC-Authentication-Results: i=1; a; none\r\n") == ()


def test_the_topmost_field_of_our_own_service_is_believed():
    forged = f"{OWN}; dkim=pass header.d=forged.example"
    found = believed(["mx.elsewhere.example; spf=fail", GOOD, forged], OWN.upper())
    assert found == parse(GOOD)


def test_fields_of_others_are_ignored():
    assert (
        believed(["mx.elsewhere.example; spf=pass", f"sub.{OWN}; spf=pass", f"{OWN}.evil.example; spf=pass"], OWN)
        is None
    )


@pytest.mark.parametrize("broken", [f"{OWN}; spf", f"{OWN}; spf=pass (no end", f"{OWN} (x;y); =", f'{OWN}; a="'])
def test_a_malformed_field_of_ours_hides_what_lies_below(broken):
    assert believed([broken, GOOD], OWN) is None


def test_results_and_alignment_become_facts():
    assert facts(GOOD) == SenderFacts(
        spf=AuthResult.PASS, dkim=AuthResult.PASS, dkim_aligned=True, spf_aligned=True, source="header"
    )


def test_no_field_is_no_result_from_the_header():
    assert sender_facts(None, "buerger.example", organisational) == SenderFacts(source="header")


def test_alignment_is_judged_by_this_messages_from_domain():
    found = facts(GOOD, from_domain="bank.example")
    assert (found.spf_aligned, found.dkim_aligned) == (False, False)
    assert facts(GOOD, from_domain="mail.buerger.example").dkim_aligned


@pytest.mark.parametrize("word", ["fail", "softfail", "neutral", "temperror", "permerror", "none", "policy"])
def test_only_a_pass_aligns(word):
    found = facts(f"{OWN}; spf={word} smtp.mailfrom=buerger.example; dkim={word} header.d=buerger.example")
    assert (found.spf, found.dkim) == (AuthResult(word), AuthResult(word))
    assert not found.spf_aligned
    assert not found.dkim_aligned


def test_of_several_signatures_a_foreign_pass_counts_and_aligns_nothing():
    found = facts(f"{OWN}; dkim=fail header.d=buerger.example; dkim=pass header.d=mailer.example")
    assert found.dkim is AuthResult.PASS
    assert not found.dkim_aligned


def test_the_identity_of_the_signer_serves_where_its_domain_is_not_told():
    assert facts(f"{OWN}; dkim=pass header.i=@mail.buerger.example").dkim_aligned


@pytest.mark.parametrize(
    ("text", "policy"),
    [
        ("dmarc=fail (p=reject dis=none) header.from=buerger.example", "reject"),
        ("dmarc=fail (policy=quarantine) header.from=buerger.example", "quarantine"),
        ("dmarc=pass (p=NONE sp=REJECT dis=NONE) header.from=buerger.example", "none"),
        ("dmarc=fail policy.dmarc=reject header.from=buerger.example", "reject"),
        ("dmarc=fail (sp=reject) header.from=buerger.example", ""),
        ("dmarc=none header.from=buerger.example", ""),
    ],
)
def test_the_published_policy_is_read_as_servers_write_it(text, policy):
    assert facts(f"{OWN}; {text}").dmarc_policy == policy


def test_a_dmarc_result_about_another_domain_counts_nothing():
    found = facts(f"{OWN}; dmarc=pass (p=reject) header.from=elsewhere.example")
    assert (found.dmarc, found.dmarc_policy) == (AuthResult.NONE, "")


def test_an_unknown_word_is_neutral():
    assert facts(f"{OWN}; spf=splendid smtp.mailfrom=buerger.example").spf is AuthResult.NEUTRAL
