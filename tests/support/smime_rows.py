# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Rows of a labelled S/MIME collection, as ``poststelle smime inspect`` takes them, and what each label allows."""

import csv
from collections.abc import Iterator
from pathlib import Path

INVALID = frozenset({"SIG_BAD", "SIG_CONTENT_CONFLICT", "SIG_ATTR_INVALID"})
SIGNATURES = {
    "valid": frozenset({"SIG_OK"}),
    "invalid": INVALID,
    "weak": frozenset({"SIG_WEAK"}),
    "unknown": frozenset({"SIG_NO_CERT", "SIG_NO_SIGNER"}),
}
ENCRYPTIONS = {
    "fail:no-key": "ENC_NO_KEY",
    "fail:malformed": "ENC_MALFORMED",
    "policy": "ENC_UNSUPPORTED",
    "cms:encrypted": "ENC_UNSUPPORTED",
}
Answer = dict[str, str]


def rows(root: Path) -> Iterator[dict[str, str]]:
    with (root / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def order(row: dict[str, str], folder: Path) -> dict[str, str]:
    """The line of the batch, with absolute paths."""
    kind, _, value = row["content"].partition(":")
    return {
        "path": str(folder / row["file"]),
        "form": row["form"],
        "keys": _keys(row["keys"], folder),
        "trust": ",".join(str(folder / name) for name in filter(None, row["trust"].split(","))),
        "at": row["at"],
        "content": f"file:{folder / value}" if kind == "file" else row["content"],
    }


def _keys(specification: str, folder: Path) -> str:
    found = []
    for item in filter(None, specification.split(",")):
        prefix, colon, names = item.rpartition(":")
        found.append(prefix + colon + "|".join(str(folder / name) for name in names.split("|")))
    return ",".join(found)


def faults(row: dict[str, str], said: dict[str, object]) -> list[str]:
    """Every column that contradicts its label."""
    found = {
        "enc": any(said["encryption"] == _encryption(one) for one in row["expect_enc"].split("|")),
        "sig": any(_is_signature(one, said) for one in row["expect_sig"].split("|")),
        "chain": any(_is_chain(one, str(said["chain"])) for one in row["expect_chain"].split("|")),
        "from": row["expect_from"] == "-" or said["from"] in (row["expect_from"].lower(), "not-applicable"),
    }
    shown = {"enc": "encryption", "sig": "signature"}
    return [f"{said[shown.get(c, c)]} where {row[f'expect_{c}']}" for c, is_right in found.items() if not is_right]


def _encryption(expected: str) -> str:
    return ENCRYPTIONS.get(expected, f"ENC_{expected.upper()}")


def _is_signature(expected: str, said: dict[str, object]) -> bool:
    """The outermost layer's word where the label speaks of it, else the message's."""
    word, *inner = expected.split("+")
    kind, _, outer = word.partition("(")
    accepted = SIGNATURES.get(kind, frozenset({f"SIG_{kind.upper().replace('-', '_')}"}))
    if not outer and not inner:
        return said["signature"] in accepted
    layers = said["layers"]
    assert isinstance(layers, list)
    signed = [layer["signature"] for layer in layers if layer["signature"] != "SIG_NONE"]
    return bool(signed) and signed[0] in accepted and len(signed) >= 1 + ("inner" in "".join(inner))


def _is_chain(expected: str, chain: str) -> bool:
    if expected == "VALID":
        return chain == "CHAIN_OK"
    if expected == "INVALID":
        return chain not in ("CHAIN_OK", "CHAIN_NONE")
    return expected == "-" or chain == f"CHAIN_{expected}" or (expected == "POLICY" and chain == "CHAIN_WEAK_KEY")


def is_falsely_valid(row: dict[str, str], said: dict[str, object]) -> bool:
    """Said to be good in integrity and chain where the label allows it nowhere."""
    words = row["expect_sig"].replace("+", "|").split("|")
    may_be = any(word.startswith("valid") for word in words) and {"VALID", "-"} & set(row["expect_chain"].split("|"))
    return (said["signature"], said["chain"]) == ("SIG_OK", "CHAIN_OK") and not may_be
