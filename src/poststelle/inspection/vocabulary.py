# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Terms of form and deadline, and links to downloads: what makes a clerk look twice. Words only, no judgement."""

import re
from itertools import islice

_PHRASE = r"(?!)"
"""Matches no single word: the term is met as a phrase only."""

_TERMS: tuple[tuple[str, str], ...] = (
    ("Widerspruch", r"widerspr(?:uch|üche|uechen?|üchen|uchs|uches|echen?)|widerspreche"),
    ("Einspruch", r"einspr(?:uch|uchs|uches|üche|üchen|ueche)"),
    ("Klage", r"(?:anfechtungs|verpflichtungs|untätigkeits|feststellungs)?klagen?|klageerhebung|klageschrift"),
    (
        "Frist",
        r"(?:widerspruchs|einspruchs|klage|anhörungs|zahlungs)?frist(?:en)?|fristgerecht|fristverlängerung|fristwahrend",
    ),
    ("Kündigung", r"kündigung(?:en|s\w*)?|kuendigung|kündige"),
    ("Rechtsbehelf", r"rechtsbehelf\w*"),
    ("Rechtsmittel", r"rechtsmittel\w*"),
    ("Beschwerde", r"(?:dienstaufsichts|fach|untätigkeits)?beschwerden?"),
    ("Berufung", r"berufung"),
    ("Revision", r"revision"),
    ("Wiedereinsetzung", r"wiedereinsetzung"),
    ("Aussetzung der Vollziehung", _PHRASE),
    ("Anhörung", r"anhörung(?:en|sbogen|s\w*)?|anhoerung"),
    ("Widerruf", r"widerrufe?|widerrufs\w*"),
    ("Anfechtung", r"anfechtung\w*"),
    ("Zustellung", r"zustellungsurkunden?"),
    ("Schriftform", r"schriftform\w*"),
    ("Vollmacht", r"(?:prozess)?vollmacht(?:en)?"),
)
_PHRASES: tuple[tuple[str, str, re.Pattern[str]], ...] = (
    ("Aussetzung der Vollziehung", "vollziehung", re.compile(r"\baussetzung\s{1,20}der\s{1,20}vollziehung\b")),
    ("Zustellung", "zustellung", re.compile(r"\bförmlich(?:e|en)?\s{1,20}zustellung\b")),
)
"""Term, a word without which it is not there, and the phrase."""
_WORD = re.compile(r"\w{5,60}")
MAX_READ_CHARACTERS = 1_000_000
"""Of each text. Nobody hides an objection behind the length of a novel; a hint for clerks need not cost more."""
_MENTION = re.compile("|".join(rf"(?P<t{place}>{pattern})" for place, (_, pattern) in enumerate(_TERMS)))
"""Held against one whole word at a time: looked for in all of them, it is tried again at each of their letters."""
_NAMES = {f"t{place}": term for place, (term, _) in enumerate(_TERMS)}

_ENDINGS = "zip|7z|rar|gz|tar|pdf|docx?|docm|xlsx?|xlsm|pptx?|odt|ods|odp|rtf|exe|msi|iso|js|apk"
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{1,2000}")
_OPENING = re.compile(r"https?://")
MAX_OPENINGS = 8
"""Addresses inside one address (forwarding services name their target): so many are looked at."""
_DOWNLOAD = re.compile(
    r"https?://(?:"
    r"(?:[a-z0-9-]{1,63}\.)?(?:wetransfer\.com/downloads/|we\.tl/t?-?)"
    r"|(?:www\.|dl\.)?dropbox(?:usercontent)?\.com/(?:s/|scl/|sh/|t/|transfer/)"
    r"|1drv\.ms/|onedrive\.live\.com/|[a-z0-9-]{1,63}\.sharepoint\.com/:[a-z]:/"
    r"|drive\.google\.com/(?:file/|open|uc\?|drive/folders/)|docs\.google\.com/uc\?"
    r"|(?:www\.)?(?:transfernow\.net|sendspace\.com/file|mega\.nz/(?:file|folder)|swisstransfer\.com/d|filemail\.com/d|mediafire\.com/file)"
    r"|(?:[a-z0-9.-]{1,200}/)(?:index\.php/)?s/[a-z0-9]{15}\b"
    rf"|[^\s\"'<>?#]{{1,1000}}\.(?:{_ENDINGS})(?=[\s\"'<>?#]|\Z)"
    r")",
)
MAX_COUNTED_LINKS = 1_000


def mentions(*texts: str) -> tuple[str, ...]:
    """The terms met in the texts, in the spelling and order of the table."""
    met: set[str] = set()
    for text in texts:
        read = text[:MAX_READ_CHARACTERS].casefold()
        words = set(_WORD.findall(read))
        met.update(_NAMES[match.lastgroup or ""] for match in map(_MENTION.fullmatch, words) if match is not None)
        met.update(term for term, word, phrase in _PHRASES if word in words and phrase.search(read))
    return tuple(term for term, _ in _TERMS if term in met)


def count_download_links(*texts: str) -> int:
    """How many different links to downloads stand in the texts: known transfer services, or the ending of a file."""
    links: set[str] = set()
    for text in texts:
        for address in _ADDRESS.findall(text[:MAX_READ_CHARACTERS].casefold()):
            links.update(_download(address))
            if len(links) >= MAX_COUNTED_LINKS:
                return MAX_COUNTED_LINKS
    return len(links)


def _download(address: str) -> tuple[str, ...]:
    """The link to a download that the address is, or that stands inside it."""
    for opening in islice(_OPENING.finditer(address), MAX_OPENINGS):
        match = _DOWNLOAD.match(address, opening.start())
        if match is not None:
            return (match.group(),)
    return ()
