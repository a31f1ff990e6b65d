# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Checks of rules: every reason has exactly one in each channel, and no disposition breaks what the house promises."""

from collections import Counter
from collections.abc import Iterator

from poststelle.core.arrival import Channel
from poststelle.core.lint.fault import Fault, error
from poststelle.core.policy import (
    AddressTerms,
    ChannelPolicy,
    EncryptionStance,
    OtherAddresses,
    Policy,
    Rule,
    SignatureStance,
    Told,
)
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition

SECRET_DEPENDENT = frozenset({Reason.ENCRYPTION_UNREADABLE})
"""Known only by trying a private key: a refusal would tell the sender whether it fitted."""
_STOPS = frozenset({Disposition.HOLD, Disposition.REFUSE, Disposition.DELETE})


def rule_faults(policy: Policy, *, is_superseded: bool = False) -> Iterator[Fault]:
    """PS301 to PS312. A superseded edition need not name codes for which an older one of its own stands in."""
    for channel in Channel:
        terms = policy.channel(channel)
        yield from _coverage(channel, terms, is_superseded=is_superseded)
        for number, rule in enumerate(terms.rules, start=1):
            key = f"{channel}.rules[{number}]"
            for check in _CHECKS:
                yield from check(key, rule)
            if channel is Channel.BEBPO:
                yield from _never_turned_away(key, rule)
    yield from _links(policy)
    yield from _demands(policy)


def _coverage(channel: Channel, terms: ChannelPolicy, *, is_superseded: bool) -> Iterator[Fault]:
    counts = Counter(reason for rule in terms.rules for reason in rule.reasons)
    for reason in Reason:
        if counts[reason] == 0 and not (is_superseded and _is_governed(terms, reason)):
            yield error("PS301", f"{channel}.rules", f'no rule governs the reason "{reason}"')
        elif counts[reason] > 1:
            numbers = [str(number) for number, rule in enumerate(terms.rules, start=1) if reason in rule.reasons]
            yield error(
                "PS302", f"{channel}.rules", f'the reason "{reason}" stands more than once: rule {", ".join(numbers)}'
            )


def _is_governed(terms: ChannelPolicy, reason: Reason) -> bool:
    try:
        terms.rule_for(reason)
    except KeyError:
        return False
    return True


def _delete_only_malware(key: str, rule: Rule) -> Iterator[Fault]:
    others = [reason for reason in rule.reasons if reason is not Reason.MALWARE]
    if rule.disposition is Disposition.DELETE and others:
        yield error("PS303", f"{key}.disposition", f'delete is for malware alone, not for "{others[0]}"')


def _refusal_is_told(key: str, rule: Rule) -> Iterator[Fault]:
    if rule.disposition is Disposition.REFUSE and Told.SENDER not in rule.tell:
        yield error("PS305", f"{key}.tell", "a refused message is answered in the dialogue; tell the sender")


def _notice_is_told(key: str, rule: Rule) -> Iterator[Fault]:
    if rule.disposition is Disposition.NOTIFY and Told.SENDER not in rule.tell:
        yield error("PS306", f"{key}.tell", "nobody may be left without word of what was withheld; tell the sender")


def _hold_is_told(key: str, rule: Rule) -> Iterator[Fault]:
    if rule.disposition is Disposition.HOLD and not {Told.MAILROOM, Told.RECIPIENT} & set(rule.tell):
        yield error("PS307", f"{key}.tell", "somebody must know of a held message; tell the mailroom or the recipient")


def _no_oracle(key: str, rule: Rule) -> Iterator[Fault]:
    for reason in rule.reasons:
        if rule.disposition is Disposition.REFUSE and reason in SECRET_DEPENDENT:
            yield error(
                "PS308", f"{key}.disposition", f'"{reason}" depends on a private key; a refusal would betray it'
            )


def _malware_is_stopped(key: str, rule: Rule) -> Iterator[Fault]:
    if Reason.MALWARE in rule.reasons and rule.disposition not in _STOPS:
        yield error("PS309", f"{key}.disposition", "malware must be held, refused or deleted")


def _has_reasons(key: str, rule: Rule) -> Iterator[Fault]:
    if not rule.reasons:
        yield error("PS310", f"{key}.reasons", "a rule without reasons does nothing")


_CHECKS = (
    _delete_only_malware,
    _refusal_is_told,
    _notice_is_told,
    _hold_is_told,
    _no_oracle,
    _malware_is_stopped,
    _has_reasons,
)


def _never_turned_away(key: str, rule: Rule) -> Iterator[Fault]:
    if rule.disposition in (Disposition.REFUSE, Disposition.DELETE):
        yield error(
            "PS304", f"{key}.disposition", "a beBPo message has been received already; it cannot be turned away"
        )


def _links(policy: Policy) -> Iterator[Fault]:
    governing = [rule for rule in policy.email.rules if Reason.DOWNLOAD_LINK in rule.reasons]
    mild = any(rule.disposition is Disposition.ACCEPT for rule in governing)
    if policy.links.downloads == "not-processed" and mild:
        yield error("PS311", "links.downloads", 'the page does not process download links, the rule "accept" does')


_DEMANDS: tuple[tuple[str, str, Reason], ...] = (
    ("encryption", EncryptionStance.REQUIRES.value, Reason.ENCRYPTION_REQUIRED),
    ("encryption", EncryptionStance.REFUSES.value, Reason.ENCRYPTION_NOT_OFFERED),
    ("signature", SignatureStance.REQUIRES.value, Reason.SIGNATURE_REQUIRED),
)
"""What an address may demand, and the reason that a message which does not meet it is given."""


def _demands(policy: Policy) -> Iterator[Fault]:
    mild = {reason for rule in policy.email.rules if rule.disposition is Disposition.ACCEPT for reason in rule.reasons}
    for key, terms in _terms(policy):
        for field, stance, reason in _DEMANDS:
            if getattr(terms, field) == stance and reason in mild:
                yield error("PS312", f"{key}.{field}", f'"{stance}" at the address, "accept" in the rule of "{reason}"')


def _terms(policy: Policy) -> Iterator[tuple[str, AddressTerms | OtherAddresses]]:
    for number, terms in enumerate(policy.addresses, start=1):
        yield f"addresses[{number}]", terms
    if policy.other_addresses:
        yield "other_addresses", policy.other_addresses
