# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an inspection says of a message beside its structure: head, trimmings, containers, terms, links, size."""

import base64
import struct

import pytest

from poststelle.core.facts import Role, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.inspection.extraction import NoSuchFileError
from poststelle.inspection.head import read_mailboxes
from poststelle.inspection.message import as_received, inspect_attachment
from poststelle.inspection.vocabulary import count_download_links, mentions
from support.closed import extract, main_html, rebuild, rendered_text
from support.mails import HEAD, PAYLOAD, TEXT, attached, attachment, digest, inspected, mixed, part

INNER = mixed(TEXT, attachment(), boundary=b"in", close=b"--in--\r\n")
GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def encoded(content: bytes, *fields: bytes) -> bytes:
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return part(body, *fields, b"Content-Transfer-Encoding: base64")


@pytest.mark.parametrize(
    ("field", "addresses", "faults"),
    [
        (b"Erika <e@b.example>", ("e@b.example",), ()),
        (b"e@b.example", ("e@b.example",), ()),
        (b"a@b.example, <c@d.example>", ("a@b.example", "c@d.example"), ()),
        (b'"x@y.example" <e@b.example>', ("e@b.example",), ()),
        (b"<@r.example:e@b.example>", ("e@b.example",), ("route",)),
        (b"<=?utf-8?Q?e?=@b.example>", ("=?utf-8?Q?e?=@b.example",), ("encoded-word",)),
        (b"e@b.example (Erika)", ("e@b.example",), ()),
        (b"<e(x)@b.example>", (), ("comment", "syntax")),
        (b"<e\0@b.example>", ("e @b.example",), ("nul",)),
        (b"Gruppe: a@b.example, c@d.example;", ("a@b.example", "c@d.example"), ("group",)),
        (b"nobody", (), ("syntax",)),
    ],
)
def test_mailboxes_are_read_with_their_faults(field, addresses, faults):
    boxes = read_mailboxes(field)
    assert (boxes.addresses, boxes.faults) == (addresses, faults)


def test_the_head_is_decoded():
    head = inspected(
        b"From: =?utf-8?Q?J=C3=B6rg?= <j@b.example>\r\nSubject: =?utf-8?B?w4RtdGVy?= 32\r\nAuto-Submitted: Auto-Replied; x\r\n"
        b"Received: a\r\nReceived: b\r\nList-Id: <l>\r\nPrecedence: Bulk\r\nReply-To: r@b.example\r\n\r\nx"
    ).head
    assert (head.from_display, head.subject, head.auto_submitted) == ("Jörg", "Ämter 32", "auto-replied")
    assert (head.received_count, head.is_list, head.precedence, head.reply_to) == (2, True, "bulk", ("r@b.example",))


@pytest.mark.parametrize(
    ("entity", "trimming"),
    [
        (encoded(GIF, b"Content-Type: image/gif", b"Content-ID: <1>"), Trimming.INLINE_IMAGE),
        (encoded(GIF, b"Content-Type: image/gif", b"Content-Disposition: attachment; filename=a.gif"), None),
        (encoded(b"MZ" + bytes(300), b"Content-Type: image/gif", b"Content-ID: <1>"), None),
        (part(b"BEGIN:VCARD\r\nEND:VCARD", b"Content-Type: text/vcard; name=a.vcf"), Trimming.CARD),
        (part(b"BEGIN:VCALENDAR\r\n", b"Content-Type: text/calendar"), Trimming.CALENDAR),
    ],
)
def test_trimmings_are_told_by_content_and_place(entity, trimming):
    (file,) = attached(inspected(mixed(TEXT, entity)))
    assert file.trimming is trimming


@pytest.mark.parametrize(
    "entity",
    [
        part(INNER, b"Content-Type: message/rfc822"),
        encoded(INNER, b"Content-Type: application/octet-stream", b"Content-Disposition: attachment; filename=a.dat"),
        encoded(INNER.replace(b"\r\n", b"\n"), b"Content-Type: application/octet-stream"),
    ],
    ids=["open", "disguised", "disguised-lf"],
)
def test_a_message_inside_is_opened_however_it_is_declared(entity):
    seen = inspected(mixed(TEXT, entity))
    (outer,) = [file for file in seen.files if file.container]
    (file,) = attached(seen)
    assert (outer.format, file.sha256, file.path[:-1]) == (Format.EML, digest(PAYLOAD), outer.path)


def tnef(name, content):
    def attribute(identifier, value):
        return struct.pack("<BHHI", 2, identifier, 0, len(value)) + value + b"\0\0"

    return (
        b"\x78\x9f\x3e\x22\0\0"
        + attribute(0x9002, bytes(14))
        + attribute(0x8010, name + b"\0")
        + attribute(0x800F, content)
    )


def test_files_in_a_winmail_dat_are_found():
    entity = encoded(tnef(b"a.bin", PAYLOAD), b"Content-Type: application/ms-tnef; name=winmail.dat")
    (file,) = attached(inspected(mixed(TEXT, entity)))
    assert (file.path, file.sha256) == (("winmail.dat", "a.bin"), digest(PAYLOAD))


def test_a_broken_winmail_dat_is_never_silence():
    entity = encoded(tnef(b"a.bin", PAYLOAD)[:-20], b"Content-Type: application/ms-tnef; name=winmail.dat")
    (file,) = attached(inspected(mixed(TEXT, entity)))
    assert "unreadable" in [finding.code for finding in file.findings]


def test_the_sum_is_of_attachments_and_not_of_texts():
    assert inspected(mixed(TEXT, attachment(), attachment())).attachments_bytes == 2 * len(PAYLOAD)
    assert inspected(mixed(TEXT)).attachments_bytes == 0


def test_a_text_that_is_none_is_looked_into():
    entity = encoded(PAYLOAD, b"Content-Type: text/plain")
    (file,) = inspected(HEAD + entity).files
    assert file.role is Role.INLINE


def test_terms_of_form_and_deadline_are_met_as_words():
    assert mentions("WIDERSPRUCH gegen den Bescheid", "Die Fristen laufen") == ("Widerspruch", "Frist")
    assert mentions("Klagenfurt, Fristo, Befristung") == ()


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("https://we.tl/t-abc", 1),
        ("https://www.dropbox.com/s/abc/a?dl=0 und nochmals https://www.dropbox.com/s/abc/a?dl=0", 1),
        ("https://drive.google.com/file/d/1", 1),
        ("https://example.org/akten.zip", 1),
        ("https://www.stadt.example/kontakt", 0),
    ],
)
def test_links_to_downloads_are_counted_once(text, links):
    assert count_download_links(text) == links


def test_a_single_file_is_seen_as_an_attachment():
    seen = inspect_attachment(b"", "../a.pdf")
    assert (seen.tier, seen.files[0].path, seen.files[0].role) == (Tier.CLEAN, (".._a.pdf",), Role.ATTACHMENT)
    assert "empty" in [finding.code for finding in seen.files[0].findings]


def test_a_file_from_a_folder_becomes_as_it_came():
    assert as_received(b"From a@b Mon\nA: b\n\nx\n") == b"A: b\r\n\r\nx\r\n"
    assert as_received(b"A: b\r\n\r\nx\n") == b"A: b\r\n\r\nx\n"


def test_the_bytes_of_every_file_can_be_had_again():
    content = mixed(TEXT, attachment(), part(INNER, b"Content-Type: message/rfc822"))
    for file in inspected(content).files:
        assert digest(extract(content, file.path)) == file.sha256
    with pytest.raises(NoSuchFileError):
        extract(content, ("none",))


def test_the_text_is_plain_first_and_else_made_of_html():
    page = part(b"<head><style>x</style></head><p>Gr&uuml;&szlig;e</p><script>y</script>", b"Content-Type: text/html")
    assert rendered_text(mixed(TEXT, page)) == "Guten Tag"
    assert rendered_text(mixed(page)) == "Grüße"
    assert main_html(mixed(TEXT)) is None
    assert (main_html(mixed(TEXT, page)) or b"").startswith(b"<head>")


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_no_sign_in_the_words_of_a_message_turns_them_round(kind):
    text = "IBAN \u202e4321\u202c \u2066und\u2069 \u05e9\u05dc\u05d5\u05dd".encode()
    turned = part(text, f"Content-Type: text/{kind}; charset=utf-8".encode())
    assert rendered_text(mixed(turned)) == "IBAN 4321 und \u05e9\u05dc\u05d5\u05dd"


def test_a_rebuilt_message_lacks_what_is_withheld_and_keeps_the_rest():
    content = mixed(TEXT, attachment(b"filename=a.exe"), attachment(b"filename=b.bin", b"QUJD\r\n"), close=b"")
    again = inspected(rebuild(content, [("a.exe",)], "Eine Datei wurde zurückgehalten."))
    assert again.tier is Tier.CLEAN
    assert again.head == inspected(content).head
    assert [file.path for file in attached(again)] == [("b.bin",)]
    text = rendered_text(rebuild(content, [("a.exe",)], "Eine Datei wurde zurückgehalten."))
    assert text == "Eine Datei wurde zurückgehalten.\n\nGuten Tag"
