# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What embedded objects, web pages and pictures of a document bring along."""

import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import look
from poststelle.inspection.ole import inspect_object
from support.looking import codes
from support.packages import OFFICE, compound, compound_with, docx, odf, packed_object, rels_part
from support.zipfiles import Member, zip_bytes

PROGRAM = b"MZ" + bytes(6_000)
NATIVE = "\x01Ole10Native"
HIDDEN = docx("", {"word/vbaProject.bin": compound("VBA")})


def with_object(content: bytes) -> bytes:
    return docx("", {"word/embeddings/oleObject1.bin": content})


@pytest.mark.parametrize(
    ("word", "stream"),
    [
        ("a program", packed_object("plan.pdf", PROGRAM)),
        ("a small program", packed_object("plan.pdf", b"MZ" + bytes(100))),
        ("a script by its label", packed_object("rechnung.js", b"WScript.Echo(1)")),
        ("a script by its path", packed_object("rechnung", b"echo 1", "C:\\Temp\\rechnung.cmd")),
        ("bare", len(PROGRAM).to_bytes(4, "little") + PROGRAM),
    ],
)
def test_a_program_in_an_embedded_object_is_found_in_every_kind_of_document(word, stream):
    content = compound_with({NATIVE: stream, "\x03ObjInfo": b"x" * 6})
    assert codes(with_object(content), "a.docx") == {Reason.OLE_OBJECT, Reason.EXECUTABLE_PART}, word
    assert codes(odf({"Object 1": content}), "a.odt") == {Reason.OLE_OBJECT, Reason.EXECUTABLE_PART}, word


@pytest.mark.parametrize("name", ["Package", "CONTENTS", NATIVE])
def test_a_document_in_an_embedded_object_is_looked_into(name):
    inner = packed_object("brief.docx", HIDDEN) if name == NATIVE else HIDDEN
    outer = look(with_object(compound_with({name: inner})), ("a.docx",), Budget())
    assert [one.format for one in outer] == [Format.DOCX, Format.DOCX]
    assert Reason.MACRO in {found.code for found in outer[1].findings}


def test_an_old_document_with_macros_packed_into_an_object_is_a_macro():
    packed = packed_object("alt.doc", compound("WordDocument", "VBA"))
    assert codes(with_object(compound_with({NATIVE: packed})), "a.docx") == {Reason.OLE_OBJECT, Reason.MACRO}


def test_a_picture_packed_into_an_object_is_only_an_object():
    packed = packed_object("bild.bmp", b"BM" + bytes(12) + b"\x28" + bytes(60))
    assert codes(with_object(compound_with({NATIVE: packed})), "a.docx") == {Reason.OLE_OBJECT}


def test_what_an_object_carries_is_paid_for():
    content = compound_with({NATIVE: packed_object("a.bin", bytes(50_000))})
    assert Reason.ZIP_BOMB in codes(with_object(content), "a.docx", expanded_bytes=100_000)


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=30), st.integers(0, 3_000))
def test_a_damaged_object_never_raises(patch, at):
    whole = compound_with({NATIVE: packed_object("plan.exe", b"MZ" + bytes(100)), "Package": bytes(5_000)})
    inspect_object("o", whole[:at] + patch + whole[at + len(patch) :], Budget())


def with_page(page: bytes, name: str = "word/afchunk.htm") -> bytes:
    return docx("", {name: page})


@pytest.mark.parametrize(
    ("word", "page", "expected"),
    [
        ("plain", b"<html><body><p>Guten Tag<br></body>", set()),
        ("a picture on the web", b"<img src='https://stadt.example/a.png'>", set()),
        ("a link", b"<a href='https://stadt.example/'>hier</a>", set()),
        ("a picture on a share", b"<img src='\\\\host\\share\\a.png'>", {Reason.EXTERNAL_LINK}),
        ("a share in references", b"<img src='&#x5c;&#x5c;host&#x5c;share&#x5c;a.png'>", {Reason.EXTERNAL_LINK}),
        ("a file on a host", b"<IMG SRC=file://host/share/a.png>", {Reason.EXTERNAL_LINK}),
        ("a frame", b"<iframe src='http://host.example/'></iframe>", {Reason.EXTERNAL_LINK}),
        ("an object", b"<object data='mhtml:http://host.example/a.html'></object>", {Reason.EXTERNAL_LINK}),
        ("Word's macros", b"MIME-Version: 1.0\r\nContent-Type: application/x-mso\r\n\r\n", {Reason.MACRO}),
    ],
)
def test_a_web_page_inside_a_document_counts_for_what_it_fetches(word, page, expected):
    assert codes(with_page(page), "a.docx") == expected, word
    assert codes(with_page(page, "word/afchunk.mht"), "a.docx") == expected, word


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("https://stadt.example/logo.png", set()),
        (r"file:///C:\bilder\logo.png", set()),
        (r"file:///\\host\share\logo.png", {Reason.EXTERNAL_LINK}),
        (r"\\host\share\logo.png", {Reason.EXTERNAL_LINK}),
        ("file://host/share/logo.png", {Reason.EXTERNAL_LINK}),
    ],
)
def test_a_linked_picture_counts_where_windows_would_sign_in_to_fetch_it(target, expected):
    relations = rels_part((f"{OFFICE}/image", target, "External"))
    assert codes(docx("", {"word/_rels/document.xml.rels": relations}), "a.docx") == expected


def test_files_in_a_pdf_are_looked_into_however_they_are_nested():
    archive = zip_bytes(Member("plan.exe", PROGRAM))
    content = archive
    for name in ("unterlagen.zip", "innen.pdf"):
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, content, filename=name)
            content = _saved(pdf)
    seen = look(content, ("a.pdf",), Budget())
    assert [one.format for one in seen] == [Format.PDF, Format.PDF, Format.ZIP, Format.EXE]
    assert seen[-1].path == ("innen.pdf", "unterlagen.zip", "plan.exe")


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
