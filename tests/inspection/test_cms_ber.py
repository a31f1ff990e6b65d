# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from poststelle.inspection.cms import ber
from poststelle.inspection.cms.ber import CmsError, to_der
from poststelle.inspection.cms.der import encode, oid, read

EOC = b"\x00\x00"


def test_definite_bytes_stay_the_very_same_object() -> None:
    content = encode(0x30, encode(0x02, b"\x01"), encode(0x04, b"x" * 300))
    assert to_der(content) is content


@pytest.mark.parametrize(
    ("streamed", "definite"),
    [
        (b"\x30\x80\x02\x01\x05" + EOC, b"\x30\x03\x02\x01\x05"),
        (b"\x24\x80\x04\x01a\x04\x01b" + EOC, b"\x04\x02ab"),
        (b"\x24\x80" + EOC, b"\x04\x00"),
        (b"\x24\x06\x04\x01a\x04\x01b", b"\x04\x02ab"),
        (b"\x24\x80\x24\x80\x04\x01a" + EOC + b"\x04\x01b" + EOC, b"\x04\x02ab"),
        (b"\xa0\x80\x24\x80\x04\x01a" + EOC + EOC, b"\xa0\x03\x04\x01a"),
        (
            b"\x30\x80\x06\x01\x2a\x30\x00\xa0\x80\x04\x01a\x04\x01b" + EOC + EOC,
            b"\x30\x09\x06\x01\x2a\x30\x00\x80\x02ab",
        ),
        (b"\x30\x80\x06\x01\x2a\xa0\x80\x04\x01a" + EOC + EOC, b"\x30\x08\x06\x01\x2a\xa0\x03\x04\x01a"),
    ],
    ids=["sequence", "pieces", "nothing", "definite-pieces", "pieces-of-pieces", "explicit", "ciphertext", "content"],
)
def test_streamed_forms_become_definite(streamed, definite) -> None:
    assert to_der(streamed) == definite


def test_what_needs_no_change_keeps_its_bytes_even_beside_what_does() -> None:
    odd_but_signed = b"\x30\x82\x00\x03\x02\x01\x05"
    assert odd_but_signed in to_der(b"\x30\x80" + odd_but_signed + b"\x24\x80\x04\x01a" + EOC + EOC)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x30",
        b"\x30\x05\x02",
        b"\x30\x80\x02\x01\x05",
        b"\x30\x80\x02\x01\x05\x00",
        b"\x04\x80" + EOC,
        b"\x1f\x81\x01\x00",
        b"\x30\x89" + b"\x01" * 9,
        b"\x24\x80\x02\x01\x05" + EOC,
        b"\x23\x80\x03\x02\x00\x01" + EOC,
        b"\x30\x04\x02\x08\x01\x01",
        b"\x30\x80" * 100 + EOC * 100,
    ],
)
def test_what_is_no_encoding_is_refused(content) -> None:
    with pytest.raises(CmsError):
        to_der(content)


def test_depth_and_number_of_elements_are_bounded() -> None:
    nested = b"\x02\x01\x05"
    for _ in range(ber.MAX_DEPTH):
        nested = encode(0x30, nested)
    assert to_der(nested) == nested
    with pytest.raises(CmsError):
        to_der(encode(0x30, nested))
    with pytest.raises(CmsError):
        to_der(encode(0x30, b"\x05\x00" * ber.MAX_OTHERS))
    with pytest.raises(CmsError):
        to_der(encode(0x24, b"\x04\x00" * ber.MAX_ELEMENTS))


@given(st.lists(st.binary(max_size=3), max_size=20), st.booleans())
@example([b"ab", b"ab", b"a"], True)
@example([b"ab"] * 200 + [b"abc"] * 70 + [b"", b""], True)
@example([b"a" * 1_000] * 700 + [b"b" * 999], True)
@example([b""] * 1_000 + [b"a"] * 9, False)
@example([b"a" * 200] * 3 + [b"a" * 201, b"a" * 456], False)
@example([b"ab", b"\x04\x02", b"ab"], False)
def test_pieces_of_any_sizes_become_one_string(pieces, is_open):
    content = b"".join(encode(0x04, piece) for piece in pieces)
    assert to_der(b"\x24\x80" + content + EOC if is_open else encode(0x24, content)) == encode(0x04, *pieces)


@pytest.mark.parametrize("cut", [1, 2, 3, 5])
def test_a_piece_like_the_one_before_may_not_leave_its_string(cut) -> None:
    string = encode(0x24, (encode(0x04, b"ab") * 3)[:-cut])
    with pytest.raises(CmsError):
        to_der(encode(0x30, string, b"\x04\x02ab"))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_encoding_or_refused(content) -> None:
    try:
        definite = to_der(content)
    except CmsError:
        return
    assert to_der(definite) == definite


@pytest.mark.parametrize(
    ("dotted", "content"), [("1.2.840.113549.1.7.2", "2a864886f70d010702"), ("2.5.29.14", "551d0e")]
)
def test_identifiers_are_written_as_x690_says(dotted, content) -> None:
    assert oid(dotted) == bytes.fromhex(content)


def test_a_value_that_leaves_its_container_is_refused() -> None:
    with pytest.raises(CmsError):
        read(b"\x30\x03\x02\x05\x01").children()
