# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Our own style sheets, fonts and scripts: read once, named by their hash, served for ever.

An address such as /assets/3f2a…/site.css changes with the content, so a browser never has to ask again, and two
versions of the program never mix their sheets.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse

FOLDER = Path(__file__).parent / "assets"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".svg": "image/svg+xml",
    ".json": "application/schema+json",
}
HASH_CHARS = 12
ONE_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is served."""

    name: str
    content: bytes
    media_type: str

    @property
    def path(self) -> str:
        """Where it is served."""
        return f"/assets/{bundle_hash()}/{self.name}"


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its name inside the folder."""
    files = (path for path in sorted(FOLDER.rglob("*")) if path.suffix in MEDIA_TYPES)
    named = ((path.relative_to(FOLDER).as_posix(), path) for path in files)
    return {name: Asset(name, path.read_bytes(), MEDIA_TYPES[path.suffix]) for name, path in named}


@cache
def bundle_hash() -> str:
    """One hash over all assets: sheets name their fonts by relative addresses, so they change together."""
    whole = hashlib.sha256()
    for name, asset in assets().items():
        whole.update(name.encode() + b"\0" + asset.content)
    return whole.hexdigest()[:HASH_CHARS]


def serve(_request: HttpRequest, bundle: str, name: str) -> HttpResponse:
    """The asset; 404 for another bundle's, so that no cache keeps this content under an old name."""
    asset = assets().get(name) if bundle == bundle_hash() else None
    if asset is None:
        return HttpResponse("not found\n", status=404, content_type="text/plain; charset=utf-8")
    headers = {"Cache-Control": f"public, max-age={ONE_YEAR_SECONDS}, immutable"}
    return HttpResponse(asset.content, content_type=asset.media_type, headers=headers)
