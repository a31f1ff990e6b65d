# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Clauses as the page shows them: in blocks by channel, with links in their sentences and gaps where a text is missing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from poststelle.core.formats import ROWS, Format
from poststelle.core.page import date_text, placeholders, render, render_title
from poststelle.core.policy import ChannelPolicy, Language, Policy
from poststelle.faces.web.frame import HTML_LANG
from poststelle.faces.web.loans import Published
from poststelle.faces.web.site.visit import Visit
from poststelle.faces.web.templatetags.house import bytes_text

BLOCKS = ("general", "email", "smime", "signature", "bebpo")
"""Blocks of the page in their order: Clause.channel."""
TELEPHONE_CLAUSE, SERVICES_CLAUSE = "directory.phone", "services.az"
"""The two clauses that announce pages of ours and state no value."""
_LINKABLE = re.compile(r"https?://[^\s<>\"()]+[^\s<>\"().,;:]|[\w.+-]+@[a-z0-9.-]+\.[a-z]{2,}")
_ROW_OF = {row.format: row for row in ROWS}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; a link where it has an address."""

    text: str
    href: str = ""
    mark: str = ""
    """Said behind the link where it leads to somebody else's offer."""


@dataclass(frozen=True, slots=True)
class ShownClause:
    """One clause on the page."""

    id: str
    title: str
    title_lang: str
    """``de`` where the heading is German for want of one in the language of the page."""
    pieces: tuple[Piece, ...]
    """Empty where the edition has no text in this language: the page shows the gap."""
    extras: frozenset[str]
    """What stands below the sentence: tables and downloads, by name."""


@dataclass(frozen=True, slots=True)
class Block:
    """The clauses of one channel."""

    id: str
    title: str
    clauses: tuple[ShownClause, ...]

    @property
    def anchor(self) -> str:
        """Id of the block on the page; ids of clauses always have a dot, so the two never meet."""
        return f"abschnitt-{self.id}"


@dataclass(frozen=True, slots=True)
class FormatLine:
    """One line of the table of formats."""

    name: str
    extensions: tuple[str, ...]
    media_type: str
    is_archive: bool


def blocks(visit: Visit) -> tuple[Block, ...]:
    """Every clause of the edition, by block and in the order of the file."""
    values = certificate_values(visit.certificates, visit.language)
    by_block: dict[str, list[ShownClause]] = {name: [] for name in BLOCKS}
    for clause_id, clause in visit.policy.clauses.items():
        by_block[clause.channel].append(_shown(visit, clause_id, values))
    return tuple(
        Block(name, visit.say(f"site.block.{name}"), tuple(clauses)) for name, clauses in by_block.items() if clauses
    )


def _shown(visit: Visit, clause_id: str, values: dict[str, str]) -> ShownClause:
    title = render_title(visit.policy, clause_id, visit.language)
    title_lang = "" if title else HTML_LANG[Language.DE]
    title = title or render_title(visit.policy, clause_id, Language.DE)
    sentence = render(visit.policy, clause_id, visit.language, values)
    return ShownClause(clause_id, title, title_lang, tuple(pieces(visit, sentence)), _extras(visit.policy, clause_id))


def _extras(policy: Policy, clause_id: str) -> frozenset[str]:
    """What belongs below a clause: told by the rule that cites it, or by the values that its sentence states."""
    named = set(placeholders(policy.clauses[clause_id].text.de))
    belongs = {
        "email-formats": clause_id == policy.email.formats_clause,
        "bebpo-formats": clause_id == policy.bebpo.formats_clause,
        "legal": "legal.bases" in named,
        "certificates": any(name.startswith("certificate.") for name in named),
        "subjects": policy.subject is not None and clause_id == policy.subject.clause,
        "telephone": clause_id == TELEPHONE_CLAUSE,
        "az": clause_id == SERVICES_CLAUSE,
    }
    return frozenset(name for name, is_here in belongs.items() if is_here)


def pieces(visit: Visit, sentence: str) -> Iterator[Piece]:
    """The sentence with its addresses, links and numbers made into links; foreign offers are marked."""
    at = 0
    for found in _finder(visit.policy).finditer(sentence):
        if found.start() > at:
            yield Piece(sentence[at : found.start()])
        yield _linked(visit, found[0])
        at = found.end()
    if at < len(sentence):
        yield Piece(sentence[at:])


def _numbers(policy: Policy) -> dict[str, str]:
    contact = policy.contact
    if contact is None:
        return {}
    stated = ((contact.phone, contact.phone_uri), (contact.fax, contact.fax_uri))
    return {printed: uri for printed, uri in stated if printed and uri}


def _finder(policy: Policy) -> re.Pattern[str]:
    numbers = sorted(_numbers(policy), key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, numbers), _LINKABLE.pattern]))


def _linked(visit: Visit, text: str) -> Piece:
    number = _numbers(visit.policy).get(text)
    if number:
        return Piece(text, f"tel:{number}")
    if "@" in text and "//" not in text:
        return Piece(text, f"mailto:{text}")
    return Piece(text, text, foreign_mark(visit, text))


def foreign_mark(visit: Visit, url: str) -> str:
    """What is said of a link that leads to somebody else's offer (Clause scope.domains); empty for our own."""
    scope = visit.policy.scope
    host = urlsplit(url).hostname or ""
    if scope is None or not host or host in scope.own_hosts or host == urlsplit(visit.url("")).hostname:
        return ""
    mark = scope.third_party_mark
    return (mark.in_language(visit.language) if mark else "") or visit.say("site.third-party")


def certificate_values(certificates: tuple[Published, ...], language: Language) -> dict[str, str]:
    """What the clauses say of published certificates, by placeholder."""
    values = {}
    for one in certificates:
        name = f"{'issuer' if one.is_issuer else 'certificate'}.{one.address_id}"
        values[f"{name}.sha256"] = fingerprint(one.sha256)
        values[f"{name}.valid_until"] = date_text(one.valid_until.date(), language)
        values[f"{name}.size"] = bytes_text(len(one.content), language)
    return values


def fingerprint(sha256: str) -> str:
    """As people compare it: pairs in upper case, by colons."""
    return ":".join(sha256[at : at + 2] for at in range(0, len(sha256), 2)).upper()


def format_lines(channel: ChannelPolicy, language: Language) -> tuple[FormatLine, ...]:
    """The table of formats of a channel: accepted formats, then archives."""
    archives = channel.archives.formats if channel.archives else ()
    listed = [*((one, False) for one in channel.formats), *((one, True) for one in archives)]
    return tuple(_format_line(one, language, is_archive=is_archive) for one, is_archive in listed)


def _format_line(one: Format, language: Language, *, is_archive: bool) -> FormatLine:
    row = _ROW_OF[one]
    name = row.name_en if language is Language.EN else row.name_de
    name = name[:1].upper() + name[1:]
    return FormatLine(name, row.extensions[:1], row.media_types[0], is_archive)
