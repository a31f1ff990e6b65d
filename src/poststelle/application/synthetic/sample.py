# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a synthetic citizen sends, and what is expected to become of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind

DOMAIN = "stadt-muenster.example"
CENTRAL = f"stadtverwaltung@{DOMAIN}"
SMIME = f"post@{DOMAIN}"


class Standing(StrEnum):
    """What the mail server in front is made to say of the sender's domain."""

    PROVEN = "proven"
    """SPF, DKIM and DMARC pass."""
    UNKNOWN = "unknown"
    """Nothing is said: the domain publishes nothing."""
    FORGED = "forged"
    """The domain says that this is not from it, and asks for nothing."""
    FORGED_REJECT = "forged-reject"
    """The domain says that this is not from it, and asks for refusal."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """What makes one sending different from every other: its moment and a serial that nobody used before."""

    at: datetime
    serial: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What becomes of the message if the published promises hold."""

    reply: int = 250
    disposition: Disposition | None = Disposition.ACCEPT
    """The strictest of all recipients; None where the dialogue ends before there is anything to judge."""
    offices: tuple[str, ...] = ("",)
    """Office of each recipient; an empty one is the mailroom."""
    told: SenderTold = SenderTold.NOBODY
    """How the sender of the strictest verdict learns of it."""
    codes: frozenset[Reason] = frozenset()
    """Every reason objected to, for whatever recipient."""
    withheld: frozenset[str] = frozenset()
    """Paths of what no office gets, such as ``antrag.eml/formular.docm``; what lies inside is not named again."""
    tasks: frozenset[TaskKind] = frozenset()
    hints: frozenset[str] = frozenset()
    stays_here: bool = False
    """Decrypted content is not passed on to mailboxes: offices read it at the desk."""

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of effects that leave the house: deliveries where an office was found, and the notice."""
        is_delivered = self.disposition in _DELIVERED and any(self.offices) and not self.stays_here
        notices = {"notice"} if self.told is SenderTold.NOTICE else set()
        return frozenset(notices | ({"deliver"} if is_delivered else set()))


_DELIVERED = frozenset({Disposition.ACCEPT, Disposition.NOTIFY})


@dataclass(frozen=True, slots=True)
class Sample:
    """One message of a synthetic citizen."""

    name: str
    """Short ASCII name; part of its Message-ID."""
    promises: tuple[str, ...]
    """Which promises of the page it shows (docs/promises.md)."""
    title: str
    """What it is, for people."""
    write: Callable[["Sample", Stamp], bytes]
    """The message as the sender's mail server hands it over, with CRLF."""
    expected: Expected
    sender: str = "erika.mustermann@buerger.example"
    """Envelope sender; empty is the null reverse-path."""
    display: str = "Erika Mustermann"
    recipients: tuple[str, ...] = (CENTRAL,)
    standing: Standing = Standing.PROVEN
    times: int = 1
    """How often the same bytes are handed in, as by a server that lost our answer."""
    is_large: bool = False
    """Megabytes: not sent again and again."""


def as_relayed(sample: Sample, stamp: Stamp, authserv_id: str) -> bytes:
    """The message with what a mail server in front of the door writes above it (RFC 8601)."""
    domain = sample.sender.rpartition("@")[2] or "postamt.example"
    words = _STANDINGS[sample.standing].format(domain=domain)
    return f"Authentication-Results: {authserv_id}; {words}\r\n".encode() + sample.write(sample, stamp)


_STANDINGS = {
    Standing.PROVEN: (
        "spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain}; dmarc=pass (p=reject) header.from={domain}"
    ),
    Standing.UNKNOWN: "none",
    Standing.FORGED: "spf=fail smtp.mailfrom={domain}; dmarc=fail (p=none) header.from={domain}",
    Standing.FORGED_REJECT: "spf=fail smtp.mailfrom={domain}; dmarc=fail (p=reject) header.from={domain}",
}
