# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where an objection weighs less than the policy's rule says: Beiwerk, released, veiled, bounced and beBPo messages.

One table of kinds, one of circumstances. Nothing here makes an objection weigh more.
"""

from dataclasses import replace
from enum import StrEnum

from poststelle.core.arrival import Channel
from poststelle.core.matter import Matter
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, Objection


class Kind(StrEnum):
    """What a reason speaks about; decides where it may refuse a message."""

    CONTENT = "content"
    STRUCTURE = "structure"
    SENDER = "sender"
    ADDRESS = "address"
    ENGINE = "engine"


_KINDS: dict[Reason, Kind] = {
    Reason.SIZE_TOTAL: Kind.STRUCTURE,
    Reason.MIME_AMBIGUOUS: Kind.STRUCTURE,
    Reason.FROM_COUNT: Kind.STRUCTURE,
    Reason.FROM_INVALID: Kind.STRUCTURE,
    Reason.NOT_INSPECTED: Kind.STRUCTURE,
    Reason.DMARC_REJECT: Kind.SENDER,
    Reason.SENDER_UNAUTHENTICATED: Kind.SENDER,
    Reason.MAIL_LOOP: Kind.SENDER,
    Reason.ENCRYPTION_NOT_OFFERED: Kind.ADDRESS,
    Reason.ENCRYPTION_REQUIRED: Kind.ADDRESS,
    Reason.ADDRESSEE_FOREIGN: Kind.STRUCTURE,
    Reason.HANDOVER_BROKEN: Kind.STRUCTURE,
    Reason.SPAM: Kind.ENGINE,
    Reason.MALWARE: Kind.ENGINE,
    Reason.MALWARE_SUSPECTED: Kind.ENGINE,
}

ADVISORY = frozenset({Reason.SIGNATURE_UNCHECKED})
"""Objections that take nothing from the message: never a cause to withhold or to refuse."""


def kind_of(reason: Reason) -> Kind:
    """What this reason speaks about; every reason about a file speaks about content."""
    return _KINDS.get(reason, Kind.CONTENT)


INSTEAD: dict[Kind, Disposition] = {
    Kind.CONTENT: Disposition.NOTIFY,
    Kind.STRUCTURE: Disposition.HOLD,
    Kind.SENDER: Disposition.HOLD,
    Kind.ADDRESS: Disposition.NOTIFY,
    Kind.ENGINE: Disposition.HOLD,
}
"""What becomes of a refusal where there may be none."""

VEILED = frozenset({Kind.CONTENT})
"""Encrypted mail is never refused for content."""
BOUNCED = frozenset({Kind.CONTENT, Kind.STRUCTURE, Kind.ADDRESS})
"""A null sender is never refused for content: the clerk must learn that her letter came back."""
EVERYTHING = frozenset(Kind)
"""beBPo has no dialogue to refuse in; a message released by a clerk is past it."""


def _spared(matter: Matter, objection: Objection) -> frozenset[Kind]:
    if matter.terms.channel is Channel.BEBPO or matter.terms.released or objection.decrypted:
        return EVERYTHING
    spared: frozenset[Kind] = frozenset()
    if matter.is_veiled:
        spared |= VEILED
    if matter.envelope.sender is None:
        spared |= BOUNCED
    return spared


def weighed(matter: Matter, objection: Objection) -> Objection:
    """The objection with the disposition that holds in these circumstances: never a stricter one than it had."""
    if objection.code in matter.terms.released:
        return replace(objection, disposition=Disposition.ACCEPT, told=False)
    if objection.trimming:
        return replace(objection, told=False)
    kind = kind_of(objection.code)
    if objection.disposition is Disposition.REFUSE and kind in _spared(matter, objection):
        return replace(objection, disposition=INSTEAD[kind])
    if objection.disposition is Disposition.DELETE and matter.terms.channel is Channel.BEBPO:
        return replace(objection, disposition=Disposition.HOLD)
    return objection


def weight(objection: Objection) -> Disposition:
    """What the objection contributes to the outcome: Beiwerk is noted and contributes nothing."""
    return Disposition.ACCEPT if objection.trimming else objection.disposition
