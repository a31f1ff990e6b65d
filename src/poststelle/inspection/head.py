# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The header fields that rules and the desk need, decoded. Reads addresses as RFC 5322, 3.4 writes them, and says where not."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from poststelle.core.facts import Head
from poststelle.inspection.mime.charsets import decode_words, has_word
from poststelle.inspection.mime.headers import Header

OWN_MARKER = b"x-poststelle-notice"
"""Field that all our notices carry."""
MAX_TEXT_CHARACTERS = 2_000
MAX_MAILBOXES = 100

_PIECE = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|<[^<>]*+>?|[,:;()]|[^"<>,:;()]++|.', re.DOTALL)
_BARE = re.compile(rb"[^\s@<>\"(),:;\\\[\]]++@(?:[^\s@<>\"(),:;\\\[\]]+|\[[^\s\[\]]+\])")
_QUOTED_LOCAL = re.compile(rb'"(?:[^"\\]|\\.)*"@(?:[^\s@<>"(),:;\\\[\]]+|\[[^\s\[\]]+\])')
_ROUTE = re.compile(rb"\s*@[^:]*:")
MAX_ADDRESS_BYTES = 1024
"""Far above the 64 + 1 + 255 octets of RFC 5321, 4.5.3.1, in UTF-8 and with what strays around an address."""
_LIST_FIELDS = (b"list-id", b"list-unsubscribe", b"list-post", b"list-help", b"list-subscribe", b"list-owner")
_FIRST_TOKEN = re.compile(r"[^\s;(]*")


@dataclass(frozen=True, slots=True)
class Mailboxes:
    """What stands in an address field."""

    addresses: tuple[str, ...]
    faults: tuple[str, ...]
    display: str
    """Display name of the first mailbox."""


def read_head(header: Header) -> Head:
    """The head of the outermost message."""
    from_fields = header.all(b"from")
    senders = read_mailboxes(b", ".join(from_fields))
    return Head(
        from_fields=len(from_fields),
        from_addresses=senders.addresses,
        from_faults=senders.faults,
        from_display=senders.display,
        subject=_text(header, b"subject"),
        message_id=_text(header, b"message-id"),
        date=_text(header, b"date"),
        reply_to=read_mailboxes(b", ".join(header.all(b"reply-to"))).addresses,
        in_reply_to=_text(header, b"in-reply-to"),
        auto_submitted=_token(header, b"auto-submitted"),
        precedence=_token(header, b"precedence"),
        is_list=any(name in _LIST_FIELDS for name, _ in header.fields),
        received_count=sum(name == b"received" for name, _ in header.fields),
        own_notice=any(name == OWN_MARKER for name, _ in header.fields),
        authentication_results=tuple(
            decode_words(value)[:MAX_TEXT_CHARACTERS] for value in header.all(b"authentication-results")[:20]
        ),
    )


def _text(header: Header, name: bytes) -> str:
    return printable(decode_words(header.first(name)))


def printable(text: str) -> str:
    """One line of bounded length, blanks for whatever cannot be shown."""
    shown = text[:MAX_TEXT_CHARACTERS]
    if not shown.isprintable():
        shown = "".join(letter if letter.isprintable() else " " for letter in shown)
    return shown.strip()


def _token(header: Header, name: bytes) -> str:
    match = _FIRST_TOKEN.match(header.first(name).decode("latin-1").lower())
    return match.group()[:64] if match else ""


def read_mailboxes(value: bytes) -> Mailboxes:
    """Every mailbox of the value, groups included, and the faults of any.

    Words before a comma that hold no address belong to the name behind it: ``Mustermann, Erika <erika@…>`` without
    its quotes, as old programs write it. No reader finds an address there.
    """
    addresses: list[str] = []
    faults: list[str] = []
    words: list[bytes] = []
    display = ""
    for name, angle, has_comment in _entries(value):
        if len(addresses) >= MAX_MAILBOXES:
            break
        if angle is None and _is_words(name):
            words.append(name)
            continue
        raw = angle if angle is not None else name
        address = _address(raw, faults, is_bare=angle is None)
        if address:
            if has_comment and angle is None:
                faults.append("comment")
            if not addresses and angle is not None:
                display = printable(decode_words(_unquoted(b", ".join((*words, name)))))
            addresses.append(address)
        words = words if angle is None else []
    faults += [fault for fault, is_there in (("syntax", bool(words)), ("group", _has_group(value))) if is_there]
    return Mailboxes(tuple(addresses), tuple(dict.fromkeys(faults)), display)


def _has_group(value: bytes) -> bool:
    """A group (RFC 5322, 3.4): what stands before its colon is shown by some programs as the sender.

    A colon in a name that nobody quoted (``Amt 32: Erika <erika@…>``) opens one that nothing closes, and is no fault
    unless an address, or an encoded word that may hold one, stands before it.
    """
    if b":" not in value:
        return False
    outside = bytearray()
    colon_at, depth = -1, 0
    for match in _PIECE.finditer(value):
        piece = match.group()
        if piece in (b"(", b")"):
            depth = max(0, depth + (1 if piece == b"(" else -1))
        elif depth:
            continue
        elif piece == b":":
            colon_at = len(outside)
        elif piece == b";" and colon_at >= 0:
            return True
        outside += piece
    before_colon = bytes(outside[: max(colon_at, 0)])
    return b"@" in before_colon or has_word(before_colon)


def _is_words(name: bytes) -> bool:
    return bool(name) and b"@" not in name and not has_word(name)


def _entries(value: bytes) -> Iterator[tuple[bytes, bytes | None, bool]]:
    """(text before, inside the angle brackets, a comment stands within the text) for each mailbox.

    A comment behind a bare address is its display name in the old style, as Postfix and cron still write it
    (``MAILER-DAEMON@host (Mail Delivery System)``), and no fault.
    """
    name: list[bytes] = []
    angle: list[bytes] = []
    has_text = has_comment = is_after_comment = False
    depth = 0
    for match in _PIECE.finditer(value):
        piece = match.group()
        if piece == b"(" or (piece == b")" and depth):
            depth += 1 if piece == b"(" else -1
            is_after_comment = has_text
        elif depth:
            continue
        elif piece in (b",", b";"):
            yield b"".join(name).strip(), b",".join(angle) if angle else None, has_comment
            name, angle, has_text, has_comment, is_after_comment = [], [], False, False, False
        elif piece == b":" and not angle:
            name, has_text = [], False
        elif piece[:1] == b"<":
            angle.append(piece[1:] if angle else piece[1:].rstrip(b">"))
        else:
            is_blank = not piece.strip()
            has_text = has_text or not is_blank
            has_comment = has_comment or (is_after_comment and not is_blank)
            name.append(piece)
    yield b"".join(name).strip(), b",".join(angle) if angle else None, has_comment


def _address(raw: bytes, faults: list[str], *, is_bare: bool) -> str:
    text = raw.strip()
    if not text:
        return ""
    if is_bare and b"@" not in text:
        faults.append("encoded-word" if has_word(text) else "syntax")
        return ""
    if b"\0" in text:
        faults.append("nul")
    if b"(" in text:
        faults.append("comment")
    route = _ROUTE.match(text)
    if route:
        faults.append("route")
        text = text[route.end() :].strip()
    if has_word(text):
        faults.append("encoded-word")
    elif len(text) > MAX_ADDRESS_BYTES or not (_BARE.fullmatch(text) or _QUOTED_LOCAL.fullmatch(text)):
        faults.append("syntax")
        text = _found_in(text)
    return printable(text.decode("utf-8", "replace"))[:320]


def _found_in(text: bytes) -> bytes:
    """The first address within a text; empty where there is none, or where a search would cost the length squared."""
    found = _BARE.search(text) if len(text) <= MAX_ADDRESS_BYTES else None
    return found.group() if found else b""


def _unquoted(name: bytes) -> bytes:
    return re.sub(rb"\\(.)", rb"\1", name.replace(b'"', b""))
