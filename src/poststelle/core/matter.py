# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One message before one recipient: everything a rule may look at, and how a rule words an objection.

Knows no rule. A rule says what is wrong; clause, disposition and remedy come from the policy in force.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.address import Address
from poststelle.core.arrival import Channel, Envelope
from poststelle.core.directory import Directory
from poststelle.core.edition import Edition
from poststelle.core.facts import Facts, File, Finding
from poststelle.core.formats import ROWS, Family, Format
from poststelle.core.policy import ChannelPolicy, Policy, Rule, Told
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.remedies import remedy_for
from poststelle.core.signature import CryptoFacts, Identity
from poststelle.core.verdict import Disposition, Objection, Route


@dataclass(frozen=True, slots=True)
class Terms:
    """What a message is held against: the edition in force at receipt and the directory, for one channel."""

    policy: Policy
    directory: Directory
    channel: Channel
    edition: str
    """Id such as ``muenster/2026-01-01``."""
    edition_hash: str
    released: frozenset[Reason] = frozenset()
    """Reasons for which a clerk has released the message: they weigh nothing when it is judged again."""

    @property
    def rules(self) -> ChannelPolicy:
        """The policy of this channel."""
        return self.policy.channel(self.channel)


def terms_of(edition: Edition, directory: Directory, channel: Channel) -> Terms:
    """The terms of this edition in this channel."""
    return Terms(edition.policy, directory, channel, edition.id, edition.hash)


def rated(facts: Facts, policy: Policy) -> Facts:
    """The facts with what is advertising by the policy's own score, where it names one and the filter gave one."""
    hold_score = policy.spam.hold_score if policy.spam else None
    score = facts.spam.score
    if hold_score is None or score is None:
        return facts
    return replace(facts, spam=replace(facts.spam, is_spam=score >= hold_score))


@dataclass(frozen=True, slots=True)
class Matter:
    """One message, one recipient, one moment."""

    terms: Terms
    facts: Facts
    envelope: Envelope
    recipient: Address
    register: Register
    at: datetime
    route: Route
    identity: Identity = Identity.NOT_APPLICABLE
    accepted_signature: bool = False
    answered: bool = False
    """True where the answer in the dialogue is 250 whatever this verdict says: it cannot refuse by a reply."""

    @property
    def crypto(self) -> CryptoFacts:
        """What S/MIME turned out to be."""
        return self.facts.inspection.crypto if self.facts.inspection else _NO_CRYPTO

    @property
    def is_veiled(self) -> bool:
        """The message came encrypted: nothing seen inside may show in a reply or an automatic notice."""
        return self.crypto.is_encrypted

    @property
    def from_address(self) -> str:
        """The one address of the From field in lower case; empty unless there is exactly one."""
        inspection = self.facts.inspection
        addresses = inspection.head.from_addresses if inspection else ()
        return addresses[0].casefold() if len(addresses) == 1 else ""


_NO_CRYPTO = CryptoFacts()


def ruling(rules: ChannelPolicy, reason: Reason) -> Rule:
    """The policy's rule for this reason. An edition older than the reason code holds the message for a clerk."""
    try:
        return rules.rule_for(reason)
    except KeyError:
        return Rule.model_construct(
            clause=rules.formats_clause, reasons=(reason,), disposition=Disposition.HOLD, tell=(Told.MAILROOM,)
        )


def message_objection(matter: Matter, reason: Reason, evidence: str = "", *, decrypted: bool = False) -> Objection:
    """An objection to the message as a whole."""
    rule = ruling(matter.terms.rules, reason)
    return Objection(
        code=reason,
        path=(),
        disposition=rule.disposition,
        clause=_CLAUSES.get(reason, _clause_of_rule)(matter, rule),
        remedy=remedy_for(reason, None, matter.terms.rules.accepted_formats),
        evidence=evidence[:120],
        decrypted=decrypted,
        told=Told.SENDER in rule.tell,
    )


def file_objection(matter: Matter, file: File, finding: Finding) -> Objection:
    """An objection to one file, for one finding."""
    rule = ruling(matter.terms.rules, finding.code)
    return Objection(
        code=finding.code,
        path=file.path,
        disposition=rule.disposition,
        clause=_clause_of_archives(matter, file, finding) or _CLAUSES.get(finding.code, _clause_of_rule)(matter, rule),
        remedy=remedy_for(finding.code, Format(file.format), matter.terms.rules.accepted_formats),
        inner=finding.path,
        evidence=finding.evidence[:120],
        format=file.format.value,
        decrypted=file.decrypted,
        trimming=file.trimming is not None,
        told=Told.SENDER in rule.tell,
    )


def _clause_of_archives(matter: Matter, file: File, finding: Finding) -> str:
    """A foreign archive offends against the sentence on archives, where the page has one; else an empty string."""
    archives = matter.terms.rules.archives
    is_foreign_archive = finding.code is Reason.FORMAT and file.format in _ARCHIVES
    return archives.clause if archives and is_foreign_archive else ""


_ARCHIVES = frozenset(row.format for row in ROWS if row.family is Family.ARCHIVE)


def _clause_of_rule(_matter: Matter, rule: Rule) -> str:
    return rule.clause


def _clause_of_size(matter: Matter, _rule: Rule) -> str:
    return matter.terms.rules.size.clause


def _clause_of_formats(matter: Matter, _rule: Rule) -> str:
    return matter.terms.rules.formats_clause


_CLAUSES = {Reason.SIZE_TOTAL: _clause_of_size, Reason.FORMAT: _clause_of_formats}
"""Reasons whose value is stated by a clause of its own; all others cite the clause of their rule."""
