# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Each defence is taken away, and the tests that stand for it fail for its reason: what they claim, they look at.

With every defence in its place the same tests pass: they are part of the same run.
"""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from support.defences import DEFENCES, Defence
from support.removals import sabotage

ROOT = Path(__file__).parents[2]
SECONDS = 180
OF_A_CLAIM = ("AssertionError", "assert ", "Failed: DID NOT RAISE")
"""How a failure begins that is about what a test claims, and not about something that broke."""


@dataclass(frozen=True)
class Ran:
    """What became of one test."""

    name: str
    failed_with: str = ""
    told: str = ""
    is_broken: bool = False
    """Its fixtures failed, or it was never run."""


def without(defence: Defence, folder: Path) -> list[Ran]:
    """The tests of this defence, run in a process of their own from which it was taken away."""
    (folder / "sitecustomize.py").write_text(sabotage(defence.name))
    report, base = folder / "report.xml", folder / "base"
    command = [sys.executable, "-m", "pytest", "-vv", "-m", "soak or not soak", "--junitxml", str(report)]
    path = os.pathsep.join([str(folder), str(ROOT / "src"), str(ROOT / "tests")])
    done = subprocess.run(
        [*command, f"--basetemp={base}", *defence.tests],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=SECONDS,
    )  # fmt: skip
    assert report.exists(), done.stdout + done.stderr
    return [ran(case) for case in ET.parse(report).iter("testcase")]


def ran(case: ET.Element) -> Ran:
    broken, failed = case.find("error"), case.find("failure")
    is_broken = broken is not None or case.find("skipped") is not None
    if failed is None:
        return Ran(case.get("name", ""), told="" if broken is None else broken.text or "", is_broken=is_broken)
    return Ran(case.get("name", ""), failed.get("message", ""), failed.text or "", is_broken=is_broken)


@pytest.mark.parametrize(
    "defence",
    [pytest.param(one, id=one.name, marks=() if one.is_daily else pytest.mark.soak) for one in DEFENCES],
)
def test_without_the_defence_its_tests_fail_for_its_reason(defence):
    with TemporaryDirectory(prefix="without-") as folder:  # a short name: a socket's path has 108 characters
        found = without(defence, Path(folder))
    assert len(found) >= len(defence.tests)
    assert [one for one in found if one.is_broken] == []
    assert [one.name for one in found if not one.failed_with] == [], "passes without the defence"
    assert [one.failed_with for one in found if not one.failed_with.startswith(OF_A_CLAIM)] == []
    assert [one.told for one in found if not re.search(defence.fails_with, one.told, re.DOTALL)] == []
