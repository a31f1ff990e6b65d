# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""OOXML: what runs, reaches out or hides is found by structure, whatever the parts are called."""

import io

import docx as python_docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import look
from poststelle.inspection.ooxml_rules import is_remote
from support.looking import codes, looked
from support.packages import EXCEL, OFFICE, compound, docx, ooxml, rels_part, types_part, xlsx
from support.zipfiles import Member, zip_bytes

VBA = compound("PROJECT", "VBA", "dir")
RUN = '<w:r><w:instrText xml:space="preserve">{}</w:instrText></w:r>'
MARK = '<w:r><w:fldChar w:fldCharType="{}"/></w:r>'


def field(*runs: str) -> str:
    return MARK.format("begin") + "".join(RUN.format(run) for run in runs) + MARK.format("end")


SVG = (
    b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
    b'"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"/>'
)


def with_relation(
    kind: str, target: str, mode: str = "External", folder: str = "word", owner: str = "document"
) -> bytes:
    part = f"{folder}/_rels/{owner}.xml.rels"
    return docx("", {part: rels_part((f"{OFFICE}/{kind}", target, mode))})


def written_by_word_libraries() -> bytes:
    document = python_docx.Document()
    document.add_heading("Antrag", 1)
    document.add_table(2, 2)
    whole = io.BytesIO()
    document.save(whole)
    return whole.getvalue()


def written_by_sheet_libraries() -> bytes:
    book = openpyxl.Workbook()
    book.active.append(["Summe", "=SUM(A1:A3)", "=IF(A1=\"a|b'c'!\",1,2)"])
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


HONEST = {
    "python-docx.docx": written_by_word_libraries(),
    "openpyxl.xlsx": written_by_sheet_libraries(),
    "bare.docx": docx("<w:p/>"),
    "one line feed after the end.docx": docx("<w:p/>") + b"\n",
    "repeated xml id.docx": docx('<w:p xml:id="a"/><w:p xml:id="a"/>'),
    "a page number field.docx": docx(field("PA", "GE")),
    "a sheet with a bar in its name.xlsx": xlsx("<row><c><f>SUM('Soll|Ist'!A1,'a|b'!B2)</f></c></row>"),
    "a bar in a text.xlsx": xlsx('<row><c><f>IF(A1>0,"a|b!c","d")</f></c></row>'.replace(">0", "&gt;0")),
    "the word DDE in a sentence.docx": docx("<w:p><w:r><w:t>DDEAUTO c:\\cmd.exe</w:t></w:r></w:p>"),
    "a hyperlink.docx": with_relation("hyperlink", "https://www.example.org/"),
    "a drawing as its program wrote it.docx": docx("", {"word/media/a.svg": SVG}),
    "a linked picture.docx": with_relation("image", "https://www.example.org/bild.png"),
    "a local template.docx": with_relation("attachedTemplate", "file:///C:/Vorlagen/Brief.dotx", owner="settings"),
    "a template of Word for Mac.docx": with_relation("attachedTemplate", "file:////Users/a/Brief.dotx"),
    "a cached external workbook.xlsx": xlsx(
        "",
        {
            "xl/externalLinks/_rels/externalLink1.xml.rels": rels_part(
                (f"{OFFICE}/externalLinkPath", "alt.xlsx", "External")
            )
        },
    ),
    "a drawing of Excel that is no XML.xlsx": xlsx("", {"xl/drawings/vmlDrawing1.vml": b"<xml><br><p>Notiz</xml>"}),
    "case and slashes of part names.docx": zip_bytes(
        Member(
            "[content_types].xml",
            types_part(
                "word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
            ),
        ),
        Member("_RELS\\.rels", rels_part((f"{OFFICE}/officeDocument", "/word/document.xml", ""))),
        Member("Word\\Document.xml", b"<document/>"),
    ),
    "a web page to be imported.docx": docx("", {"word/afchunk.htm": b"<!DOCTYPE html><html><br>Hallo</html>"}),
    "a drawing that packs very well.docx": docx("", {"word/media/image1.emf": bytes(40) + b" EMF" + bytes(600_000)}),
}


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_document_is_not_objected_to(name):
    assert codes(HONEST[name], name) == set()


SHEET_MACRO = {"/xl/macrosheets/sheet1.xml": "application/vnd.ms-excel.macrosheet+xml"}
DISHONEST = {
    "macro project": (docx("", {"word/vbaProject.bin": VBA}), Reason.MACRO),
    "macro project under the name of a picture": (docx("", {"word/media/image9.png": VBA}), Reason.MACRO),
    "macro by content type in capitals": (
        docx("", {"word/x.bin": b"x"}, {"/WORD/X.BIN": "APPLICATION/VND.MS-OFFICE.VBAPROJECT"}),
        Reason.MACRO,
    ),
    "an embedded script": (with_relation("package", "embeddings/a.js", ""), Reason.EXECUTABLE_PART),
    "macro by relationship": (with_relation("vbaProject", "x.bin", ""), Reason.MACRO),
    "macro-enabled main type": (
        ooxml(main_type="application/vnd.ms-word.document.macroEnabled.main+xml"),
        Reason.MACRO,
    ),
    "Excel 4 macro sheet": (xlsx("", {"xl/macrosheets/sheet1.xml": b"<a/>"}, SHEET_MACRO), Reason.MACRO),
    "Excel 4 macro sheet by its element": (
        xlsx("", {"xl/worksheets/sheet2.xml": b'<xm:macrosheet xmlns:xm="x"/>'}),
        Reason.MACRO,
    ),
    "a name that runs by itself": (
        xlsx("", {"xl/workbook.xml": b'<w><definedName name="_xlnm.Auto_Open">A1</definedName></w>'}),
        Reason.MACRO,
    ),
    "a click that runs a macro": (
        docx("", {"ppt/s.xml": b'<a><hlinkClick action="ppaction://macro?name=x"/></a>'}),
        Reason.MACRO,
    ),
    "ActiveX by content type": (
        docx(
            "",
            {"word/activeX/activeX1.xml": b"<a/>"},
            {"/word/activeX/activeX1.xml": "application/vnd.ms-office.activeX+xml"},
        ),
        Reason.ACTIVEX,
    ),
    "an OLE object": (docx("", {"word/embeddings/oleObject1.bin": compound("\x01Ole10Native")}), Reason.OLE_OBJECT),
    "a program": (docx("", {"word/media/image1.png": b"MZ" + bytes(100)}), Reason.EXECUTABLE_PART),
    "a linked OLE object": (with_relation("oleObject", "http://example.org/x!"), Reason.EXTERNAL_LINK),
    "a part of the document elsewhere": (with_relation("subDocument", "teil.docx"), Reason.EXTERNAL_LINK),
    "a template from the network": (
        with_relation("attachedTemplate", "https://example.org/a.dotm"),
        Reason.REMOTE_TEMPLATE,
    ),
    "a template from a share": (with_relation("attachedTemplate", r"\\host\share\a.dotm"), Reason.REMOTE_TEMPLATE),
    "DDE in one run": (docx(field("DDEAUTO c:\\windows\\cmd.exe")), Reason.DDE),
    "DDE split over runs": (docx(field(" D", "DEA", "UTO cmd")), Reason.DDE),
    "DDE in a simple field": (docx('<w:fldSimple w:instr=" dde excel"/>'), Reason.DDE),
    "DDE spelled by character codes": (
        docx(MARK.format("begin") + field("QUOTE 68 68 69") + RUN.format(" cmd") + MARK.format("end")),
        Reason.DDE,
    ),
    "DDE by character references": (docx(field("&#68;DE cmd")), Reason.DDE),
    "DDE in a field that never ends": (docx(MARK.format("begin") + RUN.format("DDE cmd")), Reason.DDE),
    "DDE link of a workbook": (xlsx("", {"xl/externalLinks/externalLink1.xml": b"<e><ddeLink/></e>"}), Reason.DDE),
    "DDE in a formula without quotes": (xlsx("<row><c><f>Excel | Blatt1 ! A1</f></c></row>"), Reason.DDE),
    "DDE to a program in quotes": (xlsx("<row><c><f>'cmd'|'/C calc'!A0</f></c></row>"), Reason.DDE),
    "DDE behind a text": (xlsx('<row><c><f>"a"&amp;cmd|' + "' /C calc'!A0</f></c></row>"), Reason.DDE),
    "DDE in a formula": (xlsx("<row><c><f>cmd|' /C calc'!A0</f></c></row>"), Reason.DDE),
    "a document type": (docx("", {"word/a.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), Reason.XML_DTD),
    "a document type in UTF-16": (
        docx("", {"word/a.xml": "\ufeff<!DOCTYPE a><a/>".encode("utf-16-le")}),
        Reason.XML_DTD,
    ),
    "a bomb of entities": (
        docx(
            "",
            {
                "word/a.xml": b'<!DOCTYPE a [<!ENTITY b "'
                + b"c" * 9999
                + b'"><!ENTITY d "'
                + b"&b;" * 9999
                + b'">]><a x="&d;"/>'
            },
        ),
        Reason.XML_DTD,
    ),
    "a part that is no XML": (docx("", {"word/styles.xml": b"<a><b></a>"}), Reason.UNREADABLE),
    "no main part": (zip_bytes(Member("[Content_Types].xml", types_part("a.xml", EXCEL))), Reason.UNREADABLE),
    "cut in the middle": (docx("<w:p/>")[:500], Reason.UNREADABLE),
    "an encrypted container": (zip_bytes(Member("[Content_Types].xml", b"x", flags=1)), Reason.ZIP_ENCRYPTED),
    "two parts of one name": (
        zip_bytes(
            Member("[Content_Types].xml", types_part("a", EXCEL)),
            Member("word/A.xml", b"<a/>"),
            Member("word/a.xml", b"<a/>"),
        ),
        Reason.ZIP_DUPLICATE,
    ),
}


@pytest.mark.parametrize("kind", DISHONEST)
def test_what_a_document_must_not_hold_is_found(kind):
    content, code = DISHONEST[kind]
    assert code in codes(content)


def test_a_relationship_in_utf16_is_read():
    rels = rels_part((f"{OFFICE}/attachedTemplate", "http://example.org/a.dotm", "External")).decode()
    content = docx("", {"word/_rels/settings.xml.rels": rels.replace('<?xml version="1.0"?>', "").encode("utf-16")})
    assert Reason.REMOTE_TEMPLATE in codes(content, "a.docx")


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx"])
def test_an_encrypted_document_is_encrypted_and_nothing_else(name):
    assert codes(compound("EncryptionInfo", "EncryptedPackage"), name) == {Reason.ENCRYPTED}


def test_a_document_with_macros_under_a_plain_name_is_both_macro_and_mismatch():
    content = ooxml(main_type="application/vnd.ms-word.document.macroEnabled.main+xml")
    assert {Reason.MACRO, Reason.TYPE_MISMATCH} <= codes(content, "a.docx")
    assert looked(content, "a.docx").format is Format.DOCM


def test_an_embedded_document_is_looked_into_under_the_same_rules():
    inner = docx("", {"word/vbaProject.bin": VBA})
    answer = look(docx("", {"word/embeddings/Anlage.docx": inner}), ("a.docx",), Budget())
    assert answer[1].path == ("word/embeddings/Anlage.docx",)
    assert Reason.MACRO in {one.code for one in answer[1].findings}
    assert answer[0].container


@pytest.mark.parametrize(
    ("start", "kind"), [(b"%PDF-1.7\n", Format.PDF), (b"{\\rtf1 x}", Format.RTF)], ids=["PDF", "RTF"]
)
def test_an_embedded_file_is_named_by_its_content_whatever_the_part_is_called(start, kind):
    answer = look(docx("", {"word/media/image1.png": start}), ("a.docx",), Budget())
    assert [(one.path, one.format) for one in answer[1:]] == [(("word/media/image1.png",), kind)]


def test_a_finding_names_the_part():
    found = looked(docx("", {"word/media/image9.png": VBA}), "a.docx").findings
    assert found[0].path == ("word/media/image9.png",)


@pytest.mark.parametrize("count", [1, 120_000], ids=["small part", "part read row by row"])
def test_what_stands_in_a_large_sheet_is_found_as_in_a_small_one(count):
    rows = ("<row><c><v>" + "1" * 40 + "</v></c></row>") * count
    assert codes(xlsx(rows), "a.xlsx") == set()
    assert codes(xlsx(rows + "<row><c><f>cmd|' /C calc'!A0</f></c></row>" + rows), "a.xlsx") == {Reason.DDE}


def test_a_field_may_be_split_over_the_rows_of_a_large_part():
    filler = "<w:p><w:r><w:t>" + "x" * 200 + "</w:t></w:r></w:p>"
    split = f"<w:p>{MARK.format('begin')}{RUN.format('DD')}</w:p>{filler}<w:p>{RUN.format('E cmd')}{MARK.format('end')}</w:p>"
    assert codes(docx(filler * 25_000 + split + filler), "a.docx") == {Reason.DDE}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("http://example.org/a.dotm", True),
        ("HTTPS://example.org/a", True),
        ("mhtml:http://example.org/a.html", True),
        (r"\\\\host\\share\\a.dotm", True),
        ("file://host/share/a.dotm", True),
        ("file://///host/share/a.dotm", True),
        ("file:////host/share/a.dotm", True),
        ("file:///C:/a.dotm", False),
        ("file:///C|/a.dotm", False),
        (r"C:\\Vorlagen\\a.dotm", False),
        ("Normal.dotm", False),
        ("file:////Users/a/b.dotx", False),
        ("file://localhost/Users/a/b.png", False),
        ("file://localhost.example/a.png", True),
    ],
)
def test_remote_is_what_stands_on_another_machine(target, expected):
    assert is_remote(target) is expected


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=60),
    st.integers(0, 300),
    st.sampled_from(["word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/a.bin"]),
)
def test_mutated_parts_never_raise(patch, at, part):
    whole = docx("", {"word/a.bin": VBA})
    parts = {seen.name: seen.plain for seen in _members(whole)}
    parts[part] = parts[part][:at] + patch + parts[part][at + len(patch) :]
    assert looked(zip_bytes(*(Member(name, plain) for name, plain in parts.items())), "a.docx").sha256


def _members(content: bytes) -> list[Member]:
    import zipfile

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [Member(name, archive.read(name)) for name in archive.namelist()]
