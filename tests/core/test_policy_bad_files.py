# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every file in tests/policies/bad breaks the Münster files in one place and names the message that must follow."""

import tomllib
from pathlib import Path

import pytest

from poststelle.application.policies import PolicyError, load_edition
from poststelle.application.policy_folder import DIRECTORY_FILE, folder_faults, load_folder
from poststelle.core.lint import CODES
from support.policies import EDITION_FILE, policy_text

BAD = sorted((Path(__file__).parents[1] / "policies" / "bad").glob("*.toml"))


def broken(case: dict[str, str]) -> dict[str, bytes]:
    files = {EDITION_FILE: policy_text(), DIRECTORY_FILE: policy_text(file_name=DIRECTORY_FILE)}
    if "replace_all" in case:
        files[case["file"]] = case["replace_all"]
    else:
        assert case["old"] in files[case["file"]], "the case no longer meets the file it breaks"
        files[case["file"]] = files[case["file"]].replace(case["old"], case["new"], 1)
    return {name: text.encode() for name, text in files.items()}


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_answered_with_exactly_its_messages(path):
    case = tomllib.loads(path.read_text())
    assert [str(fault) for fault in folder_faults("bad", broken(case))] == case["expect"]


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_errors_refuse_start_and_warnings_do_not(path):
    case = tomllib.loads(path.read_text())
    if all("warning:" in message for message in case["expect"]):
        assert load_folder("bad", broken(case)).authority == "muenster"
    else:
        with pytest.raises(PolicyError) as refused:
            load_folder("bad", broken(case))
        assert [str(fault) for fault in refused.value.faults] == [m for m in case["expect"] if "warning:" not in m]


def test_every_code_is_met_by_a_bad_file():
    met = {message.split(": ")[1].split()[0] for path in BAD for message in tomllib.loads(path.read_text())["expect"]}
    assert set(CODES) - met == {"PS102"}, "PS102 is the one that cannot be written as TOML"


def test_a_file_that_is_not_utf8_names_the_line():
    with pytest.raises(PolicyError) as refused:
        load_edition("x.toml", b'authority = "a"\nname = "M\xfcnster"\n')
    assert [str(fault) for fault in refused.value.faults] == ["x.toml:2: PS102 the file is not UTF-8"]


def test_an_empty_folder_is_a_fault_of_its_own():
    assert [fault.code for fault in folder_faults("leer", {})] == ["PS106"]


def test_faults_of_edition_and_directory_come_in_one_go():
    files = {
        EDITION_FILE: policy_text().replace('limit = "20 MB"', 'limt = "20 MB"', 1).encode(),
        DIRECTORY_FILE: policy_text(file_name=DIRECTORY_FILE).replace('number = "33"', 'number = "32"', 1).encode(),
    }
    assert {fault.code for fault in folder_faults("bad", files)} == {"PS103", "PS104", "PS602"}
