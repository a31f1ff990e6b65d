# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people vouch for: who holds the key that a signature was made with (Clause signature.identity)."""

from dataclasses import dataclass
from enum import StrEnum

from poststelle.application.desk.acts import IdentityEntry, TasksDone, UnusableError
from poststelle.application.desk.house import Desk, DeskHouse, at_desk, remark
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.identity import latest_of, may_be_checked
from poststelle.core.journal import EventKind
from poststelle.core.register import IdentityCheck, IdentityState
from poststelle.core.signature import Signature, Signer


class CheckMethod(StrEnum):
    """How somebody's identity was checked. The strings are public."""

    IN_PERSON = "in-person"
    KNOWN_VOICE = "known-voice"
    """By telephone, with somebody whose voice is known, the fingerprint read out."""
    DOCUMENT = "document"


METHODS = frozenset(method.value for method in CheckMethod)


@dataclass(frozen=True, slots=True)
class IdentityForm:
    """What was entered."""

    person: str
    method: str
    why: str = ""


def confirm(house: DeskHouse, viewer: Viewer, reference: str, form: IdentityForm) -> None:
    """Record that this key is this person's. Every open identity task of the same signer ends with it.

    The register vouches for the addresses that the certificate names, and for no other.
    """
    desk = at_desk(house, viewer, reference, Power.CHECK_IDENTITY)
    signer = _signer(desk)
    if form.method not in METHODS:
        raise UnusableError("Bitte wählen Sie, wie die Identität geprüft wurde.")
    if not remark(form.person):
        raise UnusableError("Bitte nennen Sie die geprüfte Person.")
    known = house.registers.register(viewer.authority).identities
    if not may_be_checked(latest_of(known, signer.spki_sha256), viewer.account):
        raise UnusableError("Diesen Schlüssel haben Sie selbst widerrufen: Bestätigen kann ihn nur jemand anderes.")
    addresses = signer.emails
    check = IdentityCheck(
        signer.spki_sha256,
        addresses,
        IdentityState.VERIFIED,
        viewer.account,
        house.clock.now(),
        remark(form.person),
    )
    tasks = house.book.same_signer(viewer.authority, signer.spki_sha256, addresses)
    event = desk.event(
        EventKind.IDENTITY_CHECKED,
        ("key", signer.spki_sha256),
        ("method", form.method),
        why=remark(form.why),
        personal=(("addresses", " ".join(addresses)), ("person", remark(form.person))),
    )
    desk.record((IdentityEntry(check, form.method, remark(form.why)), TasksDone(tasks)), (event,))


def revoke(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """Record that this key no longer counts: for later messages and, visibly, for earlier ones. A reason is wanted."""
    desk = at_desk(house, viewer, reference, Power.CHECK_IDENTITY)
    signer = _signer(desk)
    if not remark(why):
        raise UnusableError("Bitte begründen Sie den Widerruf.")
    check = IdentityCheck(signer.spki_sha256, signer.emails, IdentityState.REVOKED, viewer.account, house.clock.now())
    event = desk.event(EventKind.IDENTITY_REVOKED, ("key", signer.spki_sha256), why=remark(why))
    desk.record((IdentityEntry(check, "", remark(why)),), (event,))


def _signer(desk: Desk) -> Signer:
    inspection = desk.case.facts.inspection if desk.case.facts else None
    crypto = inspection.crypto if inspection else None
    if crypto is None or crypto.signer is None or crypto.signature is not Signature.OK:
        raise UnusableError("Diese Nachricht trägt keine unversehrte Signatur, deren Schlüssel geprüft werden könnte.")
    return crypto.signer
