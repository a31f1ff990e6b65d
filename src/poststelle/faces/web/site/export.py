# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The static export: the whole public site as files, by the same documents as the served one, without any script.

The folder is written beside its place and then put there, so that a web server never shows half a site. It is meant
to be the root of a host: links begin with a slash.
"""

import tempfile
from pathlib import Path

from poststelle.faces.web.assets import assets
from poststelle.faces.web.site.routes import every_document, is_html
from poststelle.faces.web.site.visit import Visit

MARKER = ".poststelle-export"
"""Stands in every export. Only a folder that has it, or is empty, is ever replaced."""
SHEETS = frozenset({"kern-public.css", "site.css"})
PICTURES = frozenset({".svg", ".woff2"})


class NotAnExportError(ValueError):
    """The folder holds something else: it is left alone."""


def export(visit: Visit, out: Path) -> int:
    """Write the site to this folder; the number of files. NotAnExportError where the folder is somebody else's."""
    if out.exists() and not (out / MARKER).exists() and any(out.iterdir()):
        raise NotAnExportError(f"{out} is not empty and was not written by an export")
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{out.name}-", dir=out.parent) as beside:
        fresh = Path(beside) / "new"
        count = _write(visit, fresh)
        if out.exists():
            out.rename(Path(beside) / "old")
        fresh.rename(out)
    return count


def _write(visit: Visit, folder: Path) -> int:
    files = {file_name(path, is_page=is_html(made)): made.content for path, made in every_document(visit)}
    files["index.html"] = files["kontakt/index.html"]
    for name, asset in assets().items():
        if name in SHEETS or Path(name).suffix in PICTURES:
            files[asset.path.lstrip("/")] = asset.content
    files[MARKER] = b""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return len(files)


def file_name(path: str, *, is_page: bool) -> str:
    """Where a document is written: a page is the index of a folder, so that its address needs no ending."""
    return f"{path.lstrip('/')}/index.html" if is_page else path.lstrip("/")
