# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk and the delivery take from an EGVP message: its text, its files, a mail made of both.

Runs the very same reading over the same bytes as the inspection, so that what is handed out is what was judged.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256

from poststelle.core.egvp import UNCONFIRMED_DOMAIN, EgvpFacts, local_part
from poststelle.core.facts import File, Inspection, Role
from poststelle.inspection.egvp.message import TEXT_NAME, Opened, inspect_egvp, opened
from poststelle.inspection.extraction import NoSuchFileError, Path, look_closely, member_bytes
from poststelle.inspection.mime.source import Content
from poststelle.inspection.rebuild import assembled, attached, disarmed, entity, field

MAX_RENDERED_CHARACTERS = 200_000
_TEXT = ("Content-Type: text/plain; charset=utf-8", "Content-Disposition: inline")


def rendered_text(content: Content) -> str:
    """The sender's covering words."""
    return opened(content).reading.text[:MAX_RENDERED_CHARACTERS]


def extract(content: Content, path: Path) -> bytes:
    """The very bytes of the file with this path, archive members included. Raises NoSuchFileError."""
    message = opened(content)
    if path == (TEXT_NAME,) and message.reading.text:
        return message.reading.text.encode("utf-8", "replace")
    return _file_bytes(message, path)


def _file_bytes(message: Opened, path: Path) -> bytes:
    for depth in range(1, len(path) + 1):
        place = message.places.get(path[:depth])
        if place is not None:
            return member_bytes(message.files[place], path[depth:])
    raise NoSuchFileError("/".join(path))


def rebuild(content: Content, withheld: Iterable[Path], note: str) -> bytes:
    """A mail of text and files without the withheld ones. ``note`` stands first, for people; empty means none."""
    held = frozenset(withheld)
    message, seen = opened(content), inspect_egvp(content, look_closely)
    texts = [text for text in (note, disarmed(message.reading.text)) if text]
    entities = [entity(_TEXT, text.encode("utf-8", "replace")) for text in texts]
    entities += [attached(file, _file_bytes(message, file.path)) for file in _passed_on(seen, held)]
    boundary = "=_" + sha256(repr(sorted(held)).encode() + seen.head.message_id.encode()).hexdigest()[:40]
    return assembled(_head(seen), entities, boundary)


def _passed_on(seen: Inspection, held: frozenset[Path]) -> Iterator[File]:
    """Outermost files whole; what encloses a withheld file gives way to its members."""
    broken = {path[:depth] for path in held for depth in range(1, len(path))}
    whole = set(held)
    for file in seen.files:
        inside = any(file.path[:depth] in whole for depth in range(1, len(file.path) + 1))
        if not (inside or file.role is Role.BODY or file.path in broken):
            whole.add(file.path)
            yield file


def _head(seen: Inspection) -> Iterator[str]:
    facts = seen.egvp or EgvpFacts()
    display = "".join(letter for letter in seen.head.from_display if letter.isalnum() or letter in " -.")
    values: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("From", facts.sender.safe_id or facts.sender.name or "unknown", lambda who: f"{display} <{_address(who)}>"),
        ("Date", facts.received_at, lambda at: format_datetime(datetime.fromisoformat(at))),
        ("Message-ID", facts.message_id, lambda one: f"<{_address(one)}>"),
        ("Subject", seen.head.subject, str),
    )
    return (field(name, shown(value)) for name, value, shown in values if value)


def _address(text: str) -> str:
    return f"{local_part(text)}@{UNCONFIRMED_DOMAIN}"
