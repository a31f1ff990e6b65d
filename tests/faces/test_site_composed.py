# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The web face as the program composes it: a process of its own, and the command that publishes."""

import http.client
import json
import os
import stat
import subprocess
import sys

import pytest

from poststelle.application.settings import read_settings
from poststelle.compose.web import secret_file
from support.command_line import poststelle
from support.gateway import eventually
from support.policies import POLICIES, ROOT

PROGRAM = (sys.executable, "-m", "poststelle")


def environment() -> dict[str, str]:
    """Nothing of the settings of whoever runs the tests."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("POSTSTELLE_", "DJANGO_"))}
    return {**clean, "PYTHONPATH": str(ROOT / "src")}


def port_of(folder) -> int:
    """What the role announced once it listens."""
    announced = folder / "data" / "run" / "web.json"
    return int(json.loads(announced.read_text())["port"]) if announced.is_file() else 0


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The role in a process of its own, on a free port."""
    folder = tmp_path_factory.mktemp("web")
    settings = folder / "poststelle.toml"
    settings.write_text(
        f'[house]\ndata = "{folder / "data"}"\npolicies = ["{POLICIES / "muenster"}"]\nmode = "demo"\n'
        '[malware]\nengine = "demo"\n[web]\nport = 0\n'
    )
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [*PROGRAM, "--settings", str(settings), "serve", "--role", "web"], env=environment(), stdout=log, stderr=log
        )
    try:
        eventually(lambda: process.poll() is not None or port_of(folder) > 0, seconds=60)
        assert process.poll() is None, (folder / "log").read_text()
        yield folder, port_of(folder), process
    finally:
        process.terminate()
        process.wait(20)


def ask(port: int, method: str, path: str, body: bytes = b"", **headers: str):
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        link.request(method, path, body, headers)
        answer = link.getresponse()
        return answer.status, answer.read()
    finally:
        link.close()


def test_the_role_serves_the_page_and_checks_files(running):
    _, port, _ = running
    assert ask(port, "GET", "/kontakt")[0] == 200
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.exe"\r\n\r\nMZ\0\0\r\n--x--\r\n'
    status, body = ask(port, "POST", "/api/v1/check", form, **{"Content-Type": "multipart/form-data; boundary=x"})
    assert (status, json.loads(body)["verdict"]) == (200, "reject")


def test_the_process_holds_no_connection_to_a_keyholder(running):
    _, _, process = running
    folder = f"/proc/{process.pid}/fd"
    held = [os.readlink(f"{folder}/{number}") for number in os.listdir(folder)]  # noqa: PTH115, PTH208 - links
    assert [name for name in held if "keyholder" in name] == []


def test_the_key_of_the_sessions_is_ours_alone(running):
    folder, _, process = running
    key = folder / "data" / "web-secret"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with open(f"/proc/{process.pid}/environ", "rb") as environ:  # noqa: PTH123 - not a path of ours
        assert key.read_bytes() not in environ.read()


def test_the_key_is_made_once(tmp_path):
    first = secret_file(tmp_path).read_text()
    assert secret_file(tmp_path).read_text() == first
    assert len(first) >= 50


def test_publish_writes_the_site_and_refuses_a_folder_of_others(tmp_path):
    out = tmp_path / "site"
    done = publish(tmp_path, out)
    assert done.code == 0, done.err
    assert (out / "kontakt" / "index.html").is_file()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    refused = publish(tmp_path, tmp_path / "other")
    assert refused.code == 2
    assert "was not written by an export" in refused.err


def publish(folder, out):
    settings = folder / "poststelle.toml"
    settings.write_text(f'[house]\ndata = "{folder / "data"}"\npolicies = ["{POLICIES / "muenster"}"]\n')
    return poststelle("--settings", str(settings), "publish", "--out", str(out))


def test_the_settings_of_the_web_face_have_bounds():
    assert read_settings("[web]\nport = 8443\n", {}).web.port == 8443
    assert read_settings("", {}).web.precheck_limit_mb == 64
