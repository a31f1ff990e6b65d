# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What these three inspectors make of real files; what the file's kind and name tell is the sniffer's and not counted."""

import csv
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget
from poststelle.inspection.image import inspect_image
from poststelle.inspection.pdf import inspect_pdf
from poststelle.inspection.pdf_files import FACTUR_X
from poststelle.inspection.text import inspect_text

INSPECTORS = {
    "pdf": (Format.PDF, inspect_pdf),
    "txt": (Format.TXT, inspect_text),
    "png": (Format.PNG, inspect_image),
    "bmp": (Format.BMP, inspect_image),
    "jpg": (Format.JPG, inspect_image),
    "jpeg": (Format.JPG, inspect_image),
}
OF_THE_SNIFFER = frozenset({"reject:empty", "reject:type-mismatch", "reject:polyglot"})

pytestmark = pytest.mark.corpora


def looked() -> Iterator[tuple[str, tuple[Finding, ...]]]:
    where = os.environ.get("POSTSTELLE_CORPORA")
    if not where:
        pytest.skip("POSTSTELLE_CORPORA names no folder of corpora")
    root = Path(where) / "attachments"
    with (root / "manifest.tsv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    for row in rows:
        ending = row["name"].lower().rpartition(".")[2]
        if ending in INSPECTORS and row["expected"] not in OF_THE_SNIFFER:
            format_, inspect = INSPECTORS[ending]
            content = (root / row["file"]).read_bytes()
            yield row["expected"], inspect(content, format_, Budget()).findings


def is_allowed(found: Finding) -> bool:
    return found.code is Reason.PDF_EMBEDDED_FILE and found.evidence == FACTUR_X


def test_real_files_are_judged_within_the_bars() -> None:
    outcome: Counter[str] = Counter()
    for expected, findings in looked():
        codes = {found.code for found in findings}
        if expected == "accept":
            outcome["good"] += 1
            outcome["falsely rejected"] += not all(is_allowed(found) for found in findings)
        else:
            outcome["bad"] += 1
            outcome["missed"] += not findings
            outcome["named"] += expected.removeprefix("reject:") in codes
    assert outcome["good"] > 0
    assert outcome["falsely rejected"] <= 0.01 * outcome["good"]
    assert outcome["missed"] <= 0.005 * outcome["bad"]
    assert outcome["named"] >= 0.95 * outcome["bad"]
