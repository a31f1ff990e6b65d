# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signatures on documents rather than on the message: inside a PDF, or in a file beside the one they are over.

Reported, never decided: whether the written form is kept is a person's word (§ 3a Abs. 2 VwVfG, § 126a BGB).
"""

from dataclasses import dataclass, field
from enum import StrEnum

from poststelle.core.signature import Chain, Coverage, Signature, Signer


class DocumentForm(StrEnum):
    """Where the signature stands. The strings are public."""

    PDF = "pdf"
    PDF_TIMESTAMP = "pdf-timestamp"
    """A time stamp over the document; its signer is a time-stamping authority, no author."""
    DETACHED = "detached"
    """A file of its own beside the document."""
    ENCLOSING = "enclosing"
    """A file that holds the document."""


class Qualified(StrEnum):
    """Whether a certificate is a qualified one by the trust lists at hand. The strings are public."""

    YES = "QUALIFIED_YES"
    """It leads to a granted service, and claims to be qualified."""
    NO = "QUALIFIED_NO"
    UNKNOWN = "QUALIFIED_UNKNOWN"


class ListStanding(StrEnum):
    """What the trust lists say of whoever issued the certificate (ETSI TS 119 612). The strings are public."""

    GRANTED = "LISTED_GRANTED"
    WITHDRAWN = "LISTED_WITHDRAWN"
    UNPROVEN = "LISTED_UNPROVEN"
    """A listed name, and a path that cannot be proven, since revocation is unknown."""
    ABSENT = "LISTED_ABSENT"
    NO_LIST = "LISTED_NO_LIST"


@dataclass(frozen=True, slots=True)
class Listing:
    """What the trust lists at hand said, at the moment of receipt or of a time stamp."""

    qualified: Qualified = Qualified.UNKNOWN
    standing: ListStanding = ListStanding.NO_LIST
    chain: Chain = Chain.NONE
    """Where the certificate leads among the listed services, whatever the house's own anchors are."""
    service: str = ""
    since: str = ""
    """The day from which the service has its standing, ISO 8601."""
    list_name: str = ""
    issued_on: str = ""
    next_update_on: str = ""
    """Empty beside a list's name: the list is closed."""
    is_outdated: bool = False
    """The next issue should have been at hand at receipt."""
    is_list_verified: bool = False
    """The list's own signature was verified; else whoever put it there vouches for it."""


@dataclass(frozen=True, slots=True)
class TimeStamp:
    """A time stamp over a signature (RFC 3161): whether it holds, by whom it is, and what was listed at its moment."""

    signature: Signature
    """OK: it is over this very signature, and was not altered."""
    at: str = ""
    """The stamped moment, ISO 8601; empty where it cannot be read."""
    chain: Chain = Chain.NONE
    """Where the stamping authority leads at the moment of receipt; CHAIN_EKU: it may not stamp."""
    signer: Signer | None = None
    listing: Listing = field(default_factory=Listing)
    """What the trust lists say of the stamping authority, at receipt."""
    then: Listing | None = None
    """What they say of the document's signer at the stamped moment; None where the stamp does not prove it."""


@dataclass(frozen=True, slots=True)
class DocumentSignature:
    """One signature on one file, each truth a field of its own."""

    path: tuple[str, ...]
    """The file that is signed; of a detached signature that fits none, the signature's own."""
    form: DocumentForm
    signature: Signature
    chain: Chain = Chain.NONE
    coverage: Coverage = Coverage.WHOLE
    """PARTIAL: something was added to the document after it was signed."""
    signer: Signer | None = None
    claims_qualified: bool = False
    """The certificate says so itself (QCStatements, ETSI EN 319 412-5); what the trust lists say is in ``listing``."""
    claims_device: bool = False
    """The certificate says that its key lies in a qualified device (QcSSCD)."""
    listing: Listing = field(default_factory=Listing)
    has_timestamp: bool = False
    """A time stamp is enclosed (RFC 3161); what it is worth is in ``stamp``."""
    is_container: bool = False
    """What is signed holds other files: one signature for all of them."""
    permissions: int = 0
    """What a certified PDF lets others change (DocMDP, ISO 32000-1, 12.8.2.2): 1 nothing, 2 forms, 3 remarks too."""
    stamp: TimeStamp | None = None
    """None where there is none, and in records from before stamps were verified."""
