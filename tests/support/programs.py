# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""System programs a test needs: found, or a sentence on what to install."""

import os
import shutil

import pytest

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
