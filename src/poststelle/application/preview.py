# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What senders would meet under an edition: the announced size, the refusal of a mail too large, a whole notice.

Two imagined messages go through the judge, the answers and the notices as real ones do; nothing is sent or kept.
"""

from dataclasses import dataclass
from datetime import datetime

from poststelle.application.answers import answer
from poststelle.application.check import ASSUMED_SENDER, ordinary_recipient
from poststelle.application.notices import Letterhead, Occasion, notice, owed
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.core.directory import Directory
from poststelle.core.edition import Edition
from poststelle.core.facts import (
    AuthResult,
    Facts,
    File,
    Finding,
    Head,
    Inspection,
    MalwareFacts,
    Role,
    SenderFacts,
    SpamFacts,
    Tier,
)
from poststelle.core.formats import Format
from poststelle.core.judgement import judge, terms_of
from poststelle.core.matter import Terms
from poststelle.core.policy import advertised_size
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.signature import CryptoFacts
from poststelle.core.verdict import Verdicts

REFERENCE = "PS-2345-6789-ABCD"
"""Stands in the preview where a message's own reference would."""
_MACRO_FILE = File(
    path=("Antrag.docm",),
    names=("Antrag.docm",),
    sha256="0" * 64,
    size_bytes=48_000,
    format=Format.DOCM,
    role=Role.ATTACHMENT,
    findings=(Finding(Reason.MACRO, ("word/vbaProject.bin",)),),
)
_LETTER = File(("Nachricht",), (), "1" * 64, 400, Format.TXT, Role.BODY)


@dataclass(frozen=True, slots=True)
class Preview:
    """What senders would see."""

    size_bytes: int
    """SMTP SIZE in the answer to EHLO."""
    refusal: str
    """The reply to a message one byte over the limit, as on the wire."""
    notice: bytes
    """The feedback mail about a document with macros."""


def preview(edition: Edition, directory: Directory, page_url: str, at: datetime) -> Preview:
    """The preview of one edition, whether or not it is in force."""
    terms = terms_of(edition, directory, Channel.EMAIL)
    arrival = _arrival(terms, at)
    limit = terms.rules.size.limit_bytes
    refused = answer(_verdicts(terms, arrival, _facts(limit + 1, _LETTER)), REFERENCE, page_url)
    facts = _facts(_MACRO_FILE.size_bytes, _LETTER, _MACRO_FILE)
    told = owed(_verdicts(terms, arrival, facts))
    letterhead = Letterhead(edition.policy, edition.id, page_url, ordinary_recipient(terms).domain)
    return Preview(
        advertised_size(edition.policy),
        refused.wire.decode("ascii"),
        notice(Occasion(REFERENCE, arrival, facts, told, at), letterhead),
    )


def _verdicts(terms: Terms, arrival: Arrival, facts: Facts) -> Verdicts:
    return judge(terms, facts, arrival.envelope, Register(), arrival.received_at)


def _arrival(terms: Terms, at: datetime) -> Arrival:
    envelope = Envelope(ASSUMED_SENDER, (ordinary_recipient(terms),))
    authority = AuthorityId(terms.policy.authority)
    return Arrival(Channel.EMAIL, authority, envelope, BlobKey("0" * 64), 0, at, Peer(""))


def _facts(attachments_bytes: int, *files: File) -> Facts:
    head = Head(
        from_fields=1,
        from_addresses=(str(ASSUMED_SENDER),),
        from_faults=(),
        from_display="",
        subject="Antrag",
        message_id="",
        date="",
        reply_to=(),
        in_reply_to="",
        auto_submitted="",
        precedence="",
        is_list=False,
        received_count=1,
        own_notice=False,
    )
    seen = Inspection(head, Tier.CLEAN, (), files, attachments_bytes, CryptoFacts())
    sender = SenderFacts(spf=AuthResult.PASS, spf_aligned=True, source="assumed")
    return Facts(seen, MalwareFacts("none"), SpamFacts("none", None), sender, size_bytes=attachments_bytes)
