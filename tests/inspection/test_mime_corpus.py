# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the inspection makes of real messages and of evasions made by hand, as bars over their labels."""

import csv
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from poststelle.core.facts import Inspection, Tier
from poststelle.inspection.message import as_received
from support.closed import extract
from support.mails import attached, inspected

pytestmark = pytest.mark.corpora
CLEAN_BAR = 0.99
WITHOUT_NAME = "<"
"""Labels in angle brackets are content ids: such parts have no name."""
INVENTED = frozenset({"jivfqyougb.txt", "ljtffwsxio.txt"})
"""Names that the reader which made the label invents for parts that have none."""


@pytest.fixture(scope="module")
def folder():
    where = os.environ.get("POSTSTELLE_CORPORA")
    if not where:
        pytest.skip("POSTSTELLE_CORPORA names no folder of corpora")
    return Path(where) / "mime"


def rows(folder, verdict):
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["verdict"] == verdict:
                yield row, as_received((folder / row["file"]).read_bytes())


def hashes(content: bytes, seen: Inspection) -> set[str]:
    """Of files and texts; for parts sent as they are also with LF, as the labels of LF files have them."""
    found = {file.sha256 for file in seen.files} | {f"z:{file.text_sha256}" for file in seen.files}
    for file in attached(seen):
        found.add(sha256(extract(content, file.path).replace(b"\r\n", b"\n")).hexdigest())
    return found


def lacks(row, content: bytes, seen: Inspection) -> bool:
    names = {name for file in seen.files for name in (*file.names, file.path[-1], "")} | INVENTED
    wanted = {name for name in json.loads(row["names"]) if not name.startswith(WITHOUT_NAME)}
    missing = set(filter(None, row["file_sha256"].split(","))) - hashes(content, seen)
    return bool(wanted - names or (missing and row["verdict"] != "ambiguous"))


def test_no_evasion_is_taken_without_its_payload(folder):
    payload = (folder / "PAYLOAD.sha256").read_text().split()[0]
    escaped = []
    for path in sorted((folder / "evasions").glob("*.eml")):
        seen = inspected(as_received(path.read_bytes()))
        if seen.tier is not Tier.REFUSE and payload not in {file.sha256 for file in seen.files}:
            escaped.append(path.name)
    assert not escaped


def test_clean_messages_are_taken_whole_and_without_objection(folder):
    outcome = [
        (row["file"], seen.tier, lacks(row, content, seen))
        for row, content in rows(folder, "clean")
        for seen in (inspected(content),)
    ]
    refused = [name for name, tier, _ in outcome if tier is Tier.REFUSE]
    wrong = [name for name, tier, is_lacking in outcome if is_lacking or tier not in (Tier.CLEAN, Tier.NOTE)]
    assert len(outcome) > 300
    assert not refused
    assert 1 - len(wrong) / len(outcome) >= CLEAN_BAR, wrong


@pytest.mark.parametrize("verdict", ["defects-agreed", "ambiguous"])
def test_defective_messages_are_refused_or_read_in_every_way(folder, verdict):
    lacking = [
        row["file"]
        for row, content in rows(folder, verdict)
        for seen in (inspected(content),)
        if seen.tier is not Tier.REFUSE and lacks(row, content, seen)
    ]
    assert not lacking
