# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import subprocess
import sys

OPEN = """
import sys
from pathlib import Path
from poststelle.records.database import setup
sys.stdin.read(1)
setup(Path(sys.argv[1]))
"""


def test_roles_that_start_together_on_an_empty_folder_all_find_their_tables(tmp_path):
    waiting = [
        subprocess.Popen([sys.executable, "-c", OPEN, str(tmp_path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for process in waiting:
        process.stdin.write(b".")
        process.stdin.flush()
    for process in waiting:
        assert process.communicate(timeout=60)[1] == b""
        assert process.returncode == 0
