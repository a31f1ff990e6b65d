# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures in PDFs and in files beside them: found, matched with what they are over, and told apart from the mail's own."""

import base64
import io
import re
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from cryptography import x509

from poststelle.core.document_signature import DocumentForm, DocumentSignature
from poststelle.core.signature import Chain, Coverage, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.message import inspect_message
from support.certificates import NOW, Holder, Wish, authority, issued
from support.cms_maker import Keyholder, Signing, driven, signed_data

CA = authority("Document CA")
NOTARY = issued(CA, Wish(name="Notarin Muster", email="", usages=(x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"),)))
TRUSTING = Surroundings(NOW, ChainChecker(Trust((CA.der,))))
HEAD = b"From: Erika <erika@example.org>\r\nTo: post@example.org\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
ROOM = 6000


def unsigned_pdf(subfilter: str = "/ETSI.CAdES.detached", permissions: int = 0) -> bytes:
    """A PDF with room for a signature over everything else."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    signature = pikepdf.Dictionary(
        Type=pikepdf.Name.Sig,
        Filter=pikepdf.Name("/Adobe.PPKLite"),
        SubFilter=pikepdf.Name(subfilter),
        ByteRange=pikepdf.Array([0, 1111111111, 1111111111, 1111111111]),
        Contents=pikepdf.String(bytes(ROOM)),
    )
    if permissions:
        parameters = pikepdf.Dictionary(P=permissions)
        reference = pikepdf.Dictionary(TransformMethod=pikepdf.Name.DocMDP, TransformParams=parameters)
        signature.Reference = pikepdf.Array([reference])
    field = pikepdf.Dictionary(FT=pikepdf.Name.Sig, T=pikepdf.String("Signatur"), V=pdf.make_indirect(signature))
    pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([pdf.make_indirect(field)]), SigFlags=3)
    out = io.BytesIO()
    pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def signed_pdf(
    holder: Holder = NOTARY,
    signs: Callable[[bytes, Holder], bytes] = lambda covered, by: signed_data(covered, Signing(by)),
    **how: object,
) -> bytes:
    whole = unsigned_pdf(**how)  # type: ignore[arg-type] # the test's own words
    gap = re.search(rb"<0{%d}>" % (2 * ROOM), whole)
    assert gap is not None
    numbers = b"%d %d %d" % (gap.start(), gap.end(), len(whole) - gap.end())
    old = b"1111111111 1111111111 1111111111"
    whole = whole.replace(old, numbers.ljust(len(old)))
    covered = whole[: gap.start()] + whole[gap.end() :]
    structure = signs(covered, holder).hex().encode().ljust(2 * ROOM, b"0")
    return whole[: gap.start()] + b"<" + structure + b">" + whole[gap.end() :]


def attached(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    head = f'Content-Type: {kind}\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + body


def mixed(*parts: bytes) -> bytes:
    text = b"Content-Type: text/plain\r\n\r\nAnbei.\r\n"
    body = b"".join(b"--m\r\n" + part + b"\r\n" for part in (text, *parts)) + b"--m--\r\n"
    return b'Content-Type: multipart/mixed; boundary="m"\r\n\r\n' + body


def seen(*parts: bytes) -> tuple[DocumentSignature, ...]:
    return seen_in(mixed(*parts))


def seen_in(entity: bytes) -> tuple[DocumentSignature, ...]:
    return driven(inspect_message(HEAD + entity, None, TRUSTING), Keyholder()).document_signatures


def test_a_signed_pdf_says_who_signed_and_that_nothing_changed() -> None:
    (one,) = seen(attached("antrag.pdf", signed_pdf(), "application/pdf"))
    assert (one.path, one.form) == (("antrag.pdf",), DocumentForm.PDF)
    assert (one.signature, one.chain, one.coverage) == (Signature.OK, Chain.OK, Coverage.WHOLE)
    assert one.signer is not None
    assert "Notarin Muster" in one.signer.subject
    assert not one.claims_qualified


def test_what_was_added_later_is_no_part_of_it_and_what_was_changed_breaks_it() -> None:
    (added,) = seen(attached("a.pdf", signed_pdf() + b"\n% later\nstartxref\n0\n%%EOF\n"))
    assert (added.signature, added.coverage) == (Signature.OK, Coverage.PARTIAL)
    (changed,) = seen(attached("a.pdf", signed_pdf().replace(b"/MediaBox", b"/MediaBoy", 1)))
    assert changed.signature is Signature.BAD


def test_ranges_that_leave_out_more_than_the_signature_are_no_signature() -> None:
    """Universal forgery, incremental saving and wrapping (Mladenov et al., 2019) all need a gap that holds more."""
    whole = signed_pdf()
    number = re.search(rb"/ByteRange \[ ?0 (\d+)", whole)
    assert number is not None
    start = int(number.group(1))
    wider = whole.replace(b"[ 0 %d" % start, b"[ 0 %d" % (start - 5)).replace(b"[0 %d" % start, b"[0 %d" % (start - 5))
    for forged in (
        wider,
        whole.replace(b"/ByteRange [ 0 ", b"/ByteRange [ 9 ").replace(b"/ByteRange [0 ", b"/ByteRange [9 "),
    ):
        assert [one.signature for one in seen(attached("a.pdf", forged))] == [Signature.MALFORMED]


def test_other_methods_are_named_and_permissions_shown() -> None:
    (old,) = seen(attached("a.pdf", signed_pdf(subfilter="/adbe.pkcs7.sha1")))
    assert old.signature is Signature.UNSUPPORTED
    (certified,) = seen(attached("a.pdf", signed_pdf(permissions=1)))
    assert (certified.signature, certified.permissions) == (Signature.OK, 1)


PLAN = b"Bauplan\n" * 50


@pytest.mark.parametrize(
    ("hashing", "times"),
    [("sha256", 1), ("sha512", 1), ("sha512", 3_000), ("sha512", 25_000)],
    ids=["sha256", "sha512", "larger", "large"],
)
def test_a_signature_beside_a_document_finds_it_by_its_digest(hashing, times) -> None:
    plan = PLAN * times
    structure = signed_data(plan, Signing(NOTARY, hashing=hashing))
    (one,) = seen(attached("unterschrift.p7s", structure), attached("plan.txt", plan, "text/plain"))
    assert (one.path, one.form, one.signature, one.chain) == (
        ("plan.txt",),
        DocumentForm.DETACHED,
        Signature.OK,
        Chain.OK,
    )


@pytest.mark.parametrize("times", [1, 3_000], ids=["kept", "not kept"])
def test_a_signature_beside_a_document_finds_it_inside_a_layer(times) -> None:
    """What is unpacked is not had again when the signature comes."""
    plan = PLAN * times
    structure = signed_data(plan, Signing(NOTARY, hashing="sha512"))
    inner = mixed(attached("plan.txt", plan, "text/plain"), attached("unterschrift.p7s", structure))
    layer = base64.encodebytes(signed_data(inner, Signing(NOTARY), embedded=inner)).replace(b"\n", b"\r\n")
    head = b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    (one,) = seen_in(head + layer)
    assert (one.path[-1], one.signature) == ("plan.txt", Signature.OK)


@pytest.mark.parametrize("reading", [PLAN, PLAN + PLAN], ids=["likeliest", "another"])
def test_a_signature_beside_a_document_of_several_readings_finds_the_one_it_is_over(reading) -> None:
    """Padding in the middle: one reader stops there, another goes on."""
    twice = attached("plan.txt", PLAN, "text/plain") + base64.encodebytes(PLAN).replace(b"\n", b"\r\n")
    structure = signed_data(reading, Signing(NOTARY, hashing="sha512"))
    (one,) = seen(twice, attached("unterschrift.p7s", structure))
    assert (one.path[0].startswith("plan"), one.signature) == (True, Signature.OK)


def test_a_document_that_was_changed_is_known_by_its_name_and_a_missing_one_is_missed() -> None:
    structure = signed_data(PLAN, Signing(NOTARY))
    (changed,) = seen(attached("plan.txt", PLAN + b"!", "text/plain"), attached("plan.txt.p7s", structure))
    assert (changed.path, changed.signature) == (("plan.txt",), Signature.BAD)
    (missing,) = seen(attached("plan.txt.p7s", structure))
    assert (missing.path, missing.signature) == (("plan.txt.p7s",), Signature.CONTENT_MISSING)


def test_a_signed_container_is_one_signature_for_all_in_it() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("plan.txt", PLAN)
    structure = signed_data(out.getvalue(), Signing(NOTARY))
    (one,) = seen(attached("alles.zip", out.getvalue(), "application/zip"), attached("alles.zip.p7s", structure))
    assert (one.signature, one.is_container) == (Signature.OK, True)


def test_the_mails_own_signature_is_none_of_a_document() -> None:
    assert seen(attached("plan.txt", PLAN, "text/plain")) == ()
    entity = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"
    structure = base64.encodebytes(signed_data(entity, Signing(NOTARY))).replace(b"\n", b"\r\n")
    signature = b"Content-Type: application/pkcs7-signature\r\nContent-Transfer-Encoding: base64\r\n\r\n" + structure
    parts = b"".join(b"--s\r\n" + part + b"\r\n" for part in (entity, signature))
    kind = b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; boundary="s"\r\n\r\n'
    mail = HEAD + kind + parts + b"--s--\r\n"
    assert driven(inspect_message(mail, None, TRUSTING), Keyholder()).document_signatures == ()
