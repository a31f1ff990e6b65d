# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signature and encryption line by line: each truth its own sentence, never one word for all of them.

Knows no certificate; it words what was seen (core.signature) and what the register says today.
"""

from dataclasses import dataclass
from enum import StrEnum

from poststelle.core.catalogue.smime import (
    CHAINS,
    COVERAGES,
    ENCRYPTIONS,
    FROM_MATCHES,
    IDENTITIES,
    NOTES,
    SIGNATURES,
    Said,
)
from poststelle.core.facts import Head
from poststelle.core.signature import (
    Chain,
    Coverage,
    CryptoFacts,
    CryptoNote,
    Encryption,
    FromMatch,
    Identity,
    Signature,
)

GOOD, BAD, OPEN, NEUTRAL = "good", "bad", "open", "neutral"


@dataclass(frozen=True, slots=True)
class TruthLine:
    """One truth: what it is about, the sentence, and whether it is good, bad, open or neutral."""

    about: str
    sentence: str
    standing: str
    code: str


_STANDINGS: tuple[tuple[str, frozenset[str]], ...] = (
    (
        GOOD,
        frozenset(
            {
                Encryption.OK,
                Signature.OK,
                Chain.OK,
                FromMatch.MATCH,
                Coverage.WHOLE,
                Identity.VERIFIED,
                CryptoNote.AUTHENTICATED,
            }
        ),
    ),
    (
        NEUTRAL,
        frozenset(
            {
                Encryption.NONE,
                Signature.NONE,
                Signature.CERTS_ONLY,
                Chain.NONE,
                FromMatch.NOT_APPLICABLE,
                Coverage.NONE,
                Identity.NOT_APPLICABLE,
                CryptoNote.OLD_KEY,
                CryptoNote.NO_SIGNING_TIME,
                CryptoNote.PROTECTED_HEADERS,
            }
        ),
    ),
    (
        OPEN,
        frozenset(
            {
                Chain.REVOCATION_UNKNOWN,
                Identity.UNCHECKED,
                Identity.NEW_KEY,
                CryptoNote.UNAUTHENTICATED,
                CryptoNote.WEAK_CIPHER,
                CryptoNote.TIME_FUTURE,
                CryptoNote.HEADERS_DIFFER,
            }
        ),
    ),
)
"""Whatever stands in none of them is bad."""


def truth_lines(crypto: CryptoFacts, identity: Identity) -> tuple[TruthLine, ...]:
    """Every truth about this message's cryptography, in the order in which they build on one another."""
    if not crypto.layers and crypto.signature is Signature.NONE and crypto.encryption is Encryption.NONE:
        return (
            _line("Verschlüsselung", ENCRYPTIONS[crypto.encryption], crypto.encryption),
            _line("Signatur", SIGNATURES[crypto.signature], crypto.signature),
        )
    lines = [
        _line("Verschlüsselung", ENCRYPTIONS[crypto.encryption], crypto.encryption),
        _line("Signatur", SIGNATURES[crypto.signature], crypto.signature),
    ]
    if crypto.signer is not None:
        lines += [
            _line("Zertifikat", CHAINS[crypto.chain], crypto.chain),
            _line("Absenderadresse", FROM_MATCHES[crypto.from_match], crypto.from_match),
            _line("Umfang", COVERAGES[crypto.coverage], crypto.coverage),
            _line("Identität", IDENTITIES[identity], identity),
        ]
    return (*lines, *(_line("Hinweis", NOTES[note], note) for note in crypto.notes))


def head_lines(head: Head) -> tuple[TruthLine, ...]:
    """The subject under the protection, where it is another than outside; it is what was routed by."""
    if not head.protected_subject or head.protected_subject == head.subject:
        return ()
    return (TruthLine("Betreff", f"Unter dem Schutz steht: {head.protected_subject}", NEUTRAL, "protected-subject"),)


def _line(about: str, said: Said, code: StrEnum) -> TruthLine:
    return TruthLine(about, said.meaning.de, standing_of(code), code.value)


def standing_of(code: StrEnum) -> str:
    """Whether a code is good, bad, open or neutral."""
    return next((standing for standing, codes in _STANDINGS if code in codes), BAD)


def signature_line(about: str, signature: Signature) -> TruthLine:
    """The line on a signature's state."""
    return _line(about, SIGNATURES[signature], signature)


def chain_line(about: str, chain: Chain) -> TruthLine:
    """The line on a certificate's chain."""
    return _line(about, CHAINS[chain], chain)


def said_line(about: str, said: Said, code: StrEnum, standing: str) -> TruthLine:
    """The line on a code whose standing its caller knows."""
    return TruthLine(about, said.meaning.de, standing, code.value)
