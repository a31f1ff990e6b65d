# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from datetime import timedelta

import pytest

from poststelle.core.signature import Chain, Coverage, CryptoNote, LayerKind, Signature
from poststelle.inspection.cms.der import INTEGER, OCTET_STRING, SEQUENCE, SET, context, encode
from poststelle.inspection.cms.layer import Place, Surroundings, detached_layer, open_layer
from support.certificates import DAY, NOW, Wish, authority, issued
from support.cms_maker import (
    DATA,
    ENTITY,
    SHA,
    Signing,
    attribute,
    content_info,
    digest,
    driven,
    identifier,
    method,
    number,
    signed_data,
    streamed,
    usual_attributes,
)

HERE = Place("1")
NOWHERE = Surroundings(NOW)
CA = authority()
ERIKA = issued(CA)
MAX = issued(CA, Wish(name="Max", email="max@example.org", kind="p256"))


def detached(signature: bytes, part: bytes = ENTITY) -> Signature:
    return detached_layer(part, signature, HERE, NOWHERE).signature


def opaque(*signings: Signing, content: bytes = ENTITY) -> bytes:
    return signed_data(content, *signings, embedded=content)


@pytest.mark.parametrize(
    "how",
    [
        Signing(ERIKA),
        Signing(ERIKA, hashing="sha512"),
        Signing(ERIKA, pss=True),
        Signing(ERIKA, by_key_identifier=True),
        Signing(MAX),
        Signing(issued(CA, Wish(name="P384", kind="p384"))),
        Signing(issued(CA, Wish(name="BP", kind="brainpool256"))),
        Signing(issued(CA, Wish(name="Ed", kind="ed25519")), hashing="sha512"),
    ],
    ids=["rsa", "sha512", "pss", "key-identifier", "p256", "p384", "brainpool", "ed25519"],
)
def test_good_signatures_hold_detached_opaque_and_streamed(how) -> None:
    assert detached(signed_data(ENTITY, how)) is Signature.OK
    for content in (opaque(how), streamed(opaque(how), 10)):
        opened = driven(open_layer(content, HERE, NOWHERE))
        assert opened.layer is not None
        assert opened.layer.signature is Signature.OK
        assert opened.layer.coverage is Coverage.WHOLE
        assert opened.inner == ENTITY
    assert detached(signed_data(ENTITY, how), ENTITY + b"x") is Signature.BAD


def test_line_ends_are_made_canonical_before_the_sum() -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA)), ENTITY.replace(b"\r\n", b"\n")) is Signature.OK


def test_a_part_that_was_signed_with_bare_line_feeds_holds_as_it_stands() -> None:
    bare = ENTITY.replace(b"\r\n", b"\n")
    assert detached(signed_data(bare, Signing(ERIKA)), bare) is Signature.OK


def test_a_spoiled_signature_is_bad() -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA, spoil=True))) is Signature.BAD
    assert detached(signed_data(ENTITY, Signing(MAX, spoil=True))) is Signature.BAD


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ((), Signature.OK),
        (usual_attributes("sha256", ENTITY)[1:], Signature.ATTR_INVALID),
        (usual_attributes("sha256", ENTITY)[:2], Signature.ATTR_INVALID),
        ((*usual_attributes("sha256", ENTITY), attribute("3", identifier(DATA))), Signature.ATTR_INVALID),
        (
            (*usual_attributes("sha256", ENTITY), attribute("4", encode(OCTET_STRING, digest("sha256", b"other")))),
            Signature.ATTR_INVALID,
        ),
        (
            (
                attribute("3", identifier(DATA), identifier(DATA)),
                attribute("4", encode(OCTET_STRING, digest("sha256", ENTITY))),
            ),
            Signature.ATTR_INVALID,
        ),
        (
            (
                attribute("3", identifier("1.2.840.113549.1.7.3")),
                attribute("4", encode(OCTET_STRING, digest("sha256", ENTITY))),
            ),
            Signature.ATTR_INVALID,
        ),
        ((*usual_attributes("sha256", ENTITY)[::2], attribute("5", encode(0x17, b"yesterday"))), Signature.ATTR_INVALID),
        (usual_attributes("sha256", b"other"), Signature.BAD),
    ],
    ids=[
        "usual", "no-type", "no-digest", "two-types", "two-digests", "two-values", "other-type", "bad-time",
        "other-digest",
    ],
)  # fmt: skip
def test_signed_attributes_must_stand_once_and_agree(attributes, expected) -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA, attributes=attributes))) is expected


def test_a_time_that_stands_unsigned_is_refused() -> None:
    unsigned = (usual_attributes("sha256", ENTITY)[1],)
    assert detached(signed_data(ENTITY, Signing(ERIKA, unsigned=unsigned))) is Signature.ATTR_INVALID


def test_a_signature_without_attributes_is_never_a_good_one() -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA, attributes=None))) is Signature.NO_ATTRS
    assert detached(signed_data(ENTITY, Signing(ERIKA, attributes=None)), b"other") is Signature.BAD


def test_attributes_passed_off_as_content_carry_nothing() -> None:
    """The forged message: content is the attributes of an honest signature, which then stands without attributes."""
    honest = encode(SET, *sorted(usual_attributes("sha256", ENTITY)))
    forged = signed_data(honest, Signing(ERIKA, attributes=None), embedded=honest)
    opened = driven(open_layer(forged, HERE, NOWHERE))
    assert opened.layer is not None
    assert opened.layer.signature is Signature.NO_ATTRS


def test_embedded_content_that_differs_from_the_part_is_a_conflict() -> None:
    signature = signed_data(b"other", Signing(ERIKA), embedded=b"other")
    assert detached(signature) is Signature.CONTENT_CONFLICT
    assert detached(opaque(Signing(ERIKA))) is Signature.OK


def test_two_signers_are_ambiguous_and_a_forged_one_makes_it_bad() -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA), Signing(MAX))) is Signature.AMBIGUOUS
    assert detached(signed_data(ENTITY, Signing(ERIKA), Signing(MAX, spoil=True))) is Signature.BAD
    assert detached(signed_data(ENTITY, Signing(ERIKA), Signing(ERIKA, hashing="sha512"))) is Signature.OK


def test_who_did_not_sign_or_cannot_be_found_is_named() -> None:
    assert detached(signed_data(ENTITY, Signing(ERIKA), certificates=(MAX,))) is Signature.NO_CERT
    assert detached(signed_data(ENTITY, certificates=())) is Signature.NO_SIGNER
    assert detached(signed_data(ENTITY, certificates=(ERIKA,))) is Signature.NO_SIGNER


def test_a_bag_of_certificates_is_no_signature() -> None:
    opened = driven(open_layer(signed_data(b"", certificates=(ERIKA,)), HERE, NOWHERE))
    assert opened.layer is not None
    assert opened.layer.kind is LayerKind.CERTS_ONLY
    assert opened.layer.signature is Signature.CERTS_ONLY


def test_an_opaque_signature_without_content_says_so() -> None:
    opened = driven(open_layer(signed_data(ENTITY, Signing(ERIKA)), HERE, NOWHERE))
    assert opened.layer is not None
    assert opened.layer.signature is Signature.CONTENT_MISSING
    assert opened.inner is None


@pytest.mark.parametrize(
    "how",
    [
        Signing(ERIKA, hashing="sha1"),
        Signing(ERIKA, hashing="md5"),
        Signing(issued(CA, Wish(name="Short", kind="rsa1024"))),
        Signing(issued(CA, Wish(name="Narrow", kind="p192"))),
    ],
    ids=["sha1", "md5", "rsa1024", "p192"],
)
def test_weak_methods_are_weak_when_they_agree_and_bad_when_they_do_not(how) -> None:
    assert detached(signed_data(ENTITY, how)) is Signature.WEAK
    assert detached(signed_data(ENTITY, how), b"other") is Signature.BAD


def test_a_digest_that_says_another_hash_than_the_signature_is_refused() -> None:
    attributes = usual_attributes("sha512", ENTITY)
    how = Signing(MAX, hashing="sha256", said_hashing="sha512", attributes=attributes)
    assert detached(signed_data(ENTITY, how)) is Signature.ATTR_INVALID


def test_unknown_methods_are_unsupported_not_forged() -> None:
    signature = signed_data(ENTITY, Signing(ERIKA))
    unknown = signature.replace(
        encode(0x06, bytes.fromhex("2a864886f70d010101")), encode(0x06, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x7f")
    )
    assert detached(unknown) in (Signature.UNSUPPORTED, Signature.NO_CERT)


@pytest.mark.parametrize(
    "content", [b"", b"0", b"\x30\x80", b"\x30\x03\x02\x01\x00", b"\x00" * 90, content_info(DATA, b"")]
)
def test_what_is_no_signature_is_malformed(content) -> None:
    assert detached(content) is Signature.MALFORMED


def test_every_cut_of_a_signature_is_an_answer_and_none_is_good() -> None:
    signature = signed_data(ENTITY, Signing(MAX))
    assert {detached(signature[:size]) for size in range(len(signature))} == {Signature.MALFORMED}


def test_no_changed_byte_raises_or_turns_a_forgery_good() -> None:
    signature = signed_data(ENTITY, Signing(MAX))
    for at in range(0, len(signature), 3):
        changed = bytearray(signature)
        changed[at] ^= 0x41
        detached(bytes(changed))
        assert detached(bytes(changed), b"another text") is not Signature.OK


def test_the_time_is_noted_and_never_used() -> None:
    later = usual_attributes("sha256", ENTITY, NOW + timedelta(days=2))
    future = detached_layer(ENTITY, signed_data(ENTITY, Signing(ERIKA, attributes=later)), HERE, NOWHERE)
    assert (future.signature, future.notes) == (Signature.OK, (CryptoNote.TIME_FUTURE,))
    timeless = usual_attributes("sha256", ENTITY)[::2]
    unknown = detached_layer(ENTITY, signed_data(ENTITY, Signing(ERIKA, attributes=timeless)), HERE, NOWHERE)
    assert (unknown.signature, unknown.notes) == (Signature.OK, (CryptoNote.NO_SIGNING_TIME,))


def test_the_signer_is_shown_and_without_anchors_nobody_is_trusted() -> None:
    layer = detached_layer(ENTITY, signed_data(ENTITY, Signing(ERIKA)), HERE, NOWHERE)
    assert layer.signer is not None
    assert layer.signer.emails == ("erika@example.org",)
    assert layer.signer.subject == "CN=Erika Musterfrau"
    assert layer.chain is Chain.UNTRUSTED


def test_a_part_among_others_is_covered_in_part_only() -> None:
    place = Place("1.2", is_whole=False)
    assert detached_layer(ENTITY, signed_data(ENTITY, Signing(ERIKA)), place, NOWHERE).coverage is Coverage.PARTIAL


def test_a_certificate_of_an_impossible_version_shows_no_signer_and_raises_nothing() -> None:
    version = bytes.fromhex("a003020102")
    signature = signed_data(ENTITY, Signing(ERIKA))
    assert signature.count(version) == 1
    layer = detached_layer(ENTITY, signature.replace(version, version[:-1] + b"\x42"), HERE, NOWHERE)
    assert layer.signer is not None
    assert (layer.signer.subject, layer.signer.emails) == ("", ())


def pss_stated(*more: bytes, masking: str = "sha256") -> bytes:
    hashing = method(SHA["sha256"][0])
    mask = method("1.2.840.113549.1.1.8", method(SHA[masking][0]))
    stated = encode(SEQUENCE, encode(context(0), hashing), encode(context(1), mask), *more)
    return method("1.2.840.113549.1.1.10", stated)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ((encode(context(2), number(32)),), Signature.OK),
        ((encode(context(2), number(32)), encode(context(3), number(1))), Signature.OK),
        ((encode(context(2), number(32)), encode(context(3), number(2))), Signature.UNSUPPORTED),
        ((), Signature.BAD),
        ((encode(context(2), number(1 << 40)),), Signature.UNSUPPORTED),
        ((encode(context(2), encode(INTEGER, b"\xff")),), Signature.UNSUPPORTED),
    ],
    ids=["salt", "trailer", "another-trailer", "the-default-salt", "impossible-salt", "negative-salt"],
)
def test_what_pss_is_said_to_use_must_be_possible_and_so(more, expected) -> None:
    """RFC 8017, A.2.3."""
    how = Signing(ERIKA, pss=True, method=pss_stated(*more))
    assert detached(signed_data(ENTITY, how)) is expected


def test_a_mask_that_openssl_does_not_put_together_is_unsupported() -> None:
    stated = pss_stated(encode(context(2), number(32)), masking="shake256")
    assert detached(signed_data(ENTITY, Signing(ERIKA, pss=True, method=stated))) is Signature.UNSUPPORTED


def test_of_certificates_with_one_key_identifier_the_one_stated_or_in_force_is_meant() -> None:
    """A key certified anew keeps its identifier, and programs send the old certificate along (RFC 5652, 5.3; RFC 5035, 3)."""
    old = issued(CA, Wish(start=NOW - 3 * DAY, end=NOW - DAY))
    other = issued(CA)
    named = attribute(
        "16.2.47",
        encode(SEQUENCE, encode(SEQUENCE, encode(SEQUENCE, encode(OCTET_STRING, digest("sha256", ERIKA.der))))),
    )
    for how, brought in (
        (Signing(ERIKA, by_key_identifier=True), (old, ERIKA)),
        (
            Signing(ERIKA, by_key_identifier=True, attributes=(*usual_attributes("sha256", ENTITY), named)),
            (other, ERIKA),
        ),
    ):
        layer = detached_layer(ENTITY, signed_data(ENTITY, how, certificates=brought), HERE, NOWHERE)
        assert layer.signature is Signature.OK
        assert layer.signer is not None
        assert layer.signer.serial == f"{ERIKA.read.serial:x}"
