# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle serve`` refuses to start with a sentence, never with a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from poststelle.faces.cli.frame import Exit

POLICY = Path(__file__).parents[2] / "policies" / "muenster"


def serving(folder: Path, policy: Path, generate: str = "true") -> tuple[int, str]:
    """Exit code and complaint of a start that must fail."""
    settings = folder / "poststelle.toml"
    settings.write_text(
        f'[house]\nmode = "demo"\ndata = "{folder}/data"\npolicies = ["{policy}"]\n[keys]\ngenerate = {generate}\n'
        "[door]\nport = 0\n[web]\nport = 0\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "poststelle", "--settings", str(settings), "serve"]
    done = subprocess.run(command, capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


@pytest.mark.parametrize("generate", ["true", "false"])
def test_a_wrong_policy_is_named_by_its_keys(tmp_path, generate):
    policy = tmp_path / "policy"
    policy.mkdir()
    for file in POLICY.glob("*.toml"):
        (policy / file.name).write_bytes(b"nonsense = 1\n" + file.read_bytes())
    code, said = serving(tmp_path, policy, generate)
    assert code == Exit.SETTINGS
    assert "nonsense" in said
    assert "poststelle policy lint" in said
    assert "Traceback" not in said


def test_a_data_folder_that_cannot_be_is_told_as_the_worlds_fault(tmp_path):
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    code, said = serving(tmp_path, POLICY, "false")
    assert code == Exit.UNAVAILABLE
    assert f"the data folder {tmp_path}/data cannot be had: File exists" in said
    assert "Traceback" not in said
    assert "role door" not in said
