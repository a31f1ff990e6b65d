# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What we say of S/MIME that others made, held against what its makers and independent programs say."""

import os
from collections import defaultdict
from pathlib import Path

import pytest

from poststelle.core.signature import Chain, CryptoFacts, Encryption, FromMatch, Signature
from support.smime_rows import Row, rows, truth

pytestmark = pytest.mark.corpora

INVALID = frozenset({"SIG_BAD", "SIG_CONTENT_CONFLICT", "SIG_ATTR_INVALID"})
SIGNATURES = {
    "valid": frozenset({"SIG_OK"}),
    "invalid": INVALID,
    "weak": frozenset({"SIG_WEAK"}),
    "unknown": frozenset({"SIG_NO_CERT", "SIG_NO_SIGNER"}),
}
ENCRYPTIONS = {
    "ok": "ENC_OK",
    "none": "ENC_NONE",
    "fail:no-key": "ENC_NO_KEY",
    "fail:malformed": "ENC_MALFORMED",
    "policy": "ENC_UNSUPPORTED",
    "cms:encrypted": "ENC_UNSUPPORTED",
}
ARGUED = {
    "signedByAliceRSA.p7m": "no signed attributes: SIG_NO_ATTRS, which never carries identity",
    "signedByCarlosDetached.p7m": "no signed attributes: SIG_NO_ATTRS, which never carries identity",
    "4.3.bin": "its detached content is not in the collection",
    "validator.noEmail.eml": "1024 bits and MD5 in the chain: CHAIN_WEAK_KEY",
    "i3-from-signer-others-sender-smime.eml": "From is the signer's address; Sender and Reply-To never count",
}
"""Rows whose label we contradict, and why."""


def found() -> list[tuple[Row, CryptoFacts]]:
    where = os.environ.get("POSTSTELLE_CORPORA")
    if not where:
        pytest.skip("POSTSTELLE_CORPORA names no folder of corpora")
    return [(row, truth(row)) for row in rows(Path(where) / "smime")]


def is_signature(expected: str, facts: CryptoFacts) -> bool:
    """The outermost layer's word where the label speaks of it, else the message's."""
    word, *inner = expected.split("+")
    kind, _, outer = word.partition("(")
    accepted = SIGNATURES.get(kind, frozenset({f"SIG_{kind.upper().replace('-', '_')}"}))
    if not outer and not inner:
        return facts.signature.value in accepted
    signed = [layer.signature for layer in facts.layers if layer.signature is not Signature.NONE]
    return bool(signed) and signed[0].value in accepted and len(signed) >= 1 + ("inner" in "".join(inner))


def is_chain(expected: str, chain: Chain) -> bool:
    if expected == "VALID":
        return chain is Chain.OK
    if expected == "INVALID":
        return chain not in (Chain.OK, Chain.NONE)
    return expected == "-" or chain.value == f"CHAIN_{expected}" or (expected == "POLICY" and chain is Chain.WEAK_KEY)


def is_encryption(expected: str, encryption: Encryption) -> bool:
    return encryption.value == ENCRYPTIONS.get(expected, f"ENC_{expected.upper()}")


def faults(row: Row, facts: CryptoFacts) -> list[str]:
    wrong = []
    if not any(is_encryption(one, facts.encryption) for one in row["expect_enc"].split("|")):
        wrong.append(f"{facts.encryption} where {row['expect_enc']}")
    if not any(is_signature(one, facts) for one in row["expect_sig"].split("|")):
        wrong.append(f"{facts.signature} where {row['expect_sig']}")
    if not any(is_chain(one, facts.chain) for one in row["expect_chain"].split("|")):
        wrong.append(f"{facts.chain} where {row['expect_chain']}")
    if row["expect_from"] != "-" and facts.from_match not in (row["expect_from"].lower(), FromMatch.NOT_APPLICABLE):
        wrong.append(f"{facts.from_match} where {row['expect_from']}")
    return wrong


def test_every_family_is_as_labelled_and_nothing_is_falsely_valid() -> None:
    wrong: dict[str, list[str]] = defaultdict(list)
    falsely_valid = []
    for row, facts in found():
        name = row["id"].rpartition("/")[2]
        if name not in ARGUED and (said := faults(row, facts)):
            wrong[row["family"]].append(f"{name}: {'; '.join(said)}")
        is_good = (facts.signature, facts.chain) == (Signature.OK, Chain.OK)
        may_be = any(word.startswith("valid") for word in row["expect_sig"].replace("+", "|").split("|"))
        if is_good and not (may_be and {"VALID", "-"} & set(row["expect_chain"].split("|"))):
            falsely_valid.append(name)
    assert falsely_valid == []
    assert dict(wrong) == {}
