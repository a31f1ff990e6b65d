# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.image import MAX_PIXELS, inspect_image
from poststelle.inspection.image_bmp import bmp_fault
from poststelle.inspection.image_tail import MAX_PIECES

KINDS = {Format.PNG: "PNG", Format.JPG: "JPEG", Format.BMP: "BMP"}


def picture(kind: Format, mode: str = "RGB", size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    noise = random.Random(7).randbytes(size[0] * size[1] * len(Image.new(mode, (1, 1)).getbands()))
    out = io.BytesIO()
    Image.frombytes(mode, size, noise).save(out, KINDS[kind], **how)
    return out.getvalue()


def codes(content: bytes, kind: Format, budget: Budget | None = None) -> list[Reason]:
    return [found.code for found in inspect_image(content, kind, budget or Budget()).findings]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as members:
        members.writestr("plan.exe", b"MZ")
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "mode", "how"),
    [
        (Format.PNG, "RGB", {}),
        (Format.PNG, "L", {}),
        (Format.PNG, "RGBA", {}),
        (Format.JPG, "RGB", {}),
        (Format.JPG, "L", {}),
        (Format.JPG, "CMYK", {}),
        (Format.JPG, "RGB", {"progressive": True}),
        (Format.BMP, "RGB", {}),
        (Format.BMP, "L", {}),
        (Format.BMP, "RGBA", {}),
    ],
)
@pytest.mark.parametrize("size", [(64, 48), (1, 1), (3, 200)])
def test_whole_pictures_pass_and_cut_ones_are_unreadable(kind, mode, how, size) -> None:
    content = picture(kind, mode, size, **how)
    assert codes(content, kind) == []
    assert codes(content[: len(content) // 2], kind) == [Reason.UNREADABLE]


def test_an_animated_png_passes() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    out = io.BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    assert codes(out.getvalue(), Format.PNG) == []


def png_of(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_the_pixel_limit_is_on_what_the_header_says() -> None:
    side = 10_000
    assert codes(png_of(side, MAX_PIXELS // side + 1), Format.PNG) == [Reason.IMG_BOMB]
    assert codes(png_of(side, MAX_PIXELS // side), Format.PNG) == [Reason.UNREADABLE]


def test_a_wrong_sum_counts_only_in_chunks_that_readers_need() -> None:
    content = picture(Format.PNG)
    damaged = bytearray(content)
    damaged[content.index(b"IDAT") + 20] ^= 1
    assert codes(bytes(damaged), Format.PNG) == [Reason.UNREADABLE]
    comment = chunk(b"tEXt", b"Comment\x00x")[:-4] + b"oops"
    at = content.index(b"IDAT") - 4
    assert codes(content[:at] + comment + content[at:], Format.PNG) == []


def test_a_compressed_comment_that_expands_spoils_no_picture() -> None:
    content = picture(Format.PNG)
    at = content.index(b"IDAT") - 4
    comment = chunk(b"zTXt", b"Comment\x00\x00" + zlib.compress(bytes(8 << 20)))
    assert codes(content[:at] + comment + content[at:], Format.PNG) == []


@pytest.mark.parametrize("kind", [Format.PNG, Format.JPG])
@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        (b"", []),
        (b"\x00" * 40, []),
        (b"ftypmp42" * 9, []),
        (b"PK", []),
        (picture(Format.JPG), []),
        (archive(), [Reason.POLYGLOT]),
        (b"\x00" * 5000 + archive(), [Reason.POLYGLOT]),
        (b"%PDF-1.7\n", [Reason.POLYGLOT]),
        (b"Rar!\x1a\x07\x01\x00", [Reason.POLYGLOT]),
        (b"MZ" + bytes(58) + struct.pack("<I", 64) + b"PE\x00\x00", [Reason.POLYGLOT]),
        (b"MZ is how this comment begins", []),
    ],
)
def test_only_a_container_behind_the_picture_makes_a_polyglot(kind, tail, expected) -> None:
    assert codes(picture(kind) + tail, kind) == expected


def test_a_zip_hidden_before_the_pixels_is_found_by_its_end_record() -> None:
    content = picture(Format.PNG, size=(4, 4))
    at = content.index(b"IDAT") - 4
    assert codes(content[:at] + chunk(b"prVt", archive()) + content[at:], Format.PNG) == [Reason.POLYGLOT]


def bitmap(bits: int, compression: int, pixels: bytes, **more: int) -> bytes:
    size, width, height = more.get("header", 40), more.get("width", 5), more.get("height", 3)
    info = struct.pack("<IiiHHIIiiII", size, width, height, 1, bits, compression, len(pixels), 0, 0, 0, 0)
    info = info[:size].ljust(size, b"\x00") + bytes(more.get("palette", 0))
    return b"BM" + struct.pack("<IHHI", 14 + len(info) + len(pixels), 0, 0, 14 + len(info)) + info + pixels


@pytest.mark.parametrize(
    ("content", "is_whole"),
    [
        (bitmap(16, 0, bytes(12 * 3)), True),
        (bitmap(16, 0, bytes(12 * 3 - 1)), False),
        (bitmap(32, 3, bytes(20 * 3), header=52), True),
        (bitmap(32, 3, bytes(20 * 3), header=56), True),
        (bitmap(2, 0, bytes(4 * 3), palette=16), True),
        (bitmap(24, 0, bytes(16 * 3), height=-3), True),
        (bitmap(24, 0, bytes(16 * 3), header=16), True),
        (bitmap(8, 1, b"\x05\x01\x00\x00\x05\x02\x00\x00\x05\x03\x00\x01"), True),
        (bitmap(8, 1, b"\x05\x01\x00\x00\x05\x02"), True),
        (bitmap(8, 1, b"\x05\x01"), False),
        (bitmap(8, 1, b"\x00\x03\x01\x02\x03\x00\x00\x02\x01\x01\x00\x01"), True),
        (bitmap(4, 2, b"\x0f\x12\x00\x01"), True),
        (bitmap(8, 2, b"\x0f\x12\x00\x01"), False),
        (bitmap(7, 0, bytes(100)), False),
        (bitmap(24, 4, bytes(100)), False),
        (bitmap(24, 0, bytes(100), width=0), False),
        (bitmap(24, 0, bytes(100), width=2**31 - 1), False),
        (b"BM" + bytes(60), False),
        (b"XX" + bytes(60), False),
        (b"", False),
    ],
)
def test_the_second_bitmap_reader_asks_whether_all_rows_are_there(content, is_whole) -> None:
    assert (bmp_fault(content) == "") is is_whole


def test_an_os2_bitmap_with_the_short_header_is_read() -> None:
    head = struct.pack("<IHHHH", 12, 5, 3, 1, 24)
    assert bmp_fault(b"BM" + struct.pack("<IHHI", 74, 0, 0, 26) + head + bytes(48)) == ""


def test_a_format_without_decoder_is_unreadable() -> None:
    assert codes(b"GIF89a", Format.GIF) == [Reason.UNREADABLE]


def test_time_that_is_over_is_a_timeout() -> None:
    assert codes(picture(Format.PNG), Format.PNG, Budget(spent=lambda: True)) == [Reason.TIMEOUT]


@pytest.mark.parametrize("kind", list(KINDS))
def test_damage_anywhere_never_raises(kind) -> None:
    content = picture(kind, size=(9, 7))
    chance = random.Random(kind.value)
    for _ in range(300):
        damaged = bytearray(content)
        for _ in range(3):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        codes(bytes(damaged), kind)
        codes(bytes(damaged[: chance.randrange(len(damaged))]), kind)


COMMENT = b"\xff\xfe\x00\x02"


@pytest.mark.parametrize(
    ("word", "header"),
    [
        ("segments", COMMENT * (MAX_PIECES + 1)),
        ("fill bytes", b"\xff" * (MAX_PIECES + 1)),
        ("no scan at all", b"\xff" * 2 * MAX_PIECES + b"\xff\xd9"),
    ],
)
def test_a_header_of_more_pieces_than_pictures_have_is_not_decoded(word, header):
    """The decoder looks at each byte of it for itself: minutes for 20 MB."""
    jpeg = picture(Format.JPG)
    picture_data = b"" if word.startswith("no") else jpeg[2:]
    assert set(codes(jpeg[:2] + header + picture_data, Format.JPG)) == {Reason.UNREADABLE}
    assert codes(jpeg[:2] + header[:400] + jpeg[2:], Format.JPG) == []


def test_no_file_hides_behind_more_segments_than_are_looked_at():
    jpeg = picture(Format.JPG)
    assert Reason.UNREADABLE in codes(jpeg[:-2] + COMMENT * (MAX_PIECES + 1) + jpeg[-2:] + b"%PDF-1.4", Format.JPG)
    assert Reason.POLYGLOT in codes(jpeg[:-2] + COMMENT * 1_000 + jpeg[-2:] + b"%PDF-1.4", Format.JPG)


def test_more_chunks_than_are_looked_at_are_no_picture():
    png = picture(Format.PNG)
    empty = chunk(b"tEXt", b"")
    assert codes(png[:33] + empty * MAX_PIECES + png[33:], Format.PNG) == [Reason.UNREADABLE]
    assert codes(png[:33] + empty * 100 + png[33:], Format.PNG) == []
