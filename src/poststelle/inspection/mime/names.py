# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every file name that any client could give a part, and the one to show. A wrong name must not hide behind another."""

import re
import unicodedata
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from poststelle.core.formats import BY_EXTENSION
from poststelle.inspection.composed import composed
from poststelle.inspection.mime.charsets import CODECS, decode_words, has_word, is_words, to_text
from poststelle.inspection.mime.limits import MAX_CANDIDATE_CHARACTERS, MAX_NAME_CHARACTERS
from poststelle.inspection.mime.mending import readings_of, words
from poststelle.inspection.mime.values import Parameter, Value

_SEGMENT = re.compile(rb"(filename|name)\*(?:([0-9]{1,64})(\*)?)?\Z")
_PERCENT_CONTROL = re.compile(rb"%[01][0-9A-Fa-f]")
_STREAM_AT = re.compile(r"\.[^./\\]{1,16}\Z")
"""Before the first colon: an NTFS stream hides the extension there."""
_STREAM_CHARACTERS = 17
_WIDE = ("utf-16", "utf16", "utf-32", "utf32", "ucs")
_BLANKS = re.compile(r"\s+")
_FORBIDDEN = frozenset('/\\:*?"<>|')


class Names(NamedTuple):
    """The candidates, likeliest first, and whether they agree."""

    candidates: tuple[str, ...]
    do_differ: bool
    """More than one name is meant, whatever the extension."""
    do_conflict: bool
    """Two candidates end in different extensions; one without any promises nothing."""


def candidate_names(disposition: Value | None, content_type: Value | None) -> Names:
    """All candidates of filename (Content-Disposition), then of name (Content-Type)."""
    found: list[str] = []
    readings: list[str] = []
    for value, attribute in ((disposition, b"filename"), (content_type, b"name")):
        if value is None or not value.parameters:
            continue
        for group in _spellings(value, attribute):
            texts = _texts(*group)
            readings.extend(texts[:1])
            found.extend(texts)
    spelt = tuple(dict.fromkeys(_bounded(name) for name in found if name))
    unique = (*spelt, *_mended(spelt, disposition, content_type))
    shown = {display_name(name) for name in readings}
    return Names(unique, len(shown) > 1, len({extension(name) for name in unique} - {""}) > 1)


def _mended(spelt: tuple[str, ...], disposition: Value | None, content_type: Value | None) -> tuple[str, ...]:
    """Names that clients make of these by mending them, where they end in a known extension that none of these has."""
    told = {_ending(name) for name in spelt}
    raw = tuple(words(value.unread) for value in (disposition, content_type) if value is not None)
    misplaced = (
        *(disposition.every(b"name") if disposition is not None else ()),
        *(content_type.every(b"filename") if content_type is not None else ()),
    )
    others = (*(to_text(one) for one in misplaced), *(to_text(word) for every in raw for word in every))
    readings = (*(reading for name in spelt for reading in readings_of(name)), *others)
    wanted = (name for name in readings if (ending := _ending(name)) not in told and ending in BY_EXTENSION)
    return tuple(dict.fromkeys(map(_bounded, wanted)))


def _ending(name: str) -> str:
    return name.rstrip(". ").rpartition(".")[2].casefold()


def _spellings(value: Value, attribute: bytes) -> list[tuple[bytes, str]]:
    """(bytes, declared charset) for every way the attribute is spelled out in the value (RFC 2183, RFC 2231)."""
    extended = [one for one in value.parameters if one.name.startswith(attribute + b"*")]
    spelled = _continued(extended) if extended else []
    for one in value.parameters:
        if one.name == attribute:
            spelled.append((one.unescaped, ""))
            if one.value != one.unescaped:
                spelled.append((one.value, ""))
    return spelled


def _continued(extended: list[Parameter]) -> list[tuple[bytes, str]]:
    """Segments in order: whole, up to the first gap, and each lone extended value; of one twice each in its turn."""
    whole: list[tuple[bytes, str]] = []
    first: dict[int, tuple[bytes, bool]] = {}
    last: dict[int, tuple[bytes, bool]] = {}
    for one in extended:
        match = _SEGMENT.match(one.name)
        if match is None:
            whole.append((one.unescaped, ""))
        elif match.group(2) is None:
            whole.append(_extended(one.unescaped))
        else:
            index, segment = int(match.group(2)), (one.unescaped, match.group(3) is not None)
            first.setdefault(index, segment)
            last[index] = segment
    joined = _joined(first) if first == last else (*_joined(first), *_joined(last))
    return [*whole, *joined]


def _joined(segments: dict[int, tuple[bytes, bool]]) -> list[tuple[bytes, str]]:
    order = sorted(segments)
    unbroken = [index for place, index in enumerate(order) if index == place]
    spelled: list[tuple[bytes, str]] = []
    for chosen in (order, unbroken):
        if not chosen:
            continue
        charset, pieces = "", []
        for place, index in enumerate(chosen):
            value, is_encoded = segments[index]
            if is_encoded and place == 0:
                value, charset = _extended(value)
            elif is_encoded:
                value = unquote_to_bytes(value)
            pieces.append(value)
        spelled.append((b"".join(pieces), charset))
    return spelled


def _extended(value: bytes) -> tuple[bytes, str]:
    parts = value.split(b"'", 2)
    if len(parts) == 3:
        return unquote_to_bytes(parts[2]), parts[0].decode("latin-1")
    return unquote_to_bytes(value), ""


def _texts(raw: bytes, charset: str) -> list[str]:
    """The readings of one spelling: as declared, percent-decoded, latin-1, and each cut at NUL and at a stream."""
    texts = [decode_words(raw) if has_word(raw) else to_text(raw, charset)]
    if not raw.isascii() and charset.lower() not in CODECS:
        texts.append(raw.decode("latin-1"))
    if _PERCENT_CONTROL.search(raw):
        texts.append(to_text(unquote_to_bytes(raw), charset))
    elif has_word(raw) and not is_words(raw):
        texts.append(to_text(raw, charset))
    if b"\0" in raw and charset.lower().startswith(_WIDE):
        texts.append(to_text(raw.replace(b"\0", b"")))  # in the other order of bytes, and where none is heeded
    for text in tuple(texts):
        if "\0" in text:
            texts.append(text.split("\0", 1)[0])
        before, colon, _ = text.partition(":")
        if colon and _STREAM_AT.search(before, max(len(before) - _STREAM_CHARACTERS, 0)):
            texts.append(before)
    return texts


def _bounded(name: str) -> str:
    """Printable and of bounded length, its end kept: that is where the extension stands."""
    short = shortened(name)
    return short if short.isprintable() else "".join(_shown(letter) for letter in short)


def shortened(name: str) -> str:
    """The name at most as long as a candidate is recorded, its middle left out."""
    if len(name) <= MAX_CANDIDATE_CHARACTERS:
        return name
    return name[: MAX_CANDIDATE_CHARACTERS // 2] + name[-MAX_CANDIDATE_CHARACTERS // 2 :]


def _shown(letter: str) -> str:
    if letter.isprintable() or unicodedata.category(letter) == "Zs":
        return letter
    return " " if letter in "\t\r\n" else "\ufffd"


def extension(name: str) -> str:
    """What Windows would go by: after the last dot, trailing dots and blanks ignored, lower case."""
    last = re.split(r"[/\\]", name)[-1].rstrip(". \ufffd")
    _, dot, end = last.rpartition(".")
    return end.casefold() if dot else ""


def display_name(name: str) -> str:
    """The name as it may stand on the desk and on a disk: NFC, one path step, no control, no override, no trailing dot."""
    clean = shortened(name)
    if not clean.isascii() or not clean.isprintable() or not _FORBIDDEN.isdisjoint(clean):
        clean = "".join(_kept(letter) for letter in composed("NFC", clean))
    clean = _BLANKS.sub(" ", clean).strip().rstrip(". ")
    if len(clean) <= MAX_NAME_CHARACTERS:
        return clean
    stem, dot, end = clean.rpartition(".")
    if not dot or len(end) > 16:
        return clean[:MAX_NAME_CHARACTERS]
    return stem[: MAX_NAME_CHARACTERS - len(end) - 1] + "." + end


def _kept(letter: str) -> str:
    if letter in _FORBIDDEN:
        return "_"
    category = unicodedata.category(letter)
    return "" if category in {"Cc", "Cf", "Cs", "Co", "Cn"} else " " if category in {"Zl", "Zp", "Zs"} else letter
