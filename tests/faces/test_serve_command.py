# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle serve`` refuses to start with a sentence, never with a traceback."""

import itertools
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from poststelle.faces.cli.frame import Exit

POLICY = Path(__file__).parents[2] / "policies" / "muenster"


def serving(folder: Path, policy: Path, generate: str = "true") -> tuple[int, str]:
    """Exit code and complaint of a start that must fail."""
    return started(
        folder,
        f'[house]\nmode = "demo"\ndata = "{folder}/data"\npolicies = ["{policy}"]\n[keys]\ngenerate = {generate}\n'
        "[door]\nport = 0\n[web]\nport = 0\n",
    )


def started(folder: Path, content: str | bytes, *words: str) -> tuple[int, str]:
    """The same with this settings file."""
    command = command_with(folder, content)
    done = subprocess.run([*command, *words], capture_output=True, timeout=60, check=False)
    return done.returncode, done.stderr.decode()


def command_with(folder: Path, content: str | bytes) -> list[str]:
    file = folder / "poststelle.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return [sys.executable, "-m", "poststelle", "--settings", str(file), "serve"]


def demonstration(folder: Path, further: str) -> str:
    """Settings of one, with more of them."""
    return f'[house]\nmode = "demo"\ndata = "{folder}/data"\npolicies = ["{POLICY}"]\n{further}'


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


def test_every_reason_not_to_start_is_told_at_once(tmp_path):
    code, said = started(tmp_path, '[door]\nkey = "door.key"\n[sender]\nmode = "header"\n')
    assert code == Exit.SETTINGS
    assert all(part in said for part in ("without a certificate", "no authserv_id", "no virus scanner"))


def test_settings_that_are_no_text_are_a_sentence(tmp_path):
    code, said = started(tmp_path, b"\xff")
    assert code == Exit.SETTINGS
    assert "it is not UTF-8" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("role", ["door", "recipients", "health"])
def test_a_port_that_another_program_has_is_named(tmp_path, role):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        enabled = "" if role == "door" else "enabled = true\n"
        text = f'[house]\nmode = "demo"\ndata = "{tmp_path}/data"\npolicies = ["{POLICY}"]\n[{role}]\n{enabled}port = {port}\n'
        code, said = started(tmp_path, text, "--role", role)
    assert code == Exit.UNAVAILABLE
    assert f"127.0.0.1:{port}" in said
    assert "ddress already in use" in said
    assert "Traceback" not in said


def test_a_role_that_cannot_go_on_says_why_and_is_started_again(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        gateway = subprocess.Popen(
            command_with(tmp_path, demonstration(tmp_path, f"[door]\nport = {port}\n[web]\nport = 0\n")),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert gateway.stderr is not None
        said = list(
            itertools.islice((line for line in gateway.stderr if "role=door" in line or "role door" in line), 3)
        )
        gateway.terminate()
        gateway.communicate(timeout=60)
    assert f"event=cannot-go-on cause=no door can listen on 127.0.0.1:{port}" in said[0]
    assert said[1] == "role door ended with 4; it starts again in 0.2 s\n"
    assert "event=cannot-go-on" in said[2]


@pytest.mark.parametrize(
    ("content", "why"), [(None, "no such file or directory"), ("no certificate", "not a chain of certificates")]
)
def test_a_certificate_of_no_use_refuses_the_start_by_its_key(tmp_path, content, why):
    file = tmp_path / "door.pem"
    if content is not None:
        file.write_text(content)
    code, said = started(tmp_path, demonstration(tmp_path, f'[door]\ncertificate = "{file}"\nkey = "{file}"\n'))
    assert code == Exit.SETTINGS
    assert said.startswith(f"poststelle: door.certificate: {file} with the key {file} cannot be used: ")
    assert why in said
    assert "Traceback" not in said
