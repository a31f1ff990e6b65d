# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Files written into HTML as data: addresses are files of the message; what a page is made of is not."""

import time
from base64 import b64encode
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.facts import Tier
from poststelle.core.formats import Format
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.markup import MAX_ADDRESSES, files_in_markup, without_files
from poststelle.inspection.rebuild import rebuild
from support.mails import HEAD, PAYLOAD, digest, inspected

PROGRAM = b"MZ" + bytes(90)
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n"
GIF = b"GIF89a\1\0\1\0\x80\0\0" + bytes(20)


def address(content: bytes, media_type: bytes = b"application/octet-stream") -> bytes:
    return b"data:" + media_type + b";base64," + b64encode(content)


def letter(page: bytes, media_type: bytes = b"text/html") -> bytes:
    return HEAD + b"Content-Type: " + media_type + b"\r\n\r\n" + page + b"\r\n"


def link(spelt: bytes, more: bytes = b"") -> bytes:
    return b'<p>Hallo <a href="' + spelt + b'"' + more + b">hier</a></p>"


PAGES = {
    "a counting pixel": b'<img src="' + address(GIF, b"image/gif") + b'">',
    "a picture under another type": b'<img src="' + address(GIF) + b'">',
    "a drawing with plain signs": b"<i style='background:url(\"data:image/svg+xml;utf8,<svg/>\")'>",
    "a drawing with escapes": b'<img src="data:image/svg+xml,%3Csvg xmlns=%27a%27/%3E">',
    "a font": b"<style>@font-face{src:url(" + address(b"wOFF" + bytes(40)) + b")}</style>",
    "a style sheet": b"<link href='" + address(b"a{b:c}", b"text/css") + b"'>",
    "an empty picture": b'<img src="data:,"><img src="data:image/png;base64,">',
    "a template that nobody filled in": b'<img src="data:image/png;base64,{{logo}}">',
    "the word": b'Meta-Daten (data: siehe oben), <b title="data: a, b">data:</b> a/b, c',
}


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_is_made_of_is_no_file(page):
    seen = inspected(letter(PAGES[page]))
    assert [file.format for file in seen.files] == [Format.HTML]
    assert seen.tier is Tier.CLEAN


SPELLINGS = {
    "straight": link(address(PROGRAM)),
    "in capitals": link(address(PROGRAM).replace(b"data", b"DATA")),
    "without a type": link(address(PROGRAM, b"")),
    "said to be a picture": link(address(PROGRAM, b"image/png")),
    "with parameters and blanks": link(address(PROGRAM).replace(b";base64", b" ; a=b ; base64 ")),
    "in percent signs": link(b"data:a/b," + quote(PROGRAM).encode()),
    "base64 in percent signs": link(address(PROGRAM).replace(b"A", b"%41")),
    "behind blanks": link(b" \r\n\t" + address(PROGRAM)),
    "cut by a line end": link(address(PROGRAM).replace(b"data", b"da\r\nta")),
    "by references": link(address(PROGRAM).replace(b"data:", b"d&#97;&#x74a&colon;")),
    "with a fragment": link(address(PROGRAM) + b"#seite=2"),
    "in single quotes": b"<a href='" + address(PROGRAM) + b"'>",
    "in no quotes": b"<a href=" + address(PROGRAM) + b">",
    "in a style": b"<style>a{b:url(" + address(PROGRAM) + b")}</style>",
    "in a page in the page": b"<iframe srcdoc='&lt;a href=&quot;" + address(PROGRAM) + b"&quot;&gt;'>",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_anything_else_is_a_file_however_it_is_spelt(spelling):
    seen = inspected(letter(SPELLINGS[spelling]))
    assert digest(PROGRAM) in {file.sha256 for file in seen.files}
    assert [one.code for one in seen.defects] == ["data-address"]
    assert seen.attachments_bytes == len(PROGRAM)


def test_a_page_or_a_script_is_a_file_too():
    (page,), _ = files_in_markup(b'<object data="data:text/html,%3Cscript%3E">')
    (script,), _ = files_in_markup(link(b"data:text/plain,alert(1)", b" download=rechnung.js"))
    assert (page.name, page.content) == ("data-1.html", b"<script>")
    assert (script.name, script.content) == ("rechnung.js", b"alert(1)")


def test_the_declared_type_makes_the_name_which_the_content_is_held_against():
    seen = inspected(letter(link(address(PROGRAM, b"application/pdf"))))
    assert [one.code for one in seen.files[1].findings] == ["type-mismatch"]
    seen = inspected(letter(link(address(PDF, b"application/pdf"))))
    assert (seen.files[1].path, seen.files[1].format) == (("data-1.pdf",), Format.PDF)


def test_only_html_is_read_this_way():
    assert len(inspected(letter(link(address(PAYLOAD)), b"text/plain")).files) == 1


def test_the_rebuilt_message_holds_the_file_once_or_not_at_all():
    message = letter(link(address(PROGRAM)) + PAGES["a counting pixel"])
    for held, count in ((), 1), ((("data-1.bin",),), 0):
        again = inspected(drive_alone(rebuild(message, held, "")))
        assert again.tier is Tier.CLEAN
        assert sum(file.sha256 == digest(PROGRAM) for file in again.files) == count


def test_more_addresses_than_are_looked_at_refuse_the_message():
    assert files_in_markup(link(b"data:x") * (MAX_ADDRESSES + 1)) == ((), True)
    assert files_in_markup(link(address(GIF)) * 100) == ((), False)
    assert files_in_markup(link(b"data:a/b," + b"&amp;" * 10_001)) == ((), True)
    assert without_files('<a href="data:x">' * (MAX_ADDRESSES + 1)) == ""


@pytest.mark.parametrize(
    "piece", [b'"data:', b'"', b'"&#9;', b'"d&#97;t', b"=data:a/b,&amp;", b'"data:a/b;c=', b"<a download="]
)
def test_the_time_grows_with_the_text_and_not_faster(piece):
    started = time.process_time()
    files_in_markup(link(b"data:x") + piece * (2_000_000 // len(piece)))
    assert time.process_time() - started < 2, "a fifth of a second, November 2026"


@given(st.binary(max_size=300), st.sampled_from([b'"data:', b"(data:a/b;base64,", b"'d&#97;ta:,", b"=data:;,"]))
def test_any_bytes_are_answered_and_nothing_is_left_of_a_file(noise, opening):
    markup = noise + opening + noise
    files_in_markup(markup)
    assert files_in_markup(without_files(markup.decode("latin-1")).encode()) is not None
