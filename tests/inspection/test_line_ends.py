# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Questions about whole bodies that are answered a piece at a time: wherever a piece ends, the answer is the same."""

from hashlib import sha256
from itertools import pairwise
from mmap import ACCESS_READ, mmap
from re import findall, sub

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.limits import MAX_SENT_LINE_BYTES
from poststelle.inspection.mime.source import PIECE_BYTES, how_many, line_defects, line_ends, pieces, with_crlf
from poststelle.inspection.texts import text_hash

LINES = st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"x", b" ", b"x" * 70]), max_size=12).map(b"".join)
EDGES = st.integers(PIECE_BYTES - 4, PIECE_BYTES + 4).map(lambda size: b"y" * size)
BODIES = st.builds(lambda *parts: b"".join(parts), LINES, EDGES, LINES)


@given(BODIES)
@example(b"y" * (PIECE_BYTES - 1) + b"\r\n" + b"z" * (PIECE_BYTES - 1) + b"\r\n")
@example(b"y" * (PIECE_BYTES - 1) + b"\r\r\n")
@example(b"y" * (PIECE_BYTES - 1) + b"\r")
@example(b"\n")
@example(b"")
def test_every_kind_of_line_end_is_told_and_no_other(body):
    assert line_ends(body) == {end.decode() for end in findall(rb"\r\n|\r|\n", body)}


@given(BODIES)
@example(b"y" * (PIECE_BYTES - 1) + b"\r\n\xe4\r\r\n\n")
@example(b"y" * (PIECE_BYTES - 1) + b"\r")
@example(b"\r" * PIECE_BYTES + b"\n")
def test_every_line_end_becomes_crlf_and_every_other_byte_stays(body):
    assert with_crlf(body) == sub(rb"\r\n|\r|\n", b"\r\n", body)


@given(BODIES)
def test_pieces_are_the_whole_body_and_cut_no_line_end(body):
    cut = list(pieces(body, len(body)))
    assert b"".join(cut) == body
    assert not any(one.endswith(b"\r") and other.startswith(b"\n") for one, other in pairwise(cut))


@given(BODIES)
@example(b"y" * (PIECE_BYTES - 1) + b"\r\nz")
@example(b"y\n" * PIECE_BYTES)
@example(b"\r\n" * PIECE_BYTES + b"\r\xe4")
@example(b"y\r\nz\n\rz\r\n")
def test_a_text_has_one_hash_however_its_lines_were_sent(body):
    assert text_hash(body) == sha256(body.rstrip().replace(b"\r\n", b"\n")).hexdigest()


@given(BODIES, st.sampled_from([b"\r", b"\n\r", b"y", b"\0"]))
def test_signs_are_counted_in_bytes_and_in_a_view_of_them(body, signs):
    expected = sum(body.count(sign) for sign in (signs[at : at + 1] for at in range(len(signs))))
    assert how_many(body, signs) == expected
    assert how_many(memoryview(body)[1:], signs) == expected - (body[:1] in [signs[:1], signs[1:]])


@given(st.lists(st.tuples(st.sampled_from([0, 62, 76, 996, 997]), st.sampled_from([1, 40, 900])), max_size=6), LINES)
@example([(76, 900), (997, 1), (76, 900)], b"")
@example([(76, 900), (76, 900)], b"x" * 999)
@example([(997, 40), (996, 900)], b"")
def test_a_long_line_is_found_wherever_lines_of_one_length_stand(runs, end):
    body = b"".join((b"y" * width + b"\r\n") * many for width, many in runs) + end
    is_long = any(len(line) > MAX_SENT_LINE_BYTES for line in body.split(b"\n"))
    assert (DefectCode.LONG_LINE in line_defects(body)) == is_long


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_mapped_file_is_read_like_its_bytes(tmp_path, end):
    path = tmp_path / "body"
    path.write_bytes((b"y" * 70 + end) * 1_000)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as body:
        assert line_ends(body) == {end.decode()}
