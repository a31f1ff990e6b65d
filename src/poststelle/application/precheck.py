# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Several files checked as one message: the very same inspection and judge as at the door, on the sum of them.

Keeps nothing. The description at the end is public: command line, web interface and their documents share it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from typing import BinaryIO, Protocol

from poststelle.application.check import (
    UNINSPECTED_TIER,
    Checked,
    as_simple_mail,
    conclude,
    file_codes,
    format_of,
    is_message_name,
)
from poststelle.application.ports import Inspected
from poststelle.core.facts import File, Inspection, Tier
from poststelle.core.matter import Terms
from poststelle.inspection.message import as_received

Description = dict[str, object]


@dataclass(frozen=True, slots=True)
class Upload:
    """One file that somebody wants to have checked."""

    name: str
    content: BinaryIO
    size_bytes: int


class Looker(Protocol):
    """Who looks into files: the pool of confined workers. UnavailableError where none is free."""

    def inspect_file(self, content: BinaryIO, name: str, deadline_seconds: float) -> Inspection:
        """One file as the only attachment of a simple e-mail."""
        ...

    def inspect_message(self, content: BinaryIO, deadline_seconds: float) -> Inspected:
        """A whole message."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be checked: these files as one message, held to these terms at this moment."""

    uploads: Sequence[Upload]
    terms: Terms
    at: datetime
    seconds_left: Callable[[], float]
    """Until the asker has waited long enough, for all files together."""


def check_uploads(question: Question, looker: Looker) -> Checked:
    """What would become of them. A single .eml is read as the message itself, anything else as attachments of one."""
    first = question.uploads[0]
    if len(question.uploads) == 1 and is_message_name(first.name):
        raw = as_received(first.content.read())
        seen = looker.inspect_message(BytesIO(raw), question.seconds_left()).inspection
        return conclude(seen, question.terms, question.at)
    each = (looker.inspect_file(one.content, one.name, question.seconds_left()) for one in question.uploads)
    return conclude(as_simple_mail(as_one_mail(each)), question.terms, question.at)


def as_one_mail(inspections: Iterable[Inspection]) -> Inspection:
    """Files inspected one by one, as attachments of one message. At least one inspection."""
    each = tuple(inspections)
    tiers = tuple(Tier)
    return replace(
        each[0],
        tier=max((one.tier for one in each), key=tiers.index),
        defects=tuple(defect for one in each for defect in one.defects),
        files=tuple(_with_names_of_their_own(each)),
        attachments_bytes=sum(one.attachments_bytes for one in each),
    )


def _with_names_of_their_own(inspections: Iterable[Inspection]) -> Iterator[File]:
    """Paths are unique within a message: a second file of the same name gets a number."""
    taken: set[str] = set()
    for section, one in enumerate(inspections, start=1):
        name = one.files[0].path[0] if one.files else ""
        free = next(shown for shown in _numbered(name) if shown not in taken)
        taken.add(free)
        for file in one.files:
            yield replace(file, path=(free, *file.path[1:]), section=str(section))


def _numbered(name: str) -> Iterator[str]:
    yield name
    count = 2
    while True:
        yield f"{name} ({count})"
        count += 1


def described(name: str, checked: Checked) -> Description:
    """The public description of what was seen and concluded. The form is stable: keys only grow."""
    inspection = checked.inspection
    return {
        "format": format_of(name, inspection),
        "verdict": "accept" if checked.is_accepted else "reject",
        "disposition": checked.verdict.disposition.value,
        "codes": list(checked.codes),
        "tier": (inspection.tier if inspection else UNINSPECTED_TIER).value,
        "defects": sorted({defect.code for defect in inspection.defects}) if inspection else [],
        "files": [_described_file(file, checked) for file in inspection.files] if inspection else [],
    }


def _described_file(file: File, checked: Checked) -> Description:
    row: Description = {
        "path": list(file.path),
        "names": list(file.names),
        "sha256": file.sha256,
        "size_bytes": file.size_bytes,
        "format": file.format.value,
        "role": file.role.value,
        "container": file.container,
        "codes": list(file_codes(file, checked)),
    }
    if file.text_sha256 is not None:
        row["text_sha256"] = file.text_sha256
    return row
