# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The grammar of subject lines: an office by number or name at the head, then a keyword (Clause subject.office).

Reads only what stands at the head, after the prefixes of mail programs. What it cannot read for sure it does not guess:
``None`` in the result, and names met elsewhere as suggestions.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from rapidfuzz import fuzz, process

from poststelle.core.directory import Directory, Office
from poststelle.core.references import MAX_SUBJECT_CHARS

MAX_KEYWORD_CHARS = 80
MAX_PREFIXES = 10
NEAR = 84.0
"""Least likeness (RapidFuzz ratio) at which a misspelt name becomes a suggestion."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
_PREFIX = re.compile(
    r"\s*(?:(?:aw|wg|re|fw|fwd|antw|antwort|weitergeleitet|sv|tr)\s?(?:\[\d{1,3}\])?\s?:|\[[^\]\[]{1,40}\](?=\s*\S))",
    re.ASCII,
)
_NUMBER = re.compile(r"\s*(?:stadt)?amt\s?(?:nr\.?\s?)?(\d{1,4})(?!\d)(?:\.(\d{1,4})(?![.\d/]))?", re.ASCII)
_ANY_NUMBER = re.compile(r"(?<!\w)(?:stadt)?amt\s?(?:nr\.?\s?)?(\d{1,4})(?!\d)", re.ASCII)
_ALSO_NUMBER = re.compile(r"\s?(?:[/,+&]|und|oder|u\.)\s?(?:amt\s?)?(\d{1,4})(?![\d.])", re.ASCII)
_GAP = re.compile(r"\s*(?:[-:,;|/]+\s*|$)", re.ASCII)
_WORD = re.compile(r"[^\W_]{3,40}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the grammar made of a subject line."""

    office: str = ""
    """Office id; empty where none is named for sure."""
    because: tuple[tuple[str, str], ...] = ()
    keyword: str = ""
    conflict: tuple[str, ...] = ()
    """Offices between which the subject does not decide."""


def folded(text: str) -> str:
    """The text as the grammar compares it: NFKC, one kind of dash and blank, letter case folded."""
    return _composed(text).translate(_DASHES).casefold()[:MAX_SUBJECT_CHARS]


def _composed(text: str) -> str:
    """NFKC and single blanks, as written otherwise. Folding it further goes letter by letter."""
    return " ".join(unicodedata.normalize("NFKC", text[:MAX_SUBJECT_CHARS]).split())


def without_prefixes(subject: str) -> str:
    """The folded subject without AW:, WG:, Fwd:, Re: and tags in brackets."""
    text = folded(subject)
    for _ in range(MAX_PREFIXES):
        match = _PREFIX.match(text)
        if match is None:
            break
        text = text[match.end() :].lstrip()
    return text


@dataclass(frozen=True, slots=True)
class _Entry:
    """One office with its words as the grammar compares them."""

    office: Office
    names: tuple[tuple[str, str, str], ...]
    """(``name`` or ``synonym``, as written, folded)."""
    keywords: tuple[tuple[str, str], ...]
    """Keywords and names of units: (as written, folded)."""


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The directory as the grammar compares it, folded once and not for every message."""

    entries: tuple[_Entry, ...]
    owners: Mapping[str, str]
    """The office of every keyword that is one office's alone."""
    names: tuple[str, ...]
    keywords: tuple[str, ...]
    """Of all offices together, folded."""


@lru_cache(maxsize=64)
def _lexicon(directory: Directory) -> _Lexicon:
    entries = tuple(_entry(office) for office in directory.offices)
    owned = [(word, entry.office.id) for entry in entries for word in {spelt for _, spelt in entry.keywords if spelt}]
    claims = Counter(word for word, _ in owned)
    return _Lexicon(
        entries,
        {word: office for word, office in owned if claims[word] == 1},
        tuple(spelt for entry in entries for _, _, spelt in entry.names),
        tuple(spelt for entry in entries for _, spelt in entry.keywords),
    )


def _entry(office: Office) -> _Entry:
    named = (("name", office.name), *(("synonym", synonym) for synonym in office.synonyms))
    words = (*office.keywords, *(name for _, name in office.units))
    return _Entry(
        office,
        tuple((code, name, folded(name)) for code, name in named),
        tuple((word, folded(word)) for word in words),
    )


def read_subject(directory: Directory, subject: str) -> Reading:
    """The office named at the head of the subject, and the keyword behind it."""
    lexicon, text = _lexicon(directory), without_prefixes(subject)
    heads = tuple(_heads(lexicon, text))
    if not heads:
        return Reading()
    rest = text[max(head.end for head in heads) :]
    named = tuple(dict.fromkeys([head.office for head in heads] + list(_offices_in(lexicon, rest))))
    because = tuple((head.code, head.value) for head in heads)
    if len(named) > 1:
        return Reading(because=because, conflict=named)
    keyword = _bare(rest)[:MAX_KEYWORD_CHARS]
    if not keyword:
        return Reading(named[0], because)
    spelt = _in_directory(lexicon, named[0], keyword) or _as_written(subject, rest, keyword)
    return Reading(named[0], (*because, ("keyword", spelt)), spelt)


_SEPARATORS = " -:,;|/.()"


def _bare(rest: str) -> str:
    """What stands behind the office, without what separates it."""
    return rest.strip(_SEPARATORS)


def _in_directory(lexicon: _Lexicon, office: str, keyword: str) -> str:
    """The keyword in the spelling of the office's entry; empty where the directory does not know it there."""
    words = (known for entry in lexicon.entries if entry.office.id == office for known in entry.keywords)
    return next((word for word, spelt in words if spelt == keyword), "")


def _as_written(subject: str, rest: str, keyword: str) -> str:
    """The keyword with the sender's own letters; ``rest`` is the end of the folded subject that it was taken from."""
    written = _composed(subject)
    start = len(folded(subject)) - len(rest.lstrip(_SEPARATORS))
    ends = tuple(accumulate((len(letter.casefold()) for letter in written), initial=0))
    return written[bisect_left(ends, start) : bisect_left(ends, start + len(keyword))]


@dataclass(frozen=True, slots=True)
class _Head:
    office: str
    code: str
    value: str
    end: int


def _heads(lexicon: _Lexicon, text: str) -> Iterator[_Head]:
    """The office by number, the office by name, or both where one follows the other."""
    first = tuple(_by_number(lexicon, text)) or tuple(_by_name(lexicon, text, 0))
    yield from first
    if not first:
        return
    start = first[0].end
    gap = re.compile(r"[\s(,-]*").match(text, start)
    start = gap.end() if gap else start
    if first[0].code == "number":
        yield from _by_name(lexicon, text, start)
    else:
        yield from (
            _Head(head.office, head.code, head.value, start + head.end) for head in _by_number(lexicon, text[start:])
        )


def _by_number(lexicon: _Lexicon, text: str) -> Iterator[_Head]:
    match = _NUMBER.match(text)
    if match is None or _runs_on(text, match.end()):
        return
    for office in (entry.office for entry in lexicon.entries):
        if office.number and office.number == match[1]:
            yield _Head(office.id, "number", office.number, match.end())
            if match[2]:
                yield from (_Head(office.id, "unit", unit, match.end()) for unit, _ in office.units if unit == match[2])


def _runs_on(text: str, end: int) -> bool:
    """A letter follows the number at once: ``Amt 32a`` is not Amt 32."""
    return end < len(text) and text[end].isalpha()


def _by_name(lexicon: _Lexicon, text: str, start: int) -> Iterator[_Head]:
    """Every office whose name stands here as a whole and ends at a separator; the longest name wins."""
    found = [
        _Head(entry.office.id, code, name, start + len(spelt))
        for entry in lexicon.entries
        for code, name, spelt in entry.names
        if text.startswith(spelt, start) and _ends(text, start + len(spelt))
    ]
    longest = max((head.end for head in found), default=0)
    yield from {head.office: head for head in reversed(found) if head.end == longest}.values()


def _ends(text: str, end: int) -> bool:
    return _GAP.match(text, end) is not None or text[end : end + 1] in (")", "(") or text[end : end + 2] == " ("


def _offices_in(lexicon: _Lexicon, rest: str) -> Iterator[str]:
    """Offices that the rest of the subject names too: by number, name, or a keyword that is theirs alone."""
    numbers = {match[1] for match in _ANY_NUMBER.finditer(rest)}
    also = _ALSO_NUMBER.match(rest)
    if also:
        numbers.add(also[1])
    named = {
        entry.office.id
        for entry in lexicon.entries
        for _, _, spelt in entry.names
        if spelt in rest and _contains(rest, spelt)
    }
    for office in (entry.office for entry in lexicon.entries):
        if office.number in numbers or office.id in named:
            yield office.id
    owner = lexicon.owners.get(_bare(rest))
    if owner is not None:
        yield owner


def _contains(text: str, words: str) -> bool:
    """The words stand in the text, and not as part of longer ones."""
    at = text.find(words) if words else -1
    while at >= 0:
        end = at + len(words)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(words, at + 1)
    return False


MAX_SUGGESTIONS = 3
_WHOLE_NAME, _NUMBER_MET, _WHOLE_WORD, _NEAR_WORD = 100.0, 99.0, 90.0, 0.9
"""Scores of what points to an office, strongest first; a near name scores its likeness, a near word that times 0.9."""


def suggestions(directory: Directory, subject: str) -> tuple[tuple[str, str], ...]:
    """(office id, what points to it) pairs, best first; never for a delivery. Sealed offices are never suggested."""
    lexicon = _lexicon(directory)
    met = _met(lexicon, without_prefixes(subject))
    open_to_all = (entry for entry in lexicon.entries if not entry.office.sealed)
    scored = [(*max(_pointers(entry, met)), entry.office.id) for entry in open_to_all]
    scored.sort(key=lambda entry: (-entry[0], entry[2]))
    return tuple((office, why) for score, why, office in scored[:MAX_SUGGESTIONS] if score)


MAX_WORDS = 40
_HEAD_END = re.compile(r"\s-\s|[:,;|]")


@dataclass(frozen=True, slots=True)
class _Met:
    """What of the directory is met in one subject, whole or misspelt."""

    text: str
    number: str | None
    """Of an office, without leading zeros."""
    like_head: Mapping[str, float]
    """Names that the head of the subject is like, with the likeness."""
    like_words: Mapping[str, float]
    """Keywords that one of its words is like."""


def _met(lexicon: _Lexicon, text: str) -> _Met:
    head = _HEAD_END.split(text, maxsplit=1)[0][:MAX_KEYWORD_CHARS]
    words = sorted(set(_WORD.findall(text)))[:MAX_WORDS]
    number = _ANY_NUMBER.search(text)
    return _Met(
        text,
        number[1].lstrip("0") if number else None,
        _like((head,), lexicon.names),
        _like(words, lexicon.keywords),
    )


def _like(met: Iterable[str], known: tuple[str, ...]) -> dict[str, float]:
    """What is known and like one of those met, with the greatest likeness."""
    found: dict[str, float] = {}
    for one in met:
        for spelt, score, _ in process.extract(one, known, scorer=fuzz.ratio, score_cutoff=NEAR, limit=None):
            found[spelt] = max(score, found.get(spelt, 0.0))
    return found


def _pointers(entry: _Entry, met: _Met) -> Iterator[tuple[float, str]]:
    """How strongly each name and word of the office is met in the subject."""
    yield (0.0, "")
    for _, name, spelt in entry.names:
        yield (_WHOLE_NAME if _contains(met.text, spelt) else met.like_head.get(spelt, 0.0), name)
    if entry.office.number and entry.office.number.lstrip("0") == met.number:
        yield (_NUMBER_MET, entry.office.number)
    for word, spelt in entry.keywords:
        yield (_WHOLE_WORD if _contains(met.text, spelt) else met.like_words.get(spelt, 0.0) * _NEAR_WORD, word)
