# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import codecs
import random

import pytest

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.text import inspect_text

LETTER = (
    "Sehr geehrte Damen und Herren,\r\nanbei die Größenangaben für das Straßenfest.\r\n\tMit freundlichen Grüßen\r\n"
)


def codes(content: bytes) -> list[Reason]:
    return [found.code for found in inspect_text(content, Format.TXT, Budget()).findings]


@pytest.mark.parametrize(
    "content",
    [
        LETTER.encode("utf-8"),
        codecs.BOM_UTF8 + LETTER.encode("utf-8"),
        codecs.BOM_UTF16_LE + LETTER.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + LETTER.encode("utf-16-be"),
        LETTER.encode("cp1252"),
        (LETTER + "–„“€").encode("cp1252"),
        LETTER.encode("iso-8859-1"),
        (LETTER + "€").encode("iso-8859-15"),
        LETTER.encode("cp437"),
        LETTER.encode() + b"\x1a",
        LETTER.encode() + b"\x0c" + LETTER.encode(),
        LETTER.encode() + b"\x00",
        b"x",
    ],
)
def test_text_of_an_office_computer_passes(content) -> None:
    assert codes(content) == []


@pytest.mark.parametrize("encoding", ["utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be", "cp500", "cp273"])
def test_other_encodings_are_named_so(encoding) -> None:
    assert codes(LETTER.replace("\r\n", " ").encode(encoding)) == [Reason.TXT_ENCODING]


def test_marked_wide_encodings_are_told_by_their_mark() -> None:
    assert codes(codecs.BOM_UTF32_LE + LETTER.encode("utf-32-le")) == [Reason.TXT_ENCODING]
    assert codes(codecs.BOM_UTF32_BE + LETTER.encode("utf-32-be")) == [Reason.TXT_ENCODING]
    assert codes(codecs.BOM_UTF16_LE + b"\x00\xd8" * 3) == [Reason.TXT_ENCODING]


def test_nuls_and_controls_make_a_file_binary() -> None:
    assert codes(LETTER.encode() + b"\x00\x01\x02" + LETTER.encode()) == [Reason.BINARY]
    assert codes(b"\x01\x02\x03" * 50 + b"text") == [Reason.BINARY]
    assert codes(codecs.BOM_UTF16_LE + "a\x00b".encode("utf-16-le")) == [Reason.BINARY]
    assert codes(random.Random(3).randbytes(4096)) == [Reason.BINARY]


def test_a_single_stray_control_in_a_long_letter_is_no_program() -> None:
    assert codes(LETTER.encode() * 20 + b"\x02") == []
