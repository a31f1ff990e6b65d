# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The identity register as a page and the asking of issuers want it: what counts of each key. Reads only."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.arrival import AuthorityId
from poststelle.core.register import IdentityState
from poststelle.records.database import Database, reaching_database
from poststelle.records.models import IdentityRow


@dataclass(frozen=True, slots=True)
class SignerLine:
    """One entry of the register."""

    spki_sha256: str
    person: str
    addresses: tuple[str, ...]
    state: str
    method: str
    checked_by: str
    checked_at: datetime
    remark: str


def signer_lines(database: Database, authority: AuthorityId) -> tuple[SignerLine, ...]:
    """The newest entry of each key, the youngest first; beside a proposal the entry that still counts."""
    rows = IdentityRow.objects.using(database.alias).filter(authority_id=authority).order_by("checked_at", "id")
    with reaching_database():
        entries = [_line(row) for row in rows.defer("certificate", "renewed")]
    counting = {line.spki_sha256: line for line in entries if line.state != IdentityState.PROPOSED.value}
    newest = {line.spki_sha256: line for line in entries}
    waiting = [line for line in newest.values() if line.state == IdentityState.PROPOSED.value]
    persons = {line.spki_sha256: line.person for line in entries if line.person}
    shown = sorted((*counting.values(), *waiting), key=lambda line: line.checked_at, reverse=True)
    return tuple(_named(line, persons.get(line.spki_sha256, "")) for line in shown)


def checked_certificates(database: Database, authorities: tuple[AuthorityId, ...]) -> tuple[bytes, ...]:
    """DER of the signers whose identity these authorities have checked and not revoked, each once, in a steady order.

    Of a key that came with another certificate since, both: the one shown at the check, and the latest.
    """
    rows = IdentityRow.objects.using(database.alias).filter(authority_id__in=authorities)
    counting = rows.exclude(state=IdentityState.PROPOSED.value).order_by("checked_at", "id")
    with reaching_database():
        states = counting.values_list("authority_id", "spki_sha256", "id", "state")
        newest = {(authority, key): (row, state) for authority, key, row, state in states}
        verified = [row for row, state in newest.values() if state == IdentityState.VERIFIED.value]
        found = rows.in_bulk(verified, field_name="id").values()
        kept = (one for row in found for one in (row.certificate, row.renewed))
        return tuple(sorted({bytes(one) for one in kept if one}))


def _named(line: SignerLine, person: str) -> SignerLine:
    """A revocation names nobody: the person is whom the check before it named."""
    return line if line.person else replace(line, person=person)


def _line(row: IdentityRow) -> SignerLine:
    return SignerLine(
        row.spki_sha256,
        row.person,
        tuple(json.loads(row.addresses)),
        row.state,
        row.method,
        row.checked_by,
        row.checked_at,
        row.remark,
    )
