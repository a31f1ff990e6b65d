# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The dispatcher: one file in, that file and everything inside it out, within one budget."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from poststelle.core.facts import Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import INSPECTORS, look
from poststelle.inspection.seen import MAX_EVIDENCE_CHARS, finding
from support.costs import calls
from support.looking import codes, looked
from support.packages import ODF_TEXT, docx, odf
from support.zipfiles import Member, zip_bytes

SIGNATURE = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" + bytes(40)
PAGE_FORMATS = "pdf txt bmp jpg png docx odt xlsx ods pptx odp zip".split()


class Ticks:
    """A clock that is over after so many questions."""

    def __init__(self, left: int) -> None:
        self.left = left

    def __call__(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_every_format_of_the_page_has_an_inspector():
    assert set(PAGE_FORMATS) <= set(INSPECTORS)


def test_the_file_comes_first_with_its_hash_and_size():
    seen = looked(b"Hallo", "a.txt")
    assert (seen.path, seen.names, seen.size_bytes) == ((), ("a.txt",), 5)
    assert seen.sha256 == sha256(b"Hallo").hexdigest()
    assert not seen.container


def test_an_empty_file_is_empty_and_nothing_else():
    for name in ("a.pdf", "a.txt", "a.zip", "a.exe", ""):
        assert codes(b"", name) == {Reason.EMPTY}
        assert looked(b"", name).format is Format.EMPTY


def test_paths_are_unique_even_for_members_of_one_name():
    twice = zip_bytes(Member("a.txt"), Member("a.txt"), Member("a.txt (2)"))
    paths = [seen.path for seen in look(twice, ("a.zip",), Budget())]
    assert len(set(paths)) == len(paths) == 4


def test_many_members_of_one_name_cost_no_more_than_others():
    equal, different = (
        zip_bytes(*(Member(name.format(number), b"x") for number in range(2_000))) for name in ("a.txt", "{}.txt")
    )
    assert calls(lambda: look(equal, ("a.zip",), Budget())) < 1.5 * calls(lambda: look(different, ("a.zip",), Budget()))


def test_members_of_archives_are_held_against_their_names():
    answer = look(zip_bytes(Member("plan.pdf", b"nur Text")), ("a.zip",), Budget())
    assert [one.code for one in answer[1].findings] == [Reason.TYPE_MISMATCH]


def test_parts_of_office_documents_are_never_seen_by_name():
    sheet = odf(media_type=ODF_TEXT.replace("text", "spreadsheet"))
    assert codes(odf({"debug/original.odt": sheet}), "a.odt") == set()


def test_a_foreign_member_is_named_and_left_to_the_policy():
    answer = look(zip_bytes(Member("plan.exe", b"MZ\x90\x00" + bytes(100))), ("a.zip",), Budget())
    assert (answer[1].format, answer[1].findings, answer[1].path) == (Format.EXE, (), ("plan.exe",))


def test_a_signature_named_after_the_stem_belongs_to_its_file_too():
    archive = zip_bytes(Member("antrag.docx", docx()), Member("antrag.p7s", SIGNATURE))
    assert look(archive, ("a.zip",), Budget())[2].trimming is Trimming.SIGNATURE


def test_signatures_do_not_excuse_one_another():
    archive = zip_bytes(Member("a.p7s", SIGNATURE), Member("a.p7m", SIGNATURE + b"x"))
    assert [seen.trimming for seen in look(archive, ("a.zip",), Budget())[1:]] == [None, None]


def test_time_that_runs_out_halfway_leaves_a_finding_on_what_was_not_looked_at():
    archive = zip_bytes(*(Member(f"{number}.txt") for number in range(6)))
    answer = look(archive, ("a.zip",), Budget(spent=Ticks(9)))
    late = [seen.path for seen in answer if any(one.code is Reason.TIMEOUT for one in seen.findings)]
    assert late == [("2.txt",), ("3.txt",), ("4.txt",), ("5.txt",)]


def test_evidence_is_short_and_printable():
    said = finding(Reason.MACRO, "a\x00b\u202e" + "c" * 500, "d\ne")
    assert len(said.evidence) <= MAX_EVIDENCE_CHARS
    assert said.evidence.isprintable()
    assert said.path[0].isprintable()


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_under_any_name_are_answered(content, name):
    assert look(content, (name,), Budget())[0].size_bytes == len(content)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), st.binary(max_size=60)), max_size=5))
def test_any_members_of_any_names_are_answered(members):
    archive = zip_bytes(*(Member(name.encode("utf-8", "replace"), plain, flags=0x800) for name, plain in members))
    paths = [seen.path for seen in look(archive, ("a.zip",), Budget())]
    assert len(set(paths)) == len(paths)
