# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import argparse
import json

import pytest

from poststelle.adapters.policy_folder import read_folder
from poststelle.faces.cli import policy
from support.policies import EDITION_FILE, POLICIES, policy_text


def command(*words: str) -> int:
    parser = argparse.ArgumentParser()
    policy.add_parser(parser.add_subparsers())
    args = parser.parse_args(["policy", *words])
    return args.run(args)


def test_lint_passes_the_shipped_policies(capsys):
    assert command("lint", str(POLICIES)) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "authorities: 4, errors: 0, warnings: 1"


def test_strict_lint_counts_warnings(capsys):
    assert command("lint", "--strict", str(POLICIES)) == 1


def test_lint_names_file_key_and_the_word_that_was_meant(capsys, tmp_path):
    (tmp_path / EDITION_FILE).write_text(policy_text().replace('clause = "email.spam"', 'clause = "email.span"', 1))
    assert command("lint", str(tmp_path)) == 1
    expected = (
        f'{tmp_path}/{EDITION_FILE}: PS201 spam.clause: there is no clause "email.span" (did you mean "email.spam"?)'
    )
    assert expected in capsys.readouterr().out.splitlines()


def test_lint_as_json_can_be_read_by_programs(capsys, tmp_path):
    (tmp_path / EDITION_FILE).write_text("[")
    assert command("lint", "--json", str(tmp_path)) == 1
    (fault,) = json.loads(capsys.readouterr().out)
    assert (fault["code"], fault["line"], fault["severity"]) == ("PS101", 1, "error")


@pytest.mark.parametrize("folder", ["absent", "."], ids=["no such folder", "a folder without policies"])
def test_a_folder_that_cannot_be_linted_is_its_own_exit_code(capsys, tmp_path, folder):
    assert command("lint", str(tmp_path / folder)) == 2
    assert str(tmp_path) in capsys.readouterr().err


def test_show_prints_clauses_with_their_values(capsys):
    assert command("show", str(POLICIES / "muenster"), "--lang", "en") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("muenster/2026-01-01  sha256:")
    assert "[attachments.total] Size of attachments" in shown
    assert "20,971,520 bytes" in shown


def test_show_of_an_edition_that_does_not_exist_says_which_do(capsys):
    assert command("show", str(POLICIES / "muenster"), "--edition", "2025-01-01") == 2
    assert "2026-01-01" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("schema",), ("schema", "--directory")], ids=["edition", "directory"])
def test_schema_is_json(capsys, words):
    assert command(*words) == 0
    assert json.loads(capsys.readouterr().out)["additionalProperties"] is False


def test_the_folder_on_disk_reads_like_the_files_in_memory():
    assert read_folder(POLICIES / "muenster").authority == "muenster"


def test_diff_prints_what_changed_between_the_last_two_editions(capsys, tmp_path):
    later = policy_text().replace("valid_from = 2026-01-01", "valid_from = 2026-07-01", 1).replace("20 MB", "30 MB", 1)
    (tmp_path / EDITION_FILE).write_text(policy_text())
    (tmp_path / "2026-07-01.toml").write_text(later)
    assert command("diff", str(tmp_path)) == 0
    assert capsys.readouterr().out.splitlines() == [
        "~ valid_from: 2026-01-01 → 2026-07-01",
        "~ email.size.limit: 20 MB → 30 MB",
    ]


def test_diff_of_a_single_edition_says_what_there_is(capsys):
    assert command("diff", str(POLICIES / "muenster")) == 2
    assert "2026-01-01" in capsys.readouterr().err


def test_faults_keep_show_and_diff_from_guessing(capsys, tmp_path):
    (tmp_path / EDITION_FILE).write_text("[")
    assert command("show", str(tmp_path)) == 1
    assert command("diff", str(tmp_path)) == 1
    assert capsys.readouterr().err.count("PS101") == 2
