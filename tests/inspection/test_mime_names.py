# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every name a client could read, and the one that is shown."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.inspection.mime.charsets import decode_words, to_text
from poststelle.inspection.mime.limits import MAX_NAME_CHARACTERS
from poststelle.inspection.mime.names import display_name, extension
from support.mails import TEXT, attached, attachment, codes, inspected, mixed

CASES = {
    "plain": (b'filename="Antrag.pdf"', {"Antrag.pdf"}),
    "extended": (b"filename*=utf-8''Antr%C3%A4ge.pdf", {"Anträge.pdf"}),
    "continued": (b"filename*0*=utf-8''Antr%C3%A4; filename*1=\"ge.pdf\"", {"Anträge.pdf"}),
    "gap": (b"filename*0=a.pdf; filename*2=.exe", {"a.pdf", "a.pdf.exe"}),
    "plain-and-continued": (b"filename=a.pdf; filename*0=a.; filename*1=exe", {"a.pdf", "a.exe"}),
    "twice": (b"filename=a.pdf; filename=b.exe", {"a.pdf", "b.exe"}),
    "encoded-word": (b'filename="=?iso-8859-1?Q?Antr=E4ge=2Epdf?="', {"Anträge.pdf"}),
    "encoded-words": (b'filename="=?utf-8?B?QW50csM=?= =?utf-8?B?pGdlLnBkZg==?="', {"Anträge.pdf"}),
    "word-inside-a-word": (b'filename="a=?utf-8?Q?.exe?=b.pdf"', {"a.exeb.pdf", "a=?utf-8?Q?.exe?=b.pdf"}),
    "cut-at-nul": (b"filename*=utf-8''a.exe%00.pdf", {"a.exe\ufffd.pdf", "a.exe"}),
    "stream": (b'filename="a.exe::$DATA.pdf"', {"a.exe::$DATA.pdf", "a.exe"}),
    "latin-1": (b'filename="Antr\xe4ge.pdf"', {"Anträge.pdf"}),
    "unquoted-blank": (b"filename=a b.exe", {"a", "a b.exe"}),
    "open-quote": (b'filename="a.exe', {"a.exe"}),
    "backslash": (b'filename="C:\\new\\a.pdf"', {"C:newa.pdf", "C:\\new\\a.pdf"}),
    "unknown-charset": (b"filename*=x-none''%E4.pdf", {"ä.pdf"}),
}


MENDED = {
    "a piece twice, the last wins": b"filename*0=a.; filename*1=txt; filename*1=exe",
    "the first piece twice": b"filename*0=a.txt; filename*0=a.exe",
    "a number of many digits": b"filename*0=a.; filename*99999999999999999999=exe",
    "percent signs in a plain name": b'filename="a%2Eexe"',
    "percent signs twice": b"filename*=utf-8''a%252Eexe",
    "base64 with a foreign sign": b'filename="=?utf-8?b?YS5!leGU=?="',
    "an invisible letter in the extension": 'filename="a.e\u200bxe"'.encode(),
    "an invisible letter behind it": 'filename="a.exe\u200b"'.encode(),
    "a hard blank behind it": 'filename="a.exe\u00a0"'.encode(),
    "wide letters": 'filename="a.ｅｘｅ"'.encode(),
    "a wide dot": 'filename="a．exe"'.encode(),
    "a dot that is a leader": 'filename="a․exe"'.encode(),
    "a fold behind the dot": b'filename="a.\r\n exe"',
    "blanks that push it out of sight": b'filename="a.exe' + b" " * 90 + b'.txt"',
    "single quotes": b"filename='a.exe'",
    "angles": b"filename=<a.exe>",
    "a comment in the value": b"filename=a.(c)exe",
    "a comment behind the attribute": b"filename(c)=a.exe",
    "a comment before the value": b"filename=(a.txt)a.exe",
    "behind the closing quote": b'filename="a".exe',
    "behind an escaped quote": b'filename="a\\."exe',
    "two strings": b'filename="a.txt" "b.exe"',
    "behind a semicolon": b"filename=a.txt;b.exe",
    "the attribute of the other field": b'name="a.exe"',
    "a slash behind it": b'filename="a.exe/"',
    "two bytes a letter, in the other order": b"filename*=utf-16''%00a%00.%00e%00x%00e",
}


@pytest.mark.parametrize("with_type", [b"", b"; name=a.txt"], ids=["alone", "beside a harmless one"])
@pytest.mark.parametrize("case", MENDED)
def test_a_name_that_a_client_mends_is_a_candidate_as_mended(case, with_type):
    entity = attachment(MENDED[case]).replace(b"octet-stream", b"octet-stream" + with_type)
    (file,) = attached(inspected(mixed(TEXT, entity)))
    assert "exe" in {name.rpartition(".")[2] for name in file.names}


@pytest.mark.parametrize(
    "name",
    [
        "Ergebnis….pdf", "v1․2.pdf", "Rechnung 100%.pdf", "50%25 Rabatt.pdf", "Fa. Meier.doc.pdf", "ｗｉｄｅ.pdf",
        "z. B. Müller.pdf", "Protokoll.com-Sitzung.pdf", "„Antrag“.pdf", "Antrag   neu.pdf", "½ Seite №7.pdf",
    ],
)  # fmt: skip
def test_an_honest_name_is_its_only_candidate(name):
    field = b"filename*=utf-8''" + quote(name).encode()
    (file,) = attached(inspected(mixed(TEXT, attachment(field))))
    assert {one.rpartition(".")[2] for one in file.names} == {"pdf"}


@pytest.mark.parametrize("case", CASES)
def test_every_reading_of_a_name_is_a_candidate(case):
    field, wanted = CASES[case]
    (file,) = attached(inspected(mixed(TEXT, attachment(field))))
    assert set(file.names) == wanted


def test_the_name_of_the_content_type_is_a_candidate_too():
    field = attachment(b'filename="a.pdf"').replace(b"octet-stream", b'octet-stream; name="a.exe"')
    seen = inspected(mixed(TEXT, field))
    assert attached(seen)[0].names == ("a.pdf", "a.exe")
    assert "names-conflict" in codes(seen)


def test_the_attribute_of_the_disposition_counts_in_the_content_type():
    field = attachment(b'filename="a.pdf"').replace(b"octet-stream", b"octet-stream; filename=a.exe")
    assert attached(inspected(mixed(TEXT, field)))[0].names == ("a.pdf", "a.exe")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("a.pdf. . ", "a.pdf"),
        ("rechnung\u202efdp.exe", "rechnungfdp.exe"),
        ("a\u0308.pdf", "ä.pdf"),
        ("a:b.pdf", "a_b.pdf"),
        ("zwei\r\nZeilen.pdf", "zweiZeilen.pdf"),
    ],
)
def test_the_shown_name_is_safe_to_write(name, shown):
    assert display_name(name) == shown


@given(st.text())
def test_a_shown_name_never_leaves_its_folder(name):
    shown = display_name(name)
    assert not set(shown) & set('/\\:\0\r\n"<>|?*')
    assert len(shown) <= MAX_NAME_CHARACTERS
    assert shown.isprintable() or not shown


@pytest.mark.parametrize(("name", "end"), [("a.PDF", "pdf"), ("a.exe. ", "exe"), ("a", ""), ("dir.x/a", "")])
def test_the_extension_is_what_windows_goes_by(name, end):
    assert extension(name) == end


@given(st.binary(), st.text(max_size=20))
def test_any_bytes_become_text(content, charset):
    assert isinstance(to_text(content, charset), str)
    assert isinstance(decode_words(content), str)


def test_a_character_split_over_two_words_is_joined():
    assert decode_words(b"=?utf-8?B?w6Q=?= =?utf-8?Q?=C3?= =?utf-8?Q?=B6?= b") == "äö b"


def test_two_files_of_one_name_get_two_paths():
    seen = inspected(mixed(TEXT, attachment(), attachment()))
    assert [file.path for file in attached(seen)] == [("a.bin",), ("a (2).bin",)]
