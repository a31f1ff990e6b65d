# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Formats are told by content; names only settle what content leaves open, and are held against it."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from poststelle.core.formats import BY_EXTENSION, BY_FORMAT, Format
from poststelle.core.reasons import Reason
from poststelle.inspection.names import extension, mismatch, settle
from poststelle.inspection.sniff import Sniffed, recognise, sniff
from support.looking import codes, looked
from support.packages import ODF_TEXT, SHOW, compound, docx, odf, ooxml, xlsx
from support.zipfiles import Member, zip_bytes

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def picture(kind: str) -> bytes:
    whole = io.BytesIO()
    Image.new("RGB", (4, 4)).save(whole, kind)
    return whole.getvalue()


CONTENTS = {
    Format.PDF: PDF,
    Format.PNG: picture("PNG"),
    Format.JPG: picture("JPEG"),
    Format.BMP: picture("BMP"),
    Format.GIF: picture("GIF"),
    Format.TIFF: picture("TIFF"),
    Format.WEBP: picture("WEBP"),
    Format.PNM: picture("PPM"),
    Format.DOCX: docx(),
    Format.XLSX: xlsx(),
    Format.PPTX: ooxml(main="ppt/presentation.xml", main_type=SHOW),
    Format.DOCM: ooxml(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
    Format.ODT: odf(),
    Format.ODS: odf(media_type=ODF_TEXT.replace("text", "spreadsheet")),
    Format.ODP: odf(media_type=ODF_TEXT.replace("text", "presentation")),
    Format.OTT: odf(media_type=ODF_TEXT + "-template"),
    Format.EPUB: zip_bytes(Member("mimetype", b"application/epub+zip", method=0)),
    Format.JAR: zip_bytes(Member("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0")),
    Format.ZIP: zip_bytes(Member()),
    Format.DOC: compound("WordDocument", "1Table"),
    Format.XLS: compound("Workbook"),
    Format.PPT: compound("PowerPoint Document"),
    Format.MSG: compound("__nameid_version1.0", "__properties_version1.0"),
    Format.OLE: compound("Catalog"),
    Format.RTF: b"{\\rtf1\\ansi Hallo}",
    Format.EXE: b"MZ\x90\x00" + bytes(200),
    Format.ELF: b"\x7fELF" + bytes(60),
    Format.SCRIPT: b"#!/bin/sh\nrm -rf /\n",
    Format.HTML: b"\n<!-- hallo --><!DOCTYPE html><html></html>",
    Format.SVG: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    Format.XML: b"<?xml version='1.0'?><antrag/>",
    Format.EML: b"From: a@b.de\nTo: c@d.de\nSubject: Hallo\n\nText",
    Format.VCF: b"BEGIN:VCARD\r\nEND:VCARD\r\n",
    Format.ICS: b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
    Format.HEIC: b"\x00\x00\x00\x18ftypheic" + bytes(40),
    Format.VIDEO: b"\x00\x00\x00\x18ftypisom" + bytes(40),
    Format.SEVENZIP: b"7z\xbc\xaf'\x1c\x00\x04",
    Format.RAR: b"Rar!\x1a\x07\x01\x00",
    Format.TXT: "Sehr geehrte Damen und Herren, größer als > 5 und < 7".encode(),
    Format.UNKNOWN: bytes(range(256)),
    Format.EMPTY: b"",
}


@pytest.mark.parametrize("expected", CONTENTS)
def test_a_format_is_told_by_content(expected):
    assert sniff(CONTENTS[expected]) is expected


def test_every_format_has_its_row_and_no_extension_is_ambiguous():
    assert set(BY_FORMAT) == set(Format)
    assert all(len(formats) == 1 for formats in BY_EXTENSION.values())


TEXTS = {
    "a form": b"FORMULAR 12 zur Anmeldung",
    "initials": b"CWS und BM haben den Termin bestaetigt",
    "a playlist": b"ID3 ist ein Format",
    "windows initials": b"MZ an alle: bitte lesen, danke und freundliche Gruesse aus dem Amt",
    "two postcodes": b"P1 und P2 sind belegt",
    "three parking spaces": b"P1 2 3 Parkplatz am Dom",
    "short initials": b"MZ: bitte lesen",
    "angle brackets": b"5 < 7 und <b>fett</b>",
    "a web page saved as text": b"<html><body>Hallo</body></html>",
    "a mail saved as text": CONTENTS[Format.EML],
    "xml": CONTENTS[Format.XML],
    "a mention of PDF": b"Die Datei beginnt mit %PDF-1.4, mehr weiss ich nicht.",
    "utf-16": "Größe".encode("utf-16"),
    "latin-1": "Straße".encode("latin-1"),
}


@pytest.mark.parametrize("kind", TEXTS)
def test_a_text_is_a_text_whatever_it_begins_with(kind):
    assert looked(TEXTS[kind], "notiz.txt").format is Format.TXT
    assert codes(TEXTS[kind], "notiz.txt") == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("seite.html", Format.HTML),
        ("werte.csv", Format.CSV),
        ("daten.json", Format.JSON),
        ("virus.js", Format.SCRIPT),
        ("virus.bat", Format.SCRIPT),
        ("LIESMICH", Format.TEXT),
        ("programm.cob", Format.TEXT),
        ("notiz.txt", Format.TXT),
        ("NOTIZ.TXT", Format.TXT),
        ("notiz.txt. ", Format.TXT),
        ("notiz.txt.hta", Format.SCRIPT),
    ],
)
def test_the_name_decides_which_kind_of_text_a_text_is(name, expected):
    assert looked(b"Hallo Welt", name).format is expected


def test_any_name_that_a_client_could_show_counts():
    assert settle(Sniffed(Format.TXT), ("notiz.txt", "notiz.js")) is Format.SCRIPT
    assert mismatch(Format.PDF, ("a.pdf", "a.docx"))


@pytest.mark.parametrize("name", ["bild.pdf", "bild.docx", "bild.png", "bild.exe", "bild.hta", "bild.xyz"])
def test_a_picture_under_another_extension_is_a_mismatch(name):
    assert Reason.TYPE_MISMATCH in codes(CONTENTS[Format.JPG], name)


@pytest.mark.parametrize("name", ["bild.jpg", "BILD.JPEG", "bild", "Bild vom 12.3", "Bild Fr. Dr. Müller", ""])
def test_a_name_that_promises_nothing_else_is_no_mismatch(name):
    assert codes(CONTENTS[Format.JPG], name) == set()


def test_a_template_under_a_document_extension_is_a_mismatch():
    template = ooxml(main_type="application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml")
    assert codes(template, "antrag.docx") == {Reason.TYPE_MISMATCH}


def test_binary_under_txt_is_left_to_the_text_inspector():
    assert looked(CONTENTS[Format.UNKNOWN], "a.txt").format is Format.TXT
    assert codes(CONTENTS[Format.UNKNOWN], "a.txt")


def test_unknown_content_under_a_promising_name_is_unreadable():
    assert codes(CONTENTS[Format.UNKNOWN], "a.docx") == {Reason.UNREADABLE, Reason.TYPE_MISMATCH}


@pytest.mark.parametrize("first", [Format.PNG, Format.JPG, Format.PDF])
def test_an_archive_behind_another_file_is_a_polyglot(first):
    assert Reason.POLYGLOT in codes(CONTENTS[first] + CONTENTS[Format.ZIP], f"a.{first}")


def test_a_program_with_an_archive_behind_it_is_a_self_extractor():
    assert Reason.ZIP_SFX in codes(CONTENTS[Format.EXE] + CONTENTS[Format.ZIP], "a.zip")


def test_a_pdf_behind_something_else_is_a_polyglot_and_behind_blanks_is_not():
    assert recognise(b"GIF89a" + bytes(30) + PDF).second is Format.PDF
    assert recognise(b"zeile davor\n" + PDF) == Sniffed(Format.PDF, second=Format.TXT)
    assert recognise(b"\r\n" + PDF) == Sniffed(Format.PDF)


def test_an_archive_embedded_within_a_pdf_is_no_polyglot():
    assert recognise(PDF + CONTENTS[Format.ZIP] + b"\nendstream endobj\nstartxref\n9\n%%EOF\n").second is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.PDF", "pdf"),
        ("a.pdf .", "pdf"),
        ("ordner.d/datei", ""),
        ("c:\\x\\a.Docx", "docx"),
        (".htaccess", "htaccess"),
    ],
)
def test_the_extension_is_what_clients_take_for_it(name, expected):
    assert extension(name) == expected


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(CONTENTS)), st.binary(max_size=40), st.integers(0, 600), st.text(max_size=12))
def test_no_content_raises_under_any_name(kind, patch, at, name):
    content = CONTENTS[kind]
    assert looked(content[:at] + patch + content[at + len(patch) :], name).sha256
