# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a person would take for the same: letters of other scripts and near misses, in names and in domains.

Pure text. Two texts that look alike have the same ``skeleton``; that is for comparing only and never shown.
"""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz.distance import OSA

MIN_NEAR_CHARS = 10
"""A shorter name of a domain has honest neighbours one letter away, or its twin under another ending."""

_FOREIGN = "авекмнорстухіїјѕԁԛԝһӏєαβεικνορτυχω"
_LATIN__ = "abekmhopctyxiijsdqwhleabeiknoptuxw"
_CONFUSABLE = dict(zip(_FOREIGN, _LATIN__, strict=True))
"""Letters of other scripts in lower case that look like Latin ones (after UTS 39, those that matter in German words)."""
_GERMAN = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "œ": "oe", "ı": "i", "ɡ": "g"}
_ALIKE = {"0": "o", "1": "l", "i": "l", "|": "l"}
_TO_PLAIN = str.maketrans(_CONFUSABLE | _GERMAN)
_TO_SKELETON = str.maketrans(_ALIKE)
_DASHES = re.compile(r"[‐‑‒–—―−﹘﹣－]")
_WORD = re.compile(r"\w+")


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Lower case, umlauts spelt out, letters of other scripts as the Latin ones they look like, nothing invisible."""
    composed = unicodedata.normalize("NFKC", text).casefold().translate(_TO_PLAIN)
    seen = (letter for letter in unicodedata.normalize("NFKD", composed) if unicodedata.category(letter) not in _UNSEEN)
    return _DASHES.sub("-", "".join(seen))


_UNSEEN = frozenset({"Cf", "Cc", "Mn"})


@lru_cache(maxsize=8192)
def skeleton(text: str) -> str:
    """Equal for texts that look alike in most typefaces."""
    return plain(text).translate(_TO_SKELETON).replace("rn", "m").replace("vv", "w")


def mixes_scripts(text: str) -> bool:
    """A word of Latin letters has one of another script among them that looks Latin."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    return any(_is_mixed(word) for word in words if not word.isascii())


def _is_mixed(word: str) -> bool:
    return any(letter in _CONFUSABLE for letter in word) and any("a" <= letter <= "z" for letter in word)


def is_of(domain: str, ours: str) -> bool:
    """The domain is this one or below it."""
    return domain == ours or domain.endswith(f".{ours}")


@lru_cache(maxsize=8192)
def resembles(domain: str, ours: str) -> bool:
    """The domain is not ours and could be taken for it: other letters, one letter off, another ending, ours in front."""
    if is_of(domain, ours):
        return False
    shown, own = _readable(domain), _readable(ours)
    if f"-{_joined(own)}-" in f"-{_joined(shown)}":
        return True
    name, wanted = _name(shown, like=own), _name(own, like=own)
    if len(wanted) < MIN_NEAR_CHARS:
        return name != wanted and skeleton(name) == skeleton(wanted)
    return OSA.distance(skeleton(name), skeleton(wanted), score_cutoff=1) <= 1


def _joined(domain: str) -> str:
    return skeleton(domain.replace(".", "-"))


def _name(domain: str, *, like: str) -> str:
    """The labels before the ending, as many as the other has."""
    return ".".join(domain.split(".")[-1 - like.count(".") : -1])


def _readable(domain: str) -> str:
    """A-labels as they are shown (RFC 5890); one that cannot be read stays as it is."""
    return ".".join(_label(label) for label in domain.lower().split("."))


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label
