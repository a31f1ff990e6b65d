# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A ready file tells of the process that wrote it, and of no other that has its number now."""

import json
import os
import subprocess
import sys

import pytest

from poststelle.adapters.ready_files import announce, ready


def test_a_role_at_work_is_found_with_its_port(tmp_path):
    announce(tmp_path, "door", 2525)
    found = ready(tmp_path, "door")
    assert (found.pid, found.port) == (os.getpid(), 2525)
    assert ready(tmp_path, "outbox") is None


def test_a_role_that_ended_is_not_at_work(tmp_path):
    word = "import sys; from pathlib import Path; from poststelle.adapters.ready_files import announce; "
    subprocess.run([sys.executable, "-c", f"{word}announce(Path(sys.argv[1]), 'door')", tmp_path], check=True)
    assert (tmp_path / "run" / "door.json").is_file()
    assert ready(tmp_path, "door") is None


def test_another_process_with_the_number_of_an_earlier_one_is_not_the_role(tmp_path):
    """As in every container that is started again on the same data: the numbers begin anew."""
    announce(tmp_path, "door", 2525)
    file = tmp_path / "run" / "door.json"
    said = json.loads(file.read_text())
    file.write_text(json.dumps(said | {"began": said["began"] - 1}))
    assert ready(tmp_path, "door") is None


def test_a_file_of_an_earlier_version_is_believed(tmp_path):
    announce(tmp_path, "door", 2525)
    (tmp_path / "run" / "door.json").write_text(json.dumps({"pid": os.getpid(), "port": 2525}))
    assert ready(tmp_path, "door") is not None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "port": 2, "colour": 3}'])
def test_what_is_no_ready_file_tells_of_nobody(tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "door.json").write_text(content)
    assert ready(tmp_path, "door") is None
