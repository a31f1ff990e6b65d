# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which of the certificates that a mail brought are tried as issuers: few of one name, the leading ones first.

Leading are those that a walk up from the signer by true signatures finds; another key of the same name may sign lists.
Without a bound the search for a path takes factorial time: nine certificates that all name one another cost a minute
(November 2026), and anybody can make sixteen.
"""

from asn1crypto import x509 as names  # type: ignore[import-untyped] # asn1crypto ships no types
from cryptography import x509
from cryptography.exceptions import InternalError, InvalidSignature, UnsupportedAlgorithm

from poststelle.inspection.cms.certificates import Certificate, parsed, public_key

MAX_OF_ONE_NAME = 2
"""An authority's certificate by its former and by its present issuer, or its former and its present key."""


def candidates(signer: Certificate, brought: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """Those to be tried; of one name the leading ones first, and beside them only keys of their kind (for lists)."""
    above = _above(signer, brought)
    by_name: dict[object, list[Certificate]] = {}
    for one in dict.fromkeys((*above, *brought)):
        by_name.setdefault(_name(one.subject), []).append(one)
    kept: list[Certificate] = []
    for same in by_name.values():
        kind = type(public_key(same[0]))
        is_leading = same[0] in above
        kept += [one for one in same if not is_leading or type(public_key(one)) is kind][:MAX_OF_ONE_NAME]
    return tuple(kept)


def _above(signer: Certificate, brought: tuple[Certificate, ...]) -> tuple[Certificate, ...]:
    """Issuers of the signer, and theirs, each once, the nearest first."""
    found: dict[Certificate, None] = {}
    below = [signer]
    while below:
        above = [one for one in brought if one not in found and any(_has_signed(one, other) for other in below)]
        found |= dict.fromkeys(above)
        below = above
    return tuple(found)


def _name(subject: bytes) -> object:
    """The same for every spelling that the search takes for the same (RFC 5280, 7.1)."""
    try:
        return names.Name.load(subject).hashable
    except (ValueError, TypeError, KeyError):
        return subject


def _has_signed(issuer: Certificate, other: Certificate) -> bool:
    above, below = parsed(issuer), parsed(other)
    if issuer == other or above is None or below is None:
        return False
    try:
        below.verify_directly_issued_by(above)
    except (InvalidSignature, InternalError, UnsupportedAlgorithm, ValueError, TypeError, x509.DuplicateExtension):
        return False
    return True
