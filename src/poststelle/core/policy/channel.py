# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds in one channel: how large, which formats, which archives, and what each reason leads to."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from poststelle.core.formats import Format
from poststelle.core.policy.base import ClauseId, Model, Size, SizeUnit, size_bytes
from poststelle.core.reasons import STANDS_IN, Reason
from poststelle.core.verdict import Disposition

ARCHIVE_FORMATS = frozenset(
    {
        Format.ZIP,
        Format.SEVENZIP,
        Format.RAR,
        Format.GZIP,
        Format.BZIP2,
        Format.XZ,
        Format.ZSTD,
        Format.TAR,
        Format.CAB,
        Format.ISO,
    }
)
INSPECTED_ARCHIVES = frozenset({Format.ZIP})
"""Archives the inspector can open; any other can only be checked by a person."""


class Told(StrEnum):
    """Who hears of an objection besides the journal."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    MAILROOM = "mailroom"


class Rule(Model):
    """What one group of reasons leads to in one channel."""

    clause: ClauseId
    """The published sentence the rule rests on."""
    reasons: tuple[Reason, ...]
    """Reason codes; each stands in exactly one rule of the channel."""
    disposition: Disposition
    """What happens to the message; of several dispositions the strictest wins."""
    tell: tuple[Told, ...] = ()
    """Who hears of it besides the journal; the judge may turn a notice to the sender into a task for a person."""


class SizeLimit(Model):
    """How large a message may be."""

    clause: ClauseId
    """The published sentence that states the limit."""
    limit: Size
    """The limit as the page writes it; the limit itself is still accepted."""
    soft_limit: Size | None = None
    """What a message should stay under; above it only a hint."""
    unit: SizeUnit = SizeUnit.BINARY
    """What MB means: binary (1 MB = 1,048,576 bytes) or decimal (1 MB = 1,000,000 bytes)."""
    basis: Literal["attachments", "message"] = "attachments"
    """What is measured: the sum of the decoded attachments as sent, or the whole message as sent."""

    @property
    def limit_bytes(self) -> int:
        """The limit in bytes."""
        return size_bytes(self.limit, self.unit)

    @property
    def soft_limit_bytes(self) -> int | None:
        """The soft limit in bytes, None where there is none."""
        return None if self.soft_limit is None else size_bytes(self.soft_limit, self.unit)


class Version(Model):
    """Which versions of a format are accepted."""

    format: Format
    """The format."""
    minimum: str = ""
    """Lowest version, such as 1.3; empty for any."""
    maximum: str = ""
    """Highest version, such as 1.7; empty for any."""
    profile: str = ""
    """Required profile, such as PDF/A-2b; empty for none."""


class FormBound(Model):
    """Narrower formats for acts that the law binds to a form."""

    clause: ClauseId
    formats: tuple[Format, ...]
    """The formats accepted for such acts."""


class Archives(Model):
    """Which archives are opened. An archive format outside this list is a foreign format."""

    clause: ClauseId
    formats: tuple[Format, ...] = (Format.ZIP,)
    """Archive formats accepted; empty means no archives at all."""
    nesting: Annotated[int, Field(ge=1, le=3)] = 3
    """How many archives may lie inside one another; 3 is the inspector's own bound."""
    manual_check_days: Annotated[int, Field(ge=1, le=10)] | None = None
    """Working days an archive may be held for a check by hand, where the page says so."""


class MessageBody(Model):
    """What the text of a message may be."""

    html: bool = True
    """False where the page accepts plain text only."""
    charsets: tuple[str, ...] = ()
    """Accepted character sets; empty for every one we can read."""


class ChannelPolicy(Model):
    """The rules of one channel."""

    size: SizeLimit
    formats: tuple[Format, ...]
    """The closed list of formats, archives apart."""
    formats_clause: ClauseId
    """The published sentence that lists the formats."""
    preferred_formats: tuple[Format, ...] = ()
    """Formats the page asks for first, out of the list."""
    versions: tuple[Version, ...] = ()
    form_bound: FormBound | None = None
    archives: Archives | None = None
    """None means that no archive is accepted."""
    body: MessageBody = MessageBody()
    hybrid_invoices: bool = True
    """True where a PDF may carry its own machine-readable invoice (Factur-X, ZUGFeRD); any other embedded file is held
    to the rule of pdf-embedded-file."""
    max_files: Annotated[int, Field(gt=0)] | None = None
    """Most files in one message; absent for no limit of the page's own."""
    max_name_chars: Annotated[int, Field(gt=0)] | None = None
    """Longest file name in characters; absent for no limit of the page's own."""
    consent: Literal["authority", "office", "recipient", "never"] = "authority"
    """Who may consent to further formats."""
    consent_clause: ClauseId
    """The published sentence on consent."""
    consent_days_max: Annotated[int, Field(gt=0)] = 90
    """Longest term of a consent in days."""
    rules: tuple[Rule, ...]

    def rule_for(self, reason: Reason) -> Rule:
        """The one rule that governs this reason, or the one that stands in for it where the edition is older.

        KeyError cannot happen in a policy that passed lint.
        """
        wanted: Reason | None = reason
        while wanted is not None:
            for rule in self.rules:
                if wanted in rule.reasons:
                    return rule
            wanted = STANDS_IN.get(wanted)
        raise KeyError(reason)

    @property
    def accepted_formats(self) -> frozenset[Format]:
        """Formats and archives together: what may lie in a message at all."""
        return frozenset(self.formats) | frozenset(self.archives.formats if self.archives else ())

    @property
    def manual_check_formats(self) -> frozenset[Format]:
        """Accepted archives that the inspector cannot open: never clean by themselves, a person looks into them."""
        return frozenset(self.archives.formats if self.archives else ()) - INSPECTED_ARCHIVES
