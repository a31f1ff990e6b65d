# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How the mailroom conducts itself: subject lines, notices, spam, retention, and what the page shows besides."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from poststelle.core.policy.base import ClauseId, Language, Model, Text


class Subject(Model):
    """What the page asks of subject lines."""

    clause: ClauseId
    """The published sentence on office and keyword."""
    examples: tuple[str, ...]
    """Subject lines shown as examples; each one routes to an office of the directory."""
    aktenzeichen_clause: ClauseId
    aktenzeichen_examples: tuple[str, ...] = ()
    """File references shown as examples, with x for digits left open."""


class Kassenzeichen(Model):
    """How payment references are recognised. They never route and never refuse."""

    clause: ClauseId
    """The published sentence that asks to leave them out of the subject."""
    patterns: tuple[str, ...]
    """Regular expressions of the references themselves."""
    context_words: tuple[str, ...]
    """Words beside which a shorter number counts as one too."""


class Notices(Model):
    """Rückmeldungen: automatic messages about objections."""

    clause: ClauseId
    """The published sentence that promises them."""
    languages: tuple[Literal[Language.DE, Language.EN], ...] = (Language.DE, Language.EN)
    """Languages of a notice, in this order in one message."""
    per_sender_per_day: Annotated[int, Field(gt=0)] = 5
    """Above it notices to one sender are merged into one collective notice and a task."""
    per_hour: Annotated[int, Field(gt=0)] = 50
    """Above it notices in all wait for the next hour."""
    from_name: str = ""
    """Display name of the sender of notices."""
    reply_to: str = ""
    """Where an answer to a notice goes."""
    by_hand_working_days: Annotated[int, Field(ge=0, le=10)] = 1
    """Working days until a Rückmeldung von Hand is due."""


def working_days_by_hand(notices: Notices | None) -> int:
    """Until a Rückmeldung von Hand is due; 1 where the policy says nothing of notices."""
    return notices.by_hand_working_days if notices else 1


class Spam(Model):
    """What is expected of a spam filter."""

    clause: ClauseId
    engine: Literal["rspamd", "spamassassin", "any", "none"] = "any"
    """Which engine the doctor insists on; none: sender authentication alone."""
    hold_score: float | None = None
    """Score of the engine from which a message is spam, whatever the engine itself concludes; absent: as it says."""


class RetentionClass(StrEnum):
    """What is kept for a time of its own."""

    MESSAGE = "message"
    WITHHELD = "withheld"
    HELD_SPAM = "held-spam"
    FACTS = "facts"
    JOURNAL = "journal"
    REFUSED = "refused"
    DEFERRED = "deferred"
    SIGN_IN = "sign-in"


class Retention(Model):
    """How long one class of records is kept."""

    holds: RetentionClass
    """The class of records."""
    days: Annotated[int, Field(gt=0)]
    """Days after which it is deleted, unless a legal hold says otherwise."""
    because: Text
    """Why so long."""


_YEAR, _TEN_YEARS = 365, 3650
DEFAULT_RETENTION = (
    Retention(
        holds=RetentionClass.REFUSED,
        days=_YEAR,
        because=Text(
            de="solange nach einer versäumten Frist Wiedereinsetzung beantragt werden kann (ohne Inhalte)",
            en="as long as reinstatement can be asked for after a missed deadline (no content)",
        ),
    ),
    Retention(
        holds=RetentionClass.JOURNAL,
        days=_TEN_YEARS,
        because=Text(de="als Nachweis des Eingangs (ohne Inhalte)", en="as proof of receipt (no content)"),
    ),
    Retention(
        holds=RetentionClass.DEFERRED,
        days=_YEAR,
        because=Text(
            de="um belegen zu können, wann eine E-Mail zum ersten Mal ankam (ohne Inhalte)",
            en="to be able to show when an e-mail first arrived (no content)",
        ),
    ),
    Retention(
        holds=RetentionClass.SIGN_IN,
        days=30,
        because=Text(de="um Angriffe auf Konten zu erkennen", en="to recognise attacks on accounts"),
    ),
)
"""What holds where an edition says nothing of a class. A year: § 32 Abs. 3 VwVfG, § 60 Abs. 3 VwGO. A class that is not
here, and in no edition either, is kept without a term."""


class Links(Model):
    """Links in a message that stand in for attachments."""

    downloads: Literal["allowed", "not-processed"] = "allowed"
    """Links to downloads instead of attachments; their disposition is that of the reason download-link."""
    shorteners: Literal["allowed", "not-processed"] = "allowed"
    """Shortened links."""
    shortener_hosts: tuple[str, ...] = ()
    """Hosts taken for shorteners."""


class Page(Model):
    """What the page shows besides the terms."""

    base_url: str = ""
    """Address under which the page is served. Where several authorities are served, their links begin with its host; those
    of a single one begin with house.base_url."""
    accessibility_contact: str = ""
    """Where barriers are reported."""
    accessibility_checked_on: date | None = None
    """Day of the last check of accessibility."""
    privacy_contact: str = ""
    """The data-protection officer."""
    security_contact: str = ""
    """Contact of security.txt."""
    sign_language_video: str = ""
    """Address of a video in German sign language; empty shows the gap."""
