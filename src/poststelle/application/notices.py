# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The feedback mail (Rückmeldung) of RFC 3834: to whom it may go, and the finished message.

Says only what the verdict marks as told; quotes nothing of the message, and shows file names cleaned. The same
occasion always makes the same bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC
from email import policy as email_policy
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.utils import format_datetime

from poststelle.application.notice_text import Block, as_html, as_text, collective_blocks, notice_blocks
from poststelle.application.occasion import Letterhead, Occasion
from poststelle.core.catalogue.notices import NOTICE
from poststelle.core.edition import legal_time
from poststelle.core.facts import Facts
from poststelle.core.policy import Language
from poststelle.core.telling import Silence, may_notify
from poststelle.core.verdict import SenderTold, Verdict, Verdicts

__all__ = [
    "MARKER",
    "Letterhead",
    "Occasion",
    "Silence",
    "collective_id",
    "collective_notice",
    "may_notify",
    "notice",
    "owed",
]

MARKER = "X-Poststelle-Notice"
"""Header field by which we know our own notices when they come back."""


def owed(verdicts: Verdicts) -> tuple[Verdict, ...]:
    """The verdicts whose objections go into the one notice of this message; empty where none is owed."""
    return tuple(entry for entry in verdicts.by_recipient if entry.sender_told is SenderTold.NOTICE)


def notice(occasion: Occasion, letterhead: Letterhead) -> bytes:
    """The finished message, to be sent with a null reverse-path to the envelope sender and to nobody else.

    ValueError where there is no envelope sender: the judge never owes a notice to one.
    """
    said = {
        language: notice_blocks(letterhead, occasion, language, legal_time(occasion.arrival.received_at))
        for language in letterhead.languages
    }
    message = _headers(letterhead, occasion, "subject")
    message["Message-ID"] = f"<{occasion.reference}.{occasion.kind}@{letterhead.hostname}>"
    message[MARKER] = f"{occasion.kind}; {occasion.reference}"
    _thread(message, occasion.facts)
    return _finished(message, said, occasion.reference)


def collective_notice(occasions: Sequence[Occasion], letterhead: Letterhead) -> bytes:
    """One message for several occasions of one sender, where the rate cap was reached. ValueError where there is none.

    The Message-ID follows from the references, whatever their order.
    """
    if len({occasion.arrival.envelope.sender for occasion in occasions}) != 1:
        raise ValueError("a collective notice goes to exactly one sender")
    ordered = sorted(occasions, key=lambda occasion: occasion.reference)
    said = {
        language: collective_blocks(
            letterhead,
            [(occasion, legal_time(occasion.arrival.received_at)) for occasion in ordered],
            language,
        )
        for language in letterhead.languages
    }
    digest = _digest(ordered)
    message = _headers(letterhead, ordered[-1], "subject-collective")
    message["Message-ID"] = collective_id(ordered, letterhead.hostname)
    message[MARKER] = f"collective; {digest}"
    return _finished(message, said, digest)


def collective_id(occasions: Iterable[Occasion], hostname: str) -> str:
    """The Message-ID of the collective notice for these occasions."""
    return f"<{_digest(occasions)}.collective@{hostname}>"


def _digest(occasions: Iterable[Occasion]) -> str:
    names = sorted(f"{occasion.reference}.{occasion.kind}" for occasion in occasions)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:24]


def _headers(letterhead: Letterhead, occasion: Occasion, subject_key: str) -> EmailMessage:
    sender = occasion.arrival.envelope.sender
    if sender is None:
        raise ValueError("no notice to a null sender")
    message = EmailMessage(policy=email_policy.SMTPUTF8 if not str(sender).isascii() else email_policy.SMTP)
    subjects = " / ".join(NOTICE[subject_key].in_language(language) for language in letterhead.languages)
    message["Date"] = format_datetime(occasion.written_at.astimezone(UTC))
    message["From"] = _mailbox(letterhead)
    message["To"] = HeaderAddress(username=sender.local, domain=sender.domain)
    message["Subject"] = f"{subjects} [{occasion.reference}]"
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    if letterhead.policy.notices and letterhead.policy.notices.reply_to:
        message["Reply-To"] = letterhead.policy.notices.reply_to
    return message


def _mailbox(letterhead: Letterhead) -> HeaderAddress:
    """The address whose certificate the page publishes, so that a signed notice can be checked; else the central one."""
    policy = letterhead.policy
    publishing = [terms for terms in policy.addresses if terms.publishes_certificate]
    addresses = [terms.address for terms in (*publishing, *policy.addresses)]
    address = addresses[0] if addresses else f"poststelle@{letterhead.hostname}"
    local, _, domain = address.rpartition("@")
    contact_name = policy.contact.name.de if policy.contact else ""
    name = (policy.notices.from_name if policy.notices else "") or contact_name
    return HeaderAddress(display_name=name, username=local, domain=domain)


_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")


def _thread(message: EmailMessage, facts: Facts) -> None:
    """RFC 3834, 3.1.5; a Message-ID that is none is left out."""
    message_id = facts.inspection.head.message_id.strip() if facts.inspection else ""
    if _MESSAGE_ID.fullmatch(message_id):
        message["In-Reply-To"] = message_id
        message["References"] = message_id


def _finished(message: EmailMessage, said: dict[Language, tuple[Block, ...]], seed: str) -> bytes:
    message.set_content(as_text(said), cte="quoted-printable")
    message.add_alternative(as_html(said, str(message["Subject"])), subtype="html", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256(seed.encode()).hexdigest()[:40]}")
    return message.as_bytes()
