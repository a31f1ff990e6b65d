# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m tests.fuzz TARGET… --seconds N``: bends inputs until the time is over and keeps what raised or took long.

With atheris installed (``make soak`` does), ``--atheris`` lets coverage guide the bending, inside packages too.
"""

import argparse
import random
import subprocess
import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

from fuzz.targets import TARGETS, Target  # noqa: E402 - found through the path above

SEEDS = 60
GUIDED_BYTES = 4 * 1024
"""Largest input under instrumentation: coverage finds its way in small ones, 90 to 120 in a second of the processor instead of 25
(mime, November 2026); the unguided run goes on to 400,000 bytes."""
GUIDED_SECONDS = 20
"""One input under instrumentation, which costs about five times the time."""
SLOW_SECONDS = 3.0
"""Processor time of one input of at most 400,000 bytes."""


def main() -> int:
    """0 where nothing was found."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="all where none is named")
    asked.add_argument("--seconds", type=float, default=60.0, help="for each target")
    asked.add_argument("--seed", type=int, default=None, help="repeats a run")
    asked.add_argument("--keep", type=Path, default=None, help="folder for inputs that were found")
    asked.add_argument("--jobs", type=int, default=1, help="targets at the same time")
    asked.add_argument("--atheris", action="store_true", help="guided by coverage, each target in a process of its own")
    given = asked.parse_args()
    names = given.targets or list(TARGETS)
    if given.atheris and find_spec("atheris") is None:
        print("atheris is not installed here (make soak installs it where it exists): no guided run", flush=True)  # noqa: T201 - the result
        return 0
    if given.atheris:
        return 1 if sum(_guided(name, given.seconds, given.seed, given.keep) for name in names) else 0
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(1 << 32)
    with ProcessPoolExecutor(given.jobs) as jobs:
        found = sum(jobs.map(partial(_fuzzed, seed=seed, seconds=given.seconds, keep=given.keep), names))
    return 1 if found else 0


def _fuzzed(name: str, *, seed: int, seconds: float, keep: Path | None) -> int:
    target, dice = TARGETS[name], random.Random(f"{name} {seed}")
    until = time.monotonic() + seconds
    runs, slowest, kinds = 0, 0.0, dict[str, int]()
    while time.monotonic() < until:
        content = target.make(dice)
        started = time.process_time()
        fault = _fault(target, content)
        took = time.process_time() - started
        runs, slowest = runs + 1, max(slowest, took)
        if took > SLOW_SECONDS:
            fault = fault or f"took {took:.1f} s"
        if fault:
            _keep(name, content, fault, kinds, keep)
    print(f"{name}: {runs} inputs, slowest {slowest:.2f} s, {len(kinds)} kinds of fault (seed {seed})", flush=True)  # noqa: T201 - the result
    return len(kinds)


def _fault(target: Target, content: bytes) -> str:
    try:
        target.run(content)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not happen
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}: {error}"[:300]
    return ""


def _keep(name: str, content: bytes, fault: str, kinds: dict[str, int], keep: Path | None) -> None:
    kind = fault.partition(": ")[0]
    kinds[kind] = kinds.get(kind, 0) + 1
    if kinds[kind] > 1:
        return
    print(f"{name}: {fault}", flush=True)  # noqa: T201 - the result
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        (keep / f"{name}-{len(kinds)}.bin").write_bytes(content)


def _guided(name: str, seconds: float, seed: int | None, keep: Path | None) -> int:
    """1 where something was found; it is kept as libFuzzer names it (``crash-…``, ``timeout-…``, ``oom-…``)."""
    keep = keep or Path(tempfile.mkdtemp(prefix=f"poststelle-fuzz-{name}-"))
    keep.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as seeds:
        for number, content in enumerate(_small_inputs(name)):
            (Path(seeds) / str(number)).write_bytes(content)
        limits = (
            f"-max_total_time={int(seconds)}",
            f"-timeout={GUIDED_SECONDS}",
            "-rss_limit_mb=1500",
            "-print_final_stats=1",
        )
        repeated = () if seed is None else (f"-seed={seed}",)
        places = (f"-artifact_prefix={keep}/", f"-max_len={GUIDED_BYTES}", seeds)
        child = (sys.executable, "-m", "fuzz.guided", name, *limits, *repeated, *places)
        ended = subprocess.run(child, cwd=Path(__file__).parents[1], check=False)
    print(f"{name}: {'a fault, see ' + str(keep) if ended.returncode else 'no fault'}", flush=True)  # noqa: T201 - the result
    return int(ended.returncode != 0)


def _small_inputs(name: str) -> list[bytes]:
    """The same at every run."""
    dice = random.Random(name)
    made = (TARGETS[name].make(dice) for _ in range(10 * SEEDS))
    return [content for content in made if len(content) <= GUIDED_BYTES][:SEEDS]


if __name__ == "__main__":
    sys.exit(main())
