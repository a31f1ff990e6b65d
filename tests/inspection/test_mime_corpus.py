# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the inspection makes of real messages and of evasions made by hand, as bars over their labels."""

import csv
import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from poststelle.core.facts import File, Inspection, Role, Tier
from poststelle.core.formats import Format
from poststelle.inspection.message import as_received
from support.closed import extract
from support.mails import attached, inspected

pytestmark = pytest.mark.corpora
CLEAN_BAR = 0.99
EVASION_BAR = 0.9
WITHOUT_NAME = "<"
"""Labels in angle brackets are content ids: such parts have no name."""
INVENTED = frozenset({"jivfqyougb.txt", "ljtffwsxio.txt"})
"""Names that the reader which made the label invents for parts that have none."""
REFUSED_BY_DESIGN = ("cte-", "ct-", "st-close-dash1", "st-garbage-hdr", "qp-soft-cr", "qp-soft-lf")
"""Evasions whose defect is refused whatever it hides: encodings and types that are none, stated twice, bare line ends."""


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


def counted(seen: Inspection) -> list[File]:
    """What the labels count: sent files, each content once. Not empty ones, texts without a name, messages as such.

    Nor what is found by looking into a file: members of archives, and of a message that nobody declared one.
    """
    opened = {file.path for file in seen.files if file.container and not _is_message(file, seen)}
    sent = [
        file
        for file in seen.files
        if file.role is not Role.BODY
        and file.size_bytes
        and not _is_message(file, seen)
        and (file.names or not file.declared_type.startswith(("text/", "message/")))
        and not any(file.path[:depth] in opened for depth in range(1, len(file.path)))
    ]
    return list({file.sha256: file for file in reversed(sent)}.values())


def _is_message(file: File, seen: Inspection) -> bool:
    return file.declared_type.startswith("message/") or (
        file.container and not file.declared_type and file.format is Format.EML
    )


def differs(row, content: bytes, seen: Inspection) -> str:
    """Empty where number, names and hashes are those of the label."""
    found = counted(seen)
    wanted = ["" if name.startswith(WITHOUT_NAME) or name in INVENTED else name for name in json.loads(row["names"])]
    left = sorted(wanted)
    for file in found:
        name = next((one for one in (*file.names, file.path[-1], "") if one in left), None)
        if name is not None and (name or not file.names):
            left.remove(name)
    labels = list(filter(None, row["file_sha256"].split(",")))
    unknown = [file.path for file in found if not labels_of(content, file) & set(labels)]
    if len(found) != int(row["n_files"]) or left or unknown:
        return f"{row['file']}: {len(found)} of {row['n_files']}, names {left}, contents {unknown}"
    return ""


def labels_of(content: bytes, file: File) -> set[str]:
    as_lf = extract(content, file.path).replace(b"\r\n", b"\n")
    return {
        *(file.sha256, f"z:{file.text_sha256}"),
        *(sha256(as_lf).hexdigest(), f"z:{sha256(as_lf.rstrip()).hexdigest()}"),
    }


def test_no_evasion_is_taken_without_its_payload_and_what_can_be_united_is_recovered(folder):
    payload = (folder / "PAYLOAD.sha256").read_text().split()[0]
    escaped, refused, recovered = [], [], []
    for path in sorted((folder / "evasions").glob("*.eml")):
        seen = inspected(as_received(path.read_bytes()))
        if seen.tier is Tier.REFUSE:
            refused.append(path.name)
        else:
            (recovered if payload in {file.sha256 for file in seen.files} else escaped).append(path.name)
    assert not escaped
    needlessly = [name for name in refused if not name.startswith(REFUSED_BY_DESIGN)]
    assert len(recovered) / len([*recovered, *needlessly]) >= EVASION_BAR, needlessly


def test_clean_messages_are_taken_exactly_and_without_objection(folder):
    outcome = [
        (row["file"], seen.tier, differs(row, content, seen))
        for row, content in rows(folder, "clean")
        for seen in (inspected(content),)
    ]
    refused = [name for name, tier, _ in outcome if tier is Tier.REFUSE]
    wrong = [different or name for name, tier, different in outcome if different or tier is Tier.UNION]
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
