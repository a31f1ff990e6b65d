# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What we say of S/MIME that others made, through the machine interface, held against what independent programs say."""

import json
import os
from collections import defaultdict
from pathlib import Path

import pytest

from poststelle.application.settings import House, Settings
from poststelle.compose.smime import smime_inspection
from poststelle.faces.cli.smime import answer_row
from support.smime_rows import faults, is_falsely_valid, order, rows

pytestmark = pytest.mark.corpora

ARGUED = {
    "signedByAliceRSA.p7m": "no signed attributes: SIG_NO_ATTRS, which never carries identity",
    "signedByCarlosDetached.p7m": "no signed attributes: SIG_NO_ATTRS, which never carries identity",
    "4.3.bin": "its detached content is not in the collection",
    "validator.noEmail.eml": "1024 bits and MD5 in the chain: CHAIN_WEAK_KEY",
    "i3-from-signer-others-sender-smime.eml": "From is the signer's address; Sender and Reply-To never count",
}
"""Rows whose label we contradict, and why."""


def test_every_family_is_as_labelled_and_nothing_is_falsely_valid(tmp_path) -> None:
    where = os.environ.get("POSTSTELLE_CORPORA")
    if not where:
        pytest.skip("POSTSTELLE_CORPORA names no folder of corpora")
    inspect = smime_inspection(Settings(house=House(data=tmp_path)), is_configured=False)
    folder = Path(where) / "smime"
    wrong: dict[str, list[str]] = defaultdict(list)
    falsely_valid = []
    for row in rows(folder):
        said = answer_row(json.dumps(order(row, folder / "vectors")), inspect)
        assert "error" not in said, said
        name = row["id"].rpartition("/")[2]
        if name not in ARGUED and (against := faults(row, said)):
            wrong[row["family"]].append(f"{name}: {'; '.join(against)}")
        if is_falsely_valid(row, said):
            falsely_valid.append(name)
    assert falsely_valid == []
    assert dict(wrong) == {}
