# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DKIM of one message read as a stream: the head is held, the body only hashed, the keys come from our look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from poststelle.adapters.senderauth.head import read_head
from poststelle.adapters.senderauth.lookups import DnsTroubleError, Lookups
from poststelle.core.facts import AuthResult
from poststelle.protocol import dkim

MAX_SIGNATURES: Final = 5
"""RFC 6376, 6.1 lets a verifier limit them; mailing services add two or three."""
CHUNK_BYTES: Final = 256 * 1024

Fields = tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class DkimOutcome:
    """The best result of all signatures, and the domains of those that pass."""

    result: AuthResult
    domains: tuple[str, ...]


def check_dkim(content: BinaryIO, lookups: Lookups, at: datetime) -> DkimOutcome:
    """Verify the topmost signatures of the message from the current position, as of a moment."""
    head, start = read_head(content)
    fields = dkim.fields_of(head)
    places = [place for place, (name, _) in enumerate(fields) if name == "dkim-signature"][:MAX_SIGNATURES]
    if not places:
        return DkimOutcome(AuthResult.NONE, ())
    stated = tuple(dkim.signature_of(fields[place][1], place) for place in places)
    hashes = _body_hashes(content, start, {one.body_form for one in stated if one is not None})
    outcomes = tuple((one, _verify(one, fields, hashes, lookups, at)) for one in stated)
    passing = dict.fromkeys(one.domain for one, result in outcomes if one is not None and result is AuthResult.PASS)
    return DkimOutcome(dkim.strongest(result for _, result in outcomes), tuple(passing))


def _verify(
    signature: dkim.Signature | None, fields: Fields, hashes: Mapping[str, bytes], lookups: Lookups, at: datetime
) -> AuthResult:
    if signature is None:
        return AuthResult.PERMERROR
    try:
        records = lookups.texts(signature.key_name)
    except DnsTroubleError:
        return AuthResult.TEMPERROR
    if not records:
        return AuthResult.PERMERROR
    record = records[0].decode("utf-8", "replace")
    return dkim.verify(signature, fields, record, hashes[signature.body_form], at)


def _body_hashes(content: BinaryIO, start: bytes, forms: set[str]) -> dict[str, bytes]:
    """The hash of the body in each form asked for, in one pass."""
    if not forms:
        return {}
    hashes = {form: dkim.BodyHash(form) for form in forms}
    chunk = start
    while chunk:
        for running in hashes.values():
            running.update(chunk)
        chunk = content.read(CHUNK_BYTES)
    return {form: running.digest() for form, running in hashes.items()}
