# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How the machine interface does on labelled files: ``python -m bench.corpora FOLDER``, the folder of the labels.

Prints figures and the rows that differ; asserts nothing.
"""

import csv
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path


def batch(rows: list[dict[str, str]]) -> tuple[list[dict], float]:
    """Every row through one run of ``poststelle inspect --batch``, and how long it took."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "poststelle", "inspect", "--batch", "-"],
        input="".join(json.dumps(row) + "\n" for row in rows),
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()], time.perf_counter() - start


def table(path: Path) -> list[dict[str, str]]:
    """A manifest as dictionaries."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def attachments(folder: Path) -> None:
    labels = table(folder / "manifest.tsv")
    answers, seconds = batch([{"path": str(folder / row["file"]), "name": row["name"]} for row in labels])
    good = bad = false = missed = right = 0
    for row, answer in zip(labels, answers, strict=True):
        accepted = answer.get("verdict") == "accept"
        if row["expected"] == "accept":
            good += 1
            if not accepted:
                false += 1
                print(f"  false rejection  {row['name']}: {answer.get('codes') or answer}")
            continue
        bad += 1
        wanted = row["expected"].removeprefix("reject:").removeprefix("member-").removeprefix("member:")
        codes = {code.removeprefix("member:") for code in answer.get("codes", [])}
        missed += accepted
        right += not accepted and wanted in codes
        if accepted or wanted not in codes:
            print(
                f"  {'MISSED' if accepted else 'other code'}  {row['name']} {row['file']}: wanted {wanted}, got {sorted(codes)}"
            )
    print(
        f"attachments: {len(labels)} files in {seconds:.1f} s; false rejections {false}/{good}, missed {missed}/{bad}, "
        f"code right {right}/{bad - missed}"
    )


def messages(folder: Path) -> None:
    labels = table(folder / "manifest.tsv")
    answers, seconds = batch([{"path": str(folder / row["file"]), "name": Path(row["file"]).name} for row in labels])
    outcome: Counter[str] = Counter()
    for row, answer in zip(labels, answers, strict=True):
        verdict = _message_outcome(row, answer)
        outcome[f"{row['verdict']}: {verdict}"] += 1
        if verdict not in ("exact", "superset", "refused") or (row["verdict"] == "clean" and verdict != "exact"):
            print(f"  {row['verdict']} {row['file']}: {verdict} {answer.get('defects')}")
    print(f"messages: {len(labels)} in {seconds:.1f} s; {dict(sorted(outcome.items()))}")


def _message_outcome(row: dict[str, str], answer: dict) -> str:
    if "error" in answer:
        return f"error {answer['error']}"
    if answer["tier"] == "refuse":
        return "refused"
    leaves = [file for file in answer["files"] if not file["container"] and file["role"] != "body"]
    found = Counter(name for file in leaves for name in (file["names"] or [""])[:1])
    wanted = Counter(json.loads(row["names"] or "[]"))
    if row["verdict"] == "clean" and sum(wanted.values()) == len(leaves):
        hashes = {file["sha256"] for file in answer["files"]}
        texts = {file.get("text_sha256") for file in answer["files"]}
        missing = [
            h for h in row["file_sha256"].split(",") if h and h not in hashes and h.removeprefix("z:") not in texts
        ]
        return "exact" if not missing else f"other bytes {missing[:2]}"
    return "superset" if not wanted - found else f"files {dict(found)} instead of {dict(wanted)}"


def evasions(folder: Path) -> None:
    payload = (folder / "PAYLOAD.sha256").read_text().split()[0]
    files = sorted((folder / "evasions").glob("*.eml"))
    answers, _ = batch([{"path": str(path), "name": path.name} for path in files])
    accepted = [
        path.name
        for path, answer in zip(files, answers, strict=True)
        if answer["tier"] != "refuse" and payload not in {file["sha256"] for file in answer["files"]}
    ]
    refused = sum(answer["tier"] == "refuse" for answer in answers)
    print(f"evasions: {len(files)}, refused {refused}, accepted without the payload {len(accepted)} {accepted}")


if __name__ == "__main__":
    corpora = Path(sys.argv[1])
    attachments(corpora / "attachments")
    messages(corpora / "mime")
    evasions(corpora / "mime")
