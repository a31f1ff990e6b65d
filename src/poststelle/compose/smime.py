# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What ``poststelle smime inspect`` works with: keys and anchors from the files a row names, never an installation's."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from mmap import ACCESS_READ, mmap
from pathlib import Path

from poststelle.adapters.smime_files import SpecError, read_keys, read_trust, unarmoured
from poststelle.application.keyring import KeyRingError
from poststelle.application.settings import Settings
from poststelle.application.smime_case import Case, Form, truth_at, truth_at_signing
from poststelle.core.signature import CryptoFacts
from poststelle.faces.cli import smime
from poststelle.faces.cli.smime import Inspect, Order
from poststelle.inspection.cms.chain import ChainChecker
from poststelle.inspection.cms.layer import is_structure
from poststelle.inspection.mime.source import Source

_OPENING_BYTES = 64


def run_alone(argv: list[str]) -> int:
    """``poststelle smime``; its exit code."""
    return smime.run_alone(argv, smime_inspection)


def smime_inspection(settings: Settings, *, is_configured: bool) -> Inspect:
    """The inspection of one row. KeyRingError where a configured installation has data; no row may point into it."""
    data = settings.house.data.absolute()
    if is_configured and data.is_dir() and any(data.iterdir()):
        raise KeyRingError(
            f"{data} belongs to an installation; keys and mail never meet in one process there",
            "Run this test tool in a folder without poststelle.toml.",
        )

    def inspect(order: Order) -> CryptoFacts:
        _keep_out(data, _paths(order))
        return _inspected(order)

    return inspect


def _paths(order: Order) -> Iterable[Path]:
    yield order.path
    for specification in (order.keys, order.trust):
        for item in specification.split(","):
            yield from (Path(name) for name in item.rpartition(":")[2].split("|"))


def _keep_out(data: Path, paths: Iterable[Path]) -> None:
    for path in paths:
        if data in path.absolute().parents:
            raise SpecError(f"{path} lies in the data folder of an installation")


def _inspected(order: Order) -> CryptoFacts:
    content = _mapped(order.path)
    form = _form(order.form, content[:_OPENING_BYTES])
    case = Case(
        content=content if form is Form.MAIL else _structure(bytes(content)),
        form=form,
        keys=read_keys(order.keys),
        check_chain=_checker(order.trust),
        detached=_detached(order.content),
    )
    return truth_at_signing(case, datetime.now(UTC)) if order.at is None else truth_at(case, order.at)


def _mapped(path: Path) -> Source:
    """The file's bytes, not read before they are wanted: a large mail is not held beside what it holds."""
    with path.open("rb") as file:
        return mmap(file.fileno(), 0, access=ACCESS_READ) if path.stat().st_size else b""


def _structure(content: bytes) -> bytes:
    """The structure among the blocks of a file; SpecError where there is none but a private key."""
    blocks = unarmoured(content)
    if not blocks:
        raise SpecError("no structure in it")
    return next((block for block in blocks if is_structure(block)), blocks[0])


def _form(stated: str, opening: bytes) -> Form:
    if stated == "mail":
        return Form.MAIL
    opening = opening.lstrip()
    is_structure = opening[:1] == b"\x30" or opening.startswith((b"-----BEGIN", b"MI"))
    is_mail = stated == "auto" and not (is_structure and b":" not in opening)
    return Form.MAIL if is_mail else Form.STRUCTURE


@lru_cache(maxsize=64)
def _checker(specification: str) -> ChainChecker | None:
    trust = read_trust(specification)
    return ChainChecker(trust) if trust.roots else None


def _detached(content: str) -> bytes | None:
    kind, _, value = content.partition(":")
    if kind == "text":
        return value.encode()
    path = Path(value)
    return path.read_bytes() if kind == "file" and path.is_file() else None
