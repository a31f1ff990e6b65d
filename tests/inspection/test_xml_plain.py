# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Large parts are read as trees only where something of interest could stand: ruling out must never overlook."""

import pytest

from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.xmlplain import PLAIN_FROM_BYTES, is_plain
from support.looking import codes
from support.packages import docx, odf, xlsx

ROWS = '<row r="1"><c r="A1"><f>SUM(B1:B2)</f><v>36</v></c></row>' * (PLAIN_FROM_BYTES // 50)
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
SCRIPT = "urn:oasis:names:tc:opendocument:xmlns:script:1.0"


def never(_: bytes) -> bool:
    return False


def always(_: bytes) -> bool:
    return True


def test_a_large_part_without_anything_of_interest_is_plain_and_clean():
    assert is_plain(f"<worksheet>{ROWS}</worksheet>".encode(), Budget(), never)
    assert codes(xlsx(ROWS), "a.xlsx") == set()


@pytest.mark.parametrize(
    ("word", "part"),
    [
        ("small", b"<a/>"),
        ("cut off", f"<a>{ROWS}".encode()),
        ("a prefix nobody bound", f"<a>{ROWS}<x:b/></a>".encode()),
        ("a document type", f"<!DOCTYPE a><a>{ROWS}</a>".encode()),
        ("UTF-16", f"<a>{ROWS}</a>".encode("utf-16")),
        ("UTF-16 without mark", f"<a>{ROWS}</a>".encode("utf-16-le")),
        ("another encoding", f"<?xml version='1.0' encoding='utf-7'?><a>{ROWS}</a>".encode()),
        (
            "an encoding only its own parser knows",
            f"<?xml version='1.0' encoding='cp037'?><a>{ROWS}</a>".encode("cp037"),
        ),
        ("an encoding far behind", f"<?xml version='1.0'{' ' * 300}encoding='utf-7'?><a>{ROWS}</a>".encode()),
        ("ASCII that is none", f"<?xml version='1.0' encoding='us-ascii'?><a>{ROWS}ä</a>".encode()),
        ("an entity nobody declared", f"<a>{ROWS}&b;</a>".encode()),
        ("an untrue encoding", f"<?xml version='1.0' encoding='utf-8'?><a>{ROWS}ä</a>".encode("latin-1")),
    ],
)
def test_a_part_in_doubt_is_not_plain(word, part):
    assert not is_plain(part, Budget(), never), word


def test_a_part_that_may_hold_something_is_not_plain_nor_one_checked_too_late():
    part = f"<a>{ROWS}</a>".encode()
    assert not is_plain(part, Budget(), always)
    assert not is_plain(part, Budget(spent=lambda: True), never)


@pytest.mark.parametrize(
    ("word", "sheet", "reason"),
    [
        ("a link", "<ddeLink/>", Reason.DDE),
        ("under a prefix", '<x:oleLink xmlns:x="urn:x"/>', Reason.EXTERNAL_LINK),
        ("a formula", "<f>cmd|' /C calc'!A0</f>", Reason.DDE),
        ("a formula with a reference for the pipe", "<f>cmd&#x7c;' /C calc'!A0</f>", Reason.DDE),
        ("a formula in CDATA", "<f><![CDATA[cmd|' /C calc'!A0]]></f>", Reason.DDE),
        ("cut off", "<row>", Reason.UNREADABLE),
    ],
)
def test_what_a_large_sheet_hides_is_found(word, sheet, reason):
    assert reason in codes(xlsx(ROWS + sheet), "a.xlsx"), word


def test_what_a_large_sheet_hides_in_another_encoding_is_found():
    sheet = f"<?xml version='1.0' encoding='utf-16'?><worksheet>{ROWS}<ddeLink/></worksheet>".encode("utf-16")
    assert codes(xlsx(parts={"xl/worksheets/sheet1.xml": sheet}), "a.xlsx") == {Reason.DDE}


@pytest.mark.parametrize(
    ("word", "hidden", "reason"),
    [
        ("a field", '<w:fldSimple w:instr="DDEAUTO excel"/>', Reason.DDE),
        ("an instruction", "<w:instrText>DDE excel</w:instrText>", Reason.DDE),
        ("a field in parts", '<w:fldChar w:fldCharType="begin"/><w:instrText>DDE x</w:instrText>', Reason.DDE),
        ("a click", '<w:hlinkClick action="ppaction://macro?name=x"/>', Reason.MACRO),
        ("a pointer", '<w:hlinkHover action="ppaction://program"/>', Reason.EXECUTABLE_PART),
        ("a pointer by its old name", '<w:hlinkMouseOver action="ppaction://program"/>', Reason.EXECUTABLE_PART),
        ("a control", "<w:ocx/>", Reason.ACTIVEX),
        ("a control beneath a name of its own", '<ocx xmlns="urn:x"/>', Reason.ACTIVEX),
        ("a sheet of macros", "<w:macrosheet/>", Reason.MACRO),
        ("a name that runs", '<w:definedName name="_xlnm.Auto_Open"/>', Reason.MACRO),
        ("a prefix beyond ASCII", '<ü.1:macrosheet xmlns:ü.1="urn:x"/>', Reason.MACRO),
        ("a line end behind the name", "<w:macrosheet\n/>", Reason.MACRO),
        ("two colons", "<w:x:macrosheet/>", Reason.UNREADABLE),
    ],
)
def test_what_a_large_document_hides_is_found(word, hidden, reason):
    assert reason in codes(docx(ROWS + hidden), "a.docx"), word


def test_what_a_large_document_type_could_spell_is_found():
    part = f"<!DOCTYPE a [<!ENTITY x 'y'>]><a>{ROWS}&x;</a>".encode()
    assert Reason.XML_DTD in codes(docx(parts={"word/a.xml": part}), "a.docx")


@pytest.mark.parametrize(
    ("word", "hidden", "reason"),
    [
        ("a module", f'<s:module xmlns:s="{SCRIPT}"/>', Reason.MACRO),
        ("a source", f'<t:dde-source xmlns:t="{TABLE}"/>', Reason.DDE),
        ("a formula", f'<t:c xmlns:t="{TABLE}" t:formula="of:=Dde(1)"/>', Reason.DDE),
        ("a formula in references", f'<t:c xmlns:t="{TABLE}" t:formula="of:=&#68;DE(1)"/>', Reason.DDE),
        (
            "a link in letters of any case",
            '<a xmlns:l="http://www.w3.org/1999/xlink" l:href="VND.SUN.STAR.SCRIPT:x"/>',
            Reason.MACRO,
        ),
    ],
)
def test_what_a_large_table_hides_is_found(word, hidden, reason):
    content = f"<o>{ROWS}{hidden}</o>".encode()
    assert reason in codes(odf({"content.xml": content}), "a.odt"), word
