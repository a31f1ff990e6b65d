# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Clauses as the page shows them: texts of the policy with the policy's own values in their placeholders.

Knows no markup. What only the running gateway knows (certificates) is handed in; what an edition does not state in a
language stays empty, never another language instead.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from poststelle.core.formats import ROWS, Format
from poststelle.core.policy import AddressTerms, ChannelPolicy, Language, Policy

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

CERTIFICATE_FACTS = ("sha256", "valid_until", "size")
"""What the gateway tells of a published certificate and of its issuer's: ``{certificate.post.sha256}``."""

PREFIXES = {Language.DE: "", Language.EN: "/en", Language.LEICHT: "/leicht"}
"""What stands before the path of a page, by language."""

_ABSENT = {
    Language.DE: "derzeit nicht verfügbar",
    Language.EN: "not available at present",
    Language.LEICHT: "gibt es gerade nicht",
}
_AND = {Language.DE: "und", Language.EN: "and", Language.LEICHT: "und"}
_THOUSANDS = {Language.DE: ".", Language.EN: ",", Language.LEICHT: "."}
_QUOTES = {Language.DE: "„{}“", Language.EN: "“{}”", Language.LEICHT: "„{}“"}
_MONTHS_DE = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()
_MONTHS_EN = "January February March April May June July August September October November December".split()
METHOD_NAMES = {"smime": "S/MIME", "pgp": "OpenPGP"}
_CONTAINERS = {"smime": "S/MIME", "cms-detached": "PKCS#7", "pades": "PAdES", "xades": "XAdES", "asic": "ASiC"}
_ROW_OF = {row.format: row for row in ROWS}


def page_in(language: Language, page_url: str) -> str:
    """The address of the same page in this language."""
    root, _, name = page_url.rpartition("/")
    return f"{root}{PREFIXES[language]}/{name}"


def render(policy: Policy, clause_id: str, language: Language, values: Mapping[str, str]) -> str:
    """The clause's sentence in this language, empty where the edition has none.

    ``values`` holds what only the running gateway knows, by placeholder name; a missing one is said to be missing.
    KeyError for a clause the policy does not have.
    """
    text = policy.clauses[clause_id].text.in_language(language)
    return fill(text, {**page_values(policy, language), **values}, language)


def render_title(policy: Policy, clause_id: str, language: Language) -> str:
    """The clause's heading in this language, empty where the edition has none."""
    return fill(policy.clauses[clause_id].title.in_language(language), page_values(policy, language), language)


def fill(text: str, values: Mapping[str, str], language: Language) -> str:
    """The text with every placeholder replaced; one without a value says so in words."""
    return PLACEHOLDER.sub(lambda match: values.get(match[1]) or _ABSENT[language], text)


def placeholders(text: str) -> tuple[str, ...]:
    """The names between braces, in order."""
    return tuple(PLACEHOLDER.findall(text))


def gateway_names(policy: Policy) -> frozenset[str]:
    """Placeholders whose values only the running gateway knows: facts of published certificates and their issuers'."""
    return frozenset(
        f"{kind}.{terms.id}.{fact}"
        for terms in policy.addresses
        if terms.publishes_certificate
        for kind in ("certificate", "issuer")
        for fact in CERTIFICATE_FACTS
    )


def page_values(policy: Policy, language: Language) -> dict[str, str]:
    """Every placeholder that the policy itself gives a value to, as text in this language."""
    groups = (_edition, _contact, _access, _addresses, _mailbox, _subject)
    entries = {name: text for group in groups for name, text in group(policy, language)}
    for name, channel in (("email", policy.email), ("bebpo", policy.bebpo)):
        entries.update((f"{name}.{key}", text) for key, text in _channel(channel, language))
    return entries


def _edition(policy: Policy, language: Language) -> Iterator[tuple[str, str]]:
    yield "edition.number", str(policy.number)
    yield "edition.valid_from", date_text(policy.valid_from, language)


def _contact(policy: Policy, language: Language) -> Iterator[tuple[str, str]]:
    contact = policy.contact
    if contact is None:
        return
    yield "contact.name", contact.name.in_language(language)
    yield "contact.postal", ", ".join(contact.postal)
    yield "contact.phone", contact.phone
    yield from _stated("contact.fax", contact.fax)
    yield from _stated("contact.service_number", contact.service_number)
    yield from _stated("contact.website", contact.website)
    yield from _stated("contact.visit", contact.visit.in_language(language) if contact.visit else "")


def _stated(name: str, text: str) -> Iterator[tuple[str, str]]:
    if text:
        yield name, text


def _access(policy: Policy, language: Language) -> Iterator[tuple[str, str]]:
    if policy.scope:
        yield "scope.domains", listed([f"@{domain}" for domain in policy.scope.domains], language)
        yield from _named("scope.subsidiaries_in", policy.scope.subsidiaries_in, language)
        yield from _named("scope.subsidiaries_out", policy.scope.subsidiaries_out, language)
    yield from _named("legal.bases", tuple(basis.citation for basis in policy.legal), language)
    if policy.gazette:
        yield "gazette.name", policy.gazette.name
        yield "gazette.url", policy.gazette.url
        yield "gazette.posting", policy.gazette.posting.in_language(language)
    if policy.signatures:
        containers = [_CONTAINERS[container] for container in policy.signatures.containers]
        yield "signatures.containers", listed(containers, language)
        yield from _named("signatures.trust_services", policy.signatures.trust_services, language)


def _named(name: str, entries: tuple[str, ...], language: Language) -> Iterator[tuple[str, str]]:
    if entries:
        yield name, listed(entries, language)


def _addresses(policy: Policy, language: Language) -> Iterator[tuple[str, str]]:
    for terms in policy.addresses:
        yield f"address.{terms.id}", terms.address
        yield f"address.{terms.id}.methods", _methods(terms, language)
    for channel in policy.other_channels:
        yield from _stated(f"channel.{channel.kind}.address", channel.address)
        if channel.limit:
            yield f"channel.{channel.kind}.limit", channel.limit
        if channel.valid_until:
            yield f"channel.{channel.kind}.valid_until", date_text(channel.valid_until, language)


def _methods(terms: AddressTerms, language: Language) -> str:
    return listed([METHOD_NAMES[method] for method in terms.methods], language)


def _mailbox(policy: Policy, _language: Language) -> Iterator[tuple[str, str]]:
    if policy.mailbox:
        yield "mailbox.safe_id", policy.mailbox.safe_id
        yield "mailbox.directory_name", policy.mailbox.directory_name


def _subject(policy: Policy, language: Language) -> Iterator[tuple[str, str]]:
    subject = policy.subject
    if subject is None:
        return
    yield from _named("subject.examples", _quoted(subject.examples, language), language)
    yield from _named("subject.aktenzeichen_examples", _quoted(subject.aktenzeichen_examples, language), language)


def _quoted(entries: tuple[str, ...], language: Language) -> tuple[str, ...]:
    return tuple(_QUOTES[language].format(entry) for entry in entries)


def _channel(channel: ChannelPolicy, language: Language) -> Iterator[tuple[str, str]]:
    yield "size", channel.size.limit
    yield "size_bytes", number_text(channel.size.limit_bytes, language)
    if channel.size.soft_limit:
        yield "soft_size", channel.size.soft_limit
    yield from _named("formats", _format_names(channel.formats, language), language)
    yield from _named("preferred_formats", _format_names(channel.preferred_formats, language), language)
    yield from _channel_archives(channel, language)
    yield "consent_days_max", number_text(channel.consent_days_max, language)
    for key, count in (("max_files", channel.max_files), ("max_name_chars", channel.max_name_chars)):
        if count is not None:
            yield key, number_text(count, language)


def _channel_archives(channel: ChannelPolicy, language: Language) -> Iterator[tuple[str, str]]:
    if channel.form_bound:
        yield "form_bound_formats", listed(_format_names(channel.form_bound.formats, language), language)
    archives = channel.archives
    if archives is None:
        return
    yield from _named("archives", _format_names(archives.formats, language), language)
    yield "nesting", str(archives.nesting)
    if archives.manual_check_days:
        yield "manual_check_days", str(archives.manual_check_days)


def _format_names(formats: tuple[Format, ...], language: Language) -> tuple[str, ...]:
    return tuple(format_name(accepted, language) for accepted in formats)


def format_name(accepted: Format, language: Language) -> str:
    """Name and extension, such as ZIP-Archiv (.zip)."""
    row = _ROW_OF.get(accepted)
    if row is None or not row.extensions:
        return f".{accepted.value}"
    name = row.name_en if language is Language.EN else row.name_de
    return f"{name} (.{row.extensions[0]})"


def extensions(formats: tuple[Format, ...]) -> list[str]:
    """The usual extension of each format, such as .pdf."""
    rows = ((accepted, _ROW_OF.get(accepted)) for accepted in formats)
    return [f".{row.extensions[0]}" if row and row.extensions else f".{accepted.value}" for accepted, row in rows]


def listed(entries: tuple[str, ...] | list[str], language: Language) -> str:
    """One, two and three: the entries in a sentence."""
    if len(entries) <= 1:
        return "".join(entries)
    return f"{', '.join(entries[:-1])} {_AND[language]} {entries[-1]}"


def number_text(number: int, language: Language) -> str:
    """A whole number with the separators of the language."""
    return f"{number:,}".replace(",", _THOUSANDS[language])


def date_text(day: date, language: Language) -> str:
    """A date in words, such as 1. Januar 2026."""
    if language is Language.EN:
        return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day}. {_MONTHS_DE[day.month - 1]} {day.year}"
