# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The program that holds the private keys is small: what it does not load can neither be attacked nor take room."""

import subprocess
import sys

ELSEWHERE = {"django", "uvicorn", "dns", "pikepdf", "pypdfium2", "PIL", "lxml", "pyhanko_certvalidator", "tnefparse"}


def test_the_keyholder_loads_no_web_no_network_and_no_parser_of_documents():
    program = "import sys, poststelle.compose.keyholding; print(*sys.modules)"
    asked = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in asked.stdout.split()}
    assert "cryptography" in loaded
    assert loaded & ELSEWHERE == set()
