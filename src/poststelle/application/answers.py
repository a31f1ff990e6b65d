# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the door answers once a message is judged: 250 with its reference, or 5xx with what is wrong and where it stands.

The text is ASCII, at most three lines, names no file and no engine. Only objections the sender may be told of speak.
"""

from poststelle.core.arrival import Envelope
from poststelle.core.catalogue.notices import REPLY
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.judgement import told_of
from poststelle.core.policy import Language
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Objection, Verdicts
from poststelle.protocol.smtp.replies import Reply, reply

ACCEPTED_CODE, ACCEPTED_STATUS = 250, "2.6.0"

_CONTENT = (550, "5.6.1")
CODES: dict[Reason, tuple[int, str]] = {
    Reason.SIZE_TOTAL: (552, "5.3.4"),
    Reason.TOO_MANY_FILES: (552, "5.3.4"),
    Reason.MIME_AMBIGUOUS: (550, "5.6.0"),
    Reason.FROM_COUNT: (550, "5.6.0"),
    Reason.FROM_INVALID: (550, "5.6.0"),
    Reason.DMARC_REJECT: (550, "5.7.26"),
    Reason.SPAM: (554, "5.7.1"),
    Reason.MALWARE: (554, "5.7.1"),
    Reason.MALWARE_SUSPECTED: (554, "5.7.1"),
    Reason.MAIL_LOOP: (554, "5.4.6"),
    Reason.ENCRYPTION_NOT_OFFERED: (550, "5.7.5"),
    Reason.ENCRYPTION_REQUIRED: (550, "5.7.10"),
    Reason.ENCRYPTION_UNREADABLE: (550, "5.7.5"),
    Reason.SIGNATURE_REQUIRED: (550, "5.7.1"),
    Reason.SIGNATURE_INVALID: (550, "5.7.7"),
}
"""Code and enhanced status by reason (RFC 3463, RFC 7372, 3, RFC 7817); whatever concerns a file is 550 5.6.1."""

_LAST = frozenset({Reason.SENDER_UNAUTHENTICATED})
"""Says why it is refused and not why it is wrong: never the first thing to read."""

_ASCII = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "Ä": "Ae",
        "Ö": "Oe",
        "Ü": "Ue",
        "ß": "ss",
        "„": '"',
        "“": '"',
        "”": '"',
        "–": "-",
    }
)


def answers(verdicts: Verdicts, envelope: Envelope, reference: str, base_url: str) -> tuple[Reply, ...]:
    """One reply for all recipients, or in the envelope's order that of each, as the dialogue has it."""
    if not envelope.answered_each:
        return (answer(verdicts, reference, base_url),)
    return tuple(answer(Verdicts((verdict,)), reference, base_url) for verdict in verdicts.by_recipient)


def answer(verdicts: Verdicts, reference: str, base_url: str) -> Reply:
    """The one reply for these recipients: 250 unless every one of them refuses.

    ``base_url`` is the page that the clause ids are anchors of.
    """
    if not verdicts.refused_for_all:
        return accepted(reference)
    return _refusal(
        tuple(entry for verdict in verdicts.by_recipient for entry in told_of(verdict)), reference, base_url
    )


def accepted(reference: str) -> Reply:
    """The message is ours now, whatever becomes of it."""
    return Reply(ACCEPTED_CODE, ACCEPTED_STATUS, (f"{reference} accepted",))


def recorded(said: tuple[Reply, ...], envelope: Envelope) -> tuple[int, str]:
    """Replies as the book keeps them: the mildest code, and the text of the reply, its lines parted by tabs.

    Of several every one with its code, a line each, in the order of the addresses: the next attempt may give them in
    another.
    """
    code = min(one.code for one in said)
    if len(said) == 1:
        return code, _kept(said[0])
    return code, "\n".join(f"{said[at].code} {_kept(said[at])}" for at in _by_address(envelope))


def recalled(code: int, text: str, envelope: Envelope) -> tuple[Reply, ...]:
    """The replies that were recorded, for another attempt at the same message: each recipient hears the same again."""
    if "\n" not in text:
        return (_said(code, text),)
    kept = tuple(_said(int(one), rest) for one, _, rest in (line.partition(" ") for line in text.split("\n")))
    if not envelope.answered_each:
        return (min(kept, key=lambda one: one.code),)
    return tuple(one for _, one in sorted(zip(_by_address(envelope), kept, strict=True), key=lambda pair: pair[0]))


def _by_address(envelope: Envelope) -> list[int]:
    """Positions of the recipients in the order of their addresses, which no attempt changes."""
    return sorted(range(len(envelope.recipients)), key=lambda at: envelope.recipients[at].key)


_LINE_BREAK = "\t"
"""Between the lines of one reply; none of them has it, since it cannot be printed."""


def _kept(said: Reply) -> str:
    return f"{said.enhanced} {_LINE_BREAK.join(said.lines)}"


def _said(code: int, kept: str) -> Reply:
    enhanced, _, text = kept.partition(" ")
    return reply(code, enhanced, *text.split(_LINE_BREAK))


def _refusal(told: tuple[Objection, ...], reference: str, base_url: str) -> Reply:
    main = min(told, key=_rank)
    others = len({entry.code for entry in told} - {main.code} - _LAST)
    code, status = CODES.get(main.code, _CONTENT)
    return Reply(
        code,
        status,
        (
            f"{reference} {_sentence(main, Language.DE, others)}",
            _sentence(main, Language.EN, others),
            f"{reference} {base_url}#{main.clause}",
        ),
    )


def _rank(objection: Objection) -> tuple[bool, int, str]:
    """What is said first: what refuses before what merely is wrong, the sender's standing last of all."""
    return (objection.code in _LAST, -objection.disposition.severity, objection.code)


def _sentence(objection: Objection, language: Language, others: int) -> str:
    sentence = REASONS[objection.code].in_language(language)
    more = f" ({REPLY['and-more'].in_language(language).format(count=others)})" if others else ""
    return f"{sentence}{more}".translate(_ASCII)
