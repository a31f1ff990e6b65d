# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Several files checked as one message, and the public description of what came of it."""

from poststelle.application.check import as_simple_mail, conclude
from poststelle.application.precheck import as_one_mail, described
from poststelle.core.facts import Defect, Inspection, Tier
from poststelle.core.formats import Format
from support.builders import RECEIVED_AT, a_file, a_text, an_inspection, the_terms


def judged(seen: Inspection | None):
    return conclude(as_simple_mail(seen) if seen else None, the_terms(), RECEIVED_AT)


def test_the_message_is_as_bad_as_its_worst_file():
    clean, noted = an_inspection(a_file("a.pdf")), an_inspection(a_file("b.pdf"), tier=Tier.NOTE)
    assert as_one_mail((noted, clean)).tier is as_one_mail((clean, noted)).tier is Tier.NOTE


def test_the_message_has_the_defects_of_all_its_files_and_their_sum():
    first, second = (
        an_inspection(a_file(f"{code}.pdf"), defects=(Defect(code, Tier.NOTE, "1"),)) for code in ("x-b", "x-a")
    )
    together = as_one_mail((first, second, first))
    assert [defect.code for defect in together.defects] == ["x-b", "x-a", "x-b"]
    assert together.attachments_bytes == 3000
    assert described("", judged(together))["defects"] == ["x-a", "x-b"]


def test_each_file_is_a_part_of_its_own_with_a_name_of_its_own():
    archive = a_file("a.zip", Format.ZIP, container=True)
    member = a_file("b.pdf", path=("a.zip", "b.pdf"))
    together = as_one_mail((an_inspection(archive, member),) * 3)
    assert [(file.section, file.path) for file in together.files] == [
        ("1", ("a.zip",)),
        ("1", ("a.zip", "b.pdf")),
        ("2", ("a.zip (2)",)),
        ("2", ("a.zip (2)", "b.pdf")),
        ("3", ("a.zip (3)",)),
        ("3", ("a.zip (3)", "b.pdf")),
    ]


def test_a_file_of_which_nothing_was_seen_takes_no_name():
    assert [file.path for file in as_one_mail((an_inspection(), an_inspection(a_file("a.pdf")))).files] == [("a.pdf",)]


def test_what_could_not_be_looked_into_is_described_as_such():
    said = described("antrag.pdf", judged(None))
    assert (said["format"], said["tier"], said["files"], said["defects"]) == ("unknown", "refuse", [], [])


def test_only_text_is_described_by_the_hash_of_its_words():
    text, picture = described("", judged(an_inspection(a_text(), a_file("a.png", Format.PNG))))["files"]
    assert "text_sha256" in text
    assert "text_sha256" not in picture
