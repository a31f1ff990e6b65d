# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Consent to other formats (Clause attachments.consent): who, which sender, which formats, which office, until when.

A consent given after arrival releases the file it is about. It never lifts the rule on macros: the judge applies it to
the closed list of formats and to nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from poststelle.application.desk.acts import Change, ConsentEntry, NewVerdicts, UnusableError
from poststelle.application.desk.house import Desk, DeskHouse, at_open_desk, remark
from poststelle.application.desk.owed import Share, deliveries, queued
from poststelle.application.desk.viewer import Power, Viewer
from poststelle.application.settlement import Effect
from poststelle.core.edition import legal_date, midnight
from poststelle.core.formats import ROWS, Family, Format
from poststelle.core.journal import Event, EventKind
from poststelle.core.judgement import judge
from poststelle.core.reasons import Reason
from poststelle.core.register import Consent
from poststelle.core.verdict import Verdict

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
    consent = _consent(desk, form)
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


def _consent(desk: Desk, form: ConsentForm) -> Consent:
    sender = _sender(desk)
    formats = frozenset(_BY_NAME[name] for name in form.formats if name in _BY_NAME)
    if not formats or len(formats) != len(set(form.formats)):
        raise UnusableError("Bitte wählen Sie Formate, denen zugestimmt werden kann. Makroformate gehören nicht dazu.")
    rules, now = desk.terms().rules, desk.house.clock.now()
    if rules.consent == "never":
        raise UnusableError("Nach den geltenden Bedingungen ist eine Zustimmung zu anderen Formaten nicht vorgesehen.")
    last = legal_date(now) + timedelta(days=rules.consent_days_max)
    if not legal_date(now) <= form.until <= last:
        raise UnusableError(f"Die Zustimmung muss befristet sein, höchstens bis zum {last:%d.%m.%Y}.")
    return Consent(
        reference=desk.house.new_reference(),
        sender=sender,
        formats=formats,
        office="" if form.everywhere else _office(desk),
        valid_from=min(desk.case.arrival.received_at, now),
        valid_until=midnight(form.until + timedelta(days=1)),
        granted_by=desk.viewer.account,
    )


def _sender(desk: Desk) -> str:
    inspection = desk.case.facts.inspection if desk.case.facts else None
    addresses = inspection.head.from_addresses if inspection else ()
    if len(addresses) != 1:
        raise UnusableError("Die Nachricht nennt keinen eindeutigen Absender, für den eine Zustimmung gelten könnte.")
    return addresses[0].casefold()


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
    return judge(terms, case.facts, case.arrival.envelope, register, case.arrival.received_at).by_recipient


def _freed(before: tuple[Verdict, ...], after: tuple[Verdict, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Position of the verdict and path of the file, for each file that is no longer withheld."""
    for at, (old, new) in enumerate(zip(before, after, strict=True)):
        for path in old.withheld:
            if path not in new.withheld:
                yield at, path


def _granted(desk: Desk, consent: Consent, form: ConsentForm) -> Event:
    return desk.event(
        EventKind.CONSENT_GRANTED,
        ("consent", consent.reference),
        ("formats", " ".join(sorted(one.value for one in consent.formats))),
        ("office", consent.office),
        ("until", form.until.isoformat()),
        why=remark(form.why),
        personal=(("sender", consent.sender),),
    )


def _released(desk: Desk, consent: Consent, path: tuple[str, ...]) -> Event:
    return desk.event(EventKind.FILE_RELEASED, ("consent", consent.reference), personal=(("file", " › ".join(path)),))
