# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What encryption and signatures of a message turned out to be: each truth a field of its own, never one boolean."""

from dataclasses import dataclass
from enum import StrEnum


class LayerKind(StrEnum):
    """CMS content types that wrap a message (RFC 8551, 2.4), and those that are named and left closed."""

    SIGNED = "signed"
    ENVELOPED = "enveloped"
    AUTHENVELOPED = "authenveloped"
    COMPRESSED = "compressed"
    CERTS_ONLY = "certs-only"
    ENCRYPTED = "encrypted"
    """Encrypted under a key that both sides have already (RFC 5652, 8)."""
    SIGNED_AND_ENVELOPED = "signed-and-enveloped"
    """PKCS #7 (RFC 2315, 11); CMS has dropped it."""
    DIGESTED = "digested"
    AUTHENTICATED = "authenticated"


class Encryption(StrEnum):
    """What became of the encryption. Every secret-dependent failure is the one code ENC_FAILED."""

    NONE = "ENC_NONE"
    OK = "ENC_OK"
    NO_KEY = "ENC_NO_KEY"
    UNSUPPORTED = "ENC_UNSUPPORTED"
    MALFORMED = "ENC_MALFORMED"
    FAILED = "ENC_FAILED"
    PARTIAL = "ENC_PARTIAL"
    TOO_DEEP = "ENC_TOO_DEEP"
    TOO_LARGE = "ENC_TOO_LARGE"


class Signature(StrEnum):
    """What became of the signature: integrity and form only, not whose it is."""

    NONE = "SIG_NONE"
    OK = "SIG_OK"
    BAD = "SIG_BAD"
    PARTIAL = "SIG_PARTIAL"
    OUTER_ONLY = "SIG_OUTER_ONLY"
    AMBIGUOUS = "SIG_AMBIGUOUS"
    NO_SIGNER = "SIG_NO_SIGNER"
    NO_CERT = "SIG_NO_CERT"
    NO_ATTRS = "SIG_NO_ATTRS"
    ATTR_INVALID = "SIG_ATTR_INVALID"
    CONTENT_CONFLICT = "SIG_CONTENT_CONFLICT"
    CONTENT_MISSING = "SIG_CONTENT_MISSING"
    WEAK = "SIG_WEAK"
    UNSUPPORTED = "SIG_UNSUPPORTED"
    MALFORMED = "SIG_MALFORMED"
    CERTS_ONLY = "SIG_CERTS_ONLY"


class Chain(StrEnum):
    """Whether the signer's certificate leads to an anchor we trust for mail, at the time of receipt."""

    NONE = "CHAIN_NONE"
    OK = "CHAIN_OK"
    UNTRUSTED = "CHAIN_UNTRUSTED"
    EXPIRED = "CHAIN_EXPIRED"
    NOT_YET = "CHAIN_NOT_YET"
    REVOKED = "CHAIN_REVOKED"
    REVOCATION_UNKNOWN = "REVOCATION_UNKNOWN"
    INVALID = "CHAIN_INVALID"
    KEY_USAGE = "CHAIN_KEY_USAGE"
    EKU = "CHAIN_EKU"
    NO_EMAIL = "CHAIN_NO_EMAIL"
    WEAK_KEY = "CHAIN_WEAK_KEY"


class CryptoNote(StrEnum):
    """Remarks that hide no other truth."""

    AUTHENTICATED = "AUTHENTICATED"
    OLD_KEY = "OLD_KEY"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    WEAK_CIPHER = "WEAK_CIPHER"
    TIME_FUTURE = "TIME_FUTURE"
    NO_SIGNING_TIME = "NO_SIGNING_TIME"
    PROTECTED_HEADERS = "PROTECTED_HEADERS"
    """Header fields are covered too (RFC 9788)."""
    HEADERS_DIFFER = "HEADERS_DIFFER"
    """A covered field stands differently on the envelope."""


class FromMatch(StrEnum):
    """Whether the certificate names the address in From (SAN first; subject e-mail only without SAN)."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_APPLICABLE = "not-applicable"


class Coverage(StrEnum):
    """How much of the plaintext the signature covers."""

    WHOLE = "whole"
    PARTIAL = "partial"
    OUTER = "outer"
    NONE = "none"


class Identity(StrEnum):
    """Whether a person of the authority checked who holds the signer's key (judged, not seen)."""

    VERIFIED = "ID_VERIFIED"
    UNCHECKED = "ID_UNCHECKED"
    NEW_KEY = "ID_NEW_KEY"
    REVOKED = "ID_REVOKED"
    NOT_APPLICABLE = "ID_NOT_APPLICABLE"


@dataclass(frozen=True, slots=True)
class Signer:
    """The certificate a signature points to, as far as it can be shown."""

    spki_sha256: str
    """SHA-256 of the SubjectPublicKeyInfo: the key of the identity register."""
    certificate_sha256: str
    subject: str
    issuer: str
    serial: str
    emails: tuple[str, ...]
    not_before: str
    not_after: str
    """ISO 8601, UTC."""
    signing_time: str = ""
    """As claimed by the signer; shown, never used."""


@dataclass(frozen=True, slots=True)
class ReplyKey:
    """What an answer to the signer can be encrypted with."""

    certificate: str
    """DER in base64, as the signature brought it."""
    takes_gcm: bool = False
    """The signer's capabilities name AES-GCM (RFC 8551, 2.5.2)."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One CMS layer, outermost first, with its own truths."""

    kind: LayerKind
    section: str
    encryption: Encryption = Encryption.NONE
    signature: Signature = Signature.NONE
    chain: Chain = Chain.NONE
    coverage: Coverage = Coverage.NONE
    signer: Signer | None = None
    notes: tuple[CryptoNote, ...] = ()
    algorithm: str = ""
    reply_key: ReplyKey | None = None
    """Of a good signature over the whole alone."""


@dataclass(frozen=True, slots=True)
class CryptoFacts:
    """The message's own truths, derived from its layers by stated rules."""

    layers: tuple[Layer, ...] = ()
    encryption: Encryption = Encryption.NONE
    signature: Signature = Signature.NONE
    chain: Chain = Chain.NONE
    from_match: FromMatch = FromMatch.NOT_APPLICABLE
    coverage: Coverage = Coverage.NONE
    signer: Signer | None = None
    notes: tuple[CryptoNote, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def reply_key(self) -> ReplyKey | None:
        """Of the signature that speaks for the message."""
        whole = [layer for layer in self.layers if layer.coverage is Coverage.WHOLE and layer.reply_key is not None]
        return whole[-1].reply_key if whole else None

    @property
    def is_encrypted(self) -> bool:
        """True where the message, or a part of it, came as ciphertext, whether or not we could open it."""
        return any(layer.kind in CIPHERTEXT_KINDS for layer in self.layers)


CIPHERTEXT_KINDS = frozenset(
    {LayerKind.ENVELOPED, LayerKind.AUTHENVELOPED, LayerKind.ENCRYPTED, LayerKind.SIGNED_AND_ENVELOPED}
)
"""What nobody reads without a key."""
