# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DMARC (RFC 7489) without its look-ups: reading a record, alignment, and the result. Knows no DNS.

The organisational domain comes from the caller, who has a public-suffix list.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from poststelle.core.facts import AuthResult

MAX_RECORD_CHARACTERS: Final = 4 * 1024

_VERSION = re.compile(r"^v\s*=\s*DMARC1\s*(?:;|$)")
_TAG = re.compile(r"^\s*([a-z]+)\s*=\s*(.*?)\s*$", re.IGNORECASE | re.DOTALL)
_POLICIES: Final = ("none", "quarantine", "reject")
_FULL_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class Record:
    """One published policy record (RFC 7489, 6.3)."""

    policy: str
    subdomain_policy: str
    strict_dkim: bool
    strict_spf: bool
    percent: int

    def policy_for(self, *, subdomain: bool) -> str:
        """What the domain asks for, one step milder where it asks so for a share of the mail only.

        RFC 7489, 6.6.4 draws lots for that share; the same message must always get the same answer here.
        """
        asked = self.subdomain_policy if subdomain else self.policy
        if self.percent >= _FULL_PERCENT or asked == "none":
            return asked
        return _POLICIES[_POLICIES.index(asked) - 1]


@dataclass(frozen=True, slots=True)
class Authenticated:
    """The domains that SPF and DKIM proved; empty where they proved none."""

    spf_domain: str
    dkim_domains: tuple[str, ...]


def parse_record(text: str) -> Record | None:
    """The record, or None where the text is not one. A record with a bad policy but a report address means none."""
    if len(text) > MAX_RECORD_CHARACTERS or not _VERSION.match(text):
        return None
    tags = {match[1].lower(): match[2].lower() for match in map(_TAG.match, text.split(";")) if match}
    policy = tags.get("p", "")
    if policy not in _POLICIES:
        if "rua" not in tags:
            return None
        policy = "none"
    subdomain_policy = tags.get("sp", policy)
    return Record(
        policy=policy,
        subdomain_policy=subdomain_policy if subdomain_policy in _POLICIES else policy,
        strict_dkim=tags.get("adkim") == "s",
        strict_spf=tags.get("aspf") == "s",
        percent=_percent(tags.get("pct", "100")),
    )


def the_record(texts: Iterable[str]) -> Record | None:
    """The one record among the TXT records of a name; several count as none (RFC 7489, 6.6.3)."""
    candidates = [text for text in texts if _VERSION.match(text)]
    return parse_record(candidates[0]) if len(candidates) == 1 else None


def is_aligned(domain: str, from_domain: str, organisational: Callable[[str], str], *, strict: bool = False) -> bool:
    """The proven domain is the From domain, or (relaxed) of the same organisation (RFC 7489, 3.1)."""
    if not domain or not from_domain:
        return False
    if domain.lower() == from_domain.lower():
        return True
    return not strict and organisational(domain.lower()) == organisational(from_domain.lower())


def result_of(
    record: Record | None, proven: Authenticated, from_domain: str, organisational: Callable[[str], str]
) -> AuthResult:
    """Pass where an aligned SPF or DKIM proof exists, else fail; none without a record."""
    if record is None:
        return AuthResult.NONE
    by_spf = is_aligned(proven.spf_domain, from_domain, organisational, strict=record.strict_spf)
    by_dkim = any(
        is_aligned(domain, from_domain, organisational, strict=record.strict_dkim) for domain in proven.dkim_domains
    )
    return AuthResult.PASS if by_spf or by_dkim else AuthResult.FAIL


def _percent(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,3}", text) else _FULL_PERCENT
