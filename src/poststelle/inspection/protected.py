# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Header fields that a signature or encryption covers: found in the payload, held against those of the envelope (RFC 9788).

Three ways of carrying them are known: ``hp`` (RFC 9788, 2.1), ``protected-headers="v1"`` as Enigmail and Thunderbird
began it, and a whole message inside with ``forwarded=no`` (RFC 8551, 3.1). Says what differs; decides nothing.
"""

from dataclasses import dataclass

from poststelle.core.facts import Head
from poststelle.core.signature import CryptoNote
from poststelle.inspection.cms.mailboxes import canonical
from poststelle.inspection.head import printable, read_mailboxes
from poststelle.inspection.mime.charsets import decode_words
from poststelle.inspection.mime.headers import Header
from poststelle.inspection.mime.tree import Kind, Part
from poststelle.inspection.scope import Standing

_OBSCURED = frozenset({"", "...", "[...]", "encrypted message", "verschlüsselte nachricht"})
"""What senders write outside in place of a subject they encrypt (RFC 9788, 3.2.1, and older programs)."""
_PARAMETERS = {b"hp": (b"clear", b"cipher"), b"protected-headers": (b"v1",)}
_OUTER_FIELD = b"hp-outer"
_MESSAGE_TYPES = frozenset({"message/rfc822", "message/global"})


@dataclass(frozen=True, slots=True)
class ProtectedHead:
    """The covered fields that people see."""

    from_addresses: tuple[str, ...]
    """Empty where From is not among them."""
    subject: str
    outer_subject: str = ""
    """The subject the sender says he put outside (HP-Outer)."""


class Payload:
    """What the layers around the whole message hold (RFC 9788, 1.4); mutable because a walk finds it."""

    __slots__ = ("_is_wrapped", "_part")

    def __init__(self) -> None:
        self._part: Part | None = None
        self._is_wrapped = False

    def note(self, part: Part, parent: Part | None, standing: Standing) -> None:
        """Take the next part: the innermost whole entity counts, or the message inside that stands for it."""
        is_wrapped = parent is not None and parent is self._part and _is_wrapper(parent)
        if is_wrapped or (standing.is_whole and standing.depth):
            held = part._replace(source=b"") if part.kind is Kind.LEAF else part  # no leaf is anybody's parent
            self._part, self._is_wrapped = held, is_wrapped

    def protected_head(self) -> ProtectedHead | None:
        """Its protected fields; None where it says of none that it is."""
        if self._part is None or not (self._is_wrapped or _is_declared(self._part)):
            return None
        header = self._part.header
        outer = [value.partition(b":") for value in header.all(_OUTER_FIELD)]
        subjects = [value for name, _, value in outer if name.strip().lower() == b"subject"]
        return ProtectedHead(
            read_mailboxes(b", ".join(header.all(b"from"))).addresses,
            _subject(header),
            printable(decode_words(subjects[0].strip())) if subjects else "",
        )


def _is_wrapper(part: Part) -> bool:
    """A whole message that stands for the one around it, and no attachment (RFC 8551, 3.1)."""
    values = part.content_type.every(b"forwarded") if part.content_type is not None else ()
    return part.kind is Kind.MESSAGE and part.media_type in _MESSAGE_TYPES and b"no" in {one.lower() for one in values}


def _is_declared(payload: Part) -> bool:
    stated = payload.content_type
    return stated is not None and any(
        value.lower() in known for name, known in _PARAMETERS.items() for value in stated.every(name)
    )


def _subject(header: Header) -> str:
    return printable(decode_words(header.first(b"subject")))


def header_notes(protected: ProtectedHead | None, head: Head) -> tuple[CryptoNote, ...]:
    """That fields are protected, and that one of them stands differently outside."""
    if protected is None:
        return ()
    covered, outer = (tuple(map(canonical, one.from_addresses)) for one in (protected, head))
    is_other_sender = bool(covered) and covered != outer
    if is_other_sender or _is_other_subject(protected, head.subject):
        return (CryptoNote.PROTECTED_HEADERS, CryptoNote.HEADERS_DIFFER)
    return (CryptoNote.PROTECTED_HEADERS,)


def _is_other_subject(protected: ProtectedHead, outer: str) -> bool:
    """A subject left out or obscured by the sender himself is none that somebody changed."""
    allowed = {protected.subject, protected.outer_subject} if protected.outer_subject else {protected.subject}
    return bool(protected.subject) and outer not in allowed and outer.casefold() not in _OBSCURED
