# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Office documents as PDF for a clerk to look at: LibreOffice inside bubblewrap, which sees programs and this one file.

No network, no other process, no file of this machine but programs and fonts, nothing written but memory that goes with
it. Refuses to judge: what comes back is as untrusted as what went in, and is drawn by the inspector pool.
"""

import os
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CONVERSION_SECONDS = 25.0
MAX_PDF_BYTES = 64 * 1024 * 1024
PROBE_SECONDS = 5.0
_ADDRESS_SPACE_BYTES = 4 << 30
"""LibreOffice maps two gigabytes before it opens anything (7.4, 2026-11)."""
_CPU_SECONDS = 20
_PROCESSES = 256
_MEMORY_FILES_BYTES = 256 << 20
_CHUNK_BYTES = 1 << 16
EXTENSIONS = frozenset({"docx", "odt", "xlsx", "ods", "pptx", "odp"})
_PROGRAMS = "/usr"
_BESIDE = ("bin", "sbin", "lib", "lib64")
"""Where these are links into /usr they are made anew; real folders are shown."""
_SETTINGS = ("/etc/fonts", "/etc/alternatives", "/etc/libreoffice")
_SCRIPT = (
    'prlimit --as="$1" --cpu="$2" --nproc="$3" --fsize="$4" --core=0 --pid $$ && '
    '"$5" -env:UserInstallation=file:///draw/profile --headless --norestore --nolockcheck --convert-to pdf '
    '--outdir /draw/out "/draw/in.$6" >/dev/null 2>&1 </dev/null && exec cat /draw/out/in.pdf'
)
"""Inside, where the limits count only what runs inside; the PDF comes out by the pipe and by nothing else."""


@dataclass(frozen=True, slots=True)
class OfficePages:
    """Where the programs stand. One document at a time: each takes a core and some 200 MB."""

    bubblewrap: str
    office: str
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def as_pdf(self, content: bytes, extension: str, deadline_seconds: float = CONVERSION_SECONDS) -> bytes | None:
        """The document as PDF; None where it cannot be converted, in time or at all."""
        until = time.monotonic() + min(deadline_seconds, CONVERSION_SECONDS)
        if extension not in EXTENSIONS or not self._turn.acquire(timeout=max(0.0, deadline_seconds)):
            return None
        try:
            pdf = self._converted(content, extension, until)
        except OSError:
            return None
        finally:
            self._turn.release()
        return pdf if pdf.startswith(b"%PDF-") else None

    def _converted(self, content: bytes, extension: str, until: float) -> bytes:
        document = os.memfd_create("document")
        try:
            with os.fdopen(os.dup(document), "wb") as file:
                file.write(content)
                file.seek(0)
            return _said(self.command(document, extension), document, until)
        finally:
            os.close(document)

    def command(self, document: int, extension: str) -> tuple[str, ...]:
        """What is run: the sandbox around a shell around the program. ``document`` is the descriptor it is read from."""
        limits = (str(_ADDRESS_SPACE_BYTES), str(_CPU_SECONDS), str(_PROCESSES), str(MAX_PDF_BYTES))
        return (
            *_sandbox(self.bubblewrap),
            *("--size", str(_MEMORY_FILES_BYTES), "--tmpfs", "/draw", "--dir", "/draw/out", "--chdir", "/draw"),
            *("--file", str(document), f"/draw/in.{extension}"),
            *("--", "/usr/bin/sh", "-c", _SCRIPT, "sh", *limits, self.office, extension),
        )


def _sandbox(bubblewrap: str) -> Iterator[str]:
    yield from (bubblewrap, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL")
    yield from ("--ro-bind", _PROGRAMS, _PROGRAMS)
    for name in _BESIDE:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        else:
            yield from ("--ro-bind-try", str(place), str(place))
    for settings in _SETTINGS:
        yield from ("--ro-bind-try", settings, settings)
    yield from ("--proc", "/proc", "--dev", "/dev", "--size", str(_MEMORY_FILES_BYTES), "--tmpfs", "/tmp")  # noqa: S108 - inside
    yield from ("--setenv", "HOME", "/draw", "--setenv", "PATH", "/usr/bin", "--setenv", "LANG", "C.UTF-8")


def _said(command: tuple[str, ...], document: int, until: float) -> bytes:
    """What the command writes, as far as it is allowed to; empty where it fails, floods or takes too long."""
    process = subprocess.Popen(  # noqa: S603 - fixed programs, no shell of ours, no name from outside
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        pass_fds=(document,),
        env={},
        start_new_session=True,
    )
    try:
        said = _read(process, until)
        return said if process.wait(max(0.1, until - time.monotonic())) == 0 else b""
    except subprocess.TimeoutExpired:
        return b""
    finally:
        _end(process)


def _read(process: subprocess.Popen[bytes], until: float) -> bytes:
    assert process.stdout is not None  # noqa: S101 - asked for above
    said = bytearray()
    with selectors.DefaultSelector() as waiting, process.stdout as pipe:
        waiting.register(pipe, selectors.EVENT_READ)
        while waiting.select(max(0.0, until - time.monotonic())):
            chunk = os.read(pipe.fileno(), _CHUNK_BYTES)
            said += chunk
            if not chunk or len(said) > MAX_PDF_BYTES:
                return bytes(said)
    return b""


def _end(process: subprocess.Popen[bytes]) -> None:
    """The whole group; what runs inside goes with the first process of its own namespace."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    finally:
        process.wait()


def find_office_pages() -> OfficePages | None:
    """The programs of this machine, tried; None where one is missing or the sandbox cannot be set up here."""
    bubblewrap, office = shutil.which("bwrap"), shutil.which("soffice")
    if not bubblewrap or not office or not shutil.which("prlimit"):
        return None
    try:
        tried = subprocess.run(  # noqa: S603 - as above
            (*_sandbox(bubblewrap), "--", "/usr/bin/true"),
            env={},
            capture_output=True,
            timeout=PROBE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return OfficePages(bubblewrap, office) if tried.returncode == 0 else None
