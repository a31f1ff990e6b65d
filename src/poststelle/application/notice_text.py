# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The words of a notice in the order of the page: blocks first, then the same blocks as plain text and as HTML.

Knows no header field. Every string from outside passes ``shown_name`` before it stands here.
"""

import html
import textwrap
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from poststelle.application.occasion import Letterhead, Occasion
from poststelle.core.catalogue.hints import HINTS
from poststelle.core.catalogue.notices import NOTICE
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.judgement import told_of
from poststelle.core.mitigation import ADVISORY
from poststelle.core.page import date_text, extensions, listed, render, render_title
from poststelle.core.policy import Language, Policy
from poststelle.core.verdict import Disposition, Objection, Verdict

LINE_CHARS = 74
MAX_NAME_CHARS = 80
MAX_ITEMS = 50
"""Objections one notice lists; a message with more is told how many."""


@dataclass(frozen=True, slots=True)
class Link:
    """A place on our own page and what it is called."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list: what it is about, what is said of it, and where that stands."""

    name: str
    said: str = ""
    link: Link | None = None
    is_address_shown: bool = False
    """In the plain text the address of the link stands below; otherwise its name is enough."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or where ``items`` are given a list under it."""

    text: str
    items: tuple[Item, ...] = ()


def notice_blocks(letterhead: Letterhead, occasion: Occasion, language: Language, at: datetime) -> tuple[Block, ...]:
    """What one notice says in one language."""
    return (
        Block(_say("greeting", language)),
        *_about(letterhead, occasion, language, at),
        *_answering(letterhead, (occasion,), language),
        *_hints(occasion.verdicts, language),
        *_closing(letterhead, (occasion,), language),
    )


def collective_blocks(
    letterhead: Letterhead, occasions: Sequence[tuple[Occasion, datetime]], language: Language
) -> tuple[Block, ...]:
    """What a collective notice says in one language."""
    about = (block for occasion, at in occasions for block in _about(letterhead, occasion, language, at))
    all_of_them = tuple(occasion for occasion, _ in occasions)
    verdicts = tuple(verdict for occasion in all_of_them for verdict in occasion.verdicts)
    return (
        Block(_say("greeting", language)),
        Block(_say("received-collective", language)),
        *about,
        *_answering(letterhead, all_of_them, language),
        *_hints(verdicts, language),
        *_closing(letterhead, all_of_them, language),
    )


def _say(key: str, language: Language, **values: str) -> str:
    return NOTICE[key].in_language(language).format(**values)


_LEADS = {
    Disposition.REFUSE: "not-passed-on",
    Disposition.DELETE: "deleted",
    Disposition.HOLD: "held",
}


def _about(letterhead: Letterhead, occasion: Occasion, language: Language, at: datetime) -> Iterator[Block]:
    """One message: when it came, that the rest of it is here, and each objection once with its remedy and rule."""
    recipients = listed([str(verdict.recipient) for verdict in occasion.verdicts], language)
    yield Block(
        _say(
            "received",
            language,
            recipient=recipients,
            date=date_text(at.date(), language),
            time=at.strftime("%H:%M"),
            reference=occasion.reference,
        )
    )
    told = _told(occasion)
    if any(entry.path for entry in told) and _gravest(told) is Disposition.NOTIFY:
        yield Block(_say("rest-here", language))
    listed_items = tuple(_item(letterhead, entry, language) for entry in told[:MAX_ITEMS])
    more = (Item(f"+ {len(told) - MAX_ITEMS}"),) if len(told) > MAX_ITEMS else ()
    yield Block(_say(_lead(told), language, recipient=recipients), listed_items + more)


def _told(occasion: Occasion) -> tuple[Objection, ...]:
    """Each of them once: what lies where inside a file is for the desk, the notice names the file."""
    told = (entry for verdict in occasion.verdicts for entry in told_of(verdict))
    return tuple({(entry.code, entry.path, entry.clause, entry.remedy): entry for entry in told}.values())


def _lead(told: Sequence[Objection]) -> str:
    """What became of it, from the told objections alone: the verdict may rest on what was found inside ciphertext."""
    if all(entry.code in ADVISORY for entry in told):
        return "advice"
    return _LEADS.get(_gravest(told), "not-processed")


def _gravest(told: Sequence[Objection]) -> Disposition:
    return max((entry.disposition for entry in told), key=lambda found: found.severity, default=Disposition.ACCEPT)


def _item(letterhead: Letterhead, objection: Objection, language: Language) -> Item:
    """File, what is wrong, what to do, and the rule it rests on."""
    name = " › ".join(shown_name(step) for step in objection.path) or _say("the-message", language)
    said = [REASONS[objection.code].in_language(language)]
    if objection.remedy in REMEDIES:
        said.append(REMEDIES[objection.remedy].in_language(language))
    title = _title(letterhead, objection.clause, language)
    return Item(
        name, " ".join(said), Link(_say("rule", language, title=title), letterhead.place(language, objection.clause))
    )


def _title(letterhead: Letterhead, clause: str, language: Language) -> str:
    policy = letterhead.policy
    if clause not in policy.clauses:
        return clause
    return render_title(policy, clause, language) or render_title(policy, clause, Language.DE)


def _answering(letterhead: Letterhead, occasions: Sequence[Occasion], language: Language) -> Iterator[Block]:
    """How to send what is wanted, where a corrected file would help and an answer to the notice reaches us."""
    entries = tuple(entry for occasion in occasions for entry in _told(occasion))
    if letterhead.is_answerable and any(entry.path and entry.disposition is Disposition.NOTIFY for entry in entries):
        yield Block(_say("answer", language))


def _hints(verdicts: Sequence[Verdict], language: Language) -> Iterator[Block]:
    keys = dict.fromkeys(key for verdict in verdicts for key in verdict.hints if key in HINTS)
    yield from (Block(HINTS[key].in_language(language)) for key in keys)


def _closing(letterhead: Letterhead, occasions: Sequence[Occasion], language: Language) -> Iterator[Block]:
    """Deadlines, other channels, the rules in their own words, and the technical conditions in force.

    The last of them the law wants named (§ 3a Abs. 3 VwVfG).
    """
    yield Block(_say("deadlines", language))
    channels = tuple(_channels(letterhead, language))
    if channels:
        yield Block(_say("channels", language), channels)
    rules = tuple(_rules(letterhead, occasions, language))
    if rules:
        yield Block(_say("rules", language), rules)
    policy = letterhead.policy
    edition = _say("edition", language, number=str(policy.number), day=date_text(policy.valid_from, language))
    conditions = (
        Item(_say("formats", language, formats=listed(extensions(policy.email.formats), language))),
        Item(_say("limit", language, limit=policy.email.size.limit)),
        Item(_say("macros", language)),
        _whole_page(letterhead, "page", language, language),
        *(_whole_page(letterhead, "page-plain", language, one) for one in _plain(policy, language)),
    )
    yield Block(_say("conditions", language, edition=edition), conditions)
    yield Block(_say("automatic", language))


def _whole_page(letterhead: Letterhead, key: str, language: Language, of: Language) -> Item:
    url = letterhead.place(of)
    return Item(_say(key, language), link=Link(url, url))


def _plain(policy: Policy, language: Language) -> tuple[Language, ...]:
    """Leichte Sprache is German: a German notice names that page too."""
    return (Language.LEICHT,) if language is Language.DE and Language.LEICHT in policy.languages else ()


def _channels(letterhead: Letterhead, language: Language) -> Iterator[Item]:
    contact, mailbox = letterhead.policy.contact, letterhead.policy.mailbox
    if contact:
        yield Item(_say("phone", language, value=contact.phone))
        if contact.fax:
            yield Item(_say("fax", language, value=contact.fax))
        yield Item(_say("post", language, value=", ".join(contact.postal)))
    if mailbox:
        yield Item(_say("bebpo", language, value=f"{mailbox.directory_name} ({mailbox.safe_id})"))


def _rules(letterhead: Letterhead, occasions: Sequence[Occasion], language: Language) -> Iterator[Item]:
    """Each rule named above once, as the page has it."""
    policy = letterhead.policy
    named = dict.fromkeys(entry.clause for occasion in occasions for entry in _told(occasion)[:MAX_ITEMS])
    for clause in named:
        if clause in policy.clauses:
            sentence = render(policy, clause, language, {}) or render(policy, clause, Language.DE, {})
            url = letterhead.place(language, clause)
            yield Item(_title(letterhead, clause, language), sentence, Link(url, url), is_address_shown=True)


_KEPT_SIGNS = frozenset(" ._-()+,&#")


def shown_name(name: str) -> str:
    """A file name that can do no harm where it is shown: letters, digits and a few signs, bounded, on one line."""
    plain = unicodedata.normalize("NFC", name[: 4 * MAX_NAME_CHARS])
    kept = "".join(letter if letter.isalnum() or letter in _KEPT_SIGNS else "_" for letter in plain)
    cleaned = " ".join(kept.split()) or "_"
    return cleaned if len(cleaned) <= MAX_NAME_CHARS else f"{cleaned[: MAX_NAME_CHARS - 13]}…{cleaned[-12:]}"


def as_text(said: Mapping[Language, Sequence[Block]]) -> str:
    """All languages one after the other as plain text, each under its heading."""
    parts = [f"({_say('below', language)})" for language in tuple(said)[1:]]
    for language, blocks in said.items():
        heading = _say("heading", language)
        parts.append(f"{heading}\n{'=' * len(heading)}")
        parts.extend(_text_block(block) for block in blocks)
    return "\n\n".join(parts) + "\n"


def _text_block(block: Block) -> str:
    return "\n".join((_wrapped(block.text, "", ""), *(_text_item(item) for item in block.items)))


def _text_item(item: Item) -> str:
    lines = [_wrapped(_named(item.name, item.said), "- ", "  ")]
    if item.link is not None:
        lines.append(f"  {item.link.url if item.is_address_shown else item.link.text}")
    return "\n".join(lines)


def _named(name: str, said: str) -> str:
    return f"{name}: {said}" if said else name


def _wrapped(text: str, first: str, rest: str) -> str:
    return textwrap.fill(
        text, LINE_CHARS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


HTML_LANG = {Language.DE: "de", Language.EN: "en", Language.LEICHT: "de"}
_STYLE = "font-family: sans-serif; line-height: 1.5; max-width: 40em"
"""For reading only: without it nothing is lost. No colour, so that a dark mail program stays dark."""


def as_html(said: Mapping[Language, Sequence[Block]], title: str) -> str:
    """The same as a document of headings, paragraphs and lists: no script, no image, links to our own page only."""
    pointers = "".join(
        f'<p lang="{HTML_LANG[language]}"><a href="#{language.value}">{html.escape(_say("below", language))}</a></p>\n'
        for language in tuple(said)[1:]
    )
    sections = "\n".join(_html_section(language, blocks) for language, blocks in said.items())
    first = HTML_LANG[next(iter(said))]
    return (
        f'<!DOCTYPE html>\n<html lang="{first}">\n<head><meta charset="utf-8"><title>{html.escape(title)}</title></head>\n'
        f'<body style="{_STYLE}">\n<main>\n{pointers}{sections}\n</main>\n</body>\n</html>\n'
    )


def _html_section(language: Language, blocks: Sequence[Block]) -> str:
    heading = html.escape(_say("heading", language))
    return (
        f'<section lang="{HTML_LANG[language]}" id="{language.value}">\n<h1>{heading}</h1>\n'
        + "\n".join(_html_block(block) for block in blocks)
        + "\n</section>"
    )


def _html_block(block: Block) -> str:
    items = "".join(f"<li>{_html_item(item)}</li>\n" for item in block.items)
    return f"<p>{html.escape(block.text)}</p>" + (f"\n<ul>\n{items}</ul>" if items else "")


def _html_item(item: Item) -> str:
    name = html.escape(item.name)
    parts = [f"<strong>{name}</strong>: {html.escape(item.said)}" if item.said else name]
    if item.link is not None:
        parts.append(f'<a href="{html.escape(item.link.url)}">{html.escape(item.link.text)}</a>')
    return "<br>".join(parts)
