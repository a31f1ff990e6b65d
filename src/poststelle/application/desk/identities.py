# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people vouch for: who holds the key that a signature was made with (Clause signature.identity)."""

from dataclasses import dataclass
from enum import StrEnum

from poststelle.application.desk.acts import IdentityEntry, TasksDone, UnusableError
from poststelle.application.desk.house import Desk, DeskHouse, at_desk, remark
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.identity import certificate_of, latest_of, may_be_checked, next_state
from poststelle.core.fingerprint import is_same
from poststelle.core.journal import EventKind
from poststelle.core.register import IdentityCheck, IdentityState
from poststelle.core.signature import CryptoFacts, Signature, Signer


class CheckMethod(StrEnum):
    """How somebody's identity was checked. The strings are public."""

    IN_PERSON = "in-person"
    KNOWN_VOICE = "known-voice"
    """By telephone, with somebody whose voice is known, the fingerprint read out."""
    DOCUMENT = "document"


EVENTS = {
    IdentityState.VERIFIED: EventKind.IDENTITY_CHECKED,
    IdentityState.PROPOSED: EventKind.IDENTITY_PROPOSED,
}
METHODS = frozenset(method.value for method in CheckMethod)


@dataclass(frozen=True, slots=True)
class IdentityForm:
    """What was entered."""

    person: str
    method: str
    why: str = ""
    heard: str = ""
    """The fingerprint as the person read it out from the own program."""


def confirm(house: DeskHouse, viewer: Viewer, reference: str, form: IdentityForm) -> IdentityState:
    """Record that this key is this person's; what that made of the key.

    Every open identity task of the same signer ends once the key counts: with this, or, where the policy wants four
    eyes, with the second person's check. The register vouches for the addresses that the certificate names, and no other.
    The certificate is kept with the entry: from now on its issuer is asked whether it was revoked.
    """
    desk = at_desk(house, viewer, reference, Power.CHECK_IDENTITY)
    crypto, signer = _signed(desk)
    _must_be_complete(form, signer)
    state = _becomes(desk, signer)
    check = IdentityCheck(
        signer.spki_sha256, signer.emails, state, viewer.account, house.clock.now(), remark(form.person)
    )
    tasks = house.book.same_signer(viewer.authority, signer.spki_sha256, signer.emails)
    event = desk.event(
        EVENTS[state],
        ("key", signer.spki_sha256),
        ("method", form.method),
        why=remark(form.why),
        personal=(("addresses", " ".join(signer.emails)), ("person", remark(form.person))),
    )
    done = TasksDone(tasks if state is IdentityState.VERIFIED else ())
    entry = IdentityEntry(check, form.method, remark(form.why), certificate_of(crypto))
    desk.record((entry, done), (event,))
    return state


def _must_be_complete(form: IdentityForm, signer: Signer) -> None:
    if form.method not in METHODS:
        raise UnusableError("Bitte wählen Sie, wie die Identität geprüft wurde.")
    if not remark(form.person):
        raise UnusableError("Bitte nennen Sie die geprüfte Person.")
    if form.method == CheckMethod.KNOWN_VOICE and not form.heard.strip():
        raise UnusableError("Bitte tragen Sie ein, was die Person vorgelesen hat: mindestens die ersten acht Gruppen.")
    if form.heard.strip() and not is_same(form.heard, signer.certificate_sha256):
        raise UnusableError(
            "Das ist nicht der Fingerabdruck dieses Zertifikats. Bitte lassen Sie ihn noch einmal vorlesen, mindestens "
            "die ersten acht Gruppen. Stimmt er auch dann nicht, gehört der Schlüssel jemand anderem."
        )


def _becomes(desk: Desk, signer: Signer) -> IdentityState:
    """What this person's check makes of the key. UnusableError where somebody else has to make it."""
    house, viewer = desk.house, desk.viewer
    register, signatures = house.registers.register(viewer.authority), desk.terms().policy.signatures
    if not may_be_checked(latest_of(register.identities, signer.spki_sha256), viewer.account):
        raise UnusableError("Diesen Schlüssel haben Sie selbst widerrufen: Bestätigen kann ihn nur jemand anderes.")
    waiting = latest_of(register.proposals, signer.spki_sha256)
    state = next_state(waiting, viewer.account, four_eyes=signatures is not None and signatures.four_eyes)
    if state is None:
        raise UnusableError("Ihre Prüfung ist eingetragen. Jetzt muss eine zweite Person sie bestätigen.")
    return state


def revoke(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """Record that this key no longer counts: for later messages and, visibly, for earlier ones. A reason is wanted."""
    desk = at_desk(house, viewer, reference, Power.CHECK_IDENTITY)
    _, signer = _signed(desk)
    if not remark(why):
        raise UnusableError("Bitte begründen Sie den Widerruf.")
    check = IdentityCheck(signer.spki_sha256, signer.emails, IdentityState.REVOKED, viewer.account, house.clock.now())
    event = desk.event(EventKind.IDENTITY_REVOKED, ("key", signer.spki_sha256), why=remark(why))
    desk.record((IdentityEntry(check, "", remark(why)),), (event,))


def _signed(desk: Desk) -> tuple[CryptoFacts, Signer]:
    inspection = desk.case.facts.inspection if desk.case.facts else None
    crypto = inspection.crypto if inspection else None
    if crypto is None or crypto.signer is None or crypto.signature is not Signature.OK:
        raise UnusableError("Diese Nachricht trägt keine unversehrte Signatur, deren Schlüssel geprüft werden könnte.")
    return crypto, crypto.signer
