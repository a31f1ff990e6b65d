# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mail that is fine, and where it goes: to addresses, by subject, by file reference, or to the mailroom."""

from poststelle.application.synthetic.letters import Enclosure, letter
from poststelle.application.synthetic.packages import docx
from poststelle.application.synthetic.papers import pdf
from poststelle.application.synthetic.sample import DOMAIN, SMIME, Expected, Sample
from poststelle.core.verdict import TaskKind

TRIAGE = frozenset({TaskKind.TRIAGE})

SAMPLES: tuple[Sample, ...] = (
    Sample(
        name="subject-by-number",
        promises=("S21", "S32"),
        title="Reiner Text, Betreff nennt die Amtsziffer",
        write=letter("Amt 32 – Bußgeldstelle", "Ich bitte um Akteneinsicht in mein Verfahren."),
        expected=Expected(offices=("ordnungsamt",)),
    ),
    Sample(
        name="subject-by-name",
        promises=("S32",),
        title="Derselbe Wunsch, Betreff nennt den Namen des Amtes",
        write=letter("Ordnungsamt – Bußgeldstelle", "Ich bitte um Akteneinsicht in mein Verfahren."),
        expected=Expected(offices=("ordnungsamt",)),
        sender="kemal.yildirim@buerger.example",
        display="Kemal Yıldırım",
    ),
    Sample(
        name="subject-by-synonym",
        promises=("S32",),
        title="Betreff nennt das Amt umgangssprachlich",
        write=letter("Ausländerbehörde – Aufenthaltstitel", "Mein Aufenthaltstitel läuft im Mai ab."),
        expected=Expected(offices=("auslaenderamt",)),
        sender="amira.haddad@buerger.example",
        display="Amira Haddad",
    ),
    Sample(
        name="aktenzeichen",
        promises=("S33",),
        title="Betreff nennt ein Aktenzeichen",
        write=letter("Ihr Zeichen 36.22.4711", "Anbei sende ich die fehlenden Angaben."),
        expected=Expected(offices=("auslaenderamt",)),
    ),
    Sample(
        name="to-a-person",
        promises=("S22",),
        title="An eine Mitarbeiterin mit eigener Adresse",
        write=letter("Rückfrage zu unserem Telefonat", "Vielen Dank für die Auskunft von gestern."),
        expected=Expected(offices=("ordnungsamt",)),
        recipients=(f"e.beispiel@{DOMAIN}",),
    ),
    Sample(
        name="to-an-office",
        promises=("S22",),
        title="Direkt an ein Amt",
        write=letter("Antrag auf Wohngeld", "Anbei mein Antrag.", Enclosure("antrag.pdf", pdf, "application/pdf")),
        expected=Expected(offices=("sozialamt",)),
        recipients=(f"sozialamt@{DOMAIN}",),
    ),
    Sample(
        name="two-recipients",
        promises=("S21", "S22"),
        title="An zwei Empfänger zugleich",
        write=letter("Straßenfest in der Nordstraße", "Wir bitten beide Ämter um eine Auskunft."),
        expected=Expected(offices=("ordnungsamt", "tiefbauamt")),
        recipients=(f"ordnungsamt@{DOMAIN}", f"tiefbauamt@{DOMAIN}"),
    ),
    Sample(
        name="sealed-office",
        promises=("S22",),
        title="Vertraulich an die Gleichstellungsstelle",
        write=letter("Bitte um ein Gespräch", "Ich möchte einen Termin vereinbaren."),
        expected=Expected(offices=("gleichstellung",)),
        recipients=(f"gleichstellung@{DOMAIN}",),
    ),
    Sample(
        name="letter-case",
        promises=("S22",),
        title="Adresse in Großbuchstaben",
        write=letter("Sperrmüll", "Wann wird er abgeholt?"),
        expected=Expected(offices=("buergerbuero",)),
        recipients=(f"BUERGERBUERO@{DOMAIN.upper()}",),
    ),
    Sample(
        name="no-clue",
        promises=("S21",),
        title="Betreff sagt nicht, wohin",
        write=letter("Hallo", "Ich habe eine Frage und weiß nicht, wer zuständig ist."),
        expected=Expected(offices=("",), tasks=TRIAGE),
    ),
    Sample(
        name="two-offices",
        promises=("S32",),
        title="Betreff nennt zwei Ämter",
        write=letter("Amt 32 und Amt 36 – Anfrage", "Es geht um beides."),
        expected=Expected(offices=("",), tasks=TRIAGE),
    ),
    Sample(
        name="kassenzeichen",
        promises=("S34",),
        title="Kassenzeichen im Betreff: in die Poststelle, mit Hinweis",
        write=letter("Kassenzeichen 01 0123456789 01 000", "Ich habe den Betrag heute überwiesen."),
        expected=Expected(offices=("",), tasks=TRIAGE, hints=frozenset({"kassenzeichen"})),
    ),
    Sample(
        name="kassenzeichen-beside-office",
        promises=("S34", "S32"),
        title="Kassenzeichen neben einem Amt: das Amt entscheidet",
        write=letter("Stadtkasse – Mahnung, Kassenzeichen 4711.0815.1234", "Die Mahnung ist mir unklar."),
        expected=Expected(offices=("stadtkasse",), hints=frozenset({"kassenzeichen"})),
    ),
    Sample(
        name="widerspruch",
        promises=("S23",),
        title="Widerspruch als einfache E-Mail: angenommen, mit Formhinweis",
        write=letter("Amt 36 – Widerspruch", "Hiermit lege ich Widerspruch gegen Ihren Bescheid ein."),
        expected=Expected(offices=("auslaenderamt",), hints=frozenset({"form"})),
    ),
    Sample(
        name="smime-address-plain",
        promises=("S24",),
        title="Unverschlüsselt an die Adresse für S/MIME",
        write=letter("Amt 50 – Grundsicherung", "Diese Nachricht ist nicht verschlüsselt."),
        expected=Expected(offices=("sozialamt",)),
        recipients=(SMIME,),
    ),
    Sample(
        name="umlauts",
        promises=("S21",),
        title="Umlaute in Namen und Dateinamen",
        write=letter(
            "Standesamt – Namensänderung",
            "Grüße aus Köln",
            Enclosure("Übersicht größerer Maßnahmen – Entwurf.docx", docx),
        ),
        expected=Expected(offices=("standesamt",)),
        display="Jürgen Größl-Übelacker",
    ),
    Sample(
        name="smtputf8",
        promises=("S21",),
        title="Absenderadresse mit Umlaut (SMTPUTF8)",
        write=letter("Amt 33 – Personalausweis", "Mein Ausweis ist abgelaufen."),
        expected=Expected(offices=("buergerbuero",)),
        sender="jörg.müller@buerger.example",
        display="Jörg Müller",
    ),
    Sample(
        name="html-only",
        promises=("S21",),
        title="Nur HTML, mit Verweis auf eine fremde Seite",
        write=letter(
            "Amt 67 – Spielplatz",
            "Siehe unten.",
            html='<p>Bitte sehen Sie <a href="https://www.spielplatz.example/">hier</a> nach.</p>',
        ),
        expected=Expected(offices=("gruenamt",)),
    ),
    Sample(
        name="retry",
        promises=("S21",),
        title="Dieselbe Nachricht zweimal, weil unsere Antwort verloren ging",
        write=letter("Amt 40 – Schulanmeldung", "Hiermit melde ich meine Tochter an."),
        expected=Expected(offices=("schulamt",)),
        times=2,
    ),
    Sample(
        name="postmaster",
        promises=("S22",),
        title="An den Postmaster der Domain",
        write=letter("Frage zur Zustellung", "Kommen meine E-Mails an?"),
        expected=Expected(offices=("",), tasks=TRIAGE),
        recipients=(f"postmaster@{DOMAIN}",),
    ),
)
