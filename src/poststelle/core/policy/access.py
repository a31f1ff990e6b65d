# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The opened access: who the authority is, whom the terms bind, at which addresses, with which cryptography."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from poststelle.core.policy.base import ClauseId, Model, Size, SizeUnit, Text, size_bytes

MailAddress = Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[a-z0-9.-]{1,255}$", examples=["post@stadt.example"])]
"""An address as published, with a lower-case domain."""
DomainName = Annotated[str, Field(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$", examples=["stadt.example"])]
"""A domain in lower case, IDNA A-labels."""


class Contact(Model):
    """The contact block at the head of the page."""

    name: Text
    """Name of the authority."""
    land: Literal[
        "BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH", "Bund"
    ]
    """The Land whose law opens the access."""
    postal: tuple[str, ...]
    """Postal address, line by line."""
    phone: str
    """Switchboard, as printed."""
    phone_uri: str
    """The same in international form, such as +49251492-0."""
    fax: str = ""
    """Fax, as printed."""
    fax_uri: str = ""
    """The same in international form."""
    service_number: str = ""
    """The common number of German authorities, 115, where the authority takes part."""
    visit: Text | None = None
    """Where and how to come in person."""
    picture_alt: Text | None = None
    """Alternative text of the picture on the contact page."""
    website: str = ""
    """Address of the authority's website."""


class Scope(Model):
    """Whom the terms bind."""

    clause: ClauseId
    domains: tuple[DomainName, ...]
    """Domains of the recipients the terms hold for; mail to others is not relayed."""
    addresses: Literal["all-published", "listed", "non-binding-elsewhere", "letterhead"] = "all-published"
    """Which addresses open access: every published one, only the listed ones, the listed ones with others
    non-binding, or those on the letterhead."""
    subsidiaries_in: tuple[str, ...] = ()
    """Subsidiaries that the terms bind too."""
    subsidiaries_out: tuple[str, ...] = ()
    """Subsidiaries that the terms do not bind."""
    third_party_mark: Text | None = None
    """How a link to somebody else's offer is marked on the page."""
    own_hosts: tuple[str, ...] = ()
    """Web hosts that are the authority's own and stay unmarked."""


class LegalBasis(Model):
    """One provision that lets access be opened."""

    citation: str
    """Short form, such as § 3a VwVfG NRW."""
    law: Text
    """Full name of the law."""
    area: Text
    """What it governs."""


class Gazette(Model):
    """The official organ of public notices."""

    clause: ClauseId
    name: str
    """Name of the official organ."""
    url: str
    """Where it appears."""
    posting: Text
    """Place of posting."""
    published_here: bool = False
    """True where issues are provided by this installation; otherwise the page only links to the organ."""


class EncryptionStance(StrEnum):
    """What an address does with ciphertext."""

    ACCEPTS = "accepts"
    """Promised: encrypted messages are welcome."""
    REQUIRES = "requires"
    """Messages in plain text are not processed."""
    REFUSES = "refuses"
    """Encrypted messages are not processed."""
    DECRYPT = "decrypt"
    """Not promised, and decrypted where a key of ours fits."""


class SignatureStance(StrEnum):
    """What an address expects of signatures."""

    ACCEPTS = "accepts"
    REQUIRES = "requires"
    IGNORES = "ignores"


class CryptoMethod(StrEnum):
    """Methods of encryption."""

    SMIME = "smime"
    PGP = "pgp"


class AddressTerms(Model):
    """The terms at one published address."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """Name by which clauses call it: ``{address.post}``."""
    address: MailAddress
    """The address, as published."""
    clause: ClauseId
    """The published sentence that opens the address."""
    encryption: EncryptionStance = EncryptionStance.DECRYPT
    """What the address does with ciphertext."""
    methods: tuple[CryptoMethod, ...] = (CryptoMethod.SMIME,)
    """Methods of encryption offered."""
    signature: SignatureStance = SignatureStance.ACCEPTS
    """What the address expects of signatures."""
    publishes_certificate: bool = False
    """True where the certificate of the address and that of its issuer are for download on the page."""
    office: str = ""
    """Office id of the directory whose address it is; empty for the mailroom's own addresses."""


class OtherAddresses(Model):
    """The terms at published addresses of offices and persons that are not listed one by one."""

    clause: ClauseId
    encryption: EncryptionStance = EncryptionStance.DECRYPT
    """What these addresses do with ciphertext."""
    methods: tuple[CryptoMethod, ...] = (CryptoMethod.SMIME,)
    """Methods of encryption offered."""
    signature: SignatureStance = SignatureStance.ACCEPTS
    """What these addresses expect of signatures."""


class Signatures(Model):
    """When a signature counts."""

    clause: ClauseId
    """The published sentence on signatures."""
    level: Literal["advanced", "qualified"] = "advanced"
    """Lowest level that the page accepts."""
    identity_check: bool = True
    """True where an employee checks the signer once before signatures are accepted."""
    four_eyes: bool = False
    """True where a check counts only once a second employee has made it too."""
    identity_clause: ClauseId | None = None
    """The published sentence on the identity check."""
    containers: tuple[Literal["smime", "cms-detached", "pades", "xades", "asic"], ...] = ("smime",)
    """Signature forms accepted."""
    trust_services: tuple[str, ...] = ()
    """Named trust services; empty where none is preferred."""
    time_stamp_decides: bool = False
    """True where the page lets a qualified time stamp decide on deadlines."""
    pseudonyms: bool = True
    """False where certificates under a pseudonym are not accepted."""


class SenderRole(Model):
    """A role of the SAFE directory: who writes from such a mailbox, and whether it counts as a secure channel."""

    role: str
    """As in the visiting card, such as egvp_bebpo."""
    name: Text
    """The role in words."""
    secure: bool
    """True where messages from such mailboxes come by a secure channel."""


class Mailbox(Model):
    """The authority's own beBPo mailbox."""

    clause: ClauseId
    safe_id: Annotated[str, Field(pattern=r"^DE\.[A-Za-z_]+\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9a-f]{4}$")]
    """SAFE-ID: address of the mailbox."""
    directory_name: str
    """Name to choose in the SAFE directory."""
    safe_id_clause: ClauseId
    roles: tuple[SenderRole, ...] = ()
    """Known sender roles; an unknown role is not a secure channel."""


class OtherChannel(Model):
    """A way in that the page publishes and this gateway does not run."""

    kind: Literal["de-mail", "web-form", "fax", "post", "visit", "portal"]
    """Which way in it is."""
    clause: ClauseId
    address: str = ""
    """Address, number or link as published."""
    limit: Size | None = None
    """Size limit of this channel."""
    unit: SizeUnit = SizeUnit.BINARY
    """What MB means here."""
    valid_until: date | None = None
    """Last day of the channel, where its end is known."""

    @property
    def limit_bytes(self) -> int | None:
        """The limit in bytes, None where the channel has none."""
        return None if self.limit is None else size_bytes(self.limit, self.unit)
