# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The whole gateway under a stream of each shape, beside smtp-sink (which stores nothing) in the same run.

``python -m bench.gateway [SHAPE…]`` prints messages per second, processor time per message, latency and memory.
"""

import os
import platform
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.load import Run, stream
from bench.tree import Watch, cpu_seconds, pss_mib
from bench.workloads import MIX, Shape, shapes

HERE = Path(__file__).parent
COUNTS = {"text2k": 400, "doc300k": 120, "smime100k": 150, "img12m": 12, "mix": 200}
SINK = "/usr/sbin/smtp-sink"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def sink() -> Iterator[tuple[int, int]]:
    """Postfix's smtp-sink: (port, pid)."""
    port = free_port()
    process = subprocess.Popen([SINK, "-u", "root", f"127.0.0.1:{port}", "200"])
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


@contextmanager
def gateway(folder: Path, extra: str = "") -> Iterator[tuple[int, int]]:
    """The gateway with the policy of stadt.example: (port, pid of the supervisor)."""
    port = free_port()
    settings = folder / "poststelle.toml"
    settings.write_text(
        f'[house]\ndata = "{folder}/data"\npolicies = ["{HERE}/policy"]\nmode = "demo"\nhostname = "mx.stadt.example"\n'
        f"[door]\nport = {port}\nmax_per_address = 100\n[outbox]\nhold_back = true\n[web]\nport = {free_port()}\n{extra}",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "poststelle", "--settings", str(settings), "serve"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on {port}")


def workload(name: str, made: dict[str, Shape]) -> list[Shape]:
    if name != "mix":
        return [made[name]] * COUNTS[name]
    names = list(MIX) * (COUNTS["mix"] // len(MIX))
    random.Random(32).shuffle(names)
    return [made[one] for one in names]


@dataclass(frozen=True, slots=True)
class Measured:
    """One server under one stream. Memory is the proportional set size of its whole tree: shared pages counted once."""

    run: Run
    cpu_ms: float
    idle_mib: float
    peak_mib: float


def measure(port: int, pid: int, work: list[Shape], warm: Shape) -> Measured:
    stream(port, [warm] * 8)
    time.sleep(1.0)
    before, idle_mib = cpu_seconds(pid), pss_mib(pid)
    with Watch(pid) as watch:
        run = stream(port, work)
        time.sleep(0.5)
    return Measured(run, (cpu_seconds(pid) - before) / len(run.latencies) * 1000, idle_mib, watch.peak_mib)


def machine() -> str:
    """What the figures were taken on."""
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "?")
    python = f"Python {platform.python_version()}"
    return f"{cpu.partition(':')[2].strip() or '?'}, {os.cpu_count()} cores, Linux {platform.release()}, {python}"


def main(names: list[str]) -> None:
    made = shapes()
    print(f"{machine()}\npython -m bench.gateway {' '.join(names)}: 4 connections at a time, one for each message")
    print(
        f"{'shape':10} {'server':10} {'msg/s':>8} {'of sink':>8} {'CPU ms':>8} {'p50 ms':>8} {'p99 ms':>8} {'idle MiB':>8} "
        f"{'peak MiB':>8}  replies"
    )
    for name in names or list(COUNTS):
        work, base = workload(name, made), 0.0
        if Path(SINK).exists():
            with sink() as (port, pid):
                base = _line(name, "smtp-sink", measure(port, pid, work, made["text2k"]), 0.0)
        folder = Path(tempfile.mkdtemp(prefix="poststelle-bench-"))
        try:
            with gateway(folder) as (port, pid):
                _line(name, "poststelle", measure(port, pid, work, made["text2k"]), base)
        finally:
            shutil.rmtree(folder)


def _line(shape: str, server: str, measured: Measured, base: float) -> float:
    run = measured.run
    share = f"{run.per_second / base:8.2f}" if base else f"{1:8.2f}"
    print(
        f"{shape:10} {server:10} {run.per_second:8.1f} {share} {measured.cpu_ms:8.1f} {run.quantile_ms(0.5):8.1f} "
        f"{run.quantile_ms(0.99):8.1f} {measured.idle_mib:8.0f} {measured.peak_mib:8.0f}  {dict(run.replies)}",
        flush=True,
    )
    return run.per_second


if __name__ == "__main__":
    main(sys.argv[1:])
