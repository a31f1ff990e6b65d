# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an EGVP message says of itself: people, times, references, XJustiz, and how far its origin is proved.

Facts only, no content beyond names and references. SAFE-IDs of others are opaque; only our own is held to a pattern.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from poststelle.core.address import MAX_LOCAL_OCTETS

UNCONFIRMED_DOMAIN = "egvp.invalid"
"""Right-hand side of the address that stands for a SAFE-ID where an address is needed (RFC 2606, 2): nobody's."""
MAILBOX_LOCAL = "bebpo"
"""Left-hand side of the address that stands for the authority's own beBPo mailbox."""
TRUSTED_PATH = "egvp-folder-trusted"
"""Protocol of an arrival from a drop folder that only the authority's own EGVP client writes to."""
UNTRUSTED_PATH = "egvp-folder"


class ProofOfOrigin(StrEnum):
    """How far it is proved that the message came by a secure channel, strongest first. Never a boolean."""

    VERIFIED = "verified-by-us"
    """We checked a signature against anchors of ours."""
    ATTESTED = "attested-by-client"
    """The authority's own client says in its report that it checked one."""
    NONE = "none"


class ClientReport(StrEnum):
    """What the client's report says of the trusted-origin proof (Vertrauenswürdiger Herkunftsnachweis)."""

    VALID = "valid"
    INVALID = "invalid"
    ABSENT = "absent"


class XJustizKind(StrEnum):
    """What an XJustiz message is for."""

    DOCUMENTS = "documents"
    EEB_RETURN = "eeb-return"
    """An acknowledgement of receipt that comes back to us."""
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EgvpParty:
    """Who is at one end: by SAFE-ID, and as the directory calls them."""

    safe_id: str = ""
    """Opaque, such as ``DE.Justiz.<uuid>.<4 hex>`` or a legacy ``govello-…``."""
    name: str = ""
    organisation: str = ""
    role: str = ""
    """Such as ``egvp_bebpo``; what it is worth stands in the policy's table of roles."""


_NOBODY = EgvpParty()


@dataclass(frozen=True, slots=True)
class XJustizDocument:
    """One document that an XJustiz message describes."""

    id: str
    number: str
    display_name: str
    files: tuple[str, ...]
    """File names as announced."""
    eeb_requested: bool = False


@dataclass(frozen=True, slots=True)
class XJustizFacts:
    """An XJustiz message, read tolerantly from 2.x to 3.x; never validated."""

    kind: XJustizKind
    message_type: str
    """Name of the root element without namespace."""
    version: str = ""
    sender: str = ""
    """Code of the court, or the text of whoever else it is."""
    sender_kind: str = ""
    """``gericht``, ``sonstige`` and the like, folded."""
    recipient: str = ""
    recipient_kind: str = ""
    own_id: str = ""
    foreign_id: str = ""
    created: str = ""
    aktenzeichen_sender: tuple[str, ...] = ()
    aktenzeichen_recipient: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    """Codes of the list gds.ereignis."""
    priority: str = ""
    confidentiality: str = ""
    documents: tuple[XJustizDocument, ...] = ()
    announced: tuple[str, ...] = ()
    """Every file name it mentions, wherever it stands."""

    @property
    def eeb_requested(self) -> bool:
        """An electronic acknowledgement of receipt is to be returned for a document (§ 173 Abs. 3 ZPO)."""
        return any(document.eeb_requested for document in self.documents)


@dataclass(frozen=True, slots=True)
class EgvpFacts:
    """One EGVP message as its papers describe it."""

    message_id: str = ""
    message_type: str = ""
    """OSCISubject: the kind of message, not its subject."""
    received_at: str = ""
    """ISO 8601 with offset, as the server stated it; empty where no paper states it."""
    received_source: str = ""
    """The paper that stated it, such as ``msgprops``."""
    sender: EgvpParty = _NOBODY
    addressee: EgvpParty = _NOBODY
    report: ClientReport = ClientReport.ABSENT
    report_evidence: str = ""
    """The words of the report, such as ``VHN_beBPo_valid``."""
    client_status: str = ""
    """The client's cumulated status: valid, invalid or unknown."""
    aktenzeichen_sender: tuple[str, ...] = ()
    aktenzeichen_recipient: tuple[str, ...] = ()
    xjustiz: XJustizFacts | None = None
    faults: tuple[str, ...] = ()
    """What is wrong with the papers, as codes such as ``msgprops-absent``; see ``BREAKING``."""
    shape: str = "folder"
    """``folder`` (A), ``zip`` (B, beA-style export) or ``osci`` (C, raw message)."""

    @property
    def is_broken(self) -> bool:
        """The papers leave open what was received: a person looks, nothing is processed by itself."""
        return any(fault in BREAKING for fault in self.faults)


BREAKING = frozenset(
    {"container-unreadable", "msgprops-absent", "msgprops-unreadable", "file-unreadable", "osci-raw", "shape-unknown"}
)
"""Faults that hold the message for a clerk; all others are remarks."""


def local_part(identifier: str) -> str:
    """A SAFE-ID or MessageID as the left-hand side of an address: plain characters, within RFC 5321's 64 octets.

    What had to be changed or cut gets a piece of its hash, so that two identifiers never share an address.
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", identifier).strip(".")
    plain = re.sub(r"\.{2,}", ".", plain)
    if plain == identifier and len(plain) <= MAX_LOCAL_OCTETS:
        return plain
    digest = sha256(identifier.encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return f"{plain[: MAX_LOCAL_OCTETS - 17]}-{digest}"


def origin_of(facts: EgvpFacts | None, path: str) -> ProofOfOrigin:
    """The grade: what the client attests counts only where nobody but the client writes to the path."""
    if facts is None or path != TRUSTED_PATH or facts.report is not ClientReport.VALID:
        return ProofOfOrigin.NONE
    return ProofOfOrigin.ATTESTED if facts.client_status == "valid" and not facts.is_broken else ProofOfOrigin.NONE
