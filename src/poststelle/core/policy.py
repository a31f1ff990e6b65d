# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The policy: what an authority publishes about its electronic access, and what the gateway enforces, in one value.

One TOML file per edition becomes one ``Policy``. Every rule names the clause it rests on; every clause is rendered from
the values the rules state. Knows no files: loading is done elsewhere.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from poststelle.core.arrival import Channel
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition


class Model(BaseModel):
    """Frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Model):
    """One text in the languages of the page; German is required."""

    de: str
    en: str = ""
    leicht: str = ""


class Clause(Model):
    """A published sentence that rules cite."""

    channel: Literal["general", "email", "smime", "bebpo"] = "general"
    title: Text
    text: Text
    """May hold placeholders such as ``{limits.email.size}``, rendered from the policy's own values."""


class Told(StrEnum):
    """Who hears of an objection besides the journal."""

    SENDER = "sender"
    RECIPIENT = "recipient"
    MAILROOM = "mailroom"


class Rule(Model):
    """What one group of reasons leads to in one channel."""

    clause: str
    reasons: tuple[Reason, ...]
    disposition: Disposition
    tell: tuple[Told, ...] = ()


class SizeLimit(Model):
    """How large a message may be."""

    clause: str
    limit_bytes: Annotated[int, Field(gt=0)]
    basis: Literal["attachments", "message"] = "attachments"
    soft_limit_bytes: int | None = None
    unit: Literal["MiB", "MB"] = "MiB"


class ChannelPolicy(Model):
    """The rules of one channel."""

    size: SizeLimit
    formats: tuple[Format, ...]
    formats_clause: str
    max_files: int | None = None
    max_name_chars: int | None = None
    consent: Literal["authority", "office", "never"] = "authority"
    consent_clause: str
    rules: tuple[Rule, ...]

    def rule_for(self, reason: Reason) -> Rule:
        """The one rule that governs this reason. KeyError cannot happen in a policy that passed lint."""
        for rule in self.rules:
            if reason in rule.reasons:
                return rule
        raise KeyError(reason)


class Policy(Model):
    """One edition of one authority's conditions."""

    authority: str
    valid_from: date
    clauses: dict[str, Clause]
    email: ChannelPolicy
    bebpo: ChannelPolicy

    def channel(self, channel: Channel) -> ChannelPolicy:
        """The rules of this channel."""
        return self.email if channel is Channel.EMAIL else self.bebpo
