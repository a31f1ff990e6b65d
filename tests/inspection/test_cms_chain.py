# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from poststelle.core.signature import Chain
from poststelle.inspection.cms.certificates import Brought, Certificate, read_certificate
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.der import BIT_STRING, SEQUENCE, context, encode, read
from support.certificates import DAY, NOW, Wish, authority, issued, revocation_list

ROOT = authority("Root")
BETWEEN = issued(ROOT, Wish(name="Between", kind="p256"), ca=True)
ERIKA = issued(BETWEEN)
NOTHING = Brought()


def chain(leaf, trust: Trust | None = None, brought: Brought = NOTHING, at=NOW) -> Chain:
    return ChainChecker(trust or Trust((ROOT.der,), (BETWEEN.der,)))(leaf.read, brought, at)


def test_a_chain_leads_over_known_or_brought_certificates_to_an_anchor() -> None:
    assert chain(ERIKA) is Chain.OK
    alone = Trust((ROOT.der,))
    assert chain(ERIKA, alone) is Chain.UNTRUSTED
    assert chain(ERIKA, alone, Brought((BETWEEN.read,))) is Chain.OK


def test_what_the_mail_brings_never_becomes_an_anchor() -> None:
    stranger = authority("Stranger")
    leaf = issued(stranger, Wish(name="Eve"))
    assert chain(leaf, brought=Brought((stranger.read,))) is Chain.UNTRUSTED
    assert chain(leaf, Trust(()), Brought((stranger.read,))) is Chain.UNTRUSTED


def test_who_vouches_for_himself_is_untrusted_and_not_invalid() -> None:
    himself = authority("Erika Musterfrau")
    assert chain(himself) is Chain.UNTRUSTED


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (Wish(end=NOW - timedelta(hours=1)), Chain.EXPIRED),
        (Wish(start=NOW + timedelta(hours=1)), Chain.NOT_YET),
        (Wish(may_sign=False), Chain.KEY_USAGE),
        (Wish(usages=(ExtendedKeyUsageOID.SERVER_AUTH,)), Chain.EKU),
        (Wish(usages=(ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,)), Chain.OK),
        (Wish(usages=()), Chain.OK),
        (Wish(email=""), Chain.NO_EMAIL),
        (Wish(in_san=False, in_subject=True), Chain.OK),
        (Wish(name="Short", kind="rsa1024"), Chain.WEAK_KEY),
        (Wish(name="Ed", kind="ed25519"), Chain.OK),
    ],
    ids=[
        "expired",
        "not-yet",
        "key-usage",
        "server",
        "any-usage",
        "no-usages",
        "no-email",
        "subject",
        "short",
        "ed25519",
    ],
)
def test_each_reason_has_its_code(wish, expected) -> None:
    assert chain(issued(BETWEEN, wish)) is expected


def test_the_moment_given_decides_not_the_clock() -> None:
    assert chain(ERIKA, at=NOW + 31 * DAY) is Chain.EXPIRED
    assert chain(ERIKA, at=NOW - 2 * DAY) is Chain.NOT_YET


def test_a_leaf_cannot_issue() -> None:
    mallory = issued(ERIKA, Wish(name="Mallory", kind="p256"))
    assert chain(mallory, brought=Brought((ERIKA.read,))) in (Chain.INVALID, Chain.UNTRUSTED)


def test_a_forged_issuer_signature_is_invalid() -> None:
    forged = bytearray(ERIKA.der)
    forged[-1] ^= 1
    certificate = Certificate(**{**_fields(ERIKA.read), "der": bytes(forged)})
    checker = ChainChecker(Trust((ROOT.der,), (BETWEEN.der,)))
    assert checker(certificate, NOTHING, NOW) in (Chain.INVALID, Chain.UNTRUSTED)


def _fields(certificate: Certificate) -> dict[str, object]:
    return {name: getattr(certificate, name) for name in Certificate.__slots__}


def with_lists(*lists: bytes, must_know: bool = False) -> Trust:
    return Trust((ROOT.der,), (BETWEEN.der,), lists, must_know)


def test_revocation_is_good_bad_or_unknown_and_never_guessed() -> None:
    of_root, good = revocation_list(ROOT), revocation_list(BETWEEN)
    assert chain(ERIKA, with_lists(of_root, good)) is Chain.OK
    assert chain(ERIKA, with_lists(of_root, revocation_list(BETWEEN, ERIKA))) is Chain.REVOKED
    assert chain(ERIKA, with_lists(revocation_list(ROOT, BETWEEN), good)) is Chain.REVOKED
    assert chain(ERIKA, with_lists(of_root)) is Chain.REVOCATION_UNKNOWN
    assert chain(ERIKA, with_lists(must_know=True)) is Chain.REVOCATION_UNKNOWN
    stale = revocation_list(BETWEEN, end=NOW - timedelta(hours=1))
    assert chain(ERIKA, with_lists(of_root, stale)) is Chain.REVOCATION_UNKNOWN


def test_lists_of_the_mail_complete_ours_and_never_overrule_them() -> None:
    of_root, good, bad = revocation_list(ROOT), revocation_list(BETWEEN), revocation_list(BETWEEN, ERIKA)
    assert chain(ERIKA, with_lists(of_root), Brought(crls=(good,))) is Chain.OK
    assert chain(ERIKA, with_lists(of_root), Brought(crls=(bad,))) is Chain.REVOKED
    assert chain(ERIKA, with_lists(of_root, bad), Brought(crls=(good,))) is Chain.REVOKED
    assert chain(ERIKA, with_lists(of_root), Brought(crls=(b"no list",))) in (Chain.INVALID, Chain.REVOCATION_UNKNOWN)


def test_a_remembered_answer_ends_with_its_dates() -> None:
    checker = ChainChecker(with_lists(revocation_list(ROOT), revocation_list(BETWEEN)))
    assert checker(ERIKA.read, NOTHING, NOW) is Chain.OK
    assert checker(ERIKA.read, NOTHING, NOW + timedelta(hours=1)) is Chain.OK
    assert checker(ERIKA.read, NOTHING, NOW + 2 * DAY) is Chain.REVOCATION_UNKNOWN
    assert checker(ERIKA.read, NOTHING, NOW + 31 * DAY) is not Chain.OK


def test_no_changed_byte_of_a_certificate_raises_or_is_trusted() -> None:
    checker = ChainChecker(Trust((ROOT.der,), (BETWEEN.der,)))
    for at in range(0, len(ERIKA.der), 11):
        changed = bytearray(ERIKA.der)
        changed[at] ^= 0x21
        certificate = Certificate(**{**_fields(ERIKA.read), "der": bytes(changed)})
        assert checker(certificate, NOTHING, NOW) is not Chain.OK


def test_the_broken_library_behind_the_system_trust_list_is_never_loaded() -> None:
    program = "import sys, poststelle.inspection.cms.chain; sys.exit('oscrypto' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_plainer_fault_is_named_before_weakness_and_a_weak_path_is_never_good() -> None:
    short = issued(BETWEEN, Wish(name="Short", kind="rsa1024", may_sign=False))
    assert chain(short) is Chain.KEY_USAGE
    assert chain(issued(BETWEEN, Wish(name="Short", kind="rsa1024", end=NOW - DAY / 2))) is Chain.EXPIRED
    weak_between = issued(ROOT, Wish(name="Weak between", kind="rsa1024"), ca=True)
    leaf = issued(weak_between)
    assert chain(leaf, Trust((ROOT.der,), (weak_between.der,))) is Chain.WEAK_KEY
    revoked = revocation_list(weak_between, leaf)
    assert chain(leaf, Trust((ROOT.der,), (weak_between.der,), (revocation_list(ROOT), revoked))) is Chain.REVOKED


def test_once_a_list_is_at_hand_every_certificate_needs_one() -> None:
    of_root, bad = revocation_list(ROOT), revocation_list(BETWEEN, ERIKA)
    assert chain(ERIKA, brought=Brought(crls=(of_root, bad))) is Chain.REVOKED
    assert chain(ERIKA, brought=Brought(crls=(of_root,))) is Chain.REVOCATION_UNKNOWN
    assert chain(ERIKA, brought=Brought(crls=(of_root, revocation_list(BETWEEN)))) is Chain.OK


@pytest.mark.parametrize("which", range(5))
def test_a_certificate_that_says_a_thing_twice_is_invalid_whoever_signed_it(which) -> None:
    """RFC 5280, 4.2: one instance of an extension."""
    tbs, method, _ = read(ERIKA.der).children()
    *fields, last = tbs.children()
    extensions = last.children()[0]
    twice = encode(context(3), encode(SEQUENCE, extensions.content, extensions.children()[which].raw))
    changed = encode(SEQUENCE, *(field.raw for field in fields), twice)
    signature = BETWEEN.key.sign(changed, ec.ECDSA(hashes.SHA256()))
    der = encode(SEQUENCE, changed, method.raw, encode(BIT_STRING, b"\0", signature))
    assert ChainChecker(Trust((ROOT.der,), (BETWEEN.der,)))(read_certificate(der), NOTHING, NOW) is Chain.INVALID
