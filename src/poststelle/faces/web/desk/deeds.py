# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a clerk may do with one message: each form of its page, and the act behind it."""

from collections.abc import Callable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from poststelle.application.desk import chores, consents, holds, identities, moving
from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.consents import ConsentForm
from poststelle.application.desk.house import at_desk
from poststelle.application.desk.identities import IdentityForm
from poststelle.application.desk.viewer import Power
from poststelle.application.ports import UnavailableError
from poststelle.core.register import IdentityState
from poststelle.faces.web.desk.asked import number
from poststelle.faces.web.desk.frame import flash
from poststelle.faces.web.desk.gate import Visitor, behind_gate

Deed = Callable[[Visitor, str, QueryDict], str]
"""Does it and says in German what was done."""


def _release(visitor: Visitor, reference: str, form: QueryDict) -> str:
    holds.release(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Freigegeben. Zustellung und Rückmeldung gehen jetzt hinaus; es gilt der erste Eingang."


def _discard(visitor: Visitor, reference: str, form: QueryDict) -> str:
    holds.discard(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Verworfen."


def _route(visitor: Visitor, reference: str, form: QueryDict) -> str:
    position = number(form.get("empfaenger", "")) or 0
    moving.route(visitor.loans.house, visitor.viewer, reference, form.get("amt", ""), position)
    office = visitor.directory.office(form.get("amt", ""))
    return f"Umgeleitet an {office.name if office else ''}. Eine Verteilregel ist vorgeschlagen."


def _hand_over(visitor: Visitor, reference: str, form: QueryDict) -> str:
    moving.hand_over(visitor.loans.house, visitor.viewer, reference, form.get("an", ""), form.get("grund", ""))
    return "Abgabe vermerkt."


def _done(visitor: Visitor, reference: str, form: QueryDict) -> str:
    chores.mark_done(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Erledigt."


def _reopen(visitor: Visitor, reference: str, _form: QueryDict) -> str:
    chores.reopen(visitor.loans.house, visitor.viewer, reference)
    return "Wieder im Posteingang."


def _unread(visitor: Visitor, reference: str, _form: QueryDict) -> str:
    chores.mark_unread(visitor.loans.house, visitor.viewer, reference)
    return "Als ungelesen markiert."


def _assign(visitor: Visitor, reference: str, _form: QueryDict) -> str:
    chores.assign(visitor.loans.house, visitor.viewer, reference)
    return "Ihnen zugewiesen."


def _give_back(visitor: Visitor, reference: str, _form: QueryDict) -> str:
    chores.give_back(visitor.loans.house, visitor.viewer, reference)
    return "Zuweisung aufgehoben."


def _finish_task(visitor: Visitor, reference: str, form: QueryDict) -> str:
    chores.finish_task(visitor.loans.house, visitor.viewer, reference, _task(form), form.get("grund", ""))
    return "Aufgabe erledigt."


def _answered(visitor: Visitor, reference: str, form: QueryDict) -> str:
    chores.answered(visitor.loans.house, visitor.viewer, reference, _task(form), form.get("grund", ""))
    return "Antwort vermerkt, Aufgabe erledigt."


def _form_decided(visitor: Visitor, reference: str, form: QueryDict) -> str:
    decision, why = form.get("entscheidung", ""), form.get("grund", "")
    chores.decide_form(visitor.loans.house, visitor.viewer, reference, decision, why)
    return "Entscheidung zu Form und Frist vermerkt."


def _legal_hold(visitor: Visitor, reference: str, form: QueryDict) -> str:
    chores.set_legal_hold(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Löschsperre gesetzt."


def _lift_legal_hold(visitor: Visitor, reference: str, form: QueryDict) -> str:
    chores.lift_legal_hold(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Löschsperre aufgehoben."


def _confirm_identity(visitor: Visitor, reference: str, form: QueryDict) -> str:
    entered = IdentityForm(*(form.get(name, "") for name in ("person", "weg", "grund", "fingerabdruck")))
    if identities.confirm(visitor.loans.house, visitor.viewer, reference, entered) is IdentityState.PROPOSED:
        return "Ihre Prüfung ist eingetragen. Sie gilt, sobald eine zweite Person sie bestätigt hat."
    return "Identität eingetragen. Signaturen mit diesem Schlüssel werden ab jetzt akzeptiert."


def _revoke_identity(visitor: Visitor, reference: str, form: QueryDict) -> str:
    identities.revoke(visitor.loans.house, visitor.viewer, reference, form.get("grund", ""))
    return "Identitätsprüfung widerrufen."


def _consent(visitor: Visitor, reference: str, form: QueryDict) -> str:
    try:
        until = date.fromisoformat(form.get("bis", ""))
    except ValueError:
        raise UnusableError("Bitte geben Sie an, bis wann die Zustimmung gilt.") from None
    entered = ConsentForm(
        tuple(form.getlist("format")), until, everywhere=form.get("ueberall") == "ja", why=form.get("grund", "")
    )
    has_freed = consents.grant(visitor.loans.house, visitor.viewer, reference, entered)
    return "Zustimmung erteilt. " + (
        "Die Datei ist freigegeben."
        if has_freed
        else "Diese Nachricht bleibt, wie sie ist: Eine Datei wird nur frei, wenn der Absender nachgewiesen ist und "
        "sonst nichts gegen sie spricht."
    )


def _look_again(visitor: Visitor, reference: str, _form: QueryDict) -> str:
    again = visitor.loans.look_again
    if again is None:
        raise Http404
    at_desk(visitor.loans.house, visitor.viewer, reference, Power.WORK)
    again(visitor.viewer.authority, reference, visitor.viewer.account)
    return "Erneut versucht; das Ergebnis steht unter „Signatur und Absender“."


def _task(form: QueryDict) -> int:
    task = number(form.get("aufgabe", ""))
    if task is None:
        raise UnusableError("Bitte wählen Sie eine Aufgabe.")
    return task


DEEDS: dict[str, Deed] = {
    "freigeben": _release,
    "verwerfen": _discard,
    "umleiten": _route,
    "abgeben": _hand_over,
    "erledigt": _done,
    "oeffnen": _reopen,
    "ungelesen": _unread,
    "uebernehmen": _assign,
    "zurueckgeben": _give_back,
    "aufgabe": _finish_task,
    "geantwortet": _answered,
    "form": _form_decided,
    "loeschsperre": _legal_hold,
    "loeschsperre-aufheben": _lift_legal_hold,
    "identitaet": _confirm_identity,
    "identitaet-widerrufen": _revoke_identity,
    "zustimmung": _consent,
    "erneut-pruefen": _look_again,
}
BACK_TO_LIST = frozenset({"erledigt", "ungelesen"})
"""After these the person is done with the page."""


@require_POST
@behind_gate
def act(visitor: Visitor, reference: str, deed: str) -> HttpResponse:
    """Do it, say so, and go back to the message."""
    if deed not in DEEDS:
        raise Http404
    try:
        flash(visitor.request, DEEDS[deed](visitor, reference, visitor.request.POST))
    except NotAllowedError:
        raise PermissionDenied from None
    except OvertakenError:
        said = "Das hat inzwischen jemand anders erledigt. Bitte sehen Sie sich den neuen Stand an."
        flash(visitor.request, said, is_fault=True)
    except UnusableError as error:
        flash(visitor.request, str(error), is_fault=True)
    except UnavailableError:
        flash(visitor.request, "Das geht gerade nicht. Bitte versuchen Sie es in einigen Minuten.", is_fault=True)
    else:
        if deed in BACK_TO_LIST:
            return HttpResponseRedirect("/desk/")
    return HttpResponseRedirect(f"/desk/nachricht/{reference}")
