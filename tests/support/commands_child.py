# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Many commands of one installation: ``python -m support.commands_child`` forks one for each line of standard input.

A line is JSON: ``words`` and ``stdin``. The answer is JSON: ``code``, ``out`` and ``err``. Each command runs in a process
of its own, as from a shell, without the second that a new interpreter takes to load everything.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from support.policies import ROOT


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


class Commands:
    """A context manager: the command line with these settings."""

    def __init__(self, settings: Path) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT / "tests")))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "support.commands_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.communicate()

    def __call__(self, *words: str, stdin: str = "") -> Done:
        assert self._process is not None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"words": ["--settings", str(self._settings), *words], "stdin": stdin}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return Done(**json.loads(self._process.stdout.readline()))

    def rows(self, *words: str) -> tuple[dict[str, Any], ...]:
        """The JSON lines of a list."""
        done = self(*words, "--json")
        assert done.code in {0, 1}, done.err
        return tuple(json.loads(line) for line in done.out.splitlines())


def main() -> None:
    """Answer until standard input ends."""
    import django  # noqa: F401 - loaded once for all of them

    import poststelle.__main__
    import poststelle.compose.commands

    for line in sys.stdin:
        order = json.loads(line)
        with tempfile.TemporaryFile("w+") as put_in, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            put_in.write(order["stdin"])
            put_in.seek(0)
            child = os.fork()
            if child == 0:
                for number, file in enumerate((put_in, out, err)):
                    os.dup2(file.fileno(), number)
                sys.stdin = os.fdopen(0)
                sys.argv = ["poststelle", *order["words"]]
                _run(poststelle.__main__.main)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            sys.stdout.write(json.dumps({"code": code, "out": _text(out), "err": _text(err)}) + "\n")
            sys.stdout.flush()


def _run(command: Any) -> None:
    """As an interpreter would end: with the exit code, or a traceback."""
    code = 70
    try:
        command()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        if code == 70:
            sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


if __name__ == "__main__":
    main()
