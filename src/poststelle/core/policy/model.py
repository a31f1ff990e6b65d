# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The policy: what an authority publishes about its electronic access, and what the gateway enforces, in one value.

One TOML file per edition becomes one ``Policy``. Every rule names the clause it rests on; every clause is rendered from
the values the rules state. Knows no files: loading is done elsewhere.
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from poststelle.core.address import Address
from poststelle.core.arrival import Channel
from poststelle.core.policy.access import (
    AddressTerms,
    Contact,
    CryptoMethod,
    EncryptionStance,
    Gazette,
    LegalBasis,
    Mailbox,
    OtherAddresses,
    OtherChannel,
    Scope,
    Signatures,
    SignatureStance,
)
from poststelle.core.policy.base import Clause, ClauseId, Language, Model, Text
from poststelle.core.policy.channel import ChannelPolicy
from poststelle.core.policy.conduct import (
    DEFAULT_RETENTION,
    Kassenzeichen,
    Links,
    Notices,
    Page,
    Retention,
    Spam,
    Subject,
)


class Policy(Model):
    """One edition of one authority's conditions."""

    authority: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    """Short ASCII name of the authority, and name of the folder the file lies in."""
    valid_from: date
    """First day on which the edition is in force, from midnight in legal time, and name of the file."""
    number: Annotated[int, Field(gt=0)] = 1
    """Running number of the edition (Fassung)."""
    remark: Text | None = None
    """What is said of the whole edition at the head of the page, such as that it is a demonstration."""
    languages: tuple[Language, ...] = (Language.DE, Language.EN, Language.LEICHT)
    """Languages the page is published in."""
    contact: Contact | None = None
    scope: Scope | None = None
    legal: tuple[LegalBasis, ...] = ()
    gazette: Gazette | None = None
    addresses: tuple[AddressTerms, ...] = ()
    other_addresses: OtherAddresses | None = None
    """Terms at addresses of the directory; absent where only the listed addresses are open."""
    signatures: Signatures | None = None
    mailbox: Mailbox | None = None
    other_channels: tuple[OtherChannel, ...] = ()
    subject: Subject | None = None
    kassenzeichen: Kassenzeichen | None = None
    notices: Notices | None = None
    spam: Spam | None = None
    links: Links = Links()
    retention: tuple[Retention, ...] = ()
    page: Page = Page()
    email: ChannelPolicy
    bebpo: ChannelPolicy
    clauses: dict[ClauseId, Clause]
    """The published sentences by id."""

    def channel(self, channel: Channel) -> ChannelPolicy:
        """The rules of this channel."""
        return self.email if channel is Channel.EMAIL else self.bebpo

    @property
    def keeps(self) -> tuple[Retention, ...]:
        """The terms of retention: those that the edition states, and for further classes those of the program."""
        stated = {one.holds for one in self.retention}
        return (*self.retention, *(one for one in DEFAULT_RETENTION if one.holds not in stated))

    def terms_at(self, address: Address) -> AddressTerms | OtherAddresses | None:
        """The terms at this address: its own, else those of addresses of the directory, else None."""
        for terms in self.addresses:
            if _key(terms.address) == address.key:
                return terms
        return self.other_addresses

    def encryption_at(self, address: Address) -> EncryptionStance:
        """What this address does with ciphertext."""
        terms = self.terms_at(address)
        return terms.encryption if terms else EncryptionStance.DECRYPT

    def signature_at(self, address: Address) -> SignatureStance:
        """What this address expects of signatures."""
        terms = self.terms_at(address)
        return terms.signature if terms else SignatureStance.ACCEPTS

    @property
    def takes_smime(self) -> bool:
        """True where any address promises to read S/MIME."""
        promised = (EncryptionStance.ACCEPTS, EncryptionStance.REQUIRES)
        listed: tuple[AddressTerms | OtherAddresses, ...] = self.addresses
        everywhere = (*listed, self.other_addresses) if self.other_addresses else listed
        return any(terms.encryption in promised and CryptoMethod.SMIME in terms.methods for terms in everywhere)


def _key(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return Address(local, domain).key


BASE64_GROWTH = (13_684, 10_000)
"""Factor of one base64 layer with line ends: 4/3 x 78/76."""
SMIME_LAYERS = 3
"""base64 of the attachment, of an opaque signature and of the encryption around it."""
BODY_ROOM_BYTES = 512 * 1024
"""Room for the text of a message beside its attachments."""
_MILLION = 1_000_000


def advertised_size(policy: Policy) -> int:
    """SMTP SIZE in bytes (RFC 1870): large enough that no message within the limit is refused early.

    The limit itself is judged on the decoded sum after the end of data. A limit on the message as sent is advertised
    as it is.
    """
    size = policy.email.size
    if size.basis == "message":
        return size.limit_bytes
    layers = SMIME_LAYERS if policy.takes_smime else 1
    growth, scale = BASE64_GROWTH
    needed = size.limit_bytes + BODY_ROOM_BYTES
    for _ in range(layers):
        needed = -(-needed * growth // scale)
    return -(-needed // _MILLION) * _MILLION
