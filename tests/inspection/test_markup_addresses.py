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
from poststelle.inspection.markup import ESCAPES_A_STEP, MAX_ADDRESSES, MAX_STEPS, files_in_markup, without_files
from poststelle.inspection.rebuild import rebuild
from poststelle.inspection.spelling import LIKELY_STEPS
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
    "by references without a number": link(address(PROGRAM).replace(b"data:", b"d&Tab;at&NewLine;a&colon;")),
    "by references with more zeros than numbers have digits": link(
        address(PROGRAM).replace(b"ta:", b"t&#" + b"0" * 5_000 + b"97&#x" + b"0" * 5_000 + b"3A;")
    ),
    "with such references inside": link(address(PROGRAM).replace(b"A", b"&#" + b"0" * 5_000 + b"65;", 1)),
    "far behind its sign": link(b"&#10;" * 10_000 + address(PROGRAM)),
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
    assert [one.code for one in seen.defects if one.tier is not Tier.NOTE] == ["data-address"]
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
    ("word", "page", "is_cut"),
    [
        ("escapes", link(b"data:a/b," + b"%41" * (MAX_STEPS - 1) * ESCAPES_A_STEP), False),
        ("more escapes", link(b"data:a/b," + b"%41" * (MAX_STEPS + 1) * ESCAPES_A_STEP), True),
        ("references in all addresses", (link(b"data:a/b," + b"&amp;" * 9_000) + b"\n") * 12, True),
        ("openings by reference", b"&#100;" * (MAX_STEPS + 2), True),
        ("openings that come to nothing", b'"d&# 97;ta:' * (MAX_STEPS // LIKELY_STEPS + 1), True),
        ("references to other signs", b"&#1076;&#228;" * (MAX_STEPS + 1), False),
        ("openings of every kind", b"= ;d\"data'(" * (MAX_STEPS + 1) + b"&#228;", False),
    ],
)
def test_what_a_page_may_cost_is_counted(word, page, is_cut):
    assert files_in_markup(page)[1] is is_cut, word


@pytest.mark.parametrize(
    "piece",
    [
        *(
            b'"data:',
            b'"',
            b'"&#9;',
            b'"d&#97;t',
            b"=data:a/b,&amp;",
            b'"data:a/b;c=',
            b"<a download=",
            b"&#9;",
            b"&Tab;",
        ),
        *(b";data:a/b,x&quot;", b";data:a/b,x", b'=&#9"', b"&#9 ;", b"0", b"=&#00000000", b"x;", b"d&#10;a&#10;t"),
    ],
)
def test_the_time_grows_with_the_text_and_not_faster(piece):
    started = time.process_time()
    files_in_markup(link(b"data:x") + piece * (2_000_000 // len(piece)))
    assert time.process_time() - started < 2, "a fifth of a second, November 2026"


SIGNS = {sign: [bytes([ord(sign)]), b"&#%d;" % ord(sign), b"&#x0%x" % ord(sign)] for sign in "DATAdata:"}
GAPS = st.lists(st.sampled_from([b" ", b"\n", b"&Tab;", b"&#9", b"&#13;", b"&#xA;"]), max_size=3).map(b"".join)
SPELT = st.builds(
    lambda opening, word, gaps: opening + b"".join(gap + one for gap, one in zip(gaps, word, strict=True)),
    st.sampled_from([b'"', b"'", b"=", b"(", b";", b"&quot;"]),
    st.tuples(*(st.sampled_from(SIGNS[sign.upper()] + SIGNS[sign]) for sign in "data:")),
    st.tuples(*[GAPS] * 5),
)
NOISE = st.lists(
    st.sampled_from(
        [b"<", b"=", b";", b'"', b"d", b"&#9;", b"&#9", b"&#100;", b"&#0100", b" ", b"data", b"x" * 16_384]
    ),
    max_size=5,
).map(b"".join)


@given(NOISE, SPELT)
def test_every_spelling_is_found_wherever_it_stands(noise, spelt):
    files, is_cut = files_in_markup(noise + b"<a href" + spelt + b"a/b,MZ>")
    assert [one.content[:2] for one in files] == [b"MZ"]
    assert not is_cut


@given(st.binary(max_size=300), st.sampled_from([b'"data:', b"(data:a/b;base64,", b"'d&#97;ta:,", b"=data:;,"]))
def test_any_bytes_are_answered_and_nothing_is_left_of_a_file(noise, opening):
    markup = noise + opening + noise
    files_in_markup(markup)
    assert files_in_markup(without_files(markup.decode("latin-1")).encode()) is not None
