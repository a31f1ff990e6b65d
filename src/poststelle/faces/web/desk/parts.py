# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Parts of a message's page that ask the rest of the house: its words, its route, its sender, its signer today."""

from dataclasses import dataclass

from poststelle.application.ports import UnavailableError
from poststelle.core.catalogue.routes import ROUTES
from poststelle.core.edition import NoEditionError, in_force
from poststelle.core.facts import Inspection, SenderFacts
from poststelle.core.policy import Policy
from poststelle.core.signature import Identity
from poststelle.core.signers import identity_of
from poststelle.core.verdict import Route
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.gate import Visitor
from poststelle.faces.web.desk.rows import office_title
from poststelle.records.casefile import CaseView, readable_body

MAX_SUGGESTIONS = 5


@dataclass(frozen=True, slots=True)
class RouteLine:
    """Where one recipient's message goes, and why."""

    position: int
    recipient: str
    office: str
    because: str
    suggestions: tuple[tuple[str, str], ...]
    """Office ids and titles."""
    is_by_hand: bool


@dataclass(frozen=True, slots=True)
class AuthLine:
    """One check of the sender's domain."""

    name: str
    result: str
    standing: str


@dataclass(frozen=True, slots=True)
class ShownText:
    """The words of a message, or why they are not shown."""

    text: str
    fault: str = ""


def policy_of(visitor: Visitor, case: CaseView) -> Policy:
    """The policy in force when the message was received."""
    try:
        return in_force(visitor.authority.editions, case.line.received_at).policy
    except NoEditionError:
        return visitor.policy


def route_line(visitor: Visitor, case: CaseView, position: int) -> RouteLine:
    """The route of one recipient, with its reasons as a sentence."""
    verdict = case.message.verdicts[position] if case.message else None
    route = verdict.route if verdict else Route("", ())
    office = case.offices[position]
    near = tuple(one for one in route.suggestions if one != office)[:MAX_SUGGESTIONS]
    is_by_hand = office != route.office
    return RouteLine(
        position=position,
        recipient=str(verdict.recipient) if verdict and verdict.recipient.domain else "",
        office=office_title(office, visitor.directory),
        because="Von Hand zugeordnet." if is_by_hand else because(visitor, route),
        suggestions=tuple((one, office_title(one, visitor.directory)) for one in near),
        is_by_hand=is_by_hand,
    )


def because(visitor: Visitor, route: Route) -> str:
    """Why it went there, as one sentence."""
    parts = []
    for code, value in route.because:
        wording = ROUTES.get(code)
        if wording is not None:
            parts.append(wording.de.format(value=_named(visitor, code, value)))
    sentence = "; ".join(dict.fromkeys(parts))
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def _named(visitor: Visitor, code: str, value: str) -> str:
    """Offices by name, other clues as they stood."""
    if code == "disagree":
        return office_title(value, visitor.directory)
    if code == "near":
        office, _, why = value.partition("=")
        return f"{office_title(office, visitor.directory)} ({why})" if why else office_title(office, visitor.directory)
    return value


def auth_lines(sender: SenderFacts) -> tuple[AuthLine, ...]:
    """SPF, DKIM and DMARC in words."""
    results = (("SPF", sender.spf), ("DKIM", sender.dkim), ("DMARC", sender.dmarc))
    standings = {"pass": "good", "fail": "bad", "softfail": "open", "permerror": "open", "temperror": "open"}
    return tuple(AuthLine(name, words.AUTH[result], standings.get(result.value, "neutral")) for name, result in results)


def identity_today(visitor: Visitor, inspection: Inspection) -> Identity:
    """What the register says of the signer now: a check or a revocation shows on earlier messages too."""
    register = visitor.loans.house.registers.register(visitor.viewer.authority)
    addresses = inspection.head.from_addresses
    return identity_of(inspection.crypto, register, addresses[0].casefold() if len(addresses) == 1 else "")


def shown_text(visitor: Visitor, case: CaseView) -> ShownText:
    """The message's own words, out of a confined worker."""
    body = readable_body(visitor.database, visitor.viewer, case.line.reference)
    if body is None:
        return ShownText("", "Der Inhalt dieser Nachricht ist nicht gespeichert.")
    try:
        text = visitor.loans.text(body)
    except (UnavailableError, KeyError):
        return ShownText("", "Der Text kann gerade nicht geöffnet werden. Bitte laden Sie die Seite neu.")
    return ShownText(text, "" if text.strip() else "Die Nachricht enthält keinen lesbaren Text.")
