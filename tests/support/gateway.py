# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The whole gateway in processes of its own, as ``poststelle serve`` starts it, and what a test sees of it."""

import email
import os
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from email import policy
from email.message import EmailMessage
from pathlib import Path
from types import MappingProxyType
from typing import Any, Self, TypeVar

from poststelle.adapters.keyring import VARIABLE
from poststelle.adapters.ready_files import Ready, ready
from poststelle.application.demonstration import Ports, as_toml, demo_settings
from poststelle.application.settings import Settings
from support.command_line import Done, poststelle

_T = TypeVar("_T")
POLICY = Path(__file__).parents[2] / "policies" / "muenster"
START_SECONDS = 180.0
"""Long enough for a machine that does other things as well: a role has taken 28 s on two processors for eight."""
STOP_SECONDS = 30.0
ROLES = ("door", "outbox", "sequencer", "maildrop")
_NONE: Mapping[str, Any] = MappingProxyType({})


def eventually(look: Callable[[], _T], seconds: float = 30.0, what: str = "") -> _T:
    """The first true value that ``look`` gives; a failure where there is none in time."""
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, f"not within {seconds} s: {what or look}"
        threading.Event().wait(0.03)
    return found


def a_free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_running(pid: int) -> bool:
    """The process is there and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> tuple[int, ...]:
    """The processes that this one started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return tuple(found)


def below(pid: int) -> tuple[int, ...]:
    """Every process that descends from this one, the nearest first."""
    nearest = children(pid)
    return (*nearest, *(further for child in nearest for further in below(child)))


def nurseries(supervisor: int) -> tuple[int, ...]:
    """Of every pool: forked from the one program that the supervisor started, or else started by a role itself."""
    return tuple(nursery for starter in children(supervisor) for nursery in children(starter))


def remembers(pid: int, secret: bytes) -> bool:
    """The secret stands somewhere in the memory that this process can write."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            begin, end = (int(edge, 16) for edge in place.split("-"))
            if rights.startswith("rw"):
                memory.seek(begin)
                if secret in memory.read(end - begin):
                    return True
    return False


@contextmanager
def one_role(command: Sequence[str], log: Path, environment: Mapping[str, str]) -> Iterator["subprocess.Popen[bytes]"]:
    """One role in a process of its own, asked to end afterwards; what it says goes to the end of the log."""
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env={**os.environ, **environment})
    try:
        yield process
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_SECONDS) in (0, -signal.SIGTERM)
    finally:
        process.kill()
        process.wait()


class Gateway:
    """A context manager; the data folder outlives it."""

    def __init__(
        self,
        folder: Path,
        *,
        door_port: int = 0,
        lease_seconds: int = 10,
        policy: Path = POLICY,
        passphrase: str = "",
        changes: Mapping[str, Mapping[str, object]] = _NONE,
        environment: Mapping[str, str] = _NONE,
    ) -> None:
        """``changes`` to the demonstration's settings, by section; ``environment`` beside that of the test."""
        made = demo_settings(folder, policy, Ports(door_port, a_free_port(), a_free_port())).model_dump()
        made["outbox"]["lease_seconds"] = lease_seconds
        for section, values in changes.items():
            made[section].update(values)
        self.settings = Settings.model_validate(made)
        self.folder = folder
        self._file = folder / "poststelle.toml"
        self._environment = {**os.environ, **environment, **({VARIABLE: passphrase} if passphrase else {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._ended: dict[str, int] = {}

    def write_settings(self) -> None:
        """For commands that need no running gateway."""
        self.folder.mkdir(exist_ok=True)
        self._file.write_text(as_toml(self.settings), encoding="utf-8")

    def __enter__(self) -> Self:
        self.write_settings()
        with (self.folder / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(self.command("serve"), stdout=log, stderr=log, env=self._environment)
        process = self._process
        try:
            eventually(
                lambda: all(self.role(name) for name in self._awaited) or process.poll() is not None,
                START_SECONDS,
                "every role is at work",
            )
        except BaseException:
            process.terminate()
            raise
        assert process.poll() is None, self.log
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        if self._process.returncode == -signal.SIGKILL:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            assert self._process.wait(STOP_SECONDS) == 0
        finally:
            self._process.kill()
            self._process.wait()

    def command(self, *arguments: str) -> tuple[str, ...]:
        """This installation's command line."""
        return (sys.executable, "-m", "poststelle", "--settings", str(self._file), *arguments)

    def poststelle(self, *words: str, environment: Mapping[str, str] = _NONE, stdin: str = "") -> Done:
        """A command of this installation, carried out."""
        return poststelle("--settings", str(self._file), *words, environment=environment, stdin=stdin)

    def role(self, name: str) -> Ready | None:
        """The process at work in this role."""
        return ready(self.folder, name)

    @property
    def pid(self) -> int:
        """The supervisor, from which the roles are forked."""
        assert self._process is not None
        return self._process.pid

    @property
    def _awaited(self) -> tuple[str, ...]:
        further = tuple(f"door-{number}" for number in range(2, self.settings.door.processes + 1))
        roles = (name for name in ROLES if name != "maildrop" or self.settings.maildrop.enabled)
        return (*roles, *further)

    @property
    def target(self) -> Path | str:
        """Where its records are, for ``attach``."""
        return self.settings.store.database or self.folder

    def fall(self) -> None:
        """The whole machine goes down at once."""
        assert self._process is not None
        roles = children(self._process.pid)
        for pid in (self._process.pid, *roles):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        eventually(lambda: not any(map(is_running, roles)), 10, "every role is down")

    @property
    def port(self) -> int:
        """Where the door listens."""
        door = self.role("door")
        assert door is not None
        return door.port

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text()

    def kill(self, role: str) -> None:
        """End a role as a crash would, and wait until the supervisor has started it again."""
        self.end(role)
        self._at_work_again(role)

    def end(self, role: str) -> None:
        """The same without the wait; a role that was ended before is ended again when it is back."""
        found = self._at_work_again(role)
        os.kill(found.pid, signal.SIGKILL)
        self._ended[role] = found.pid

    def _at_work_again(self, role: str) -> Ready:
        def found() -> Ready | None:
            now = self.role(role)
            return now if now and now.pid != self._ended.get(role) else None

        return eventually(found, START_SECONDS, f"{role} is at work")

    def end_the_inspectors(self) -> None:
        """End every worker, or the nurseries where there is no worker at this moment."""

        def are_ended() -> bool:
            known = nurseries(self.pid)
            ended = 0
            for pid in [worker for nursery in known for worker in children(nursery)] or known:
                with suppress(ProcessLookupError):  # it was retired since the look
                    os.kill(pid, signal.SIGKILL)
                    ended += 1
            return ended > 0

        eventually(are_ended, START_SECONDS, "an inspector is at work")

    def session(self) -> smtplib.SMTP:
        """A connection to the door."""
        return smtplib.SMTP("127.0.0.1", self.port, timeout=90)

    def mailbox(self, address: str) -> tuple[EmailMessage, ...]:
        """What was kept for this address, oldest first."""
        files = sorted((self.folder / "mailboxes" / address / "new").glob("*"), key=lambda file: file.stat().st_mtime)
        return tuple(parsed(file.read_bytes()) for file in files)


def parsed(content: bytes) -> EmailMessage:
    """The message as a mail program reads it."""
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
