# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a clerk may look at without opening a file: pages and pictures as pixels, and the words for screen readers.

Runs where hostile bytes are looked into and nowhere else. What leaves is PNG made anew and plain text; nothing of the
file itself. A file that cannot be shown gives an empty preview, never an exception.
"""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import pypdfium2  # type: ignore[import-untyped] # ships no type information
from PIL import Image, ImageOps

from poststelle.core.formats import Format
from poststelle.inspection.image import MAX_PIXELS
from poststelle.inspection.mime.charsets import to_text
from poststelle.inspection.preview_text import OFFICE_TEXTS, office_text
from poststelle.inspection.sniff import sniff

MAX_PAGES = 10
"""Pages drawn for one request; the desk asks for the next ones."""
MAX_SIDE_PIXELS = 1_600
_DOTS_PER_POINT = 150 / 72
_MAX_TEXT_CHARS = 100_000
_WIDE_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8"))
_PICTURES: dict[Format, str] = {
    Format.PNG: "PNG",
    Format.JPG: "JPEG",
    Format.BMP: "BMP",
    Format.GIF: "GIF",
    Format.TIFF: "TIFF",
    Format.WEBP: "WEBP",
}
"""More than the page accepts: a clerk may want to see what was withheld."""
_TEXTS = frozenset({Format.TXT, Format.CSV, Format.TEXT, Format.XML, Format.JSON, Format.VCF, Format.ICS, Format.HTML})
_REFUSALS = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError, OverflowError, MemoryError)
_MORE_REFUSALS = (ZeroDivisionError, AttributeError, RuntimeError, Image.DecompressionBombError)


@dataclass(frozen=True, slots=True)
class Preview:
    """Empty where the file cannot be shown."""

    images: tuple[bytes, ...] = ()
    """PNG, from the first page asked for."""
    text: str = ""
    """The words, for screen readers and for formats without pages."""
    first_page: int = 0
    """Counted from zero."""
    page_count: int = 0
    """Of the whole file; a picture is one page, a text has none."""


def preview(content: bytes, first_page: int = 0, page_limit: int = MAX_PAGES) -> Preview:
    """Pixels and words of one file, told by its content. Never raises on hostile bytes."""
    told = sniff(content)
    try:
        return _shower(told)(content, max(first_page, 0), min(max(page_limit, 0), MAX_PAGES))
    except (*_REFUSALS, *_MORE_REFUSALS, pypdfium2.PdfiumError):
        return Preview()


_Shower = Callable[[bytes, int, int], Preview]


def _shower(told: Format) -> _Shower:
    if told is Format.PDF:
        return _pdf
    if told in _PICTURES:
        return lambda content, _first, _limit: _picture(content, _PICTURES[told])
    if told in OFFICE_TEXTS:
        return lambda content, _first, _limit: Preview(text=_printable(office_text(content, told)))
    if told in _TEXTS:
        return lambda content, _first, _limit: Preview(text=_plain(content))
    return lambda _content, _first, _limit: Preview()


def _pdf(content: bytes, first_page: int, page_limit: int) -> Preview:
    document = pypdfium2.PdfDocument(content)
    try:
        count = len(document)
        images: list[bytes] = []
        words: list[str] = []
        for number in range(first_page, min(first_page + page_limit, count)):
            page = document[number]
            images.append(_drawn(page))
            words.append(_words(page))
            page.close()
        return Preview(tuple(images), "\n\n".join(words)[:_MAX_TEXT_CHARS], first_page, count)
    finally:
        document.close()


def _drawn(page: pypdfium2.PdfPage) -> bytes:
    longest = max(*page.get_size(), 1.0)
    bitmap = page.render(scale=min(_DOTS_PER_POINT, MAX_SIDE_PIXELS / longest), may_draw_forms=False)
    try:
        return _as_png(bitmap.to_pil())
    finally:
        bitmap.close()


def _words(page: pypdfium2.PdfPage) -> str:
    text = page.get_textpage()
    try:
        return _printable(str(text.get_text_range(count=min(text.count_chars(), _MAX_TEXT_CHARS))))
    finally:
        text.close()


def _picture(content: bytes, codec: str) -> Preview:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(content), formats=(codec,)) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return Preview()
            picture.draft("RGB", (MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((MAX_SIDE_PIXELS, MAX_SIDE_PIXELS))
            return Preview((_as_png(upright),), page_count=1)


def _as_png(picture: Image.Image) -> bytes:
    """Pixels and nothing else: no metadata, no palette, no profile of the original."""
    mode = "RGBA" if "A" in picture.getbands() or "transparency" in picture.info else "RGB"
    plain = picture.convert(mode)
    bare = Image.frombytes(mode, plain.size, plain.tobytes())
    out = io.BytesIO()
    bare.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _plain(content: bytes) -> str:
    charset = next((name for mark, name in _WIDE_MARKS if content.startswith(mark)), "")
    return _printable(to_text(content[: 4 * _MAX_TEXT_CHARS // 2 * 2], charset))[:_MAX_TEXT_CHARS]


def _printable(text: str) -> str:
    """Without control and format characters, which could turn what is read round."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(letter for letter in lines if letter.isprintable() or letter in "\n\t")
