# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who writes under our name: what a From field claims, held against our domains, our name and our directory.

A remark for the desk and nothing more: other authorities have offices of the same names, and clubs name the place too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from poststelle.core.directory import Directory
from poststelle.core.lookalike import is_of, plain, skeleton
from poststelle.core.policy import Policy

_WORD = re.compile(r"[^\W_]+")
_NEIGHBOURS = frozenset("bezirk gemeinde kreis land landkreis lk region samtgemeinde stadt verbandsgemeinde vg".split())
"""Authorities that may bear the name of the same place, each with a domain of its own."""
_TYPES = _NEIGHBOURS | frozenset(
    "amt bundesstadt city county district freistaat hansestadt kreisstadt landeshauptstadt markt municipality town "
    "universitaetsstadt".split()
)
"""What kind of authority it is: says nothing of which."""
_FILLERS = frozenset("am an bei das dem den der des die for fuer im in of office the u und vom von zu zum zur".split())
_SELVES = (
    "Stadtverwaltung", "Gemeindeverwaltung", "Kreisverwaltung", "Verwaltung", "Rathaus", "Poststelle", "Bürgermeister",
    "Bürgermeisterin", "Oberbürgermeister", "Oberbürgermeisterin", "Landrat", "Landrätin", "Service", "Team",
)  # fmt: skip
"""What any authority calls itself or a part of itself."""
_OTHERS = ("verein", "verband", "gmbh", "fraktion", "initiative", "stiftung", "freunde", "gewerkschaft")
"""Ends of words by which somebody who names the authority says to be somebody else."""

Phrase = tuple[str, ...]


def own_domains(policy: Policy) -> tuple[str, ...]:
    """Where mail of ours comes from: the domains of the page and the hosts of our own offers."""
    scope = policy.scope
    named = (*scope.domains, *(host.removeprefix("www.") for host in scope.own_hosts)) if scope else ()
    at = (terms.address.rpartition("@")[2] for terms in policy.addresses)
    return tuple(dict.fromkeys((*named, *at)))


def is_ours(domain: str, policy: Policy) -> bool:
    """The domain is one of ours, or below one."""
    return any(is_of(domain, own) for own in own_domains(policy))


def claims_to_be_ours(display: str, address: str, policy: Policy, directory: Directory) -> bool:
    """Display name or local part show a domain of ours, or the name says to be us or an office of ours.

    For an address that is not ours; ``display`` bounded by the caller.
    """
    local, _, domain = address.rpartition("@")
    shown = f"{skeleton(display)} {skeleton(local)}"
    if any(_stands_in(skeleton(own), shown) for own in own_domains(policy)):
        return True
    words = tuple(_WORD.findall(plain(display)))
    return any(_names_us(words, name, domain, directory) for name in _our_names(policy))


def _stands_in(own: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(own)}(?![\w-])", text) is not None


def _our_names(policy: Policy) -> Iterator[Phrase]:
    """The authority's name in every language of the page, as words."""
    name = policy.contact.name if policy.contact else None
    spelt = (name.in_language(language) for language in policy.languages) if name else ()
    yield from dict.fromkeys(phrase for one in spelt if (phrase := _phrase(one)))


def _names_us(words: Phrase, name: Phrase, domain: str, directory: Directory) -> bool:
    """Our full name with an office or nothing else beside it, or an office and the place alone."""
    place = _place(name)
    if not place or place not in words or any(_is_another(word) for word in words):
        return False
    vocabulary = _vocabulary(directory)
    has_office, rest = _without_offices(words, vocabulary)
    strange = set(rest) - set(name) - _FILLERS
    if _has(words, name):
        return has_office or not strange - vocabulary.keywords
    is_neighbour = bool((_NEIGHBOURS - set(name)) & set(_WORD.findall(domain)))
    return has_office and not strange and not is_neighbour


def _place(name: Phrase) -> str:
    """The word that tells which authority it is."""
    return max((word for word in name if word not in _TYPES | _FILLERS), key=len, default="")


def _is_another(word: str) -> bool:
    return word == "ev" or word.endswith(_OTHERS)


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """The words of one directory."""

    numbers: frozenset[str]
    offices: Mapping[str, tuple[Phrase, ...]]
    """By first word every way to name an office or a unit, the longest first."""
    keywords: frozenset[str]
    """Words that offices are known for; they name none."""


@lru_cache(maxsize=64)
def _vocabulary(directory: Directory) -> _Vocabulary:
    spelt, keywords = list(_SELVES), set[str]()
    for office in directory.offices:
        spelt += [office.name, office.names_en, *office.synonyms, *(name for _, name in office.units)]
        keywords |= {word for keyword in office.keywords for word in _phrase(keyword)}
    found: dict[str, set[Phrase]] = {}
    for phrase in filter(None, map(_phrase, spelt)):
        found.setdefault(phrase[0], set()).add(phrase)
    ordered = {first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in found.items()}
    return _Vocabulary(frozenset(office.number for office in directory.offices), ordered, frozenset(keywords))


def _without_offices(words: Phrase, vocabulary: _Vocabulary) -> tuple[bool, Phrase]:
    """Whether an office is named, by number or name, and the words that name none."""
    left, at = list[str](), 0
    while at < len(words):
        known = _office_at(words[at:], vocabulary)
        left += () if known else words[at : at + 1]
        at += known or 1
    return len(left) < len(words), tuple(left)


def _office_at(words: Phrase, vocabulary: _Vocabulary) -> int:
    """How many words at the head name an office."""
    if words[0] == "amt" and words[1:2] and words[1] in vocabulary.numbers:
        return 2
    phrases = vocabulary.offices.get(words[0], ())
    return next((len(phrase) for phrase in phrases if words[: len(phrase)] == phrase), 0)


@lru_cache(maxsize=1024)
def _phrase(text: str) -> Phrase:
    return tuple(_WORD.findall(plain(text)))


def _has(words: Phrase, phrase: Phrase) -> bool:
    """The phrase stands among the words."""
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words) - len(phrase) + 1))
