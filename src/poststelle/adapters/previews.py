# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Office documents as PDF for a preview: LibreOffice inside bubblewrap, one temporary folder for each file.

Without both programs there is no such preview; the words of a document come from the inspector pool in any case. What
comes back is as untrusted as what went in, and is drawn by the pool.
"""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CONVERSION_SECONDS = 30.0
MAX_PDF_BYTES = 64 * 1024 * 1024
_ADDRESS_SPACE_BYTES = 4 << 30
_CPU_SECONDS = 25
_MAX_PROCESSES = 64
_EXTENSIONS = frozenset({"docx", "odt", "xlsx", "ods", "pptx", "odp", "rtf", "doc", "xls", "ppt"})
_READ_ONLY = ("/usr", "/bin", "/lib", "/lib64", "/sbin", "/etc/fonts", "/etc/alternatives", "/etc/libreoffice", "/opt")


@dataclass(frozen=True, slots=True)
class OfficePreviews:
    """Where the programs stand."""

    bubblewrap: str
    prlimit: str
    office: str

    def as_pdf(self, content: bytes, extension: str, deadline_seconds: float = CONVERSION_SECONDS) -> bytes | None:
        """The document as PDF; None where it cannot be converted in time."""
        if extension not in _EXTENSIONS:
            return None
        with tempfile.TemporaryDirectory(prefix="poststelle-preview-") as name:
            folder = Path(name)
            (folder / f"in.{extension}").write_bytes(content)
            return self._converted(folder, extension, min(deadline_seconds, CONVERSION_SECONDS))

    def _converted(self, folder: Path, extension: str, seconds: float) -> bytes | None:
        try:
            subprocess.run(  # noqa: S603 - fixed programs, no shell, the name is ours
                self._command(folder, extension),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                timeout=seconds,
                check=True,
            )
        except (subprocess.SubprocessError, OSError):
            return None
        made = folder / "in.pdf"
        if made.is_symlink() or not made.is_file() or made.stat().st_size > MAX_PDF_BYTES:
            return None
        return made.read_bytes()

    def _command(self, folder: Path, extension: str) -> tuple[str, ...]:
        """No network, no other process, no file but the programs' own; everything dies with this process."""
        seen = (part for place in _READ_ONLY for part in ("--ro-bind-try", place, place))
        return (
            *(self.prlimit, f"--as={_ADDRESS_SPACE_BYTES}", f"--cpu={_CPU_SECONDS}", f"--fsize={MAX_PDF_BYTES}"),
            *(f"--nproc={_MAX_PROCESSES}", "--core=0", "--", self.bubblewrap),
            *("--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--cap-drop", "ALL"),
            *seen,
            *("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--dir", "/tmp/home"),  # noqa: S108 - inside
            *("--bind", str(folder), "/work", "--chdir", "/work"),
            *("--setenv", "HOME", "/tmp/home", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "LANG", "C.UTF-8"),  # noqa: S108 - inside
            *("--", self.office, "--headless", "--norestore", "--safe-mode", "--convert-to", "pdf"),
            *("--outdir", "/work", f"/work/in.{extension}"),
        )


def find_office_previews() -> OfficePreviews | None:
    """The programs of this machine; None where one is missing: then there are no such previews."""
    found = tuple(shutil.which(name) for name in ("bwrap", "prlimit", "soffice"))
    bubblewrap, prlimit, office = found
    return OfficePreviews(bubblewrap, prlimit, office) if bubblewrap and prlimit and office else None
