# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Consent to other formats (Clause attachments.consent): who, which sender, which formats, which office, until when.

A consent given after arrival releases the file it is about. It never lifts the rule on macros: the judge applies it to
the closed list of formats and to nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from poststelle.application.desk.acts import (
    Act,
    Change,
    ConsentEnd,
    ConsentEntry,
    NewVerdicts,
    NotAllowedError,
    OvertakenError,
    UnusableError,
)
from poststelle.application.desk.house import Desk, DeskHouse, at_open_desk, remark
from poststelle.application.desk.owed import Share, deliveries, queued
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.settlement import Effect
from poststelle.application.switches import without_refusal
from poststelle.core.arrival import Channel
from poststelle.core.edition import legal_date, midnight
from poststelle.core.facts import Inspection
from poststelle.core.formats import ROWS, Family, Format
from poststelle.core.journal import Event, EventKind
from poststelle.core.judgement import judge
from poststelle.core.policy import ChannelPolicy
from poststelle.core.reasons import Reason
from poststelle.core.register import Consent
from poststelle.core.verdict import Disposition, Verdict, Verdicts

_NEVER = frozenset({Family.PROGRAM, Family.UNKNOWN, Family.ARCHIVE})
_NEVER_FORMATS = frozenset(
    {
        Format.DOCM,
        Format.DOTM,
        Format.XLSM,
        Format.XLTM,
        Format.XLSB,
        Format.XLAM,
        Format.PPTM,
        Format.POTM,
        Format.PPSM,
    }
)
"""Formats made for macros: consenting to them would promise what the macro rule forbids."""
GRANTABLE = frozenset(row.format for row in ROWS if row.family not in _NEVER) - _NEVER_FORMATS
_SENDER = re.compile(r"[^@\s]{0,64}@[^@\s]{3,255}|[A-Za-z]{2}\.[\w.-]{6,200}|govello-[\w-]{6,200}")
"""An address, a whole domain, or a SAFE-ID."""
_BY_NAME: dict[str, Format] = {grantable.value: grantable for grantable in GRANTABLE}


@dataclass(frozen=True, slots=True)
class ConsentForm:
    """What was entered."""

    formats: tuple[str, ...]
    until: date
    everywhere: bool = False
    """For every office of the authority, not only for the one that has the message."""
    why: str = ""


def wanted_formats(verdicts: tuple[Verdict, ...]) -> tuple[Format, ...]:
    """The formats of this message that only the closed list keeps out, and that may be consented to."""
    found = (
        _BY_NAME.get(entry.format)
        for verdict in verdicts
        for entry in verdict.objections
        if entry.code is Reason.FORMAT and not entry.consent
    )
    return tuple(dict.fromkeys(one for one in found if one is not None))


def grant(house: DeskHouse, viewer: Viewer, reference: str, form: ConsentForm) -> bool:
    """Record the consent for the sender of this message; True where it releases a file of the message itself."""
    desk = at_open_desk(house, viewer, reference, Power.GRANT_CONSENT)
    consent = _consent(_of_message(desk, form), form)
    after = _judged_with(desk, consent)
    freed = tuple(_freed(desk.case.verdicts, after))
    changes: tuple[Change, ...] = (ConsentEntry(consent, remark(form.why)),)
    events: tuple[Event, ...] = (_granted(desk, consent, form),)
    effects: tuple[Effect, ...] = ()
    if freed and desk.case.state != "held":
        shares = tuple(Share(after[at], desk.case.offices[at]) for at in dict.fromkeys(at for at, _ in freed))
        effects = tuple(deliveries(desk, shares, "f"))
    if freed:
        changes = (*changes, NewVerdicts(after))
        paths = dict.fromkeys(path for _, path in freed)
        events = (*events, *(_released(desk, consent, path) for path in paths), *queued(desk, effects))
    desk.record(changes, events, effects)
    return bool(freed)


def grant_ahead(house: DeskHouse, viewer: Viewer, sender: str, office: str, form: ConsentForm) -> Consent:
    """Record the consent for a sender who has not written yet. ``office`` is empty for every office.

    NotAllowedError where the person may not consent for that office, or not for all of them.
    """
    if not viewer.may(Power.GRANT_CONSENT, (office,)):
        raise NotAllowedError(f"{Power.GRANT_CONSENT.value} {office}")
    now = house.clock.now()
    terms = house.authorities.by_id[viewer.authority].terms(Channel.EMAIL, now)
    if office and office not in {one.id for one in terms.directory.offices}:
        raise UnusableError(f"Eine Dienststelle „{office}“ gibt es im Verzeichnis nicht.")
    if not _SENDER.fullmatch(sender):
        raise UnusableError("Bitte nennen Sie eine Adresse, eine Domain wie @kanzlei.example oder eine SAFE-ID.")
    grounds = _Grounds(house, viewer, terms.rules, sender.casefold(), office, now)
    consent = _consent(grounds, form)
    event = Event(
        EventKind.CONSENT_GRANTED,
        now,
        viewer.authority,
        actor=viewer.account,
        facts=tuple((key, value) for key, value in _said(consent, form) if value),
        personal=(("sender", consent.sender), *(_why(form.why))),
    )
    house.book.record(
        Act("", viewer.authority, viewer.account, now, (ConsentEntry(consent, remark(form.why)),), (event,))
    )
    return consent


def revoke(house: DeskHouse, viewer: Viewer, reference: str, why: str) -> None:
    """End a consent before its last day. What it released stays released.

    OvertakenError where this authority has none such in force, NotAllowedError where it is not this person's to end.
    """
    if not remark(why):
        raise UnusableError("Bitte begründen Sie den Widerruf.")
    in_force = house.registers.register(viewer.authority).consents
    consent = next((one for one in in_force if one.reference == reference), None)
    if consent is None:
        raise OvertakenError(reference)
    if not may_revoke(viewer, consent.office, consent.granted_by):
        raise NotAllowedError(f"{Power.GRANT_CONSENT.value} {reference}")
    now = house.clock.now()
    event = Event(
        EventKind.CONSENT_REVOKED,
        now,
        viewer.authority,
        actor=viewer.account,
        facts=(("consent", reference),),
        personal=_why(why),
    )
    house.book.record(Act(reference, viewer.authority, viewer.account, now, (ConsentEnd(reference),), (event,)))


def may_revoke(viewer: Viewer, office: str, granted_by: str) -> bool:
    """Who may consent for the office may end a consent for it; one for every office ends who gave it, too."""
    if viewer.may(Power.GRANT_CONSENT, (office,)):
        return True
    return not office and granted_by == viewer.account and bool(viewer.where(Power.GRANT_CONSENT))


@dataclass(frozen=True, slots=True)
class _Grounds:
    """What a consent is given on."""

    house: DeskHouse
    viewer: Viewer
    rules: ChannelPolicy
    sender: str
    office: str
    valid_from: datetime


def _of_message(desk: Desk, form: ConsentForm) -> _Grounds:
    office = "" if form.everywhere else _office(desk)
    since = min(desk.case.arrival.received_at, desk.house.clock.now())
    return _Grounds(desk.house, desk.viewer, desk.terms().rules, _sender(desk), office, since)


def _consent(grounds: _Grounds, form: ConsentForm) -> Consent:
    formats = frozenset(_BY_NAME[name] for name in form.formats if name in _BY_NAME)
    if not formats or len(formats) != len(set(form.formats)):
        raise UnusableError("Bitte wählen Sie Formate, denen zugestimmt werden kann. Makroformate gehören nicht dazu.")
    rules, now = grounds.rules, grounds.house.clock.now()
    if rules.consent == "never":
        raise UnusableError("Nach den geltenden Bedingungen ist eine Zustimmung zu anderen Formaten nicht vorgesehen.")
    last = legal_date(now) + timedelta(days=rules.consent_days_max)
    if not legal_date(now) <= form.until <= last:
        raise UnusableError(f"Die Zustimmung muss befristet sein, höchstens bis zum {last:%d.%m.%Y}.")
    return Consent(
        reference=grounds.house.new_reference(),
        sender=grounds.sender,
        formats=formats,
        office=grounds.office,
        valid_from=grounds.valid_from,
        valid_until=midnight(form.until + timedelta(days=1)),
        granted_by=grounds.viewer.account,
    )


def consenting_to(inspection: Inspection | None) -> str:
    """For whom a consent on this message holds: its SAFE-ID, or its one From address; empty where there is neither."""
    if inspection and inspection.egvp and inspection.egvp.sender.safe_id:
        return inspection.egvp.sender.safe_id.casefold()
    addresses = inspection.head.from_addresses if inspection else ()
    return addresses[0].casefold() if len(addresses) == 1 else ""


def _sender(desk: Desk) -> str:
    found = consenting_to(desk.case.facts.inspection if desk.case.facts else None)
    if not found:
        raise UnusableError("Die Nachricht nennt keinen eindeutigen Absender, für den eine Zustimmung gelten könnte.")
    return found


def _office(desk: Desk) -> str:
    """The first office of this message in which the person may consent; empty in triage."""
    allowed = desk.viewer.where(Power.GRANT_CONSENT)
    ours = (office for office in desk.case.offices if office in allowed)
    return next(ours, next(iter(desk.case.offices), ""))


def _judged_with(desk: Desk, consent: Consent) -> tuple[Verdict, ...]:
    case = desk.case
    if case.facts is None:
        return case.verdicts
    register = desk.house.registers.register(desk.viewer.authority)
    register = replace(register, consents=(*register.consents, consent))
    terms = replace(desk.terms(), released=case.released)
    after = judge(terms, case.facts, case.arrival.envelope, register, case.arrival.received_at).by_recipient
    return tuple(_undecided(old, new) for old, new in zip(case.verdicts, after, strict=True))


def _undecided(old: Verdict, new: Verdict) -> Verdict:
    """What waits in quarantine goes on waiting: a consent frees files, and decides neither for nor against the rest."""
    if old.disposition is not Disposition.HOLD:
        return new
    (softened,) = without_refusal(Verdicts((new,))).by_recipient
    return replace(softened, disposition=Disposition.HOLD)


def _freed(before: tuple[Verdict, ...], after: tuple[Verdict, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Position of the verdict and path of the file, for each file that is no longer withheld."""
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        for path in old.withheld:
            if path not in new.withheld:
                yield at, path


def _granted(desk: Desk, consent: Consent, form: ConsentForm) -> Event:
    return desk.event(
        EventKind.CONSENT_GRANTED,
        *_said(consent, form),
        why=remark(form.why),
        personal=(("sender", consent.sender),),
    )


def _said(consent: Consent, form: ConsentForm) -> tuple[tuple[str, str], ...]:
    formats = " ".join(sorted(one.value for one in consent.formats))
    until = form.until.isoformat()
    return (("consent", consent.reference), ("formats", formats), ("office", consent.office), ("until", until))


def _why(text: str) -> tuple[tuple[str, str], ...]:
    return (("why", remark(text)),) if remark(text) else ()


def _released(desk: Desk, consent: Consent, path: tuple[str, ...]) -> Event:
    return desk.event(EventKind.FILE_RELEASED, ("consent", consent.reference), personal=(("file", " › ".join(path)),))
