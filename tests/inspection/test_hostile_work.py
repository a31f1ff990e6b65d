# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Bytes made to cost much cost little, or are refused: counted in steps and bytes, not by a stop-watch."""

import struct
import time
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.core.facts import Tier
from poststelle.core.reasons import Reason
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.message import ATTACHMENTS_SECONDS, MESSAGE_SECONDS, inspect_message
from poststelle.inspection.mime.delimit import MAX_ELSEWHERE, Places, split_multipart
from poststelle.inspection.mime.intext import MAX_STEPS, files_in_text
from poststelle.inspection.mime.limits import MAX_ALL_PARAMETERS, MAX_PARAMETERS, MAX_USUAL_BYTES, MAX_WOUNDS
from poststelle.inspection.sniff_ole import OLE_MAGIC, read_compound
from poststelle.inspection.tnef import MAX_NAMES, MAX_PROPERTIES, TnefError, read_tnef
from poststelle.inspection.vocabulary import count_download_links
from poststelle.inspection.ziparchive.records import END, MAX_END_RECORDS, find_end
from support.mails import TEXT, attached, attachment, codes, inspected, mixed, part
from support.zipfiles import Member, zip_bytes

OCTET = b"Content-Type: application/octet-stream"
QUOTED = b"Content-Transfer-Encoding: quoted-printable"


def a_clock(step_seconds: float):
    """A clock on which so much is over every time somebody looks."""
    ticks = count()
    return lambda: next(ticks) * step_seconds


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("yEnc files that all reach to the end", b"=ybegin a\r\n" + b"x" * 1_000 + b"\r\n=ybegin b\r\n" * 40),
        ("base64 files that all reach to the end", b"begin-base64 644 a\r\n" * 40 + b"QUJD\r\n" * 400),
        ("nothing but escapes", b"=ybegin a\r\n" + b"=n" * (MAX_STEPS + 1)),
        ("yEnc of nothing but empty lines", b"=ybegin a\r\n" + b"\r\n" * (MAX_STEPS + 10_000)),
        ("nothing but empty lines of blanks", b"begin 644 a\r\n" + b"  \r\n" * (MAX_STEPS + 1)),
    ],
)
def test_files_in_a_text_are_undone_within_a_multiple_of_the_text(word, text):
    found, is_cut = files_in_text(text)
    assert is_cut, word
    assert sum(len(one.content) for one in found) <= 2 * len(text)


def test_full_lines_of_uuencode_are_undone_at_once_and_rightly():
    line = b"M" + bytes(range(32, 92)) + b"\r\n"
    short = b"#86)C\r\n"
    [one], is_cut = files_in_text(b"Anbei:\r\nbegin 644 a.bin\r\n" + line * 3 + short + b"`\r\nend\r\n")
    assert not is_cut
    assert len(one.content) == 3 * 45 + 3
    assert one.content.endswith(b"abc")


@pytest.mark.parametrize(("wounds", "ruined"), [(10_000, False), (10_001, True)])
def test_damage_beyond_all_reading_is_refused(wounds, ruined):
    seen = inspected(mixed(TEXT, part(b"a=zz\r\n" * wounds, OCTET, QUOTED)))
    assert ("encoding-ruined" in codes(seen)) is ruined
    assert "qp-damaged" in codes(seen)


def test_a_text_full_of_damaged_escapes_is_still_only_a_text():
    seen = inspected(mixed(part(b'<p class="a">\r\n' * 10_001, b"Content-Type: text/html", QUOTED)))
    assert codes(seen) == {"qp-damaged"}
    assert seen.tier is Tier.UNION


def test_taking_a_message_apart_ends_with_its_time_and_refuses_it():
    seen = drive_alone(inspect_message(mixed(TEXT, *[attachment()] * 30), a_clock(MESSAGE_SECONDS / 20)))
    assert "too-much-work" in codes(seen)
    assert seen.tier is Tier.REFUSE


def test_attachments_share_the_time_of_the_message_and_late_ones_are_never_clean():
    seen = drive_alone(inspect_message(mixed(TEXT, *[attachment()] * 6), a_clock(ATTACHMENTS_SECONDS / 26)))
    late = [Reason.TIMEOUT in {found.code for found in file.findings} for file in attached(seen)]
    assert "too-much-work" not in codes(seen)
    assert late == sorted(late)
    assert late[-1]
    assert not late[0]


def test_values_of_nothing_announced_without_end_are_a_damaged_stream():
    nothing = struct.pack("<L", 1) + struct.pack("<HHL", 0x1001, 0x1234, 0xFFFFFFFF) * 1_000
    stream = b"\x78\x9f\x3e\x22\x01\x00"
    for identifier, value in ((0x9002, b""), (0x9005, nothing)):
        stream += struct.pack("<BHHI", 2, identifier, 6, len(value)) + value + b"\x00\x00"
    with pytest.raises(TnefError):
        read_tnef(stream)


def test_an_allocation_table_is_never_longer_than_the_file():
    """One sector named a hundred thousand times as part of the table would be a table of gigabytes."""
    sectors = 2_000
    head = OLE_MAGIC + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    head += struct.pack("<9L", 0, 0, 0, 4096, 0xFFFFFFFE, 0, 1, sectors - 3, 0)
    head = head[:68] + struct.pack("<2L", 1, sectors - 3) + struct.pack("<109L", *[0] * 109)
    links = b"".join(struct.pack("<128L", *[0] * 127, at + 1) for at in range(1, sectors - 2))
    assert read_compound(head + bytes(512) + links).names <= {""}


def test_an_archive_is_found_before_hundreds_of_false_ends_and_not_behind_more():
    archive = zip_bytes(Member())
    false_end = END.pack(b"PK\x05\x06", 0, 0, 0, 0, 0, 0, 0xFFFF)
    end = archive.rfind(b"PK\x05\x06")
    found = find_end(archive + false_end * (MAX_END_RECORDS - 1))
    assert found is not None
    assert found.offset == end
    assert find_end(archive + false_end * MAX_END_RECORDS) is None


def test_a_download_inside_another_address_counts_and_addresses_are_read_once():
    inside = "https://weiter.example/?ziel=https://wetransfer.com/downloads/abc"
    assert count_download_links(inside) == 1
    assert count_download_links("https://a." * 100_000) == 0


@pytest.mark.parametrize(
    ("word", "block"),
    [
        ("one word", b"x" * 200_000),
        ("one word and a bare line feed", b"x" * 200_000 + b"\nSubject: a\r\n"),
        ("bare line feeds", b"a: b\n" * 40_000),
        ("bare carriage returns", b"a\r" * 100_000),
        ("folds behind a bare line feed", b"a: b\r\n" + b" c\r\n" * 50_000 + b" d\n e"),
    ],
)
def test_a_header_without_line_ends_is_read_once(word, block):
    """Found by fuzzing: every letter was tried as the beginning of a field, 37 s for 38 KB."""
    seen = inspected(block + b"\r\n\r\nGuten Tag\r\n")
    assert codes(seen) & {"header-no-colon", "bare-lf", "bare-cr", "header-odd-name"}, word
    assert seen.tier is Tier.REFUSE


COMBINING = "\u0300\u0323".encode()


@pytest.mark.parametrize(
    ("word", "field"),
    [
        ("groups", b"From: " + b"a:" * 120_000),
        ("comments", b"From: " + b"a()" * 80_000),
        ("addresses in angle brackets", b"From: " + b"<a>" * 80_000),
        ("marks on one letter of a name", b'Content-Type: a/b; name="' + COMBINING * 60_000 + b'"'),
    ],
)
def test_a_value_is_read_in_time_that_grows_with_it(word, field):
    """The square of their number was taken: from three seconds to minutes for such a header."""
    started = time.process_time()
    inspected(b"Subject: a\r\n" + field + b"\r\n\r\nGuten Tag\r\n")
    assert time.process_time() - started < 1, f"{word}: a fifth of a second, November 2026"


@pytest.mark.parametrize(("parameters", "is_refused"), [(MAX_PARAMETERS, True), (10, False)])
def test_parameters_of_all_parts_are_counted(parameters, is_refused):
    field = b"Content-Type: a/b" + b"".join(b"; p%d=a" % number for number in range(parameters))
    seen = inspected(mixed(*[part(b"x", field)] * (MAX_ALL_PARAMETERS // MAX_PARAMETERS + 1)))
    assert ("too-many-parts" in codes(seen)) is is_refused


@pytest.mark.parametrize(("files", "is_ruined"), [(10, False), (11, True)])
def test_the_damage_of_all_files_is_counted_together(files, is_ruined):
    seen = inspected(mixed(TEXT, *[part(b"a=zz\r\n" * (MAX_WOUNDS // 10), OCTET, QUOTED)] * files))
    assert ("encoding-ruined" in codes(seen)) is is_ruined
    assert "qp-damaged" in codes(seen)


def test_long_parameters_count_as_several():
    field = b"Content-Type: a/b; name=" + b"x" * 100 * MAX_USUAL_BYTES
    seen = inspected(mixed(*[part(b"x", field)] * (MAX_ALL_PARAMETERS // 100 + 1)))
    assert "too-many-parts" in codes(seen)


def nested(levels: int, size: int) -> bytes:
    """Multiparts within one another, and a text in the innermost."""
    openings = (b"Content-Type: multipart/mixed; boundary=%03d.\r\n\r\n--%03d.\r\n" % (at, at) for at in range(levels))
    return b"".join(openings) + b"\r\n" + b"-- \r\n" * (size // 5)


@pytest.mark.parametrize(
    ("levels", "size", "is_deep"), [(19, 1_000, False), (8, 4_000_000, False), (14, 4_000_000, True)]
)
def test_what_searching_multiparts_costs_is_bounded_by_the_message(levels, size, is_deep):
    assert ("too-deep" in codes(inspected(nested(levels, size)))) is is_deep


PIECES = st.lists(st.sampled_from([b"--b", b"\r\n", b" ", b"\t", b"--", b"x", b"b", b"-", b"--b--"]), max_size=14).map(
    b"".join
)


@given(PIECES, st.sampled_from([0, MAX_ELSEWHERE + 1]))
def test_delimiters_are_found_among_any_number_of_boundaries_elsewhere(pieces, elsewhere):
    """Where the boundary is common it is looked for in another way: nothing else may change."""
    body = pieces + b"\r\n--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n"
    few, many = (
        split_multipart(content, 0, len(content), b"b", 100)
        for content in (b"\r\n" + body, b"x--b" * elsewhere + b"\r\n" + body)
    )
    moved = len(b"x--b") * elsewhere
    assert many.children == tuple((start + moved, end + moved) for start, end in few.children)
    assert (many.defects, many.epilogue_start) == (few.defects, few.epilogue_start + moved)
    assert many.again == tuple((start + moved, end + moved) for start, end in few.again)


def tnef_with(properties: bytes) -> bytes:
    stream = b"\x78\x9f\x3e\x22\x01\x00"
    for identifier, value in ((0x9002, b""), (0x9005, struct.pack("<L", 1) + properties)):
        stream += struct.pack("<BHHI", 2, identifier, 6, len(value)) + value + b"\x00\x00"
    return stream


def a_name(text: bytes) -> bytes:
    return struct.pack("<HHLL", 0x1E, 0x3707, 1, len(text)) + text + bytes(-len(text) % 4)


@pytest.mark.parametrize(
    ("word", "properties"),
    [
        ("the same name again and again", a_name(b"a.pdf") * (MAX_PROPERTIES + 1)),
        ("other names", b"".join(a_name(b"%d.pdf" % number) for number in range(MAX_NAMES + 1))),
    ],
)
def test_more_properties_or_names_than_an_attachment_has_are_a_damaged_stream(word, properties):
    """Each name was put before the others: 20 MB of them would have taken minutes."""
    with pytest.raises(TnefError, match="too many"):
        read_tnef(tnef_with(properties))


def test_the_last_name_stated_comes_first_and_a_long_one_keeps_its_ends():
    long = b"a" * 10_000 + b".exe"
    [file] = read_tnef(tnef_with(a_name(b"first.pdf") + a_name(long) + a_name(b"last.pdf")))
    assert (file.names[0], file.names[-1]) == ("last.pdf", "first.pdf")
    assert file.names[1].startswith("aaa")
    assert file.names[1].endswith("a.exe")
    assert len(file.names[1]) <= 1_024


def test_a_boundary_that_stands_nowhere_else_is_looked_for_once():
    body = b"\r\n--b\r\n" + b"QUJD" * 5_000 + b"\r\n--b\r\nx\r\n--b--\r\n"
    for behind, is_anywhere_else in (
        (b"", False),
        (b" --b", True),
        (b"\r\n --b\r\n", True),
        (b"\r\n--b --b\r\n", True),
    ):
        places = Places(body + behind, (0, len(body + behind)), b"b")
        while (at := places.next()) >= 0:
            places.skip((body + behind + b"\r\n").index(b"\r\n", at + 2))
        assert places.may_be_indented is is_anywhere_else
