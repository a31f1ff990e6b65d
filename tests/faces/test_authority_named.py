# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The check before sending by the policy of one of two authorities."""

import pytest

from poststelle.application.settings import House, Settings
from poststelle.compose.checks import checker
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.program import _parser
from support.policies import POLICIES


@pytest.fixture
def settings(tmp_path):
    return Settings(house=House(data=tmp_path / "data", policies=(POLICIES / "muenster", POLICIES / "strict")))


@pytest.mark.parametrize("named", ["strict", "muenster"])
def test_files_are_checked_by_the_policy_of_the_authority_named(settings, tmp_path, named):
    file = tmp_path / "notiz.txt"
    file.write_bytes(b"Guten Tag\r\n")
    with checker(settings, named) as check:
        assert check(file, file.name).verdict.edition.startswith(f"{named}/")


def test_the_only_authority_need_not_be_named(settings, tmp_path):
    file = tmp_path / "notiz.txt"
    file.write_bytes(b"Guten Tag\r\n")
    alone = settings.model_copy(
        update={"house": settings.house.model_copy(update={"policies": (POLICIES / "strict",)})}
    )
    with checker(alone) as check:
        assert check(file, file.name).verdict.edition.startswith("strict/")


@pytest.mark.parametrize("words", [("check", "x.txt"), ("inspect", "--batch", "-")], ids=["check", "inspect"])
def test_both_checks_take_the_name(words):
    assert _parser().parse_args([*words, "--authority", "strict"]).authority == "strict"
    assert _parser().parse_args([*words]).authority == ""


def test_an_authority_that_is_not_here_is_said_with_those_that_are(settings):
    with pytest.raises(CommandError, match="there is no authority other") as said, checker(settings, "other"):
        pass
    assert (said.value.exit_code, said.value.remedy) == (Exit.NOT_FOUND, "Known: muenster, strict.")
