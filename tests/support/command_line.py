# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The program's commands, each in a process of its own as from a shell: forked from one that has loaded the program.

A new interpreter takes more than a second to load everything. So ``python -m support.command_line`` does it once for a
test run, and forks for each line of JSON on standard input: ``words``, ``stdin``, ``cwd`` and ``environment``. It answers
with ``code``, ``out`` and ``err``.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import IO, Any, NoReturn

from support.programs import OF_A_CHILD

MODULE = "support.command_line"
SECONDS = 120
_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything, as one would see it on a terminal."""
        return self.out + self.err

    def well(self) -> str:
        """What it said, where it went well."""
        assert self.code == 0, self.said
        return self.out

    @property
    def rows(self) -> tuple[dict[str, Any], ...]:
        """What it said with ``--json``."""
        assert self.code in {0, 1}, self.said
        return tuple(json.loads(line) for line in self.out.splitlines())


def poststelle(*words: str, cwd: Path | None = None, environment: Mapping[str, str] = _NONE, stdin: str = "") -> Done:
    """One command, carried out; of the environment of the test it gets nothing that is a setting."""
    order = {
        "words": words,
        "stdin": stdin,
        "cwd": str(cwd or Path.cwd()),
        "environment": {**_of_nobody(), **environment},
    }
    starter = _starter()
    assert starter.stdin is not None
    assert starter.stdout is not None
    starter.stdin.write(json.dumps(order) + "\n")
    starter.stdin.flush()
    return Done(**json.loads(starter.stdout.readline()))


def _of_nobody() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("POSTSTELLE_", "DJANGO_"))}


@cache
def _starter() -> "subprocess.Popen[str]":
    """The loaded program, which ends with this process."""
    command = (sys.executable, "-m", MODULE)
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=OF_A_CHILD)
    atexit.register(started.communicate)
    return started


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
                _become(order, put_in, out, err)
                _run(poststelle.__main__.main)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            answer = {"code": code, "out": _text(out), "err": _text(err)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _become(order: Mapping[str, Any], *files: IO[Any]) -> None:
    """From here on this is the process of one command."""
    signal.alarm(SECONDS)
    for number, file in enumerate(files):
        os.dup2(file.fileno(), number)
    sys.stdin = os.fdopen(0)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.argv = ["poststelle", *order["words"]]


def _run(command: Callable[[], None]) -> NoReturn:
    """Ends with the command's exit code or a traceback, and does not clear away what was loaded: that takes 0.3 s."""
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
