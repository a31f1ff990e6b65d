# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Programs a test needs: those of the system, found or with a sentence on what to install; and where Python finds ours."""

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OF_A_CHILD = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(ROOT / "src"), str(ROOT / "tests")))),
}
"""The environment of a Python process that a test starts: it finds the program and what supports the tests."""
_SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin"


def require_program(name: str, package: str) -> str:
    """The program's path; without it the test is skipped, or fails where nothing may be skipped."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}")
    if found:
        return found
    sentence = f"{name} is not installed: apt-get install {package}"
    if os.environ.get("POSTSTELLE_TEST_REQUIRE_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)
