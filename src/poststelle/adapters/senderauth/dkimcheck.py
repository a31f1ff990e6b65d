# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DKIM (RFC 6376) by dkimpy, asking our resolver, and stricter than it: no partial bodies, no SHA-1 (RFC 8301)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import dkim  # type: ignore[import-untyped]  # dkimpy ships no types

from poststelle.adapters.senderauth.lookups import DnsTroubleError, Lookups
from poststelle.core.facts import AuthResult

MAX_SIGNATURES: Final = 5
"""RFC 6376, 6.1 lets a verifier limit them; mailing services add two or three."""
MIN_KEY_BITS: Final = 1024
"""RFC 8301, 3.2."""

_SILENT: Final = logging.Logger("dkim", level=logging.CRITICAL + 1)  # noqa: LOG001 - dkimpy logs content; this goes nowhere
_UNPROCESSED: Final = (dkim.NaClNotFoundError, dkim.UnknownKeyTypeError)
_ORDER: Final = (
    AuthResult.PASS, AuthResult.TEMPERROR, AuthResult.POLICY, AuthResult.FAIL, AuthResult.PERMERROR, AuthResult.NEUTRAL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DkimOutcome:
    """The best result of all signatures, and the domains of those that pass."""

    result: AuthResult
    domains: tuple[str, ...]


class _KeyMissingError(Exception):
    """The selector has no key record."""


def check_dkim(message: bytes, lookups: Lookups) -> DkimOutcome:
    """Verify the topmost signatures of a message."""
    try:
        verifier = dkim.DKIM(message, logger=_SILENT, minkey=MIN_KEY_BITS)
    except Exception:  # noqa: BLE001 - dkimpy on hostile bytes; whatever it stumbles over is the message's fault
        return DkimOutcome(AuthResult.PERMERROR, ())
    count = sum(name.lower() == b"dkim-signature" for name, _ in verifier.headers)
    outcomes = tuple(_verify(verifier, index, lookups) for index in range(min(count, MAX_SIGNATURES)))
    domains = dict.fromkeys(domain for result, domain in outcomes if result is AuthResult.PASS)
    return DkimOutcome(_best(result for result, _ in outcomes), tuple(domains))


def _best(results: Iterable[AuthResult]) -> AuthResult:
    return min(results, key=_ORDER.index, default=AuthResult.NONE)


def _verify(verifier: dkim.DKIM, index: int, lookups: Lookups) -> tuple[AuthResult, str]:
    try:
        valid = verifier.verify(idx=index, dnsfunc=_Keys(lookups))
    except DnsTroubleError:
        return AuthResult.TEMPERROR, ""
    except _UNPROCESSED:
        return AuthResult.NEUTRAL, ""
    except dkim.ValidationError:
        return AuthResult.FAIL, ""
    except Exception:  # noqa: BLE001 - see check_dkim
        return AuthResult.PERMERROR, ""
    tags = verifier.signature_fields
    domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
    if valid and (b"l" in tags or not tags.get(b"a", b"").lower().endswith(b"-sha256")):
        return AuthResult.POLICY, domain
    return (AuthResult.PASS if valid else AuthResult.FAIL), domain


class _Keys:
    """dkimpy's ``dnsfunc``: the key record of a selector."""

    def __init__(self, lookups: Lookups) -> None:
        self._lookups = lookups

    def __call__(self, name: bytes, timeout: float = 0) -> bytes:  # noqa: ARG002 - the budget is ours
        found = self._lookups.texts(name.decode("ascii"))
        if not found:
            raise _KeyMissingError
        return found[0]
