# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How a notice is queued, and how it leaves: signed where its address has a key in use, and encrypted to whom the order names."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from poststelle.application.keyring import Generation
from poststelle.application.notices import Letterhead, Occasion, notice
from poststelle.application.ports import Clock, DigestSigner, KeyUses, OutboxItem, UnavailableError
from poststelle.application.sealing import Randomness, addressee, encrypted_entity, reader
from poststelle.application.settlement import Effect
from poststelle.application.signing import put_together, signed_entity, signing_generation, taken_apart
from poststelle.core.arrival import Envelope
from poststelle.core.facts import Facts
from poststelle.core.policy.conduct import working_days_by_hand
from poststelle.core.signature import ReplyKey
from poststelle.core.signers import is_accepted, writes_as_signer
from poststelle.core.verdict import Verdict

SEAL_TO = "seal_to"
"""In an order's payload: the certificate a notice is encrypted to."""


class UnsealableError(Exception):
    """What was to leave encrypted cannot any more: it is written by hand, and never leaves in the clear instead."""


@dataclass(frozen=True, slots=True)
class Post:
    """What a letter needs on its way out."""

    ring: Callable[[], tuple[Generation, ...]]
    signer: Callable[[str], DigestSigner]
    """What signs for one authority, by its id."""
    uses: KeyUses
    clock: Clock
    random: Randomness

    def seal(self, item: OutboxItem) -> bytes:
        """The notice as it leaves. Nothing is encrypted that is not signed inside, and each signature is journaled.

        What was ordered encrypted leaves so or not at all: UnsealableError where that certificate has ended meanwhile,
        UnavailableError while we have no key to sign with.
        """
        order, now = json.loads(item.payload), self.clock.now()
        message = str(order["message"]).encode("utf-8")
        wanted = _wanted(order)
        to = addressee(wanted, now) if wanted else None
        if wanted is not None and to is None:
            raise UnsealableError("the certificate it was to be encrypted to has ended; nothing was sent")
        by = signing_generation(self.ring(), message, now)
        if by is None and to is not None:
            raise UnavailableError("no key to sign with before encrypting")
        if by is None:
            return message
        letter = taken_apart(message)
        entity = signed_entity(letter.entity, by, self.signer(item.authority), now)
        self.uses.signed(item, by.address, by.sha256)
        return put_together(letter.head, encrypted_entity(entity, to, self.random) if to else entity)


def _wanted(payload: Mapping[str, object]) -> ReplyKey | None:
    certificate, takes_gcm = payload.get(SEAL_TO), payload.get("gcm")
    return ReplyKey(certificate, takes_gcm is True) if isinstance(certificate, str) and certificate else None


def notice_effect(occasion: Occasion, letterhead: Letterhead) -> Effect:
    """The notice as it is queued: to the envelope sender, under the edition that judged.

    ValueError where there is no envelope sender.
    """
    payload: dict[str, object] = {
        "to": str(occasion.arrival.envelope.sender or ""),
        "message": notice(occasion, letterhead).decode("utf-8"),
        **by_hand_order(letterhead),
        **seal_order(occasion.facts, occasion.arrival.envelope, occasion.verdicts),
    }
    message_id = f"<{occasion.reference}.{occasion.kind}@{letterhead.hostname}>"
    return Effect("notice", message_id, json.dumps(payload), None, str(payload["to"]))


def by_hand_order(letterhead: Letterhead) -> dict[str, object]:
    """What an order says of the case that it fails for good: how soon somebody is to write by hand."""
    return {"by_hand_working_days": working_days_by_hand(letterhead.policy.notices)}


def seal_order(facts: Facts, envelope: Envelope, told: tuple[Verdict, ...]) -> dict[str, object]:
    """What an order says of encrypting: to the writer himself, whose accepted signature brought the certificate.

    Nothing where that certificate may only sign.
    """
    crypto = facts.inspection.crypto if facts.inspection else None
    if crypto is None or crypto.reply_key is None or not writes_as_signer(crypto, envelope.sender):
        return {}
    if reader(crypto.reply_key) is None:
        return {}
    if not all(is_accepted(crypto, verdict.identity) for verdict in told):
        return {}
    return {SEAL_TO: crypto.reply_key.certificate, "gcm": crypto.reply_key.takes_gcm}
