# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A scanner is shown every byte of a message: large attachments decoded, and all of it where anybody might read it otherwise."""

import base64
from io import BytesIO

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.application.scanning import show, show_whole
from support.looking_scanner import WORM, Looking
from support.mails import HEAD, TEXT, attachment, digest, inspected, mixed, part

PAYLOAD = bytes(range(256)) * 400
ENCODED = base64.encodebytes(PAYLOAD).replace(b"\n", b"\r\n")
LARGE = attachment(body=ENCODED)
MAIL = mixed(TEXT, LARGE)


def shown_of(message: bytes, scanner: Looking | None = None):
    return show(BytesIO(message), scanner or Looking(), lambda: 1.0)


def test_a_large_attachment_is_shown_by_itself_and_the_mail_around_it():
    scanner = Looking()
    shown = shown_of(MAIL, scanner)
    assert scanner.shown[0] == PAYLOAD
    assert scanner.shown[1].startswith(HEAD)
    assert ENCODED[:76] not in scanner.shown[1]
    assert len(scanner.shown) == 2
    assert shown.cut_out == {digest(PAYLOAD)}
    assert shown.is_all_of(inspected(MAIL))


def test_a_file_on_disk_is_shown_like_one_in_memory(tmp_path):
    path, scanner = tmp_path / "mail", Looking()
    path.write_bytes(MAIL)
    with path.open("rb") as content:
        assert show(content, scanner, lambda: 1.0).cut_out == {digest(PAYLOAD)}
    assert scanner.shown[0] == PAYLOAD


@pytest.mark.parametrize("message", [mixed(TEXT), HEAD + b"\r\nGuten Tag\r\n", b"", mixed(TEXT) + b"x" * 100_000])
def test_a_mail_without_large_attachments_is_shown_as_it_came(message):
    scanner = Looking()
    assert shown_of(message, scanner).is_all_of(None)
    assert scanner.shown == [message]


def test_what_is_in_an_attachment_and_what_is_around_it_is_found():
    for message in (
        mixed(TEXT, attachment(body=base64.encodebytes(PAYLOAD + WORM).replace(b"\n", b"\r\n"))),
        mixed(TEXT, LARGE, part(WORM, b"Content-Type: text/plain")),
    ):
        (found,) = shown_of(message).found
        assert found.name == "Worm"


def test_a_message_nobody_could_look_into_was_not_shown_completely():
    assert not shown_of(MAIL).is_all_of(None)


@pytest.mark.parametrize(
    "message",
    [
        MAIL.replace(b'boundary="b1"', b'boundary="b1"; boundary="b2"'),
        mixed(TEXT, part(b"xxx\r\n--b1x\r\n" + LARGE, b"Content-Type: text/plain"), TEXT),
        mixed(part(b"\r\n--b2\r\n" + LARGE + b"\r\n--b2--\r\n", b"Content-Type: text/plain"), TEXT),
    ],
    ids=["two boundaries", "in the text", "in the text, ended"],
)
def test_what_others_may_read_otherwise_was_not_shown_completely(message):
    shown = shown_of(message)
    assert shown.cut_out
    assert not shown.is_all_of(inspected(message))


def test_what_was_cut_out_and_is_no_file_of_the_message_was_not_shown_completely():
    assert not shown_of(MAIL).is_all_of(inspected(mixed(TEXT)))


@pytest.mark.parametrize("fails_at", [0, 1])
def test_a_scanner_that_fails_at_any_piece_fails_for_the_message(fails_at):
    with pytest.raises(UnavailableError):
        shown_of(MAIL, Looking(fails_at=fails_at))


def test_the_whole_is_shown_from_its_beginning():
    content, scanner = BytesIO(MAIL), Looking()
    content.seek(100)
    show_whole(content, scanner, lambda: 1.0)
    assert scanner.shown == [MAIL]
