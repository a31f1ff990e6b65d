# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What can be handed to somebody who has nothing of ours but the public journal key: proofs as files, and their check.

A proof of entries says: these were in the journal when its head was signed, word for word, and nobody can have changed
them since. It does not say that there are no others. A proof of growth says: the journal of the newer head begins with
all of the older one. Knows neither tables nor keys: whether something is signed is asked of a function.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from poststelle.core.journal import (
    SALT_BYTES,
    IsSigned,
    SignedHead,
    TreeHead,
    is_opened_by,
    read_leaf,
    tree_head_bytes,
    utc_text,
)
from poststelle.core.merkle import is_consistent, is_included, leaf_hash

PROOF_VERSION = 1
ENTRIES, GROWTH = "poststelle-journal-entries", "poststelle-journal-head"


@dataclass(frozen=True, slots=True)
class Opened:
    """A personal value of an entry, with the salt that ties it to the commitment in the leaf."""

    key: str
    salt: bytes
    value: str


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """One entry, its place, the way from it to the root, and those of its personal values that are disclosed."""

    index: int
    leaf: bytes
    path: tuple[bytes, ...]
    opened: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class EntriesProof:
    """Entries about one message, under one signed head."""

    reference: str
    head: SignedHead
    entries: tuple[ProvenEntry, ...]


@dataclass(frozen=True, slots=True)
class GrowthProof:
    """A signed head; and, with an older one, the proof that it only grew since."""

    head: SignedHead
    older: SignedHead | None = None
    path: tuple[bytes, ...] = ()


Proof = EntriesProof | GrowthProof


def proof_text(proof: Proof) -> str:
    """The file of a proof: JSON, one line."""
    match proof:
        case EntriesProof(reference, head, entries):
            body: dict[str, object] = {"reference": reference, "entries": [_entry_object(one) for one in entries]}
            kind = ENTRIES
        case GrowthProof(head, older, path):
            older_object = None if older is None else _head_object(older)
            body, kind = {"older": older_object, "path": [node.hex() for node in path]}, GROWTH
    return json.dumps({"format": kind, "version": PROOF_VERSION, "head": _head_object(head), **body}, sort_keys=True)


def read_proof(content: bytes) -> Proof:
    """The proof in such a file. Raises ValueError on everything else; whether it holds says ``proof_fault``."""
    try:
        found = json.loads(content)
        kind, head = (found["format"], found["version"]), _head(found["head"])
        if kind == (ENTRIES, PROOF_VERSION):
            return EntriesProof(_text(found["reference"]), head, tuple(_entry(one) for one in found["entries"]))
        if kind == (GROWTH, PROOF_VERSION):
            older = None if found["older"] is None else _head(found["older"])
            return GrowthProof(head, older, _path(found["path"]))
    except (KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError("no proof of a journal") from error
    raise ValueError("no proof that this version reads")


def proof_fault(proof: Proof, is_signed: IsSigned) -> str:
    """Why the proof does not hold; empty where it does."""
    if not _is_signed(proof.head, is_signed):
        return "the head is not signed by this key"
    match proof:
        case EntriesProof():
            faults = (_entry_fault(proof, entry) for entry in proof.entries)
            return next(filter(None, faults), "" if proof.entries else "there is no entry in it")
        case GrowthProof():
            return _growth_fault(proof, is_signed)


def _entry_fault(proof: EntriesProof, entry: ProvenEntry) -> str:
    name, head = f"entry {entry.index}", proof.head.head
    if not is_included(leaf_hash(entry.leaf), entry.index, head.size, entry.path, head.root):
        return f"{name} is not in the journal of this head, or is another one"
    try:
        leaf = read_leaf(entry.leaf)
    except ValueError:
        return f"{name} is no entry of a journal"
    if leaf.reference != proof.reference:
        return f"{name} is about another message"
    for one in entry.opened:
        if not is_opened_by(leaf, one.key, one.salt, one.value):
            return f"{name} does not say this {one.key}"
    return ""


def _growth_fault(proof: GrowthProof, is_signed: IsSigned) -> str:
    older, head = proof.older, proof.head.head
    if older is None:
        return ""
    if not _is_signed(older, is_signed):
        return "the older head is not signed by this key"
    if older.head.log != head.log:
        return "the heads are of two journals"
    if older.head.size == 0:  # every journal begins with none
        return ""
    if not is_consistent((older.head.size, older.head.root), (head.size, head.root), proof.path):
        return "the journal of the newer head does not begin with that of the older one"
    return ""


def _is_signed(signed: SignedHead, is_signed: IsSigned) -> bool:
    return is_signed(tree_head_bytes(signed.head), signed.signature)


def _head_object(signed: SignedHead) -> Mapping[str, object]:
    head = signed.head
    return {
        "log": head.log,
        "size": head.size,
        "root": head.root.hex(),
        "at": utc_text(head.at),
        "key": signed.key_id,
        "signature": signed.signature.hex(),
    }


def _entry_object(entry: ProvenEntry) -> Mapping[str, object]:
    return {
        "index": entry.index,
        "leaf": entry.leaf.decode("ascii"),
        "path": [node.hex() for node in entry.path],
        "opened": [{"key": one.key, "salt": one.salt.hex(), "value": one.value} for one in entry.opened],
    }


def _head(found: Mapping[str, object]) -> SignedHead:
    at = datetime.fromisoformat(_text(found["at"]))
    if at.tzinfo is None:
        raise ValueError("a head's time is aware")
    head = TreeHead(_text(found["log"]), _number(found["size"]), bytes.fromhex(_text(found["root"])), at)
    return SignedHead(head, _text(found["key"]), bytes.fromhex(_text(found["signature"])))


def _entry(found: Mapping[str, object]) -> ProvenEntry:
    opened = found["opened"]
    if not isinstance(opened, list):
        raise TypeError("a list is wanted")
    values = tuple(Opened(_text(one["key"]), _salt(one["salt"]), _text(one["value"])) for one in opened)
    return ProvenEntry(_number(found["index"]), _text(found["leaf"]).encode("ascii"), _path(found["path"]), values)


def _salt(found: object) -> bytes:
    salt = bytes.fromhex(_text(found))
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return salt


def _path(found: object) -> tuple[bytes, ...]:
    if not isinstance(found, list):
        raise TypeError("a list is wanted")
    return tuple(bytes.fromhex(_text(one)) for one in found)


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise TypeError("a text is wanted")
    return found


def _number(found: object) -> int:
    if not isinstance(found, int) or isinstance(found, bool):
        raise TypeError("a number is wanted")
    return found
