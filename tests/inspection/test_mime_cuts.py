# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Large attachments are found only where nobody can misread them, and every other byte of the message stays."""

import base64
from email import message_from_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.inspection.mime.cuts import large_attachments, without
from support.mails import TEXT, attachment, mixed, part

PAYLOAD = bytes(range(256)) * 400
SMALL = base64.encodebytes(b"klein").replace(b"\n", b"\r\n")


def encoded(payload: bytes) -> bytes:
    return base64.encodebytes(payload).replace(b"\n", b"\r\n")


LARGE = attachment(body=encoded(PAYLOAD))


def cut_of(message: bytes) -> list[bytes]:
    return [bytes(cut.content) for cut in large_attachments(message)]


def test_each_large_attachment_is_found_with_its_content():
    assert cut_of(mixed(TEXT, LARGE, attachment(body=encoded(PAYLOAD[::-1])))) == [PAYLOAD, PAYLOAD[::-1]]


def test_one_within_an_attached_message_is_found():
    inner = mixed(TEXT, LARGE, boundary=b"inner", close=b"--inner--\r\n")
    assert cut_of(mixed(TEXT, part(inner, b"Content-Type: message/rfc822"))) == [PAYLOAD]


def test_what_is_small_is_left_where_it_is():
    assert cut_of(mixed(TEXT, attachment(body=SMALL))) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (b"application/octet-stream", b"text/html"),
        (b"application/octet-stream", b"message/rfc822"),
        (b"application/octet-stream", b"application/pkcs7-mime"),
        (b"application/octet-stream\r\n", b"application/octet-stream\r\nContent-Type: text/plain\r\n"),
        (b"base64\r\n", b"base64\r\nContent-Transfer-Encoding: 8bit\r\n"),
        (b"base64\r\n", b"quoted-printable\r\n"),
        (b"\r\n\r\n", b"\r\n\r\nQUJD=\r\n\r\n"),
        (b"\r\n\r\n", b"\r\n\r\n%%%\r\n"),
        (b"\r\n\r\n", b"\r\nkein Feld\r\n\r\n"),
        (b"\r\n\r\n", b"\r\n \r\n\r\n"),
    ],
    ids=["text", "message", "layer", "types", "encodings", "other", "padding", "junk", "no field", "blank line"],
)
def test_what_could_be_read_in_two_ways_is_left_where_it_is(right, wrong):
    assert cut_of(mixed(TEXT, LARGE.replace(right, wrong, 1))) == []


def test_what_no_delimiter_ends_is_left_where_it_is():
    message = mixed(TEXT, LARGE)
    assert cut_of(message[: message.rindex(b"\r\n--")]) == []


def test_the_rest_is_a_mail_whose_attachments_keep_their_names():
    message = mixed(TEXT, LARGE, attachment(b'filename="klein.txt"', body=SMALL))
    rest = without(message, [cut.span for cut in large_attachments(message)])
    _, large, small = message_from_bytes(rest).get_payload()
    assert large.get_filename() == "a.bin"
    assert large.get_payload(decode=True), "an empty attachment is none to a scanner"
    assert small.get_payload(decode=True) == b"klein"
    assert len(rest) < 1_000


@given(
    st.lists(
        st.sampled_from(
            (
                b"\r\n--b1\r\n",
                b"Content-Type: image/png\r\n",
                b"Content-Transfer-Encoding: base64\r\n",
                *(b"QUJD\r\n", b"\r\n", b"-", b"=", b"\n", b"\0"),
            )
        )
    )
)
def test_nothing_but_what_was_decoded_is_missing_in_the_rest(pieces):
    message = b"".join(pieces)
    cuts = list(large_attachments(message, min_bytes=1))
    lost = sum(end - start for start, end in (cut.span for cut in cuts))
    instead = without(b"", [(0, 0)])
    assert len(without(message, [cut.span for cut in cuts])) == len(message) - lost + len(cuts) * len(instead)
    for cut in cuts:
        assert base64.b64decode(message[slice(*cut.span)]) == cut.content
