# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into an image: decoded to its last row, never too large to decode, and nothing else hidden behind it.

Knows only the three formats of the page; a picture's content and its metadata are nobody's business here.
"""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.image_bmp import bmp_fault, bmp_size
from poststelle.inspection.image_tail import (
    foreign_tail,
    jpeg_end,
    jpeg_fault,
    jpeg_size,
    png_core,
    png_end,
    png_fault,
    png_size,
)
from poststelle.inspection.seen import Seen, finding

MAX_PIXELS = 120_000_000
"""More than the largest scanners of an office make; decoded it would fill the worker's memory."""
_CODECS = {Format.PNG: "PNG", Format.JPG: "JPEG", Format.BMP: "BMP"}
_SIZES = {Format.PNG: png_size, Format.JPG: jpeg_size, Format.BMP: bmp_size}
_ENDS = {Format.PNG: png_end, Format.JPG: jpeg_end}
_FAULTS = {Format.PNG: png_fault, Format.JPG: jpeg_fault}
_DRAFT_DIVISOR = 8
"""JPEG is decoded at an eighth of its size: every coefficient is still read, a fifth of the time is spent."""


def inspect_image(content: bytes, format: Format, budget: Budget) -> Seen:  # noqa: A002 - every inspector's shape
    """Whether the picture is whole and is only a picture."""
    width, height = _SIZES[format](content) if format in _SIZES else (0, 0)
    if width * height > MAX_PIXELS:
        return Seen((finding(Reason.IMG_BOMB, f"{width} x {height} pixels"),))
    if budget.is_spent:
        return Seen((finding(Reason.TIMEOUT, "before decoding"),))
    fault = _fault(content, format)
    tail = _tail(content, format)
    return Seen(tuple(found for found in (fault, tail) if found is not None))


def _fault(content: bytes, kind: Format) -> Finding | None:
    """Why the picture cannot be shown whole. PNG sums are checked first, which the decoder passes over."""
    codec = _CODECS.get(kind)
    if codec is None:
        return finding(Reason.UNREADABLE, f"no decoder for {kind.value}")
    if kind in _FAULTS and (broken := _FAULTS[kind](content)):
        return finding(Reason.UNREADABLE, broken)
    refusal = _decode(content, codec)
    if refusal and kind is Format.BMP:
        refusal = bmp_fault(content)
    if refusal and kind is Format.PNG:
        refusal = _decode(png_core(content), codec)
    return finding(Reason.UNREADABLE, refusal) if refusal else None


def _decode(content: bytes, codec: str) -> str:
    """Empty where every row was decoded, else what stood in the way."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=(codec,)) as picture:
                picture.draft("L", _drafted(picture.width, picture.height))
                picture.load()
    except Image.DecompressionBombError:
        return "too many pixels"
    except UnidentifiedImageError:
        return "not recognised by its decoder"
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError, KeyError) as error:
        return type(error).__name__
    except (OverflowError, MemoryError, ZeroDivisionError, AttributeError, RuntimeError) as error:
        return type(error).__name__
    return ""


def _drafted(width: int, height: int) -> tuple[int, int]:
    return (max(width // _DRAFT_DIVISOR, 1), max(height // _DRAFT_DIVISOR, 1))


def _tail(content: bytes, kind: Format) -> Finding | None:
    end = _ENDS[kind](content) if kind in _ENDS else len(content)
    if end < 0:
        return finding(Reason.UNREADABLE, "too many segments")
    container = foreign_tail(content, end)
    return finding(Reason.POLYGLOT, f"{container} behind the picture") if container else None
