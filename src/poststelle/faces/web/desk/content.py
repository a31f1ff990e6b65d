# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the page of one message shows, part by part."""

from poststelle.application.delivery import SENT, Packing, packing
from poststelle.application.desk import labels
from poststelle.application.desk.consents import consenting_to, wanted_formats
from poststelle.application.desk.history import HistoryLine, Names, history
from poststelle.application.desk.viewer import Power
from poststelle.core.arrival import Channel
from poststelle.core.catalogue.hints import FLAGS
from poststelle.core.edition import legal_time
from poststelle.core.facts import Inspection, Role
from poststelle.core.fingerprint import groups, spelled
from poststelle.core.formats import ROWS, Format
from poststelle.core.journal import EventKind
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Verdict
from poststelle.faces.web.desk import words
from poststelle.faces.web.desk.document_truth import document_lines
from poststelle.faces.web.desk.files import ClauseLink, announced_lines, clause_link, complaints, file_lines, of_message
from poststelle.faces.web.desk.form import form_panel
from poststelle.faces.web.desk.gate import Visitor
from poststelle.faces.web.desk.lists import office_choices
from poststelle.faces.web.desk.parts import auth_lines, identity_today, policy_of, route_line, shown_text
from poststelle.faces.web.desk.rows import Wording, row_of
from poststelle.faces.web.desk.tasks import Correspondence, task_panels
from poststelle.faces.web.desk.truth import head_lines, truth_lines
from poststelle.records.accounts import account_names
from poststelle.records.casefile import CaseView

READABLE_STATES = frozenset({"accepted", "delivered"})
"""States in which files may be fetched; a held message is read, and its files stay where they are."""
_FORMAT_NAMES: dict[Format, str] = {row.format: row.name_de for row in ROWS}


def message_content(visitor: Visitor, case: CaseView) -> dict[str, object]:
    """Everything the page shows."""
    actors = {line.leaf.actor for line in case.history} | {line.checked_by for line in case.identities}
    actors |= {task.done_by for task in case.tasks} | {case.line.assigned_to}
    actors |= {dict(line.leaf.facts).get("to", "") for line in case.history}
    names = account_names(visitor.database, actors)
    wording = Wording(visitor.directory, names, visitor.house.clock.now())
    shown: dict[str, object] = {
        "case": case,
        "row": row_of(case.line, wording),
        "received": legal_time(case.line.received_at),
        "state": words.state_words(case.line.state, case.line.reply_code),
        "deferrals": tuple(legal_time(at) for at in case.deferrals),
        "history": _history(visitor, case, names),
        "may": {power.name.lower(): power in case.powers for power in Power},
        "offices": office_choices(visitor),
        "can_look_again": visitor.loans.look_again is not None and _is_closed(case),
    }
    return shown | (_judged(visitor, case, names) if case.message is not None else {})


def _history(
    visitor: Visitor, case: CaseView, names: dict[str, str]
) -> tuple[tuple[HistoryLine, ClauseLink | None], ...]:
    """Every entry, with the published sentence it cites."""
    policy = policy_of(visitor, case)
    lines = history(case.history, Names(names, visitor.directory))
    return tuple((line, clause_link(policy, line.clause) if line.clause else None) for line in lines)


def _judged(visitor: Visitor, case: CaseView, names: dict[str, str]) -> dict[str, object]:
    view = case.message
    if view is None:
        return {}
    positions = own_positions(visitor, case)
    verdicts = tuple(view.verdicts[at] for at in positions)
    inspection = view.facts.inspection if view.facts else None
    policy = policy_of(visitor, case)
    shown: dict[str, object] = {
        "view": view,
        "stays_here": _stays_here(visitor, case, verdicts),
        "routes": tuple(route_line(visitor, case, at) for at in positions),
        "complaints": complaints(of_message(verdicts), policy),
        "flags": tuple(FLAGS[flag].de for flag in _flags(verdicts) if flag in FLAGS),
        "told": tuple(dict.fromkeys(words.told_words(verdict.sender_told) for verdict in verdicts)),
        "editions": tuple(dict.fromkeys(verdict.edition for verdict in verdicts)),
        "auth": auth_lines(view.facts.sender) if view.facts else (),
        "malware": view.facts.malware if view.facts else None,
        "spam": view.facts.spam if view.facts else None,
        "methods": labels.METHODS.items(),
        "decisions": labels.FORM_DECISIONS.items(),
        "form_decided": _form_decided(case),
        "tasks": task_panels(
            case, Correspondence(inspection.head if inspection else None, verdicts, policy, case.line.channel), names
        ),
        "names": names,
        "identities": tuple((entry, names.get(entry.checked_by, "")) for entry in case.identities),
        "text": shown_text(visitor, case),
    }
    return shown | (_inspected(visitor, case, inspection, verdicts) if inspection else {})


def _inspected(
    visitor: Visitor, case: CaseView, inspection: Inspection, verdicts: tuple[Verdict, ...]
) -> dict[str, object]:
    policy = policy_of(visitor, case)
    is_open = case.line.state in READABLE_STATES and bool(case.message and case.message.is_content_kept)
    identity, signer = identity_today(visitor, inspection), inspection.crypto.signer
    rules = policy.channel(Channel(case.line.channel))
    formats = wanted_formats(verdicts) if rules.consent != "never" else ()
    return {
        "inspection": inspection,
        "head": inspection.head,
        "files": file_lines(inspection, verdicts, policy, is_open=is_open),
        "announced": announced_lines(inspection),
        "truth": (
            *truth_lines(inspection.crypto, identity),
            *head_lines(inspection.head),
            *document_lines(inspection.document_signatures),
        ),
        "identity": identity.value,
        "signer": signer,
        "spoken": tuple((one, spelled(one)) for one in groups(signer.certificate_sha256)) if signer else (),
        "four_eyes": policy.signatures is not None and policy.signatures.four_eyes,
        "form": form_panel(inspection, case.line.channel, is_accepted=any(one.accepted_signature for one in verdicts)),
        "has_html": _has_html(inspection) and bool(case.message and case.message.is_content_kept),
        "consent_formats": tuple((one.value, _FORMAT_NAMES.get(one, one.value)) for one in formats),
        "consent_days": rules.consent_days_max,
        "consent_sender": consenting_to(inspection),
    }


def _stays_here(visitor: Visitor, case: CaseView, verdicts: tuple[Verdict, ...]) -> bool:
    """Nothing of it is delivered, because it was opened here."""
    facts = case.message.facts if case.message else None
    sent = (verdict for verdict in verdicts if verdict.disposition in SENT)
    is_opened = facts is not None and any(packing(verdict, facts) is Packing.OPENED for verdict in sent)
    return is_opened and not visitor.loans.house.delivers_opened


def own_positions(visitor: Visitor, case: CaseView) -> tuple[int, ...]:
    """The recipients whose part of the message this person may read; an office gets its own."""
    readable = (at for at, office in enumerate(case.offices) if visitor.viewer.may(Power.READ, (office,)))
    return tuple(readable)


def _form_decided(case: CaseView) -> str:
    """The last decision on form and deadline; empty where there is none yet."""
    decisions = [dict(line.leaf.facts) for line in case.history if line.leaf.kind == EventKind.FORM_DECIDED.value]
    return labels.FORM_DECISIONS.get(decisions[-1].get("decision", ""), "") if decisions else ""


_OPENED = frozenset({Encryption.NONE, Encryption.OK})


def _is_closed(case: CaseView) -> bool:
    """Something of the message could not be looked into: a key or a worker may be there by now."""
    facts = case.message.facts if case.message else None
    if facts is None or case.message is None or not case.message.is_content_kept:
        return False
    return facts.inspection is None or facts.inspection.crypto.encryption not in _OPENED


def _flags(verdicts: tuple[Verdict, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(flag for verdict in verdicts for flag in verdict.flags))


def _has_html(inspection: Inspection) -> bool:
    return any(file.role is Role.BODY and file.format is Format.HTML for file in inspection.files)
