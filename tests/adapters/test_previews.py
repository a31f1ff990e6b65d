# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a clerk may look at: drawn in the sandbox, made anew, bounded; and nothing where it cannot be."""

import base64
import io

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen import canvas

from poststelle.adapters.inspector_pool.order import Wanted
from poststelle.adapters.inspector_pool.pixels import pack_preview, unpack_preview
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.core.codec import CodecError
from poststelle.inspection.preview import MAX_PAGES, MAX_SIDE_PIXELS, Preview, preview
from support.mails import TEXT, mixed, part
from support.nurseries import a_nursery
from support.packages import ODF_TEXT, docx, odf, ooxml, xlsx
from support.zipfiles import Member, zip_bytes

W_P = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"


def pdf(pages: int = 1, words: str = "Antrag auf Wohngeld", size: tuple[float, float] = (595, 842)) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out, pagesize=size)
    for number in range(pages):
        sheet.drawString(40, size[1] / 2, f"{words} {number + 1}")
        sheet.showPage()
    sheet.save()
    return out.getvalue()


def drawn(image: bytes) -> Image.Image:
    with Image.open(io.BytesIO(image), formats=("PNG",)) as picture:
        picture.load()
        return picture


def test_pages_are_drawn_and_their_words_told():
    shown = preview(pdf(3))
    assert (len(shown.images), shown.page_count, shown.first_page) == (3, 3, 0)
    assert "Antrag auf Wohngeld 2" in shown.text
    assert len(set(drawn(shown.images[0]).convert("L").tobytes())) > 1  # something stands on it


@pytest.mark.parametrize(("first", "limit", "expected"), [(0, 2, 2), (11, 10, 1), (12, 10, 0), (-5, 1, 1), (0, 99, 10)])
def test_pages_are_drawn_a_few_at_a_time(first, limit, expected):
    shown = preview(pdf(12), first, limit)
    assert len(shown.images) == expected <= MAX_PAGES
    assert shown.page_count == 12


@pytest.mark.parametrize("size", [(595, 842), (14_400, 14_400), (1, 14_400)])
def test_no_page_is_drawn_larger_than_a_screen(size):
    [image] = preview(pdf(size=size)).images
    assert max(drawn(image).size) <= MAX_SIDE_PIXELS + 1


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP"])
def test_pictures_are_made_anew_without_what_they_carried(kind):
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "geheim"
    exif[0x0112] = 6
    how = {"exif": exif} if kind in ("JPEG", "TIFF", "WEBP") else {}
    Image.new("RGB", (3_000, 1_000), "red").save(out, kind, **how)
    [image] = preview(out.getvalue() + b"<script>").images
    picture = drawn(image)
    assert max(picture.size) <= MAX_SIDE_PIXELS
    assert (picture.size[0] < picture.size[1]) is bool(how)  # turned as its maker meant it
    assert not picture.info
    assert b"geheim" not in image


@pytest.mark.parametrize(
    ("word", "content", "expected"),
    [
        ("text", "Grüße\r\naus Münster".encode(), "Grüße\naus Münster"),
        ("Windows-1252", "Grüße aus der Straße".encode("cp1252"), "Grüße aus der Straße"),
        ("UTF-16", "Grüße".encode("utf-16"), "Grüße"),
        ("turned round", "a\u202etxt.exe".encode(), "atxt.exe"),
        ("docx", docx(W_P.format("Erste") + W_P.format("Zweite")), "Erste\nZweite"),
        ("xlsx", xlsx("<row><c><v>36</v></c><c t='inlineStr'><is><t>Hamm</t></is></c></row>"), "36\tHamm"),
        (
            "odt",
            odf({"content.xml": b"<o xmlns:t='urn:t'><t:p>Guten <t:span>Tag</t:span>, Frau</t:p></o>"}, ODF_TEXT),
            "Guten Tag, Frau",
        ),
    ],
)
def test_words_are_plain_text(word, content, expected):
    assert preview(content) == Preview(text=expected), word


def test_field_codes_are_not_words():
    code = '<w:r><w:instrText>HYPERLINK "http://host.example"</w:instrText></w:r>'
    assert preview(docx(f"<w:p>{code}<w:r><w:t>hier</w:t></w:r></w:p>")).text == "hier"


@pytest.mark.parametrize(
    "content", [b"", b"MZ" + bytes(80), zip_bytes(Member()), b"%PDF-1.7\nnothing", b"\x89PNG\r\n\x1a\n", ooxml()[:200]]
)
def test_what_cannot_be_shown_is_an_empty_preview(content):
    assert preview(content).images == ()


def test_a_pdf_that_needs_a_password_is_an_empty_preview():
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    assert preview(out.getvalue()) == Preview()


@settings(max_examples=60, deadline=None)
@given(st.sampled_from([pdf(), docx(W_P.format("a"))]), st.binary(max_size=30), st.integers(0, 2_000))
def test_damage_never_raises(whole, patch, at):
    preview(whole[:at] + patch + whole[at + len(patch) :])


@pytest.mark.parametrize(
    ("word", "spoil"),
    [
        ("cut", lambda packed: packed[:-1]),
        ("longer", lambda packed: packed + b"x"),
        ("no picture", lambda packed: packed.replace(b"\x89PNG", b"<svg")),
        ("no facts", lambda packed: b"[]\n" + packed),
    ],
)
def test_what_no_honest_worker_sends_is_no_preview(word, spoil):
    packed = pack_preview(preview(pdf()))
    assert unpack_preview(packed).page_count == 1
    with pytest.raises(CodecError):
        unpack_preview(spoil(packed))


def test_the_pool_shows_a_file_of_a_message_and_a_file_alone():
    fields = (b'Content-Type: application/pdf; name="a.pdf"', b"Content-Transfer-Encoding: base64")
    message = mixed(TEXT, part(base64.encodebytes(pdf(2)).replace(b"\n", b"\r\n"), *fields))
    pool = InspectorPool(_NoScanner(), None, PoolSettings(workers=1), nursery=a_nursery())
    try:
        shown = pool.preview(io.BytesIO(message), Wanted(("a.pdf",), first_page=1), 30)
        assert (len(shown.images), shown.page_count, shown.first_page) == (1, 2, 1)
        assert pool.preview_file(io.BytesIO(pdf()), 30).text.strip() == "Antrag auf Wohngeld 1"
        assert pool.preview(io.BytesIO(message), Wanted(("b.pdf",)), 30) == Preview()
    finally:
        pool.close()


class _NoScanner:
    def scan(self, content, deadline_seconds):
        raise AssertionError("nothing is scanned for a preview")

    def engine(self):
        return "none"
