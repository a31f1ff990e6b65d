# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A new, well-formed message from the judged parts of an old one: what no reader can read in two ways.

Everything is written anew: fields on one encoding, every body as base64, one boundary. Nothing is copied as it stood.
"""

import re
from base64 import b64encode
from binascii import b2a_base64
from collections.abc import Iterable, Iterator
from hashlib import sha256
from urllib.parse import quote

from poststelle.core.facts import File, Tier
from poststelle.core.formats import ROWS, Format
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.extraction import NoSuchFileError, Path, Step, collected, file_bytes
from poststelle.inspection.files import Collector
from poststelle.inspection.head import read_mailboxes
from poststelle.inspection.markup import without_files
from poststelle.inspection.mime.charsets import decode_words, to_text
from poststelle.inspection.mime.defects import strictest
from poststelle.inspection.mime.headers import Header, no_header
from poststelle.inspection.mime.source import Content

_KEPT_FIELDS: tuple[tuple[bytes, str], ...] = (
    (b"from", "From"),
    (b"sender", "Sender"),
    (b"reply-to", "Reply-To"),
    (b"to", "To"),
    (b"cc", "Cc"),
    (b"date", "Date"),
    (b"message-id", "Message-ID"),
    (b"in-reply-to", "In-Reply-To"),
    (b"references", "References"),
    (b"subject", "Subject"),
    (b"auto-submitted", "Auto-Submitted"),
    (b"precedence", "Precedence"),
    (b"list-id", "List-Id"),
)
_ADDRESS_FIELDS = frozenset({b"from", b"sender", b"reply-to", b"to", b"cc"})
_UU_BEGIN = re.compile(r"^(begin(?:-base64)?(?:[ \t]{2}|[ \t]+[0-7]{1,4}[ \t]))", re.MULTILINE)
_YENC_BEGIN = re.compile(r"=ybegin ")
_READ_BY_CLIENTS = ("message/", "multipart/", "text/")
"""Types whose content a client would take apart or show instead of offering it as a file."""
_MAX_FIELD_CHARACTERS = 20_000
_WORD_BYTES = 42
"""Encoded, a word stays below the 75 characters of RFC 2047, 2."""
_LINE_CHARACTERS = 76
_BASE64_LINE_BYTES = 57
_OPENED = frozenset({Format.TNEF, Format.PKCS7})
_MEDIA_TYPES = {row.format: row.media_types[0] for row in ROWS if row.media_types}


def rebuild(
    content: Content, withheld: Iterable[Path], note: str, surroundings: Surroundings | None = None
) -> Step[bytes]:
    """The message without the withheld files. ``note`` stands first, for people; empty means none."""
    held = frozenset(withheld)
    tree, collector = yield from collected(content, lambda path: bool(path) and path not in held, surroundings)
    header = tree.parts[0].header if tree.parts else no_header()
    is_opened = strictest(tuple(collector.defects)) is not Tier.CLEAN
    boundary = (
        "=_" + sha256(repr(sorted(held)).encode() + b"".join(value for _, value in header.fields)).hexdigest()[:40]
    )
    entities = [*_texts(collector, note), *_files(collector, held, is_opened=is_opened)]
    return assembled((*_head(header),), entities, boundary)


def assembled(head: Iterable[str], entities: Iterable[bytes], boundary: str) -> bytes:
    """The message of these fields and entities; never without an entity."""
    lines = [*head, "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{boundary}"', "", ""]
    pieces = ["\r\n".join(lines).encode("ascii")]
    for one in tuple(entities) or (entity(("Content-Type: text/plain; charset=utf-8",), b""),):
        pieces += [b"--", boundary.encode("ascii"), b"\r\n", one, b"\r\n"]
    pieces.append(f"--{boundary}--\r\n".encode("ascii"))
    return b"".join(pieces)


def _head(header: Header) -> Iterator[str]:
    for key, name in _KEPT_FIELDS:
        value = header.first(key)
        if value:
            yield field(name, value.decode("ascii") if value.isascii() else _mended(key, value))


def _mended(key: bytes, value: bytes) -> str:
    """A value with raw 8-bit characters as text; of addresses only the first display name is kept."""
    if key not in _ADDRESS_FIELDS:
        return decode_words(value)
    boxes = read_mailboxes(value)
    display = "".join(letter for letter in boxes.display if letter.isalnum() or letter in " -.")
    shown = [f"<{address}>" for address in boxes.addresses]
    return " ".join((display, ", ".join(shown)))


def field(name: str, value: str) -> str:
    """One field, folded between words; a word that is not ASCII becomes encoded words."""
    clean = "".join(letter if letter.isprintable() else " " for letter in value[:_MAX_FIELD_CHARACTERS])
    words: list[str] = []
    for word in clean.split():
        if word.isascii() and len(word) < 900:
            words.append(word)
        else:
            words.extend(_encoded(f" {word}" if words and words[-1].startswith("=?") else word))
    folded, length = f"{name}:", len(name) + 1
    for word in words:
        if length + 1 + len(word) > _LINE_CHARACTERS and length > len(name) + 1:
            folded, length = folded + "\r\n", 0
        folded, length = f"{folded} {word}", length + 1 + len(word)
    return folded


def _encoded(word: str) -> Iterator[str]:
    chunk = b""
    for letter in word:
        step = letter.encode("utf-8", "replace")
        if len(chunk) + len(step) > _WORD_BYTES:
            yield f"=?utf-8?B?{b64encode(chunk).decode('ascii')}?="
            chunk = b""
        chunk += step
    yield f"=?utf-8?B?{b64encode(chunk).decode('ascii')}?="


def _texts(collector: Collector, note: str) -> Iterator[bytes]:
    if note:
        yield entity(("Content-Type: text/plain; charset=utf-8", "Content-Disposition: inline"), note.encode("utf-8"))
    for main in collector.texts:
        if main.path in collector.kept:
            fields = (f"Content-Type: {main.media_type}; charset=utf-8", "Content-Disposition: inline")
            text = to_text(collector.kept[main.path], main.charset)
            text = without_files(text) if main.media_type == "text/html" else text
            yield entity(fields, disarmed(text).encode("utf-8", "replace"))


def disarmed(text: str) -> str:
    """The text with what is written into it no longer a file to any reader: it was judged and goes on as a file."""
    return _YENC_BEGIN.sub("= ybegin ", _UU_BEGIN.sub(r" \1", text))


def _files(collector: Collector, held: frozenset[Path], *, is_opened: bool) -> Iterator[bytes]:
    """The files to be passed on; what encloses a withheld file, or could be read in two ways, gives way to its members."""
    opened = {path[:depth] for path in held for depth in range(1, len(path))}
    whole: set[Path] = set(held)
    shown = {main.path for main in collector.texts}
    for file in collector.files:
        if file.path in shown or any(file.path[:depth] in whole for depth in range(1, len(file.path) + 1)):
            continue
        is_open = file.container and (file.format in _OPENED or (is_opened and file.format is Format.EML))
        if file.path in opened or is_open:
            continue
        whole.add(file.path)
        try:
            yield attached(file, file_bytes(collector, file.path))
        except NoSuchFileError:
            continue


def attached(file: File, content: bytes) -> bytes:
    """One file as an entity that no reader shows or opens by itself."""
    name = file.path[-1]
    plain = "".join(
        letter if letter.isascii() and letter.isprintable() and letter not in '"\\' else "_" for letter in name
    )
    spelled = f'filename="{plain}"' if plain == name else f"filename*=utf-8''{quote(name, safe='')}"
    media_type = _MEDIA_TYPES.get(file.format, "application/octet-stream")
    if media_type.startswith(_READ_BY_CLIENTS):
        media_type = "application/octet-stream"
    return entity((f"Content-Type: {media_type}", f"Content-Disposition: attachment;\r\n {spelled}"), content)


def entity(fields: Iterable[str], content: bytes) -> bytes:
    """A body in base64 under these fields."""
    head = "\r\n".join((*fields, "Content-Transfer-Encoding: base64", "", ""))
    steps = range(0, len(content), _BASE64_LINE_BYTES)
    body = b"".join(b2a_base64(content[at : at + _BASE64_LINE_BYTES], newline=False) + b"\r\n" for at in steps)
    return head.encode("ascii") + body
