# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Checks of limits, formats, patterns and of the opened access: the values agree with one another."""

from collections import Counter
from collections.abc import Iterable, Iterator

from poststelle.core.arrival import Channel
from poststelle.core.lint.fault import Fault, error, warning
from poststelle.core.lint.patterns import pattern_faults
from poststelle.core.policy import ARCHIVE_FORMATS, ChannelPolicy, CryptoMethod, EncryptionStance, Policy

MAX_EXPANDED_BYTES = 200 * 1024 * 1024
"""What the inspector opens of one attachment; a page cannot promise more."""
_REQUIRED = ("contact", "scope", "legal", "addresses", "notices", "spam")
_CITED_AS = {
    "NW": ("NRW", "NW"),
    "BY": ("Bay",),
    "BW": ("BW", "LVwVfG"),
    "NI": ("NVwVfG", "Nds"),
    "HE": ("HVwVfG", "Hess"),
    "SH": ("LVwG", "SH"),
}
"""How the administrative procedure act of a Land is cited; a Land without a row is not checked."""


def term_faults(policy: Policy) -> Iterator[Fault]:
    """PS401 to PS412 and PS501 to PS511."""
    for channel in Channel:
        yield from _sizes(channel, policy.channel(channel))
        yield from _formats(channel, policy.channel(channel))
        yield from _archives(channel, policy.channel(channel))
    if policy.kassenzeichen:
        for number, pattern in enumerate(policy.kassenzeichen.patterns, start=1):
            yield from pattern_faults(f"kassenzeichen.patterns[{number}]", pattern)
    yield from _retention(policy)
    yield from _sections(policy)
    yield from _addresses(policy)
    yield from _access(policy)


def twice(entries: Iterable[str]) -> tuple[str, ...]:
    """What stands more than once."""
    return tuple(entry for entry, count in Counter(entries).items() if count > 1)


def _sizes(channel: Channel, terms: ChannelPolicy) -> Iterator[Fault]:
    size = terms.size
    if size.limit_bytes == 0:
        yield error("PS408", f"{channel}.size.limit", "a limit of nothing")
    if size.soft_limit_bytes is not None and size.soft_limit_bytes >= size.limit_bytes:
        yield error("PS401", f"{channel}.size.soft_limit", "the soft limit is not below the limit")
    if size.limit_bytes > MAX_EXPANDED_BYTES:
        yield error("PS408", f"{channel}.size.limit", "above what the inspector opens, 209,715,200 bytes")


def _formats(channel: Channel, terms: ChannelPolicy) -> Iterator[Fault]:
    if not terms.formats:
        yield error("PS402", f"{channel}.formats", "no format is accepted at all")
    for doubled in twice(terms.formats):
        yield error("PS402", f"{channel}.formats", f'"{doubled}" stands twice')
    for part, formats in (
        ("preferred_formats", terms.preferred_formats),
        ("versions", tuple(version.format for version in terms.versions)),
        ("form_bound.formats", terms.form_bound.formats if terms.form_bound else ()),
    ):
        for missing in sorted(set(formats) - terms.accepted_formats):
            yield error("PS403", f"{channel}.{part}", f'"{missing}" is not among the accepted formats')
    for archive in sorted(set(terms.formats) & ARCHIVE_FORMATS):
        yield error("PS404", f"{channel}.formats", f'"{archive}" is an archive; it belongs under {channel}.archives')


def _archives(channel: Channel, terms: ChannelPolicy) -> Iterator[Fault]:
    if terms.archives is None:
        return
    key = f"{channel}.archives.formats"
    for other in sorted(set(terms.archives.formats) - ARCHIVE_FORMATS):
        yield error("PS405", key, f'"{other}" is not an archive format')
    closed = sorted(terms.manual_check_formats & ARCHIVE_FORMATS)
    if closed and terms.archives.manual_check_days is None:
        yield error("PS410", key, f'"{closed[0]}" can only be checked by a person; state manual_check_days')


def _retention(policy: Policy) -> Iterator[Fault]:
    for doubled in twice(entry.holds for entry in policy.retention):
        yield error("PS409", "retention", f'"{doubled}" stands twice')


def _sections(policy: Policy) -> Iterator[Fault]:
    for name in _REQUIRED:
        if not getattr(policy, name):
            yield error("PS501", name, "this section is required")


def _addresses(policy: Policy) -> Iterator[Fault]:
    domains = policy.scope.domains if policy.scope else ()
    for number, terms in enumerate(policy.addresses, start=1):
        key = f"addresses[{number}]"
        if domains and terms.address.rpartition("@")[2] not in domains:
            yield error("PS502", f"{key}.address", f'"{terms.address}" is outside the domains of the terms')
        promises = terms.encryption in (EncryptionStance.ACCEPTS, EncryptionStance.REQUIRES)
        if terms.publishes_certificate and not promises:
            yield error(
                "PS504", f"{key}.publishes_certificate", "publishes a certificate and does not accept encryption"
            )
        if promises and not terms.methods:
            yield error("PS505", f"{key}.methods", "accepts encryption by no method")
        if CryptoMethod.PGP in terms.methods:
            yield warning("PS506", f"{key}.methods", "OpenPGP is published only; this gateway cannot read it")
    for doubled in twice(terms.address.casefold() for terms in policy.addresses):
        yield error("PS503", "addresses", f'"{doubled}" stands twice')
    for doubled in twice(terms.id for terms in policy.addresses):
        yield error("PS503", "addresses", f'the id "{doubled}" stands twice')


def _access(policy: Policy) -> Iterator[Fault]:
    signatures = policy.signatures
    if signatures and signatures.identity_check and signatures.identity_clause is None:
        yield error("PS507", "signatures.identity_clause", "the identity check needs the sentence that announces it")
    for number, channel in enumerate(policy.other_channels, start=1):
        if channel.valid_until and channel.valid_until < policy.valid_from:
            yield error("PS508", f"other_channels[{number}].valid_until", "over before the edition begins")
    listed_only = policy.scope is not None and policy.scope.addresses == "listed"
    if listed_only and policy.other_addresses is not None:
        yield error("PS511", "other_addresses", 'scope.addresses is "listed", so no other address is open')
    if policy.page.base_url and not policy.page.base_url.startswith("https://"):
        yield error("PS509", "page.base_url", "the page is served over https")
    tokens = _CITED_AS.get(policy.contact.land, ()) if policy.contact else ()
    if tokens and not any(token in basis.citation for basis in policy.legal for token in tokens):
        yield warning("PS510", "legal", "none of the provisions is of the Land named under contact.land")
