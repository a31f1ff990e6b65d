# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""OpenDocument: macros, encryption, objects and DDE are found in any namespace prefix, honest files pass."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.reasons import Reason
from support.looking import codes, looked
from support.packages import ODF_TEXT, compound, odf
from support.zipfiles import Member, zip_bytes

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
SCRIPT = "urn:oasis:names:tc:opendocument:xmlns:script:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
SHOW = "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"
SHEET = ODF_TEXT.replace("text", "spreadsheet")
OLD_DOCTYPE = b'<!DOCTYPE office:document PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "office.dtd">'
SEALED = '<m:file-entry m:full-path="content.xml"><m:encryption-data m:checksum="x"/></m:file-entry>'


def content(inside: str, attributes: str = "") -> dict[str, bytes]:
    spaces = f'xmlns:o="{OFFICE}" xmlns:s="{SCRIPT}" xmlns:t="{TABLE}" xmlns:x="{TEXT}" xmlns:p="{SHOW}"'
    links = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    return {"content.xml": f"<o:document-content {spaces} {links} {attributes}>{inside}</o:document-content>".encode()}


HONEST = {
    "bare": odf(),
    "media type not first": zip_bytes(Member("content.xml", b"<a/>"), Member("mimetype", ODF_TEXT.encode())),
    "media type in the manifest only": zip_bytes(
        Member("content.xml", b"<a/>"),
        Member(
            "META-INF/manifest.xml",
            b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><m:file-entry m:full-path="/"'
            b' m:media-type="' + ODF_TEXT.encode() + b'"/></m:manifest>',
        ),
    ),
    "a document type of old, declaring nothing": odf({"Dialogs/a.xml": OLD_DOCTYPE + b"<a/>"}),
    "a drawing as its program wrote it": odf(
        {"Pictures/a.svg": b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/svg11.dtd"><svg/>'}
    ),
    "repeated xml id": odf(content('<x:p xml:id="a"/><x:p xml:id="a"/>')),
    "no scripts at all": odf(content("<o:scripts/>")),
    "a click to the next page": odf(content('<p:event-listener p:action="next-page"/>')),
    "a link": odf(content('<x:a xlink:href="https://www.example.org"/>')),
    "a picture on the web, on this machine, and beside it": odf(
        content(
            "".join(
                f'<x:image xlink:href="{one}"/>' for one in ("https://b.example/a.png", "file:///C:/a.png", "../a.png")
            )
        )
    ),
    "a link to a file share": odf(content('<x:a xlink:href="file://server/akte"/>')),
    "a formula": odf(content('<t:table-cell t:formula="of:=SUM([.A1:.A3])"/>')),
    "an empty preview": odf({"meta.xml": b""}),
}


@pytest.mark.parametrize("kind", HONEST)
def test_an_honest_document_is_not_objected_to(kind):
    assert codes(HONEST[kind], "a.odt") == set()


DISHONEST = {
    "a Basic module": (
        odf({"Basic/Standard/M.xml": f'<q:module xmlns:q="{SCRIPT}">Sub A</q:module>'.encode()}),
        Reason.MACRO,
    ),
    "a Basic module of old": (
        odf({"Basic/Standard/M.xml": b'<q:module xmlns:q="http://openoffice.org/2000/script">Sub A</q:module>'}),
        Reason.MACRO,
    ),
    "a script in Python": (odf({"Scripts/python/a.py": b"import os"}), Reason.MACRO),
    "an event under an unusual prefix": (
        odf(content(f'<zz:event-listener xmlns:zz="{SCRIPT}" zz:event-name="dom:load"/>')),
        Reason.MACRO,
    ),
    "a link to a script": (odf(content('<x:a xlink:href="vnd.sun.star.script:A.B?language=Basic"/>')), Reason.MACRO),
    "a click that runs a program": (odf(content('<p:event-listener p:action="execute"/>')), Reason.EXECUTABLE_PART),
    "encrypted": (odf(manifest=SEALED), Reason.ENCRYPTED),
    "an OLE object": (odf({"Object 1": compound("Workbook")}), Reason.OLE_OBJECT),
    "an OLE object with macros": (odf({"Object 1": compound("Workbook", "_VBA_PROJECT_CUR")}), Reason.MACRO),
    "a DDE source": (odf(content("<o:dde-source/>")), Reason.DDE),
    "a DDE declaration": (odf(content("<x:dde-connection-decl/>")), Reason.DDE),
    "a DDE formula": (odf(content('<t:table-cell t:formula="of:=DDE(&quot;cmd&quot;)"/>'), SHEET), Reason.DDE),
    "a picture on a file share": (
        odf(content('<x:image xlink:href="file://server/a/b.png"/>')),
        Reason.EXTERNAL_LINK,
    ),
    "a frame from the web": (
        odf(content('<x:floating-frame xlink:href="https://b.example/"/>')),
        Reason.EXTERNAL_LINK,
    ),
    "a section from the web": (
        odf(content('<x:section-source xlink:href="https://b.example/a.odt"/>')),
        Reason.EXTERNAL_LINK,
    ),
    "a program": (odf({"Pictures/1.png": b"\x7fELF" + bytes(60)}), Reason.EXECUTABLE_PART),
    "entities": (odf({"styles.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}), Reason.XML_DTD),
    "a part that is no XML": (odf({"styles.xml": b"<a><b></a>"}), Reason.UNREADABLE),
    "no content": (zip_bytes(Member("mimetype", ODF_TEXT.encode())), Reason.UNREADABLE),
    "a member outside": (odf({"../content.xml": b"<a/>"}), Reason.ZIP_TRAVERSAL),
}


@pytest.mark.parametrize("kind", DISHONEST)
def test_what_a_document_must_not_hold_is_found(kind):
    whole, code = DISHONEST[kind]
    assert code in codes(whole)


def test_an_encrypted_document_is_encrypted_and_nothing_else():
    sealed = odf({"content.xml": bytes(range(256))}, manifest=SEALED)
    assert codes(sealed, "a.odt") == {Reason.ENCRYPTED}


def test_an_embedded_document_is_looked_into():
    inner = odf({"Scripts/a.bsh": b"x"})
    assert Reason.MACRO in codes(odf({"Object 1": inner}), "a.odt")


def test_what_stands_in_a_large_table_is_found():
    rows = "<t:table-row><t:table-cell>" + "1" * 40 + "</t:table-cell></t:table-row>"
    hostile = '<t:table-row><t:table-cell t:formula="of:=DDE(1)"/></t:table-row>'
    assert codes(odf(content(rows * 60_000), SHEET), "a.ods") == set()
    assert codes(odf(content(rows * 60_000 + hostile + rows), SHEET), "a.ods") == {Reason.DDE}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=40), st.integers(0, 900))
def test_mutated_documents_never_raise(patch, at):
    whole = odf({"Object 1": compound("Workbook")})
    assert looked(whole[:at] + patch + whole[at + len(patch) :], "a.odt").sha256
