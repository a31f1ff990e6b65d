# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mail that ends otherwise: refused in the dialogue, deleted in silence, or held for a clerk."""

from poststelle.application.synthetic.letters import Enclosure, bulky, letter, raw
from poststelle.application.synthetic.papers import of_size
from poststelle.application.synthetic.sample import DOMAIN, Expected, Sample, Standing
from poststelle.application.synthetic.teststrings import EICAR, GTUBE
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind

MB = 1024 * 1024
NEVER_JUDGED = Expected(reply=550, disposition=None, offices=())
DELETED = Expected(disposition=Disposition.DELETE, codes=frozenset({Reason.MALWARE}), offices=("ordnungsamt",))


def _refused(reply: int, office: str, *codes: Reason) -> Expected:
    return Expected(
        reply=reply,
        disposition=Disposition.REFUSE,
        offices=(office,),
        told=SenderTold.REPLY,
        codes=frozenset(codes),
    )


SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="too-large",
        promises=("S17", "S18"),
        title="Anhänge zusammen 21 MB: im Dialog abgelehnt",
        write=bulky("Amt 61 – Bebauungsplan", "Die Pläne anbei.", Enclosure("plan.txt", lambda: of_size(21 * MB))),
        expected=_refused(552, "stadtplanungsamt", Reason.SIZE_TOTAL),
        is_large=True,
    ),
    Sample(
        name="far-too-large",
        promises=("S18",),
        title="E-Mail mit 60 MB: schon bei der Ankündigung abgelehnt",
        write=bulky("Amt 61 – Bebauungsplan", "Alles anbei.", Enclosure("plan.txt", lambda: of_size(60 * MB))),
        expected=Expected(reply=552, disposition=None, offices=()),
        is_large=True,
    ),
    Sample(
        name="unknown-recipient",
        promises=("S22",),
        title="Unbekannte Adresse bei uns",
        write=letter("Amt 32 – Parken", "Kommt das an?"),
        expected=NEVER_JUDGED,
        recipients=(f"gibt-es-nicht@{DOMAIN}",),
    ),
    Sample(
        name="foreign-domain",
        promises=("S8",),
        title="Adresse eines Dritten: wird nicht weitergeleitet",
        write=letter("Anfrage", "An eine andere Behörde."),
        expected=NEVER_JUDGED,
        recipients=("amt@andere-behoerde.example",),
    ),
    Sample(
        name="ambiguous",
        promises=("S19",),
        title="Mehrdeutig gebaute E-Mail",
        write=raw(
            "Subject: Amt 32 - Parken",
            "MIME-Version: 1.0",
            'Content-Type: multipart/mixed; boundary="eins"',
            'Content-Type: multipart/mixed; boundary="zwei"',
            "",
            "--eins",
            "Content-Type: text/plain",
            "",
            "Harmlos.",
            "--eins--",
            "--zwei",
            "Content-Type: text/plain",
            "",
            "Anders.",
            "--zwei--",
        ),
        expected=_refused(550, "ordnungsamt", Reason.MIME_AMBIGUOUS),
    ),
    Sample(
        name="two-from-fields",
        promises=("S19",),
        title="Zwei Absender im Kopf der E-Mail",
        write=raw("From: Chef <chef@woanders.example>", "Subject: Amt 32 - Parken", "", "Von wem ist das?"),
        expected=_refused(550, "ordnungsamt", Reason.FROM_COUNT, Reason.MIME_AMBIGUOUS),
    ),
    Sample(
        name="dmarc-reject",
        promises=("S9",),
        title="Gefälschter Absender, dessen Domain Ablehnung verlangt",
        write=letter("Amt 20 – Rechnung", "Bitte überweisen Sie sofort."),
        expected=_refused(550, "finanzamt-stadt", Reason.DMARC_REJECT),
        sender="vorstand@bank.example",
        display="Ihre Bank",
        standing=Standing.FORGED_REJECT,
    ),
    Sample(
        name="eicar",
        promises=("S10", "S11"),
        title="Schadprogramm im Anhang: gelöscht, ohne Nachricht",
        write=letter("Amt 32 – Parken", "Anbei.", Enclosure("rechnung.txt", lambda: EICAR)),
        expected=DELETED,
    ),
    Sample(
        name="eicar-in-text",
        promises=("S10", "S11"),
        title="Schadprogramm im Text",
        write=letter("Amt 32 – Parken", EICAR.decode()),
        expected=DELETED,
    ),
    Sample(
        name="gtube",
        promises=("S9",),
        title="Werbung: zurückgehalten, bis jemand entscheidet",
        write=letter("Amt 32 – Gewinnspiel", f"Nur heute!\n{GTUBE.decode()}"),
        expected=Expected(
            disposition=Disposition.HOLD,
            offices=("ordnungsamt",),
            codes=frozenset({Reason.SPAM}),
            tasks=frozenset({TaskKind.DECIDE_HOLD}),
        ),
        sender="newsletter@werbung.example",
        display="Ihr Gewinn",
    ),
)
