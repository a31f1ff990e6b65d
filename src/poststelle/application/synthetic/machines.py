# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mail of machines, and trimmings that mail programs add by themselves: withheld where need be, and never answered."""

from datetime import UTC, datetime

from poststelle.application.synthetic.letters import Enclosure, letter
from poststelle.application.synthetic.packages import docm
from poststelle.application.synthetic.papers import heic, pdf, picture, rtf
from poststelle.application.synthetic.sample import DOMAIN, Expected, Sample, Stamp
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold

_CARD = b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Erika Mustermann\r\nEND:VCARD\r\n"
_DATE = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//demo//DE\r\nBEGIN:VEVENT\r\nUID:1@buerger.example\r\n"
    b"DTSTAMP:20260301T090000Z\r\nDTSTART:20260401T090000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def _unanswered(office: str, file: str, *codes: Reason) -> Expected:
    """The file is withheld, and nobody is written to."""
    return Expected(
        disposition=Disposition.NOTIFY, offices=(office,), codes=frozenset(codes), withheld=frozenset({file})
    )


_INNER = Sample("forwarded-inside", (), "", letter("Alt", "Text", Enclosure("formular.docm", docm)), Expected())


def _forwarded() -> bytes:
    return _INNER.write(_INNER, Stamp(datetime(2026, 1, 7, 9, 0, tzinfo=UTC), "1"))


SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="bounce",
        promises=("S19",),
        title="Unzustellbarkeitsmeldung mit Anhang: angenommen, nie beantwortet",
        write=letter("Undelivered Mail Returned to Sender", "Ihr Bescheid kam zurück.", Enclosure("brief.rtf", rtf)),
        expected=_unanswered("sozialamt", "brief.rtf", Reason.FORMAT),
        sender="",
        display="Mail Delivery System",
        recipients=(f"sozialamt@{DOMAIN}",),
    ),
    Sample(
        name="mailing-list",
        promises=("S20",),
        title="Rundmail einer Mailingliste mit Makrodokument",
        write=letter(
            "Rundbrief März",
            "Liebe Mitglieder",
            Enclosure("rundbrief.docm", docm),
            fields=(("List-Id", "<rundbrief.verein.example>"), ("Precedence", "bulk")),
        ),
        expected=_unanswered("kulturamt", "rundbrief.docm", Reason.FORMAT, Reason.MACRO),
        sender="rundbrief-bounces@verein.example",
        display="Kulturverein",
        recipients=(f"kulturamt@{DOMAIN}",),
    ),
    Sample(
        name="auto-reply",
        promises=("S20",),
        title="Abwesenheitsnotiz mit fremdem Format",
        write=letter(
            "Abwesend: Amt 50",
            "Ich bin bis Montag nicht im Büro.",
            Enclosure("logo.heic", heic),
            fields=(("Auto-Submitted", "auto-replied"),),
        ),
        expected=_unanswered("sozialamt", "logo.heic", Reason.FORMAT),
        recipients=(f"sozialamt@{DOMAIN}",),
    ),
    Sample(
        name="inline-logo",
        promises=("S19",),
        title="Logo in der Signatur (GIF): Beiwerk, keine Rückmeldung",
        write=letter(
            "Amt 50 – Wohngeld",
            "Mit freundlichen Grüßen",
            Enclosure("logo.gif", lambda: picture("GIF"), "image/gif", is_inline=True),
            Enclosure("antrag.pdf", pdf, "application/pdf"),
        ),
        expected=Expected(offices=("sozialamt",), codes=frozenset({Reason.FORMAT}), withheld=frozenset({"logo.gif"})),
        sender="post@firma.example",
        display="Firma Beispiel GmbH",
    ),
    Sample(
        name="visiting-card",
        promises=("S19",),
        title="Visitenkarte und Termin: Beiwerk",
        write=letter(
            "Amt 61 – Bebauungsplan",
            "Anbei meine Karte.",
            Enclosure("erika.vcf", lambda: _CARD, "text/vcard"),
            Enclosure("termin.ics", lambda: _DATE, "text/calendar"),
        ),
        expected=Expected(
            offices=("stadtplanungsamt",),
            codes=frozenset({Reason.FORMAT}),
            withheld=frozenset({"erika.vcf", "termin.ics"}),
        ),
    ),
    Sample(
        name="forwarded",
        promises=("S19",),
        title="Weitergeleitete E-Mail als Anhang, darin ein Makrodokument",
        write=letter(
            "Amt 50 – Wohngeld",
            "Siehe die angehängte E-Mail.",
            Enclosure("alt.eml", _forwarded, "message/rfc822"),
        ),
        expected=Expected(
            disposition=Disposition.NOTIFY,
            offices=("sozialamt",),
            told=SenderTold.NOTICE,
            codes=frozenset({Reason.FORMAT, Reason.MACRO}),
            withheld=frozenset({"alt.eml/formular.docm"}),
        ),
    ),
)
