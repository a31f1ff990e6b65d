# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Time stamps over signatures of documents (RFC 3161): verified, held against the lists, and what was listed then."""

from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID

from inspection.test_signed_documents import HEAD, attached, signed_pdf
from poststelle.adapters.inspector_pool.world import World, surroundings_of
from poststelle.core.document_signature import DocumentForm, DocumentSignature, ListStanding, Qualified, TimeStamp
from poststelle.core.signature import Chain, Signature
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.cms.stamps import signed_data as read_structure
from poststelle.inspection.message import inspect_message
from poststelle.inspection.trust_list_xml import read_trust_list
from support.certificates import DAY, NOW, Holder, Wish, authority, issued
from support.cms_maker import Keyholder, Signing, driven, signed_data, stamped, time_stamp
from support.trust_lists import COMPLIANCE, GRANTED, QTST, WITHDRAWN, Listed, a_trust_list, statements

CA, CLOCKS = authority("Stamped CA"), authority("Clocks CA")
NOTARY = issued(CA, Wish(name="Notarin", email="", usages=(), statements=statements(COMPLIANCE)))
STAMPING = Wish(name="Uhr", email="", usages=(ExtendedKeyUsageOID.TIME_STAMPING,), critical_usages=True)
CLOCK = issued(CLOCKS, STAMPING)
THEN = NOW - DAY / 2
ENDED = ((WITHDRAWN, NOW - DAY / 4), (GRANTED, NOW - 400 * DAY))


def stamping(
    by: Holder = CLOCK, *, at: datetime = THEN, over: bytes | None = None, spoil: bool = False, times: int = 1
):
    """Signs as the holder, with a stamp over his signature or over something else beside it."""

    def signs(covered: bytes, holder: Holder) -> bytes:
        bare = signed_data(covered, Signing(holder))
        signature = read_structure(bare).signers[0].signature if over is None else over
        token = time_stamp(signature, by, at, spoil=spoil)
        return signed_data(covered, Signing(holder, unsigned=(stamped(token),) * times))

    return signs


def seen(signs, *lists: bytes, anchors: tuple[Holder, ...] = (), **how: object) -> DocumentSignature:
    world = World(trust=Trust(tuple(one.der for one in anchors)), lists=tuple(map(read_trust_list, lists)))
    mail = HEAD + attached("antrag.pdf", signed_pdf(NOTARY, signs, **how), "application/pdf")
    around = replace(surroundings_of(world.packed()), received_at=NOW)
    (one,) = driven(inspect_message(mail, None, around), Keyholder()).document_signatures
    return one


def stamp_of(signs, *lists: bytes, anchors: tuple[Holder, ...] = ()) -> TimeStamp:
    one = seen(signs, *lists, anchors=anchors)
    assert one.signature is Signature.OK, "a stamp says nothing against the signature it is over"
    assert one.stamp is not None
    return one.stamp


def test_a_stamp_by_a_listed_authority_proves_the_moment_and_the_lists_answer_for_it() -> None:
    """The issuer's grant was withdrawn between signing and receipt: that is said, and what was true before as well."""
    lists = a_trust_list(Listed(CA, states=ENDED), Listed(CLOCK, QTST, name="Muster stamps"))
    one = seen(stamping(), lists)
    assert (one.listing.qualified, one.listing.standing) == (Qualified.NO, ListStanding.WITHDRAWN)
    stamp = one.stamp
    assert stamp is not None
    assert (stamp.signature, stamp.at) == (Signature.OK, THEN.isoformat())
    assert (stamp.listing.standing, stamp.listing.service) == (ListStanding.GRANTED, "Muster stamps")
    assert stamp.then is not None
    assert (stamp.then.qualified, stamp.then.standing) == (Qualified.YES, ListStanding.GRANTED)


def test_a_stamp_by_an_authority_of_the_house_proves_the_moment_too() -> None:
    stamp = stamp_of(stamping(), a_trust_list(Listed(CA, states=ENDED)), anchors=(CLOCKS,))
    assert (stamp.chain, stamp.listing.standing) == (Chain.OK, ListStanding.ABSENT)
    assert stamp.then is not None
    assert stamp.then.qualified is Qualified.YES


@pytest.mark.parametrize(
    ("word", "signs", "expected"),
    [
        ("over another signature", stamping(over=b"another signature"), Signature.BAD),
        ("altered", stamping(spoil=True), Signature.BAD),
        ("by a stranger", stamping(issued(authority("Nobody"), STAMPING)), Signature.OK),
        ("by one who may not", stamping(issued(CLOCKS, replace(STAMPING, critical_usages=False))), Signature.OK),
    ],
)
def test_a_stamp_that_does_not_hold_proves_no_moment(word, signs, expected) -> None:
    stamp = stamp_of(signs, a_trust_list(Listed(CA, states=ENDED)), anchors=(CLOCKS,))
    assert (stamp.signature, stamp.then) == (expected, None), word


def test_no_stamp_and_two_of_them_are_none_and_nonsense_is_named() -> None:
    assert seen(lambda covered, by: signed_data(covered, Signing(by))).stamp is None
    two = seen(stamping(times=2))
    assert (two.has_timestamp, two.stamp) == (True, None)
    junk = seen(
        lambda covered, by: signed_data(covered, Signing(by, unsigned=(stamped(signed_data(b"x", Signing(by))),)))
    )
    assert junk.stamp == TimeStamp(Signature.MALFORMED)


def test_a_stamp_over_the_whole_document_is_held_against_stamping_services() -> None:
    lists = a_trust_list(Listed(CLOCK, QTST))
    whole = seen(lambda covered, _by: time_stamp(covered, CLOCK), lists, subfilter="/ETSI.RFC3161")
    assert (whole.form, whole.signature) == (DocumentForm.PDF_TIMESTAMP, Signature.OK)
    assert whole.listing.qualified is Qualified.YES
    other = seen(lambda _covered, _by: time_stamp(b"another document", CLOCK), lists, subfilter="/ETSI.RFC3161")
    assert other.signature is Signature.BAD
