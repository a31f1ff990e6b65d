# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""References met in a subject line: file references of ours, those of courts and others, and payment references.

Aktenzeichen route, foreign references are named, Kassenzeichen never route (Clause subject.kassenzeichen). What could
as well be a date is no file reference. All patterns run on bounded text.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from poststelle.core.directory import Directory
from poststelle.core.policy import Kassenzeichen

MAX_SUBJECT_CHARS = 998
"""RFC 5322, 2.1.1: longest line; what lies beyond is not read."""
MAX_TOKEN_CHARS = 64
MAX_TOKENS = 60


@dataclass(frozen=True, slots=True)
class Aktenzeichen:
    """A file reference of ours, and whose it is."""

    text: str
    office: str
    unit: str = ""


_TOKEN = re.compile(r"[^\W_][\w./-]*", re.ASCII)
_FOREIGN = re.compile(
    r"(?<![\w.])\d{1,4}\s?(?!Amt|AMT|amt)[A-Z][A-Za-z]{0,5}(?:\s?\([A-Za-z]{1,8}\))?\s?\d{1,6}/\d{2}(?:\d{2})?(?![\w/])",
    re.ASCII,
)
"""Court and prosecution references: ``4 Ca 614/20``, ``765 Js 432/10``, ``12 O (Kart) 7/21``."""
_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{2}|(?:19|20)\d{2})", re.ASCII)
_NUMBER_AFTER = re.compile(
    r"[\s:.#-]{0,4}(?:(?:Nr|Nummer|lautet|ist)\b[\s:.]{0,3})?([\w./-]*\d(?:[\w./-]|\s(?=\d))*)", re.ASCII
)
_DIGITS_IN_CONTEXT = 4
"""Fewer digits beside a context word are a count or a year's end, not a reference."""


@dataclass(frozen=True, slots=True)
class Spotted:
    """All references of one subject line."""

    ours: tuple[Aktenzeichen, ...] = ()
    datelike: tuple[Aktenzeichen, ...] = ()
    """Fit a pattern of ours and a calendar alike: suggestions only."""
    foreign: tuple[str, ...] = ()
    kassenzeichen: bool = False


def spot(directory: Directory, subject: str, kassenzeichen: Kassenzeichen | None) -> Spotted:
    """The references of a subject line, payment and foreign ones first: what belongs to them is no Aktenzeichen."""
    text = subject[:MAX_SUBJECT_CHARS]
    payments = tuple(_payments(text, kassenzeichen))
    foreign = tuple(match for match in _FOREIGN.finditer(text) if not _overlaps(match.span(), payments))
    taken = (*payments, *(match.span() for match in foreign))
    tokens = tuple(_tokens(text, taken))
    found = tuple(known for token in tokens for known in ours(directory, token))
    return Spotted(
        ours=tuple(known for known in found if not _is_date(known.text)),
        datelike=tuple(known for known in found if _is_date(known.text)),
        foreign=tuple(match.group() for match in foreign),
        kassenzeichen=bool(payments),
    )


def ours(directory: Directory, text: str) -> Iterator[Aktenzeichen]:
    """Every office whose pattern this reference fits as a whole."""
    token = " ".join(text.split())[:MAX_TOKEN_CHARS]
    found: dict[str, Aktenzeichen] = {}
    for office, pattern in _patterns(directory):
        match = pattern.fullmatch(token)
        if match is not None:
            found.setdefault(office, Aktenzeichen(token, office, match.groupdict().get("unit") or ""))
    yield from found.values()


@lru_cache(maxsize=64)
def _patterns(directory: Directory) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every pattern with the office whose it is."""
    return tuple((office.id, _compiled(pattern)) for office in directory.offices for pattern in office.aktenzeichen)


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _tokens(text: str, taken: Iterable[tuple[int, int]]) -> Iterator[str]:
    spans = tuple(taken)
    for count, match in enumerate(_TOKEN.finditer(text)):
        if count >= MAX_TOKENS:
            return
        token = match.group().rstrip("./-")
        fits = len(token) <= MAX_TOKEN_CHARS and any(letter.isdigit() for letter in token)
        if fits and not _overlaps(match.span(), spans):
            yield token


def _payments(text: str, rules: Kassenzeichen | None) -> Iterator[tuple[int, int]]:
    """Where payment references stand: by their own shape, or as the number beside a context word."""
    if rules is None:
        return
    for pattern in rules.patterns:
        yield from (match.span() for match in _compiled(pattern).finditer(text))
    for word in rules.context_words:
        for match in _compiled(rf"(?i)(?<!\w){re.escape(word)}(?!\w)").finditer(text):
            number = _NUMBER_AFTER.match(text, match.end())
            if number and sum(letter.isdigit() for letter in number.group(1)) >= _DIGITS_IN_CONTEXT:
                yield (match.start(), number.end())


def _overlaps(span: tuple[int, int], others: Iterable[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _is_date(text: str) -> bool:
    match = _DATE.fullmatch(text)
    return match is not None and 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12
