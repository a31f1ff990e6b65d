# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle observe`` and ``poststelle bypass``, and the doctor who sees them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

POLICY = Path(__file__).parents[2] / "policies" / "muenster"


@pytest.fixture(scope="module")
def poststelle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("switches")
    (folder / "poststelle.toml").write_text(
        f'[house]\ndata = "{folder}/data"\npolicies = ["{POLICY}"]\nmode = "demo"\n[malware]\nengine = "demo"\n[sender]\nmode = "none"\n'
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "src")}

    def run(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "poststelle", *words]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

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
