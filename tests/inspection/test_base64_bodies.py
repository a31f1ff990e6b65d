# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A body in base64 has one content where every reader finds the same, and none where one of them could differ."""

import base64
from binascii import a2b_base64
from mmap import ACCESS_READ, mmap
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poststelle.inspection.mime.decode import decode_base64

SIZES_BYTES = [300_000, 1_500_000]
"""Read in one step, and piece by piece."""
SCRAPS = st.sampled_from([b"=", b"==", b" ", b"\t", b"\r\n", b"-", b"_", b"\0", b"\x80", b"A", b"AB", b"=\r\n=", b"!"])


def wrapped(content: bytes, width: int = 76) -> bytes:
    signs = base64.b64encode(content)
    return b"".join(signs[at : at + width] + b"\r\n" for at in range(0, len(signs), width))


@given(st.binary(max_size=300), st.integers(1, 90))
def test_what_an_encoder_writes_is_read_whatever_its_lines(content, width):
    body = wrapped(content, width)
    assert decode_base64(b"QQ==" + body + b"zz", 4, 4 + len(body)).content == content


@given(st.binary(max_size=120), SCRAPS, st.integers(0, 170), st.integers(0, 3))
@example(b"abc", b"=", 0, 0)
@example(b"abc", b"!", 2, 0)
def test_what_is_damaged_is_left_to_the_readings_or_read_as_the_standard_library_does(content, scrap, at, cut):
    whole = wrapped(content)
    body = whole[:at] + scrap + whole[at + cut :]
    found = decode_base64(body, 0, len(body))
    assert found.content is None or found.content == a2b_base64(body)
    assert found.content is not None or found.defect is not None


@pytest.mark.parametrize("size_bytes", SIZES_BYTES)
@pytest.mark.parametrize("foreign", [b"!", b"\x80", b"\0", b"-", b"=", b"AAA="])
def test_one_foreign_sign_anywhere_in_a_large_body_is_found(foreign, size_bytes):
    dice = Random(7)
    body = wrapped(dice.randbytes(size_bytes))
    for at in (0, *(dice.randrange(len(body) - 100) for _ in range(30))):
        bent = body[:at] + foreign + body[at:]
        assert decode_base64(bent, 0, len(bent)).content is None


@pytest.mark.parametrize("foreign", [b"!", b"\n", b"\r", b" ", b"\n\n", b"\r\r", b"\n\r", b"\r\n\n\n"])
def test_foreign_signs_in_the_place_of_others_are_found_though_every_line_keeps_its_length(foreign):
    dice = Random(7)
    body = wrapped(dice.randbytes(1_500_000))
    for at in (0, *(dice.randrange(len(body) // 78) * 78 + dice.randrange(70) for _ in range(30))):
        bent = body[:at] + foreign + body[at + len(foreign) :]
        assert decode_base64(bent, 0, len(bent)).content is None


@pytest.mark.parametrize("foreign", [b"!!", b"\r!", b"AA"])
def test_foreign_signs_in_the_place_of_a_line_end_are_found(foreign):
    body = wrapped(Random(7).randbytes(1_500_000))
    for at in (76, 76 + 78 * 5_000):
        bent = body[:at] + foreign + body[at + 2 :]
        assert decode_base64(bent, 0, len(bent)).content is None


def test_lines_cut_in_two_in_a_large_body_are_read_like_any():
    body = wrapped(Random(7).randbytes(1_500_000))
    cut = body[:78_000] + b"\r\n\r\n" + body[78_004:]
    assert decode_base64(cut, 0, len(cut)).content == a2b_base64(cut)


@pytest.mark.parametrize("end", [b"\r\n", b" \r\n"], ids=["CRLF", "blank"])
@pytest.mark.parametrize("width", [4, 60, 75, 76, 77, 998])
def test_large_lines_of_any_width_and_end_are_read(width, end):
    content = Random(7).randbytes(1_500_000)
    body = wrapped(content, width).replace(b"\r\n", end)
    assert decode_base64(body, 0, len(body)).content == content


@pytest.mark.parametrize("size_bytes", [*SIZES_BYTES, 786_432])
def test_a_mapped_file_is_read_like_its_bytes_and_can_be_closed(tmp_path, size_bytes):
    content = Random(7).randbytes(size_bytes)
    path = tmp_path / "body"
    path.write_bytes(wrapped(content))
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as body:
        assert decode_base64(body, 0, len(body)).content == content
