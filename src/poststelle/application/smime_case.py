# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One S/MIME case of a test collection, its keys at hand: the same inspection as at the door, answered on the spot.

Knows no file and no settings. Never used where mail is received: keys and mail meet in one process here.
"""

import base64
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from poststelle.core.facts import Inspection
from poststelle.core.signature import CryptoFacts, FromMatch, Signature
from poststelle.inspection.cms.certificates import Certificate
from poststelle.inspection.cms.chain import ChainChecker
from poststelle.inspection.cms.layer import Place, Recipient, Surroundings, detached_layer
from poststelle.inspection.cms.recipients import matches
from poststelle.inspection.cms.truth import message_truth
from poststelle.inspection.cms.unwrap import DecryptionKey, UnsupportedRecipientError, unwrap
from poststelle.inspection.message import HEAD, as_received, inspect_message
from poststelle.inspection.mime.defects import DefectCode, defect
from poststelle.inspection.mime.source import Source
from poststelle.inspection.requests import Answer, Request, Scan, Scanned, Unwrapped, UnwrapRefused

_BARE_ENDS = frozenset(defect(code, HEAD) for code in (DefectCode.BARE_CR, DefectCode.BARE_LF))
_BARE_HEAD = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: base64\r\n\r\n"


class Form(StrEnum):
    """How a case lies in its file."""

    MAIL = "mail"
    STRUCTURE = "structure"
    """A bare CMS structure, DER or BER."""


@dataclass(frozen=True, slots=True)
class GivenKey:
    """A certificate of ours with its key; None where the key is of a kind that decrypts nothing."""

    key: DecryptionKey | None
    certificate: Certificate


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be looked at, and with what knowledge of the world."""

    content: Source
    form: Form
    keys: tuple[GivenKey, ...] = ()
    check_chain: ChainChecker | None = None
    """None where nobody is trusted."""
    detached: bytes | None = None
    """What a bare signature is over, where the structure does not hold it."""


def truth_at(case: Case, at: datetime) -> CryptoFacts:
    """What the inspection says of the case at that moment."""
    ours = tuple(Recipient(one.certificate, is_current=True) for one in case.keys)
    if case.form is Form.MAIL:
        return _truth_of_mail(case, Surroundings(at, case.check_chain, ours))
    surroundings = Surroundings(at, case.check_chain, ours, is_bare=True)
    structure = bytes(case.content)
    wrapped = _BARE_HEAD + base64.encodebytes(structure).replace(b"\n", b"\r\n")
    facts = _inspected(wrapped, case.keys, surroundings).crypto
    if facts.signature is Signature.CONTENT_MISSING and case.detached is not None:
        facts = message_truth((detached_layer(case.detached, structure, Place("1"), surroundings),))
    return replace(facts, from_match=FromMatch.NOT_APPLICABLE)


def _truth_of_mail(case: Case, surroundings: Surroundings) -> CryptoFacts:
    """The mail as it would have come over SMTP, with CRLF throughout; read again only where it has others."""
    mail = as_received(case.content)
    found = _inspected(mail, case.keys, surroundings)
    if _BARE_ENDS.isdisjoint(found.defects):
        return found.crypto
    return _inspected(bytes(mail).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), case.keys, surroundings).crypto


def truth_at_signing(case: Case, now: datetime) -> CryptoFacts:
    """The same at the moment the signer claims; now where none is claimed."""
    signer = truth_at(case, now).signer
    claimed = signer.signing_time if signer else ""
    return truth_at(case, datetime.fromisoformat(claimed) if claimed else now)


def _inspected(mail: Source, keys: tuple[GivenKey, ...], surroundings: Surroundings) -> Inspection:
    dialogue = inspect_message(mail, None, surroundings)
    try:
        request = next(dialogue)
        while True:
            said = answer(request, keys)
            del request  # it may hold a decrypted layer
            request = dialogue.send(said)
    except StopIteration as end:
        found: Inspection = end.value
        return found


def answer(request: Request, keys: tuple[GivenKey, ...]) -> Answer:
    """What the broker would say with these keys in its keyholder."""
    if isinstance(request, Scan):
        return Scanned()
    for one in keys:
        if matches(request.recipient_info, one.certificate):
            if one.key is None:
                return UnwrapRefused("unsupported")
            try:
                return Unwrapped(unwrap(one.key, request.recipient_info, request.key_bytes))
            except UnsupportedRecipientError:
                return UnwrapRefused("unsupported")
    return UnwrapRefused("no-key")
