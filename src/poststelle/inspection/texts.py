# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Texts that are read rather than saved: which types they have, and when bytes declared as one are none."""

from dataclasses import dataclass
from hashlib import sha256
from itertools import chain

from poststelle.core.formats import Format
from poststelle.inspection.markup import files_in_markup
from poststelle.inspection.mime.charsets import fits, to_text
from poststelle.inspection.mime.decode import Chunk
from poststelle.inspection.mime.intext import InText, files_in_text
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.readings import Readings, read_leaf
from poststelle.inspection.mime.source import how_many, with_lf
from poststelle.inspection.mime.tree import Part

MAX_READ_TEXT_BYTES = 1024 * 1024
"""Of all main texts together, for terms, links and the desk."""
BODY_FORMATS = {"text/plain": Format.TXT, "text/html": Format.HTML}
READ_TYPES = BODY_FORMATS | {
    "text/enriched": Format.TXT,
    "text/richtext": Format.TXT,
    "text/watch-html": Format.HTML,
    "text/x-amp-html": Format.HTML,
}
"""Types that clients show as text, and alternatives of such."""
_MAX_CONTROL_SHARE = 100
"""A text with more than one control character in so many bytes is none."""
_PIECE_BYTES = 64 * 1024
_BINARY = bytes(value for value in range(32) if value not in b"\t\n\r\f\x1b")


@dataclass(frozen=True, slots=True)
class MainText:
    """A text body of the message itself."""

    path: tuple[str, ...]
    media_type: str
    charset: str
    """As declared; empty where it is not."""
    text: str
    is_mended: bool = False
    """The charset is unknown, or the bytes are not of it."""


def read_main_text(path: tuple[str, ...], part: Part, content: bytes) -> MainText:
    """A text body as it reads under the charset it declares, or the one that fits."""
    stated = part.content_type.every(b"charset") if part.content_type is not None else ()
    charset = stated[0].decode("latin-1") if stated else ""
    return MainText(path, part.media_type, charset, to_text(content, charset), is_mended=not fits(content, charset))


def is_binary(content: Chunk) -> bool:
    """Declared a text and none: then it is looked into like any file."""
    controls = how_many(content, _BINARY)
    return controls * _MAX_CONTROL_SHARE > len(content) or (controls > 0 and b"\0" in bytes(content))


def leaf_readings(part: Part, *, is_text: bool, ledger: Ledger | None = None) -> Readings:
    """The readings of a leaf; of what is declared a text to be read and is none, all of them."""
    codes, readings = read_leaf(part, is_text=is_text, ledger=ledger)
    if not is_text or part.encoding != "quoted-printable" or not codes:
        return codes, readings
    first = next(readings)
    if is_binary(first):
        return read_leaf(part, is_text=False, ledger=ledger)
    return codes, chain((first,), readings)


def likeliest(part: Part, *, is_text: bool) -> bytes:
    """The first reading of a leaf, made once more."""
    return bytes(next(leaf_readings(part, is_text=is_text)[1]))


def written_into(media_type: str, content: bytes) -> tuple[tuple[InText, ...], bool]:
    """The files written into a text of this type, and whether there were more than are looked at."""
    found, is_cut = files_in_text(content)
    if READ_TYPES.get(media_type) is not Format.HTML:
        return found, is_cut
    in_markup, is_markup_cut = files_in_markup(content)
    return (*found, *in_markup), is_cut or is_markup_cut


def text_hash(content: bytes) -> str:
    """SHA-256 of the text with CRLF as LF, right-stripped: the same however it was sent."""
    digest = sha256()
    for piece in with_lf(content, _text_end(content)):
        digest.update(piece)
    return digest.hexdigest()


def _text_end(content: bytes) -> int:
    """Offset behind the last byte that is no blank."""
    end = len(content)
    while end > 0:
        start = max(end - _PIECE_BYTES, 0)
        kept = len(content[start:end].rstrip())
        if kept:
            return start + kept
        end = start
    return 0
