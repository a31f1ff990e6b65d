# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A preview on its way out of the sandbox: a line of facts, then the pictures one after the other.

The pool believes nothing: sizes must add up, and every picture must be a PNG, or there is no preview.
"""

from dataclasses import dataclass

from poststelle.core.codec import CodecError, dump, load
from poststelle.inspection.preview import MAX_PAGES, Preview

_PNG = b"\x89PNG\r\n\x1a\n"
MAX_HEAD_BYTES = 1024 * 1024
MAX_IMAGE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class _Head:
    sizes: tuple[int, ...]
    text: str
    first_page: int
    page_count: int


def pack_preview(shown: Preview) -> bytes:
    """As the worker sends it."""
    sizes = tuple(len(image) for image in shown.images)
    head = dump(_Head(sizes, shown.text, shown.first_page, shown.page_count))
    return head + b"\n" + b"".join(shown.images)


def unpack_preview(packed: bytes) -> Preview:
    """As the pool reads it. Raises CodecError on anything that no honest worker sends."""
    line, _, images = packed.partition(b"\n")
    head = load(_Head, line, MAX_HEAD_BYTES)
    if len(head.sizes) > MAX_PAGES or any(not 0 < size <= MAX_IMAGE_BYTES for size in head.sizes):
        raise CodecError("more or larger pictures than are drawn")
    found: list[bytes] = []
    at = 0
    for size in head.sizes:
        found.append(images[at : at + size])
        at += size
    if at != len(images) or any(not image.startswith(_PNG) for image in found):
        raise CodecError("not the pictures announced")
    return Preview(tuple(found), head.text, head.first_page, head.page_count)
