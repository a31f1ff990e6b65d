# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The words of a notice in the order of the page: blocks first, then the same blocks as plain text and as HTML.

Knows no header field. Every string from outside passes ``shown_name`` before it stands here.
"""

import html
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from poststelle.application.occasion import Letterhead, Occasion
from poststelle.core.catalogue.hints import HINTS
from poststelle.core.catalogue.notices import NOTICE
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.judgement import told_of
from poststelle.core.mitigation import ADVISORY
from poststelle.core.page import listed, page_values, render, render_title
from poststelle.core.policy import Language
from poststelle.core.verdict import Disposition, Objection, Verdict

LINE_CHARS = 74
MAX_NAME_CHARS = 80
MAX_ITEMS = 50
"""Objections one notice lists; a message with more is told how many."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or where ``items`` are given a list under it."""

    text: str
    items: tuple[str, ...] = ()


def notice_blocks(letterhead: Letterhead, occasion: Occasion, language: Language, at: datetime) -> tuple[Block, ...]:
    """What one notice says in one language."""
    return (
        Block(_say("greeting", language)),
        *_about(letterhead, occasion, language, at),
        *_hints(occasion.verdicts, language),
        *_closing(letterhead, language),
    )


def collective_blocks(
    letterhead: Letterhead, occasions: Sequence[tuple[Occasion, datetime]], language: Language
) -> tuple[Block, ...]:
    """What a collective notice says in one language."""
    about = (block for occasion, at in occasions for block in _about(letterhead, occasion, language, at))
    verdicts = tuple(verdict for occasion, _ in occasions for verdict in occasion.verdicts)
    return (
        Block(_say("greeting", language)),
        Block(_say("received-collective", language)),
        *about,
        *_hints(verdicts, language),
        *_closing(letterhead, language),
    )


def _say(key: str, language: Language, **values: str) -> str:
    return NOTICE[key].in_language(language).format(**values)


_LEADS = {
    Disposition.REFUSE: "not-passed-on",
    Disposition.DELETE: "deleted",
    Disposition.HOLD: "held",
}


def _about(letterhead: Letterhead, occasion: Occasion, language: Language, at: datetime) -> Iterator[Block]:
    """One message: when it came, that the rest of it is here, and each objection once with its clause and remedy."""
    recipients = listed([str(verdict.recipient) for verdict in occasion.verdicts], language)
    yield Block(
        _say(
            "received",
            language,
            recipient=recipients,
            date=at.strftime("%d.%m.%Y" if language is not Language.EN else "%Y-%m-%d"),
            time=at.strftime("%H:%M"),
            reference=occasion.reference,
        )
    )
    told = _said_alike(entry for verdict in occasion.verdicts for entry in told_of(verdict))
    if any(entry.path for entry in told) and _gravest(told) is Disposition.NOTIFY:
        yield Block(_say("rest-here", language))
    lead = _lead(told)
    listed_items = tuple(_item(letterhead, entry, language) for entry in told[:MAX_ITEMS])
    more = (f"+ {len(told) - MAX_ITEMS}",) if len(told) > MAX_ITEMS else ()
    yield Block(_say(lead, language, recipient=recipients), listed_items + more)


def _said_alike(told: Iterable[Objection]) -> tuple[Objection, ...]:
    """Each of them once: what lies where inside a file is for the desk, the notice names the file."""
    return tuple({(entry.code, entry.path, entry.clause, entry.remedy): entry for entry in told}.values())


def _lead(told: Sequence[Objection]) -> str:
    """What became of it, from the told objections alone: the verdict may rest on what was found inside ciphertext."""
    if all(entry.code in ADVISORY for entry in told):
        return "advice"
    return _LEADS.get(_gravest(told), "not-processed")


def _gravest(told: Sequence[Objection]) -> Disposition:
    return max((entry.disposition for entry in told), key=lambda found: found.severity, default=Disposition.ACCEPT)


def _item(letterhead: Letterhead, objection: Objection, language: Language) -> str:
    """File, what is wrong, what to do, and the published sentence it rests on."""
    name = " › ".join(shown_name(step) for step in objection.path) or _say("the-message", language)
    said = [f"{name}: {REASONS[objection.code].in_language(language)}"]
    if objection.remedy in REMEDIES:
        said.append(REMEDIES[objection.remedy].in_language(language))
    said.append(_clause(letterhead, objection.clause, language))
    return " ".join(part for part in said if part)


def _clause(letterhead: Letterhead, clause: str, language: Language) -> str:
    if clause not in letterhead.policy.clauses:
        return f"({letterhead.base_url}#{clause})"
    title = render_title(letterhead.policy, clause, language) or render_title(letterhead.policy, clause, Language.DE)
    sentence = render(letterhead.policy, clause, language, {}) or render(letterhead.policy, clause, Language.DE, {})
    return f"{_say('rule', language, title=title)}: {sentence} ({letterhead.base_url}#{clause})"


def _hints(verdicts: Sequence[Verdict], language: Language) -> Iterator[Block]:
    keys = dict.fromkeys(key for verdict in verdicts for key in verdict.hints if key in HINTS)
    yield from (Block(HINTS[key].in_language(language)) for key in keys)


def _closing(letterhead: Letterhead, language: Language) -> Iterator[Block]:
    """Deadlines, other channels, and the technical conditions in force, which the law wants named (§ 3a Abs. 3 VwVfG)."""
    yield Block(_say("deadlines", language))
    channels = tuple(_channels(letterhead, language))
    if channels:
        yield Block(_say("channels", language), channels)
    values = page_values(letterhead.policy, language)
    conditions = (
        _say("formats", language, formats=values.get("email.formats", "")),
        _say("limit", language, limit=values["email.size"]),
        _say("macros", language),
        _say("page", language, url=letterhead.base_url),
    )
    yield Block(_say("conditions", language, edition=letterhead.edition), conditions)
    yield Block(_say("automatic", language))


def _channels(letterhead: Letterhead, language: Language) -> Iterator[str]:
    contact, mailbox = letterhead.policy.contact, letterhead.policy.mailbox
    if contact:
        yield _say("phone", language, value=contact.phone)
        if contact.fax:
            yield _say("fax", language, value=contact.fax)
        yield _say("post", language, value=", ".join(contact.postal))
    if mailbox:
        yield _say("bebpo", language, value=f"{mailbox.directory_name} ({mailbox.safe_id})")


_KEPT_SIGNS = frozenset(" ._-()+,&#")


def shown_name(name: str) -> str:
    """A file name that can do no harm where it is shown: letters, digits and a few signs, bounded, on one line."""
    plain = unicodedata.normalize("NFC", name[: 4 * MAX_NAME_CHARS])
    kept = "".join(letter if letter.isalnum() or letter in _KEPT_SIGNS else "_" for letter in plain)
    cleaned = " ".join(kept.split()) or "_"
    return cleaned if len(cleaned) <= MAX_NAME_CHARS else f"{cleaned[: MAX_NAME_CHARS - 13]}…{cleaned[-12:]}"


def as_text(said: Mapping[Language, Sequence[Block]]) -> str:
    """All languages one after the other as plain text, each under its name."""
    parts = []
    for language, blocks in said.items():
        heading = _say("language", language)
        parts.append(f"{heading}\n{'=' * len(heading)}")
        parts.extend(_text_block(block) for block in blocks)
    return "\n\n".join(parts) + "\n"


def _text_block(block: Block) -> str:
    items = (_wrapped(item, "- ", "  ") for item in block.items)
    return "\n".join((_wrapped(block.text, "", ""), *items))


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(
        text, LINE_CHARS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def as_html(said: Mapping[Language, Sequence[Block]], title: str) -> str:
    """The same as a document without style, script, image or link elsewhere: headings, paragraphs, lists."""
    sections = "\n".join(
        f'<section lang="{language.value}">\n<h2>{html.escape(_say("language", language))}</h2>\n'
        + "\n".join(_html_block(block) for block in blocks)
        + "\n</section>"
        for language, blocks in said.items()
    )
    first = next(iter(said)).value
    return (
        f'<!DOCTYPE html>\n<html lang="{first}">\n<head><meta charset="utf-8"><title>{html.escape(title)}</title></head>\n'
        f"<body>\n<main>\n<h1>{html.escape(title)}</h1>\n{sections}\n</main>\n</body>\n</html>\n"
    )


def _html_block(block: Block) -> str:
    items = "".join(f"<li>{html.escape(item)}</li>\n" for item in block.items)
    return f"<p>{html.escape(block.text)}</p>" + (f"\n<ul>\n{items}</ul>" if items else "")
