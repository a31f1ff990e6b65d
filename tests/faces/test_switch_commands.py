# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle observe`` and ``poststelle bypass``, and the doctor who sees them."""

import json
from pathlib import Path

import pytest

from support.command_line import poststelle as command

POLICY = Path(__file__).parents[2] / "policies" / "muenster"


@pytest.fixture(scope="module")
def poststelle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("switches")
    (folder / "poststelle.toml").write_text(
        f'[house]\ndata = "{folder}/data"\npolicies = ["{POLICY}"]\nmode = "demo"\n[malware]\nengine = "demo"\n[sender]\nmode = "none"\n'
    )

    def run(*words: str) -> tuple[int, str]:
        done = command(*words, cwd=folder)
        return done.code, done.said

    return run


def test_a_switch_is_set_seen_and_lifted(poststelle):
    assert poststelle("observe", "status") == (0, "observe was never on\n")
    code, said = poststelle("observe", "on", "--why", "first week")
    assert code == 0
    assert "muenster: observe ON" in said
    code, said = poststelle("observe", "status", "--json")
    assert (code, json.loads(said)["is_on"], json.loads(said)["why"]) == (1, True, "first week")
    assert poststelle("bypass", "status") == (0, "bypass was never on\n")
    _, said = poststelle("doctor")
    assert "switches: ON: observe for muenster" in said
    assert "poststelle observe off" in said
    assert "sender checks: NONE: nobody is proven" in said
    assert poststelle("observe", "off")[0] == 0
    assert poststelle("observe", "status")[0] == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [(("bypass", "on"), 2), (("bypass", "on", "--why", "x", "--authority", "nobody"), 5), (("observe", "perhaps"), 2)],
    ids=["without a reason", "an authority that is none", "no position"],
)
def test_what_cannot_be_meant_changes_nothing(poststelle, words, code):
    assert poststelle(*words)[0] == code
    assert poststelle("bypass", "status") == (0, "bypass was never on\n")
