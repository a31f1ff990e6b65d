# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The ZIP reader: whatever two readers could read differently is named, whatever honest writers do is not."""

import io
import struct
import time
import zipfile
import zlib
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.facts import Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import look
from support.looking import codes, looked
from support.zipfiles import Member, zip_bytes

PLAIN = Member()


def unicode_path(raw: bytes, name: bytes) -> bytes:
    """The extra field of APPNOTE 4.6.9."""
    return struct.pack("<HHBL", 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name


OTHER = Member("zweiter.txt", b"noch ein Text")
HONEST = zip_bytes(PLAIN, OTHER)


def of_zipfile(method: int, *, stream: bool = False) -> bytes:
    whole = io.BytesIO()
    target = _Unseekable(whole) if stream else whole
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr("Anlagen/", b"")
        archive.writestr("Anlagen/Größe.txt", "Maße".encode())
        with archive.open("zwei.txt", "w", force_zip64=True) as member:
            member.write(b"zwei")
    return whole.getvalue()


class _Unseekable(io.RawIOBase):
    def __init__(self, target: io.BytesIO) -> None:
        super().__init__()
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data) -> int:
        return self._target.write(data)


HONEST_KINDS = {
    "deflated": HONEST,
    "stored": zip_bytes(replace(PLAIN, method=0), OTHER),
    "one line feed after the end": HONEST + b"\n",
    "padded with NUL": HONEST + bytes(300),
    "with a comment": zip_bytes(PLAIN, comment=b"gepackt am Montag"),
    "descriptor with signature": zip_bytes(replace(PLAIN, flags=8), OTHER),
    "descriptor without signature": zip_bytes(
        replace(PLAIN, flags=8, descriptor=struct.pack("<3L", zlib.crc32(PLAIN.plain), len(PLAIN.packed), 29)), OTHER
    ),
    "flag of the descriptor in the central header only": zip_bytes(
        replace(PLAIN, flags=8, local_flags=0, descriptor=b""), OTHER
    ),
    "python, stored": of_zipfile(zipfile.ZIP_STORED),
    "python, deflated": of_zipfile(zipfile.ZIP_DEFLATED),
    "python, streamed with Zip64 descriptors": of_zipfile(zipfile.ZIP_DEFLATED, stream=True),
    "a very compressible drawing": zip_bytes(Member("karte.txt", b" " * 667_000)),
    "backslashes as in old Windows packers": zip_bytes(Member("Anlagen\\brief.txt")),
    "streamed by Info-ZIP from standard input": zip_bytes(replace(PLAIN, name="-", attributes=0o010600 << 16)),
    "a name in the Unicode field": zip_bytes(
        Member(b"Gr??e.txt", extra=unicode_path(b"Gr??e.txt", "Größe.txt".encode())), OTHER
    ),
    "a name in code page 437": zip_bytes(Member("Gr\x94\xe1e.txt".encode("latin-1"))),
}


@pytest.mark.parametrize("kind", HONEST_KINDS)
def test_an_honest_archive_is_not_objected_to(kind):
    assert codes(HONEST_KINDS[kind], "anlagen.zip") == set()


DISHONEST_KINDS = {
    "no end record": (HONEST[:-30], Reason.UNREADABLE),
    "names differ between headers": (zip_bytes(replace(PLAIN, local_name=b"brief.exe")), Reason.ZIP_STRUCTURE),
    "methods differ": (zip_bytes(replace(PLAIN, local_method=0)), Reason.ZIP_STRUCTURE),
    "checksums differ": (zip_bytes(replace(PLAIN, local_crc=1)), Reason.ZIP_STRUCTURE),
    "checksum is wrong in both": (zip_bytes(replace(PLAIN, crc=1)), Reason.ZIP_STRUCTURE),
    "a gap between members": (zip_bytes(PLAIN, replace(OTHER, before=b"MZ hidden")), Reason.ZIP_STRUCTURE),
    "a gap before the directory": (zip_bytes(PLAIN, gap=b"hidden"), Reason.ZIP_STRUCTURE),
    "a program behind the end": (HONEST + b"MZ and more", Reason.ZIP_STRUCTURE),
    "an archive in the comment": (zip_bytes(PLAIN, comment=HONEST), Reason.ZIP_STRUCTURE),
    "fewer entries than stand there": (zip_bytes(PLAIN, OTHER, entries=1), Reason.ZIP_STRUCTURE),
    "more entries than stand there": (zip_bytes(PLAIN, entries=2), Reason.ZIP_STRUCTURE),
    "two archives one after the other": (HONEST + HONEST, Reason.ZIP_STRUCTURE),
    "the promised descriptor is missing": (
        zip_bytes(replace(PLAIN, flags=8, local_flags=8, descriptor=b"")),
        Reason.ZIP_STRUCTURE,
    ),
    "a stub before the first member, offsets adjusted": (zip_bytes(PLAIN, prefix=b"#!/bin/sh\n"), Reason.ZIP_SFX),
    "a stub before the first member, offsets not adjusted": (
        zip_bytes(PLAIN, prefix=b"MZ" + bytes(98), shift=-100),
        Reason.ZIP_SFX,
    ),
    "an end record inside the directory": (zip_bytes(Member(b"a" + b"PK\x05\x06" + bytes(18))), Reason.ZIP_STRUCTURE),
    "encrypted": (zip_bytes(replace(PLAIN, flags=1)), Reason.ZIP_ENCRYPTED),
    "encrypted by WinZip": (zip_bytes(replace(PLAIN, method=99)), Reason.ZIP_ENCRYPTED),
    "strongly encrypted": (zip_bytes(replace(PLAIN, flags=0x40)), Reason.ZIP_ENCRYPTED),
    "only one of two encrypted": (zip_bytes(PLAIN, replace(OTHER, flags=1)), Reason.ZIP_ENCRYPTED),
    "bzip2": (zip_bytes(replace(PLAIN, method=12)), Reason.ZIP_METHOD),
    "up and away": (zip_bytes(Member("../brief.txt")), Reason.ZIP_TRAVERSAL),
    "up and away with backslashes": (zip_bytes(Member("a\\..\\..\\brief.txt")), Reason.ZIP_TRAVERSAL),
    "absolute": (zip_bytes(Member("/etc/brief.txt")), Reason.ZIP_TRAVERSAL),
    "another drive": (zip_bytes(Member("C:brief.txt")), Reason.ZIP_TRAVERSAL),
    "a symbolic link": (zip_bytes(replace(PLAIN, attributes=0o120777 << 16)), Reason.ZIP_SYMLINK),
    "a pipe": (zip_bytes(replace(PLAIN, attributes=0o010644 << 16)), Reason.ZIP_SYMLINK),
    "the same name twice": (zip_bytes(PLAIN, PLAIN), Reason.ZIP_DUPLICATE),
    "the same name in capitals": (zip_bytes(PLAIN, Member("BRIEF.TXT")), Reason.ZIP_DUPLICATE),
    "the same name decomposed": (zip_bytes(Member("ä.txt"), Member("a\u0308.txt")), Reason.ZIP_DUPLICATE),
    "the same name by another path": (zip_bytes(PLAIN, Member("./brief.txt")), Reason.ZIP_DUPLICATE),
    "the same name to Windows": (zip_bytes(PLAIN, Member("brief.txt. ")), Reason.ZIP_DUPLICATE),
    "a file that is a folder as well": (zip_bytes(PLAIN, Member("Brief.txt/zwei.txt")), Reason.ZIP_DUPLICATE),
    "the same name up to a NUL": (zip_bytes(PLAIN, Member("brief.txt\x00.exe")), Reason.ZIP_DUPLICATE),
    "a broken archive without its first header": (
        b"PK??" + bytes(90) + zip_bytes()[:-2] + b"\x09\x00",
        Reason.UNREADABLE,
    ),
    "right-to-left override": (zip_bytes(Member("gnp\u202etxt.txt")), Reason.ZIP_NAME),
    "a NUL in the name": (zip_bytes(Member("brief.txt\x00.exe")), Reason.ZIP_NAME),
    "a second name in the Unicode field": (
        zip_bytes(replace(PLAIN, extra=unicode_path(b"brief.txt", b"brief.exe"))),
        Reason.ZIP_NAME,
    ),
    "up and away in the Unicode field": (
        zip_bytes(replace(PLAIN, extra=unicode_path(b"brief.txt", b"../brief.txt"))),
        Reason.ZIP_TRAVERSAL,
    ),
    "up and away for readers without the Unicode field": (
        zip_bytes(Member(b"../gr\x94\xe1e.txt", extra=unicode_path(b"../gr\x94\xe1e.txt", "größe.txt".encode()))),
        Reason.ZIP_TRAVERSAL,
    ),
    "another Unicode field in the local header": (
        zip_bytes(
            replace(
                PLAIN,
                extra=unicode_path(b"brief.txt", b"brief.txt"),
                local_extra=unicode_path(b"brief.txt", b"blick.txt"),
            )
        ),
        Reason.ZIP_STRUCTURE,
    ),
    "no files at all": (zip_bytes(), Reason.EMPTY),
    "only a folder": (zip_bytes(Member("Anlagen/", b"", method=0)), Reason.EMPTY),
}


@pytest.mark.parametrize("kind", DISHONEST_KINDS)
def test_a_dishonest_archive_is_named(kind):
    content, code = DISHONEST_KINDS[kind]
    assert code in codes(content, "anlagen.zip")


def test_overlapping_members_are_not_expanded():
    quoted = zip_bytes(PLAIN, replace(OTHER, offset=0))
    answer = look(quoted, ("a.zip",), Budget())
    assert Reason.ZIP_STRUCTURE in {one.code for one in answer[0].findings}
    assert len(answer) == 1


def test_a_small_bomb_of_overlaps_is_answered_at_once():
    core = replace(PLAIN, plain=bytes(9_000_000), offset=0)
    bomb = zip_bytes(core, *(replace(core, name=f"{n}.txt", plain=b"", claimed_bytes=9_000_000) for n in range(100)))
    started = time.perf_counter()
    assert Reason.ZIP_BOMB in codes(bomb, "bombe.zip")
    assert time.perf_counter() - started < 0.5


def test_the_limit_is_on_the_sum_of_all_members():
    member = Member("a.txt", bytes(600))
    archive = zip_bytes(member, replace(member, name="b.txt"))
    assert Reason.ZIP_BOMB not in codes(archive, "a.zip", expanded_bytes=1200)
    assert Reason.ZIP_BOMB in codes(archive, "a.zip", expanded_bytes=1199)


def test_the_limit_is_shared_by_nested_archives():
    inner = zip_bytes(Member("a.txt", b"x" * 1000))
    outer = zip_bytes(Member("eins.zip", inner, method=0), Member("zwei.zip", inner, method=0))
    enough = 2 * len(inner) + 2000
    assert Reason.ZIP_BOMB not in codes(outer, "a.zip", expanded_bytes=enough)
    assert Reason.ZIP_BOMB in codes(outer, "a.zip", expanded_bytes=enough - 1)


def test_a_member_that_expands_to_more_than_it_says_is_cut_off():
    liar = replace(PLAIN, plain=bytes(1_000_000), claimed_bytes=10)
    assert Reason.ZIP_STRUCTURE in codes(zip_bytes(liar), "a.zip")


def test_members_are_counted_before_anything_is_built():
    crowded = HONEST[:-22] + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_000, 65_000, 92, 92, 0)
    assert codes(crowded, "a.zip") == {Reason.ZIP_TOO_MANY}


def test_five_thousand_members_are_the_limit_and_nested_ones_count():
    many = zip_bytes(*(Member(f"{n}.txt") for n in range(3)))
    assert Reason.ZIP_TOO_MANY not in codes(many, "a.zip", members=3)
    assert Reason.ZIP_TOO_MANY in codes(many, "a.zip", members=2)
    assert Reason.ZIP_TOO_MANY in codes(zip_bytes(Member("innen.zip", many)), "a.zip", members=3)


def test_three_archives_inside_one_another_are_opened_and_a_fourth_is_not():
    three = HONEST
    for _ in range(2):
        three = zip_bytes(Member("innen.zip", three))
    four = zip_bytes(Member("innen.zip", three))
    assert codes(three, "a.zip") == set()
    assert codes(four, "a.zip") == {Reason.ZIP_DEPTH}


def test_mac_metadata_is_trimming_by_content_as_well_as_by_name():
    apple = Member("__MACOSX/._brief.txt", b"\x00\x05\x16\x07" + bytes(80))
    store = Member(".DS_Store", b"\x00\x00\x00\x01Bud1" + bytes(80))
    disguised = Member("__MACOSX/._plan.exe", b"MZ" + bytes(200))
    answer = look(zip_bytes(PLAIN, apple, store, disguised), ("a.zip",), Budget())
    trimmed = {seen.path[0] for seen in answer if seen.trimming is Trimming.MAC_METADATA}
    assert trimmed == {"__MACOSX/._brief.txt", ".DS_Store"}
    assert {seen.format for seen in answer if seen.path == ("__MACOSX/._plan.exe",)} == {Format.EXE}


def test_a_signature_beside_its_file_is_trimming_and_a_lonely_one_is_not():
    signature = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(40)
    answer = look(zip_bytes(PLAIN, Member("brief.txt.p7s", signature)), ("a.zip",), Budget())
    assert answer[2].trimming is Trimming.SIGNATURE
    lonely = look(zip_bytes(PLAIN, Member("anderer.txt.p7s", signature)), ("a.zip",), Budget())
    assert lonely[2].trimming is None


def test_a_zip64_mark_inside_a_name_does_not_mislead():
    tricky = Member(b"PK\x06\x07" + b"a" * 12 + b".txt")
    answer = look(zip_bytes(PLAIN, tricky), ("a.zip",), Budget())
    assert {one.code for one in answer[0].findings} == {Reason.ZIP_NAME}
    assert len(answer) == 3


def test_members_follow_their_archive_with_their_path():
    inner = zip_bytes(PLAIN)
    answer = look(zip_bytes(Member("innen.zip", inner), OTHER), ("a.zip",), Budget())
    assert [seen.path for seen in answer] == [(), ("innen.zip",), ("innen.zip", "brief.txt"), ("zweiter.txt",)]
    assert [seen.container for seen in answer] == [True, True, False, False]


def test_time_that_is_over_is_a_finding():
    answer = look(HONEST, ("a.zip",), Budget(spent=lambda: True))
    assert answer[0].findings[0].code is Reason.TIMEOUT
    assert len(answer) == 1


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_mutated_archives_never_raise(changes):
    content = bytearray(HONEST_KINDS["python, streamed with Zip64 descriptors"].ljust(len(HONEST), b"\x00"))
    for at, value in changes:
        content[at] = value
    assert looked(bytes(content), "a.zip").sha256


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200), st.binary(max_size=200))
def test_whatever_stands_around_an_end_record_never_raises(before, after):
    assert looked(b"PK\x03\x04" + before + b"PK\x05\x06" + after, "a.zip").sha256
