# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import io
import zlib

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.pdf import inspect_pdf
from poststelle.inspection.pdf_files import FACTUR_X


def blank() -> pikepdf.Pdf:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    return pdf


def written(pdf: pikepdf.Pdf, **how: object) -> bytes:
    out = io.BytesIO()
    pdf.save(out, **how)
    return out.getvalue()


def codes(content: bytes, budget: Budget | None = None) -> list[Reason]:
    return [found.code for found in inspect_pdf(content, Format.PDF, budget or Budget()).findings]


def action(kind: str, **more: object) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def script() -> Dictionary:
    return action("JavaScript", JS=String("app.alert(1)"))


def raw(*bodies: bytes, head: bytes = b"%PDF-1.7\n", root: int = 1) -> bytes:
    """A PDF written by hand, so that it can hold what a library refuses to write."""
    out, offsets = bytearray(head), []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    at = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, root, at)
    return bytes(out)


CATALOG = b"<</Type/Catalog/Pages 2 0 R%b>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>>>"


def test_a_plain_pdf_has_no_findings() -> None:
    assert codes(written(blank())) == []


def in_open_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = script()


def in_names(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([String("a"), pdf.make_indirect(script())])))


def in_additional_action(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=script())


def in_annotation(pdf: pikepdf.Pdf) -> None:
    link = Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 1, 1], A=script())
    pdf.pages[0].Annots = Array([pdf.make_indirect(link)])


def in_form_field(pdf: pikepdf.Pdf) -> None:
    field = Dictionary(FT=Name.Tx, T=String("iban"), AA=Dictionary(K=script()))
    pdf.Root.AcroForm = Dictionary(Fields=Array([pdf.make_indirect(field)]))


def behind_a_harmless_action(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = action("URI", URI=String("https://example.org"), Next=script())


def as_stream(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = action("JavaScript", JS=pdf.make_stream(b"app.alert(1)"))


def in_script_address(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = action("URI", URI=String("JavaScript:alert(1)"))


PLACES = (
    in_open_action,
    in_names,
    in_additional_action,
    in_annotation,
    in_form_field,
    behind_a_harmless_action,
    as_stream,
    in_script_address,
)


@pytest.mark.parametrize("mode", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_scripts_are_found_wherever_they_hang(place, mode) -> None:
    pdf = blank()
    place(pdf)
    assert codes(written(pdf, object_stream_mode=mode)) == [Reason.PDF_JAVASCRIPT]


def test_spelling_tricks_hide_no_script() -> None:
    escaped = b"/OpenAction<</#53/#4aava#53cript/#4a#53(app.alert\\(1\\))>>"
    assert codes(raw(CATALOG % escaped, PAGES, PAGE)) == [Reason.PDF_JAVASCRIPT]
    indirect_kind = b"/OpenAction<</S 4 0 R/JS 5 0 R>>"
    assert codes(raw(CATALOG % indirect_kind, PAGES, PAGE, b"/JavaScript", b"(x)")) == [Reason.PDF_JAVASCRIPT]


def test_a_script_in_an_encrypted_file_that_opens_without_password_is_found() -> None:
    pdf = blank()
    pdf.Root.OpenAction = script()
    content = written(pdf, encryption=pikepdf.Encryption(owner="o", user="", R=6))
    assert codes(content) == [Reason.PDF_JAVASCRIPT]


def test_a_resource_named_js_is_no_script() -> None:
    pdf = blank()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    pdf.pages[0].Resources = Dictionary(Font=Dictionary(JS=pdf.make_indirect(font)))
    assert codes(written(pdf)) == []


@pytest.mark.parametrize(
    ("kind", "more", "expected"),
    [
        ("GoTo", {"D": [0, Name.Fit]}, []),
        ("Named", {"N": Name.NextPage}, []),
        ("URI", {"URI": String("https://www.example.org/")}, []),
        ("Hide", {"T": String("field")}, []),
        ("ResetForm", {}, []),
        ("GoToR", {"F": String("anlage.pdf")}, []),
        ("GoToR", {"F": String("\\\\server\\share\\a.pdf")}, [Reason.PDF_ACTION]),
        ("GoToR", {"F": Dictionary(FS=Name.URL, F=String("x"))}, [Reason.PDF_ACTION]),
        ("GoToE", {"F": String("a.pdf")}, [Reason.PDF_ACTION]),
        ("SubmitForm", {"F": String("https://example.org/collect")}, [Reason.PDF_ACTION]),
        ("ImportData", {"F": String("a.fdf")}, [Reason.PDF_ACTION]),
        ("Launch", {"F": String("cmd.exe")}, [Reason.PDF_LAUNCH]),
        ("Rendition", {"OP": 0}, [Reason.PDF_RICH_MEDIA]),
        ("Movie", {}, [Reason.PDF_RICH_MEDIA]),
        ("Sound", {}, [Reason.PDF_RICH_MEDIA]),
    ],
)
def test_only_actions_that_leave_the_document_count(kind, more, expected) -> None:
    pdf = blank()
    pdf.Root.OpenAction = action(kind, **more)
    assert codes(written(pdf)) == expected


def test_rich_media_annotations_and_xfa_have_their_codes() -> None:
    pdf = blank()
    pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.RichMedia))])
    pdf.Root.AcroForm = Dictionary(Fields=Array([]), XFA=Array([String("template"), pdf.make_stream(b"<x/>")]))
    assert sorted(codes(written(pdf))) == [Reason.PDF_RICH_MEDIA, Reason.PDF_XFA]


def test_the_document_in_a_hybrid_pdf_is_a_file_as_any_other() -> None:
    pdf = blank()
    original = pdf.make_indirect(pdf.make_stream(b"PK\x03\x04..."))
    pdf.trailer.AdditionalStreams = Array([Name("/application/vnd.oasis.opendocument.text"), original])
    seen = inspect_pdf(written(pdf), Format.PDF, Budget())
    assert [found.code for found in seen.findings] == [Reason.PDF_EMBEDDED_FILE]
    assert [member.content for member in seen.members] == [b"PK\x03\x04..."]


def test_an_attached_file_is_named_and_handed_on() -> None:
    pdf = blank()
    pdf.attachments["plan.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ...", filename="plan.exe")
    seen = inspect_pdf(written(pdf), Format.PDF, Budget())
    assert [(found.code, found.path) for found in seen.findings] == [(Reason.PDF_EMBEDDED_FILE, ("plan.exe",))]
    assert [(member.name, member.content) for member in seen.members] == [("plan.exe", b"MZ...")]


@pytest.mark.parametrize(
    ("content", "is_invoice"),
    [
        (b'<?xml version="1.0"?><r:CrossIndustryInvoice xmlns:r="urn:x"/>', True),
        (b"\xef\xbb\xbf<CrossIndustryDocument/>", True),
        (b"<html/>", False),
        (b"<!DOCTYPE CrossIndustryInvoice [<!ENTITY a 'b'>]><CrossIndustryInvoice/>", False),
        (b"MZ <CrossIndustryInvoice/>", False),
        (b"<CrossIndustryInvoice>", False),
    ],
)
def test_an_invoice_is_told_by_its_content_not_by_its_name(content, is_invoice) -> None:
    pdf = blank()
    pdf.attachments["factur-x.xml"] = pikepdf.AttachedFileSpec(pdf, content, filename="factur-x.xml")
    seen = inspect_pdf(written(pdf), Format.PDF, Budget())
    assert [found.evidence == FACTUR_X for found in seen.findings] == [is_invoice]
    assert bool(seen.members) is not is_invoice


def test_an_attachment_over_the_budget_is_never_passed_as_clean() -> None:
    pdf = blank()
    pdf.attachments["a.bin"] = pikepdf.AttachedFileSpec(pdf, bytes(200_000), filename="a.bin")
    content = written(pdf)
    assert codes(content, Budget(expanded_bytes=300_000)) == [Reason.PDF_EMBEDDED_FILE]
    refused = codes(content, Budget(expanded_bytes=100_000))
    assert Reason.UNREADABLE in refused or Reason.TOO_LARGE in refused


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_user_password_is_encrypted_and_an_owner_password_alone_is_fine(revision) -> None:
    weak = {"aes": False, "metadata": False} if revision < 4 else {"metadata": revision >= 4}
    closed = pikepdf.Encryption(user="geheim", owner="o", R=revision, **weak)
    open_to_all = pikepdf.Encryption(user="", owner="o", R=revision, **weak)
    assert codes(written(blank(), encryption=closed)) == [Reason.ENCRYPTED]
    assert codes(written(blank(), encryption=open_to_all)) == []


def test_an_empty_owner_password_does_not_open_what_has_a_user_password() -> None:
    content = written(blank(), encryption=pikepdf.Encryption(user="geheim", owner="", R=6))
    assert codes(content) == [Reason.ENCRYPTED]


def test_encryption_to_certificates_is_encrypted_and_unreadable() -> None:
    content = raw(CATALOG % b"", PAGES, PAGE).replace(
        b"/Root 1 0 R", b"/Root 1 0 R/ID[(a)(a)]/Encrypt<</Filter/Adobe.PubSec/V 4/SubFilter/adbe.pkcs7.s5>>"
    )
    assert codes(content) == [Reason.ENCRYPTED, Reason.UNREADABLE]


def test_odd_but_honest_files_pass() -> None:
    plain = raw(CATALOG % b"", PAGES, PAGE)
    assert codes(b"\n\n" + plain) == []
    assert codes(plain.replace(b"%%EOF\n", b"")) == []
    assert codes(plain + b"\n" * 5000) == []
    assert codes(written(blank(), linearize=True)) == []
    offsets_off = raw(CATALOG % b"", PAGES, PAGE, head=b"%PDF-1.7\n").replace(b"%PDF-1.7\n", b"%PDF-1.7\n%comment\n")
    assert codes(offsets_off) == []


def test_a_later_revision_that_adds_a_script_is_seen() -> None:
    first = raw(CATALOG % b"", PAGES, PAGE)
    body = b"1 0 obj\n" + CATALOG % b"/OpenAction<</S/JavaScript/JS(x)>>" + b"\nendobj\n"
    at = len(first) + len(body)
    previous = first.rindex(b"xref\n0")
    later = b"xref\n1 1\n%010d 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
    content = first + body + later % (len(first), previous, at)
    assert codes(content) == [Reason.PDF_JAVASCRIPT]


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.9])
def test_a_cut_file_is_unreadable(share) -> None:
    pdf = blank()
    pdf.pages[0].Contents = pdf.make_stream(bytes(range(256)) * 40)
    content = written(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert codes(content[: int(len(content) * share)]) == [Reason.UNREADABLE]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"\x00" * 500, raw(b"<<>>"), raw(b"null")])
def test_what_has_no_pages_is_unreadable(content) -> None:
    assert codes(content) == [Reason.UNREADABLE]


def test_cycles_and_endless_references_end() -> None:
    loop = b"/OpenAction<</S 4 0 R/Next 1 0 R>>"
    assert codes(raw(CATALOG % loop, PAGES, PAGE, b"5 0 R", b"4 0 R")) == []
    self_kid = raw(CATALOG % b"", b"<</Type/Pages/Kids[2 0 R 3 0 R]/Count 2>>", PAGE)
    assert set(codes(self_kid)) <= {Reason.UNREADABLE}


def test_deep_nesting_is_unreadable_not_a_crash() -> None:
    assert codes(raw(CATALOG % (b"/X" + b"[" * 100_000), PAGES, PAGE)) in ([Reason.UNREADABLE], [])


def test_an_object_stream_bomb_is_unreadable() -> None:
    inflated = b"1 0 2 40 " + b"<</Type/Catalog/Pages 2 0 R>>".ljust(40) + b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
    packer = zlib.compressobj(9)
    packed = packer.compress(inflated) + b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    out = bytearray(b"%PDF-1.5\n")
    page_at = len(out)
    out += b"3 0 obj" + PAGE + b"endobj\n"
    stream_at = len(out)
    out += b"4 0 obj<</Type/ObjStm/N 2/First 9/Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    out += packed + b"\nendstream endobj\n"
    at = len(out)
    rows = [(0, 0, 65535), (2, 4, 0), (2, 4, 1), (1, page_at, 0), (1, stream_at, 0), (1, at, 0)]
    table = b"".join(bytes([kind]) + a.to_bytes(4, "big") + b.to_bytes(2, "big") for kind, a, b in rows)
    out += b"5 0 obj<</Type/XRef/Size 6/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table)
    out += table + b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % at
    assert codes(bytes(out)) == [Reason.UNREADABLE]


def test_time_that_is_over_is_a_timeout() -> None:
    assert codes(written(blank()), Budget(spent=lambda: True)) == [Reason.TIMEOUT]


def test_damage_anywhere_never_raises() -> None:
    pdf = blank()
    pdf.Root.OpenAction = script()
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"text", filename="a.txt")
    content = written(pdf, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    for position in range(0, len(content), 7):
        for value in (0x00, 0x3C, 0xFF):
            damaged = bytearray(content)
            damaged[position] = value
            codes(bytes(damaged))
