# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What was seen in a message, without judgement: the frozen vocabulary between looking and deciding.

Facts know no policy. They hold no content beyond subject, addresses and file names, so that they may be kept longer
than the message. Types only grow; a change of meaning raises ``FACTS_VERSION``.
"""

from dataclasses import dataclass
from enum import StrEnum

from poststelle.core.document_signature import DocumentSignature
from poststelle.core.egvp import EgvpFacts, ProofOfOrigin
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.core.signature import CryptoFacts

FACTS_VERSION = 1


class Tier(StrEnum):
    """How trustworthy the structure of a message is, mildest first."""

    CLEAN = "clean"
    NOTE = "note"
    UNION = "union"
    REFUSE = "refuse"


class Role(StrEnum):
    """What a part is for in its message."""

    BODY = "body"
    INLINE = "inline"
    ATTACHMENT = "attachment"


class Trimming(StrEnum):
    """Beiwerk: what clients add by themselves. Never a reason for a notice or a refusal."""

    INLINE_IMAGE = "inline-image"
    CARD = "card"
    CALENDAR = "calendar"
    SIGNATURE = "signature"
    TNEF_LEFTOVER = "tnef-leftover"
    MAC_METADATA = "mac-metadata"
    REPORT = "report"


@dataclass(frozen=True, slots=True)
class Defect:
    """One deviation from well-formed MIME. ``where`` is a section number such as ``1.2``, or ``head``."""

    code: str
    tier: Tier
    where: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One structural fact about a file: a reason code, where inside it, and a short printable proof."""

    code: Reason
    path: tuple[str, ...] = ()
    """Inside the file, outermost first, such as ``("word/vbaProject.bin",)``; empty where the file itself is meant."""
    evidence: str = ""
    """At most 120 printable characters, structure only, never content of the document."""


@dataclass(frozen=True, slots=True)
class File:
    """One file found under one or more readings of the message, archive members and text bodies included."""

    path: tuple[str, ...]
    """Display names from the message down: ``("antrag.zip", "formular.docx")``. Unique within a message."""
    names: tuple[str, ...]
    """Every file name any client could give it, uncleaned but printable; empty where it has none."""
    sha256: str
    size_bytes: int
    format: Format
    """Told by content alone."""
    role: Role
    container: bool = False
    """True for what was opened and whose members stand beside it: archives, attached messages, TNEF, CMS layers."""
    findings: tuple[Finding, ...] = ()
    section: str = ""
    """MIME section of the part it came from, such as ``2`` or ``1.3``."""
    declared_type: str = ""
    """Content-Type as declared, lower case, without parameters."""
    trimming: Trimming | None = None
    decrypted: bool = False
    """True where it became visible only by decryption: nothing the sender is told may depend on it."""
    text_sha256: str | None = None
    """For text parts: hash of the decoded part with CRLF as LF, right-stripped."""


@dataclass(frozen=True, slots=True)
class Head:
    """The header fields that rules and desk need, decoded; one entry for the outermost message."""

    from_fields: int
    """How many From fields stand in the header."""
    from_addresses: tuple[str, ...]
    """Every mailbox of the From fields as ``local@domain``; empty where none could be read."""
    from_faults: tuple[str, ...]
    """Why a From address is doubtful: encoded-word, route, nul, comment, syntax."""
    from_display: str
    subject: str
    message_id: str
    date: str
    reply_to: tuple[str, ...]
    in_reply_to: str
    auto_submitted: str
    """Lower-case first token of Auto-Submitted (RFC 3834); empty where absent."""
    precedence: str
    is_list: bool
    """A List-* field is present (RFC 2369, RFC 2919)."""
    received_count: int
    own_notice: bool
    """Our own marker field is present: one of our notices came back."""
    authentication_results: tuple[str, ...] = ()
    """Raw values of Authentication-Results fields, topmost first (RFC 8601)."""
    protected_subject: str = ""
    """The subject under the signature or encryption (RFC 9788): routes, and is never told to a sender."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A document that the message says it brings, and where it says so (XJustiz, MsgProps, Prüfvermerk)."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """All that the inspector saw. The same bytes always give the same inspection."""

    head: Head
    tier: Tier
    defects: tuple[Defect, ...]
    files: tuple[File, ...]
    attachments_bytes: int
    """Sum of the decoded attachments as sent: top-level parts other than the text bodies, archives unexpanded."""
    crypto: CryptoFacts
    mentions: tuple[str, ...] = ()
    """Terms of form and deadline met in subject or text, in the spelling of the vocabulary."""
    download_links: int = 0
    announced: tuple[Announced, ...] = ()
    aktenzeichen: tuple[str, ...] = ()
    """File references of ours in structured data of the message (XJustiz aktenzeichen.empfaenger, nachricht.xml)."""
    egvp: EgvpFacts | None = None
    """What the papers of an EGVP message say; None for e-mail."""
    document_signatures: tuple[DocumentSignature, ...] = ()
    """Signatures on files of the message, inside them or beside them."""


class Certainty(StrEnum):
    """How sure an engine is: only an exact signature may delete a message."""

    EXACT = "exact"
    HEURISTIC = "heuristic"
    UNWANTED = "unwanted"


@dataclass(frozen=True, slots=True)
class MalwareFound:
    """A signature that matched. ``layer`` is empty for the message as it came, else the section decrypted."""

    name: str
    certainty: Certainty
    layer: str = ""


@dataclass(frozen=True, slots=True)
class MalwareFacts:
    """What the scanner said of the message and of every layer it was shown."""

    engine: str
    """Name and database version, or ``none`` where no scanner is configured."""
    found: tuple[MalwareFound, ...] = ()


@dataclass(frozen=True, slots=True)
class SpamFacts:
    """What the spam engine said. ``is_spam`` is None where no engine is configured."""

    engine: str
    is_spam: bool | None
    score: float | None = None
    threshold: float | None = None
    symbols: tuple[str, ...] = ()


class AuthResult(StrEnum):
    """Outcome of one sender check, in the words of RFC 8601, 2.7."""

    NONE = "none"
    PASS = "pass"  # noqa: S105 - an authentication result, not a secret
    FAIL = "fail"
    SOFTFAIL = "softfail"
    NEUTRAL = "neutral"
    POLICY = "policy"
    TEMPERROR = "temperror"
    PERMERROR = "permerror"


@dataclass(frozen=True, slots=True)
class SenderFacts:
    """SPF, DKIM and DMARC of the message."""

    spf: AuthResult = AuthResult.NONE
    dkim: AuthResult = AuthResult.NONE
    dkim_aligned: bool = False
    """A passing DKIM signature is of the From domain's organisation."""
    spf_aligned: bool = False
    dmarc: AuthResult = AuthResult.NONE
    dmarc_policy: str = ""
    """The published policy in force: none, quarantine, reject, or empty where there is no record."""
    source: str = "none"
    """Who checked: ``own``, ``header`` (a trusted Authentication-Results) or ``none``."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known about one message. ``inspection`` is None where two workers died over it."""

    inspection: Inspection | None
    malware: MalwareFacts
    spam: SpamFacts
    sender: SenderFacts
    version: int = FACTS_VERSION
    size_bytes: int = 0
    """The message as received, in octets; 0 where nobody counted."""
    origin: ProofOfOrigin = ProofOfOrigin.NONE
    """beBPo: how far the origin is proved, by the message's papers and the path it came by."""
