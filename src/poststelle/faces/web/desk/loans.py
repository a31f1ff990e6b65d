# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the composition root lends the desk beside what it lends the whole web face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from poststelle.application.desk.house import DeskHouse
from poststelle.application.key_health import KeyTerm
from poststelle.core.arrival import AuthorityId
from poststelle.core.facts import File
from poststelle.core.journal import Event
from poststelle.records.casefile import ReadableBody
from poststelle.records.database import Database

if TYPE_CHECKING:
    from poststelle.inspection.preview import Preview  # brings parsers along, which this process never runs

FilePath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeskLoans:
    """Records to read, acts to do, and the confined workers that open a message for people."""

    database: Database
    house: DeskHouse
    text: Callable[[ReadableBody], str]
    """The message's own words as plain text. UnavailableError where no worker is free."""
    html: Callable[[ReadableBody], str]
    """The first HTML body, untrusted; empty where there is none. UnavailableError."""
    extract: Callable[[ReadableBody, FilePath], bytes]
    """The bytes of one file. LookupError where it cannot be taken out, UnavailableError where no worker is free."""
    preview: "Callable[[ReadableBody, File, int], Preview]"
    """Pages of one file from this one on, as pixels and words. UnavailableError where no sandbox holds."""
    journal: Callable[[Sequence[Event]], None]
    """Writes entries about no message, such as a sign-in."""
    key_terms: Callable[[], tuple[KeyTerm, ...]] = tuple
    """How long the certificates in use still hold."""
    look_again: Callable[[AuthorityId, str, str], None] | None = None
    """(authority, reference, account): inspect once more, as after a new key; None where that cannot be done here."""
