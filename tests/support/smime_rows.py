# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Rows of a labelled S/MIME collection: their keys, their anchors, and the truths our inspection finds for them."""

import base64
import csv
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key, pkcs12

from poststelle.core.signature import CryptoFacts, Signature
from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import read_certificate
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Place, Recipient, Surroundings, detached_layer, open_layer
from poststelle.inspection.cms.truth import message_truth
from poststelle.inspection.message import inspect_message
from support.certificates import DER, NOW, Holder
from support.cms_maker import Keyholder, driven

_ARMOUR = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """One case of the manifest."""

    folder: Path
    columns: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.columns[name]

    @property
    def content(self) -> bytes:
        return (self.folder / self["file"]).read_bytes()

    @property
    def is_mail(self) -> bool:
        return self["form"] == "mail" or (self["form"] == "auto" and self.content[:1] not in (b"\x30", b"-"))


def rows(root: Path) -> Iterator[Row]:
    with (root / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        for columns in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield Row(root / "vectors", columns)


def unarmoured(content: bytes) -> list[bytes]:
    blocks = _ARMOUR.findall(content)
    return [base64.b64decode(body) for label, body in blocks if b"PRIVATE" not in label] if blocks else [content]


@cache
def holders(folder: Path, specification: str) -> tuple[Holder, ...]:
    found, kind, password = [], "", ""
    for item in filter(None, specification.split(",")):
        name = item
        if item.startswith("p12:"):
            kind, password, name = item.split(":", 2)
        elif item.startswith(("pem:", "der:")):
            kind, name = item.split(":", 1)
        found.append(_from_p12(folder / name, password) if kind == "p12" else _from_pair(folder, name))
    return tuple(found)


def _from_p12(path: Path, password: str) -> Holder:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (content,) = unarmoured(path.read_bytes())
        key, certificate, _ = pkcs12.load_key_and_certificates(content, password.encode() or None)
    assert certificate is not None
    return Holder(key, certificate)


@dataclass(frozen=True)
class _Raw:
    """A certificate that is only pointed to."""

    der: bytes

    def public_bytes(self, encoding: object) -> bytes:
        assert encoding is DER
        return self.der


def _from_pair(folder: Path, names: str) -> Holder:
    certificate, key = ((folder / name).read_bytes() for name in names.split("|"))
    load = load_pem_private_key if key.startswith(b"-----") else load_der_private_key
    return Holder(load(key, None), _Raw(unarmoured(certificate)[0]))  # type: ignore[arg-type] # only its bytes are used


@cache
def trust(folder: Path, specification: str, *, must_know_revocation: bool) -> Trust:
    certificates, lists = [], []
    for name in filter(None, specification.split(",")):
        for der in unarmoured((folder / name).read_bytes()):
            try:
                certificates.append(read_certificate(der))
            except CmsError:
                lists.append(der)
    roots = [one for one in certificates if one.issuer == one.subject] or certificates
    others = tuple(one.der for one in certificates if one not in roots)
    return Trust(tuple(one.der for one in roots), others, tuple(lists), must_know_revocation)


def truth(row: Row) -> CryptoFacts:
    """What the inspection says of the case, at the moment the manifest names."""
    if row["at"] == "signing-time":
        signer = _truth_at(row, NOW).signer
        claimed = signer.signing_time if signer else ""
        return _truth_at(row, datetime.fromisoformat(claimed) if claimed else NOW)
    return _truth_at(row, datetime.fromisoformat(row["at"]) if row["at"] else NOW)


def _truth_at(row: Row, at: datetime) -> CryptoFacts:
    ours = holders(row.folder, row["keys"])
    believed = trust(row.folder, row["trust"], must_know_revocation=row["family"] == "pkits")
    recipients = tuple(Recipient(holder.read, is_current=True) for holder in ours)
    surroundings = Surroundings(at, ChainChecker(believed) if believed.roots else None, recipients)
    if not row.is_mail:
        return _structure(row, surroundings, Keyholder(ours))
    lines = row.content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return driven(inspect_message(lines, None, surroundings), Keyholder(ours)).crypto


def _structure(row: Row, surroundings: Surroundings, keyholder: Keyholder) -> CryptoFacts:
    """A bare structure, its detached content beside it."""
    (content,) = unarmoured(row.content)
    layer = driven(open_layer(content, Place("1"), surroundings), keyholder).layer
    part = _part(row)
    if layer is not None and layer.signature is Signature.CONTENT_MISSING and part:
        layer = detached_layer(part, content, Place("1"), surroundings)
    return message_truth((layer,) if layer else (), ())


def _part(row: Row) -> bytes:
    kind, _, value = row["content"].partition(":")
    if kind == "text":
        return value.encode()
    path = row.folder / value
    return path.read_bytes() if kind == "file" and path.is_file() else b""
