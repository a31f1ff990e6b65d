# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an office gets: the message as it came where nothing is wrong with it, else one rebuilt from the judged parts.

Takes nothing apart: rebuilding is handed in, since hostile bytes are parsed elsewhere. Our fields stand on top, foreign
copies of them are removed, and everything else of an unchanged message stays byte for byte, so that DKIM survives.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from poststelle.application.notice_text import MAX_NAME_CHARS, shown_name
from poststelle.core.address import Address
from poststelle.core.arrival import Peer
from poststelle.core.catalogue.delivery import DELIVERY
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.directory import Directory
from poststelle.core.facts import Facts, Role, Tier
from poststelle.core.policy import Language
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Disposition, SenderTold, Verdict
from poststelle.inspection.rebuild import field
from poststelle.protocol import authres
from poststelle.protocol.trace import Stamp, received_field

Rebuild = Callable[[bytes, Iterable[tuple[str, ...]], str], bytes]
"""(original, withheld paths, note for people) to a new message; runs where hostile bytes may be parsed."""

PREFIX = b"x-poststelle-"
SENT = frozenset({Disposition.ACCEPT, Disposition.NOTIFY})
"""Dispositions under which the office gets the message."""


class Packing(StrEnum):
    """In which shape a message goes to an office."""

    ORIGINAL = "original"
    REBUILT = "rebuilt"
    OPENED = "opened"
    """Rebuilt from what decryption gave: over TLS to named relays only, or encrypted again to the office."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message for one office."""

    reference: str
    verdict: Verdict
    facts: Facts
    received_at: datetime
    hostname: str
    """Ours: in trace fields, and the name under which we state our authentication results (RFC 8601, 2.5)."""
    peer: Peer
    sender: Address | None
    """The envelope sender; its bounces come to us, so that nobody else sees it any more."""

    must_be_ascii: bool = False
    """The next server takes neither UTF-8 in a header nor 8-bit content."""

    @property
    def shape(self) -> Packing:
        """How it goes there."""
        found = packing(self.verdict, self.facts)
        return Packing.REBUILT if self.must_be_ascii and found is Packing.ORIGINAL else found

    @property
    def from_address(self) -> str:
        """The one address of the From field; empty where the message was never looked into or has none."""
        head = self.facts.inspection.head if self.facts.inspection else None
        return head.from_addresses[0] if head and len(head.from_addresses) == 1 else ""


def packing(verdict: Verdict, facts: Facts) -> Packing:
    """Unchanged only where the structure is clean and nothing is withheld."""
    inspection = facts.inspection
    if inspection is None or inspection.egvp is not None:
        return Packing.REBUILT  # an EGVP message is no mail: the office gets one made of its text and attachments
    if inspection.crypto.is_encrypted and inspection.crypto.encryption is Encryption.OK:
        return Packing.OPENED
    untouched = inspection.tier is Tier.CLEAN and not verdict.withheld
    return Packing.ORIGINAL if untouched else Packing.REBUILT


def sendings(
    shares: Iterable[tuple[Verdict, str]], directory: Directory, facts: Facts, *, delivers_opened: bool
) -> Iterator[tuple[str, Verdict]]:
    """Each office mailbox that gets the message, and the verdict it goes by; ``shares`` name the office by its id.

    One for each mailbox, however many recipients lead to it: what may be passed on of one of them is passed on.
    Decrypted content stays on the desk, unless the way to the mailboxes is trusted with it.
    """
    by_mailbox: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict, office_id in shares:
        office = directory.office(office_id)
        may_go = delivers_opened or packing(verdict, facts) is not Packing.OPENED
        if verdict.disposition in SENT and may_go and office is not None and office.mailbox is not None:
            by_mailbox[str(office.mailbox)].append(verdict)
    for mailbox, verdicts in by_mailbox.items():
        yield mailbox, min(verdicts, key=lambda one: len(one.withheld))


def pack(content: bytes, parcel: Parcel, rebuild: Rebuild) -> bytes:
    """The finished message. ``content`` is the original, or for OPENED what decryption gave under the outer header."""
    if parcel.shape is Packing.ORIGINAL:
        return stamped(content, parcel)
    rebuilt = rebuild(content, (*parcel.verdict.withheld, *left_behind(parcel)), note(parcel))
    return stamped(aligned(rebuilt, parcel) if _needs_alignment(parcel) else rebuilt, parcel)


MAX_ADDRESS_CHARS = 320
"""RFC 5321, 4.5.3.1: local part, at sign and domain."""
MAX_MAILED_BYTES = 40 << 20
"""Decoded attachments in one mail to an office; in base64 they stay below the 60 MB that mail servers commonly take."""


def left_behind(parcel: Parcel) -> tuple[tuple[str, ...], ...]:
    """EGVP allows five times of what a mail can carry: the largest attachments wait on the desk instead."""
    inspection = parcel.facts.inspection
    if inspection is None or inspection.egvp is None:
        return ()
    kept_back = parcel.verdict.withheld
    outermost = (file for file in inspection.files if len(file.path) == 1 and file.role is Role.ATTACHMENT)
    sent = [file for file in outermost if file.path not in kept_back]
    room, left = MAX_MAILED_BYTES, []
    for file in sorted(sent, key=lambda file: (file.size_bytes, file.path)):
        room -= file.size_bytes
        if room < 0:
            left.append(file.path)
    return tuple(left)


def note(parcel: Parcel) -> str:
    """What the office reads first: what was withheld and why, what was mended, whether the sender knows."""
    verdict = parcel.verdict
    lines = [_say("head").format(reference=parcel.reference, received=parcel.received_at.isoformat(timespec="seconds"))]
    lines += [*_origin(parcel), *_writer(parcel)]
    if parcel.shape is Packing.OPENED:
        lines.append(_say("opened"))
    if parcel.facts.inspection is not None and parcel.facts.inspection.tier is not Tier.CLEAN:
        lines.append(_say("mended"))
    if parcel.must_be_ascii:
        lines.append(_say("ascii"))
    if left := left_behind(parcel):
        lines += [_say("left-behind"), *(f"- {' › '.join(shown_name(step) for step in path)}" for path in left)]
    if verdict.withheld:
        lines += [_say("withheld"), *(f"- {_named(path, verdict)}" for path in verdict.withheld)]
        lines.append(_say(f"told-{_TOLD[verdict.sender_told]}"))
    return "\r\n".join(lines) + "\r\n"


def _writer(parcel: Parcel) -> list[str]:
    """Who wrote, where the From field can no longer say so."""
    if not _needs_alignment(parcel) or not parcel.from_address:
        return []
    return [_say("writer").format(address=_one_line(parcel.from_address))]


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:MAX_ADDRESS_CHARS])


def _origin(parcel: Parcel) -> list[str]:
    """beBPo: who sent it, and how far that is proved. That a form is kept is never said: the office judges."""
    egvp = parcel.facts.inspection.egvp if parcel.facts.inspection else None
    if egvp is None:
        return []
    who = egvp.sender
    shown = tuple(shown_name(text) for text in (who.name, who.organisation, who.safe_id, who.role) if text)
    return [_say("egvp").format(sender=", ".join(shown) or "?", origin=parcel.facts.origin.value)]


_TURNED_AWAY = frozenset({"quarantine", "reject"})


def _needs_alignment(parcel: Parcel) -> bool:
    """The From domain asks receivers to turn away what it has not signed, or nobody asked: rebuilding breaks DKIM.

    An address with umlauts cannot stand in a rebuilt header either, which is ASCII.
    """
    sender, inspection = parcel.facts.sender, parcel.facts.inspection
    is_mail = inspection is None or inspection.egvp is None
    asked = sender.source == "none" or sender.dmarc_policy in _TURNED_AWAY
    return is_mail and (asked or not parcel.from_address.isascii())


def aligned(rebuilt: bytes, parcel: Parcel) -> bytes:
    """The rebuilt message in our name, as our return path is, so that DMARC passes at the office's server.

    Answers still go to who wrote: by Reply-To, which stays where the message has one.
    """
    kept, replies_to = [], b""
    at = 0
    while match := _FIELD.match(rebuilt, at):
        name = match.group().partition(b":")[0].strip().lower()
        replies_to = match.group() if name == b"reply-to" else replies_to
        kept += [] if name in {b"from", b"sender", b"reply-to"} else [match.group()]
        at = match.end()
    address = parcel.from_address
    if not replies_to and address and address.isascii():
        replies_to = f"Reply-To: <{address}>\r\n".encode("ascii")
    return f"{_from_us(parcel)}\r\n".encode("ascii") + replies_to + b"".join(kept) + rebuilt[at:]


def _from_us(parcel: Parcel) -> str:
    head = parcel.facts.inspection.head if parcel.facts.inspection else None
    name = head.from_display if head and head.from_display else parcel.from_address.partition("@")[0]
    shown = "".join(letter if letter.isalnum() or letter == "-" else " " for letter in name[:MAX_NAME_CHARS])
    return field("From", _say("via").format(name=" ".join(shown.split())).strip() + f" <poststelle@{parcel.hostname}>")


_TOLD = {
    SenderTold.NOTICE: "notice",
    SenderTold.REPLY: "notice",
    SenderTold.BY_HAND: "by-hand",
    SenderTold.NOBODY: "nobody",
}


def _say(key: str) -> str:
    return DELIVERY[key].in_language(Language.DE)


def _named(path: tuple[str, ...], verdict: Verdict) -> str:
    reasons = dict.fromkeys(
        REASONS[entry.code].in_language(Language.DE)
        for entry in verdict.objections
        if entry.path and entry.path == path[: len(entry.path)] and not entry.consent
    )
    return ": ".join((" › ".join(shown_name(step) for step in path), " ".join(reasons))).rstrip(": ")


def fields(parcel: Parcel) -> tuple[tuple[str, str], ...]:
    """Our header fields: codes and ids only, ASCII, one line each."""
    verdict, inspection = parcel.verdict, parcel.facts.inspection
    mail_domain = parcel.sender.domain if parcel.sender else ""
    from_domain = parcel.from_address.rpartition("@")[2].lower()
    results = authres.written(parcel.hostname, parcel.facts.sender, mail_domain, from_domain)
    codes = ",".join(dict.fromkeys(entry.code.value for entry in verdict.objections)) or "none"
    signature = inspection.crypto.signature.value if inspection else "none"
    accepted = "accepted" if verdict.accepted_signature else "not-accepted"
    return (
        ("Authentication-Results", results),
        ("Received", received_field(_stamp(parcel))),
        ("X-Poststelle-Sender", f"<{parcel.sender or ''}>"),
        ("X-Poststelle-Reference", parcel.reference),
        ("X-Poststelle-Verdict", f"{verdict.disposition.value}; objections={codes}; edition={verdict.edition}"),
        ("X-Poststelle-Withheld", str(len(verdict.withheld))),
        ("X-Poststelle-Signature", f"{accepted}; {signature}; {verdict.identity.value}"),
        ("X-Poststelle-Flags", ",".join(verdict.flags) or "none"),
        ("X-Poststelle-Packing", parcel.shape.value),
    )


def _stamp(parcel: Parcel) -> Stamp:
    peer = parcel.peer
    return Stamp(
        peer.helo, peer.name, peer.address, parcel.hostname, peer.protocol, parcel.reference, parcel.received_at
    )


def stamped(message: bytes, parcel: Parcel) -> bytes:
    """The message under our fields, without foreign copies of them."""
    own = b"".join(f"{name}: {_plain(value)}\r\n".encode("ascii") for name, value in fields(parcel))
    return own + without_foreign(message, parcel.hostname)


_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")


def _plain(value: str) -> str:
    return _UNPRINTABLE.sub("?", value)[:900]


_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:[^\n]*(?:\n[ \t][^\n]*)*(?:\n|\Z)")


def without_foreign(message: bytes, authserv_id: str) -> bytes:
    """The message without X-Poststelle fields, and without results stated in our name (RFC 8601, 5)."""
    kept, at = [], 0
    while match := _FIELD.match(message, at):
        if not _is_foreign(match.group(), authserv_id.encode("ascii", "replace").lower()):
            kept.append(match.group())
        at = match.end()
    return b"".join(kept) + message[at:]


def _is_foreign(field: bytes, authserv_id: bytes) -> bool:
    name, _, value = field.partition(b":")
    name = name.strip().lower()
    if name != b"authentication-results":
        return name.startswith(PREFIX)
    words = re.split(rb"[\s;]+", re.sub(rb"\([^()]*\)", b" ", value).strip().lower())
    return authserv_id in (words[0].strip(b'"'), b"")
