# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Mail with files: what the page takes, and what it does not, each with the notice that is owed."""

from collections.abc import Callable

from poststelle.application.synthetic.letters import Enclosure, bulky, letter
from poststelle.application.synthetic.packages import (
    docm,
    docx,
    docx_with_field,
    docx_with_remote_template,
    odf,
    odt_with_basic,
    pptx,
    xlsx,
    xlsx_with_hidden_macro,
    zipped,
)
from poststelle.application.synthetic.papers import (
    encrypted_zip,
    heic,
    nested_zip,
    of_size,
    old_word,
    pdf,
    pdf_that_launches,
    pdf_with_password,
    pdf_with_script,
    picture,
    program,
    rtf,
    self_extracting,
)
from poststelle.application.synthetic.sample import CENTRAL, Expected, Sample, Standing
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition, SenderTold, TaskKind

MB = 1024 * 1024
_CITIZENS = (
    "Anna Albers",
    "Bernd Bach",
    "Clara Celik",
    "Dorota Dudek",
    "Emre Ersoy",
    "Frieda Fuchs",
    "Gerd Gross",
    "Hanna Haas",
    "Ilse Imhof",
    "Jan Jansen",
    "Karin Kaya",
)
"""Several people, since one of them would soon get collective notices only."""
SUBJECT = "Amt 50 – Wohngeld"
TEXT = "Anbei die erbetenen Unterlagen."


def _fine(name: str, title: str, *enclosures: Enclosure, promises: tuple[str, ...] = ("S12",)) -> Sample:
    expected = Expected(offices=("sozialamt",))
    return Sample(name, promises, title, letter(SUBJECT, TEXT, *enclosures), expected)


def _told(
    name: str, promises: tuple[str, ...], title: str, file: str, content: Callable[[], bytes], *codes: Reason
) -> Sample:
    """A file that is withheld, and a sender who is told; ``file`` is its path, within an archive where it lies in one."""
    expected = Expected(
        disposition=Disposition.NOTIFY,
        offices=("sozialamt",),
        told=SenderTold.NOTICE,
        codes=frozenset(codes),
        withheld=frozenset({file}),
    )
    write = letter(SUBJECT, TEXT, Enclosure(file.partition("/")[0], content))
    display = _CITIZENS[len(name) % len(_CITIZENS)]
    return Sample(
        name, promises, title, write, expected, f"{display.lower().replace(' ', '.')}@buerger.example", display
    )


SAMPLES: tuple[Sample, ...] = (
    _fine(
        "pdf-and-docx",
        "PDF und Textdokument, beides in Ordnung",
        Enclosure("bescheid.pdf", pdf, "application/pdf"),
        Enclosure("anschreiben.docx", docx),
    ),
    _fine(
        "pictures",
        "Bilder: BMP, JPG und PNG",
        Enclosure("plan.bmp", lambda: picture("BMP"), "image/bmp"),
        Enclosure("foto.jpg", lambda: picture("JPEG"), "image/jpeg"),
        Enclosure("karte.png", lambda: picture("PNG"), "image/png"),
    ),
    _fine(
        "office-files",
        "Tabelle und Präsentation von Microsoft Office",
        Enclosure("kosten.xlsx", xlsx),
        Enclosure("vortrag.pptx", pptx),
    ),
    _fine(
        "open-documents",
        "OpenDocument: Text, Tabelle, Präsentation",
        Enclosure("brief.odt", odf),
        Enclosure("kosten.ods", lambda: odf("spreadsheet")),
        Enclosure("vortrag.odp", lambda: odf("presentation")),
    ),
    _fine("text-file", "Textdatei", Enclosure("notiz.txt", lambda: b"Eine Notiz.\r\n", "text/plain")),
    _fine(
        "zip",
        "ZIP mit zwei Dateien",
        Enclosure("unterlagen.zip", lambda: zipped({"antrag.pdf": pdf(), "foto.png": picture("PNG")})),
        promises=("S16",),
    ),
    Sample(
        name="at-the-limit",
        promises=("S17",),
        title="Anhänge zusammen genau 20 MB",
        write=bulky(SUBJECT, TEXT, Enclosure("akte.txt", lambda: of_size(20 * MB))),
        expected=Expected(offices=("sozialamt",)),
        is_large=True,
    ),
    _told("docm", ("S14", "S20"), "Textdokument mit Makros", "formular.docm", docm, Reason.FORMAT, Reason.MACRO),
    _told(
        "docm-renamed",
        ("S14",),
        "Makrodokument, umbenannt in .docx",
        "formular.docx",
        docm,
        Reason.FORMAT,
        Reason.MACRO,
        Reason.TYPE_MISMATCH,
    ),
    _told(
        "hidden-macro", ("S14",), "Tabelle mit verstecktem Makro", "stunden.xlsx", xlsx_with_hidden_macro, Reason.MACRO
    ),
    _told("odt-macro", ("S14",), "OpenDocument-Text mit Basic-Makro", "brief.odt", odt_with_basic, Reason.MACRO),
    _told("pdf-script", ("S14",), "PDF mit JavaScript", "formular.pdf", pdf_with_script, Reason.PDF_JAVASCRIPT),
    _told(
        "pdf-launch", ("S14",), "PDF, das ein Programm startet", "rechnung.pdf", pdf_that_launches, Reason.PDF_LAUNCH
    ),
    _told("dde", ("S14",), "Textdokument mit DDE-Feld", "brief.docx", docx_with_field, Reason.DDE),
    _told(
        "remote-template",
        ("S14",),
        "Textdokument mit fremder Vorlage",
        "brief.docx",
        docx_with_remote_template,
        Reason.REMOTE_TEMPLATE,
    ),
    _told("pdf-password", ("S19", "S20"), "PDF mit Kennwort", "kontoauszug.pdf", pdf_with_password, Reason.ENCRYPTED),
    _told("pdf-broken", ("S20",), "Beschädigtes PDF", "scan.pdf", lambda: pdf()[:90], Reason.UNREADABLE),
    _told("empty-file", ("S20",), "Leere Datei", "antrag.txt", lambda: b"", Reason.EMPTY),
    _told("heic", ("S12", "S13"), "Telefonfoto im Format HEIC", "IMG_0815.heic", heic, Reason.FORMAT),
    _told("rtf", ("S12", "S13"), "Text im Format RTF", "brief.rtf", rtf, Reason.FORMAT),
    _told("gif", ("S12",), "Bild im Format GIF", "skizze.gif", lambda: picture("GIF"), Reason.FORMAT),
    _told("old-word", ("S12",), "Altes Word-Dokument (.doc)", "brief.doc", old_word, Reason.FORMAT),
    _told("program", ("S12",), "Programm", "update.exe", program, Reason.FORMAT),
    _told(
        "disguised",
        ("S12",),
        "Programm, umbenannt in .pdf",
        "rechnung.pdf",
        program,
        Reason.FORMAT,
        Reason.TYPE_MISMATCH,
    ),
    _told(
        "zip-with-program",
        ("S16", "S12"),
        "ZIP mit einem Programm darin",
        "unterlagen.zip/start.exe",
        lambda: zipped({"antrag.pdf": pdf(), "start.exe": program()}),
        Reason.FORMAT,
    ),
    _told(
        "zip-with-macro",
        ("S16", "S14"),
        "ZIP mit Makrodokument darin",
        "unterlagen.zip/formular.docm",
        lambda: zipped({"formular.docm": docm()}),
        Reason.FORMAT,
        Reason.MACRO,
    ),
    _told(
        "self-extracting",
        ("S16",),
        "Selbstentpackendes Archiv",
        "paket.exe",
        self_extracting,
        Reason.FORMAT,
        Reason.ZIP_SFX,
    ),
    _told("zip-encrypted", ("S16",), "ZIP mit Kennwort", "paket.zip", encrypted_zip, Reason.ZIP_ENCRYPTED),
    _told(
        "zip-nested",
        ("S16",),
        "ZIP in ZIP in ZIP in ZIP",
        "paket.zip/paket2.zip/paket1.zip/paket0.zip",
        lambda: nested_zip(4, b"Antrag\r\n"),
        Reason.ZIP_DEPTH,
    ),
    _told(
        "zip-traversal",
        ("S16",),
        "ZIP, das aus seinem Ordner hinausschreibt",
        "paket.zip",
        lambda: zipped({"../../etc/antrag.txt": b"Antrag\r\n"}),
        Reason.ZIP_TRAVERSAL,
    ),
    Sample(
        name="macro-of-a-stranger",
        promises=("S20",),
        title="Makrodokument, Absender nicht nachweisbar: Rückmeldung von Hand",
        write=letter(SUBJECT, TEXT, Enclosure("formular.docm", docm), Enclosure("antrag.pdf", pdf)),
        expected=Expected(
            disposition=Disposition.NOTIFY,
            offices=("sozialamt",),
            told=SenderTold.BY_HAND,
            codes=frozenset({Reason.FORMAT, Reason.MACRO}),
            withheld=frozenset({"formular.docm"}),
            tasks=frozenset({TaskKind.FEEDBACK}),
        ),
        sender="otto@ohne-nachweis.example",
        display="Otto Ohnesorge",
        standing=Standing.UNKNOWN,
    ),
    Sample(
        name="macro-forged",
        promises=("S20",),
        title="Makrodokument, Absender gefälscht: im Dialog abgelehnt",
        write=letter(SUBJECT, "Anbei wie im Schreiben vom 24. Februar.", Enclosure("formular.docm", docm)),
        expected=Expected(
            reply=550,
            disposition=Disposition.REFUSE,
            offices=("sozialamt",),
            told=SenderTold.REPLY,
            codes=frozenset({Reason.FORMAT, Reason.MACRO, Reason.SENDER_UNAUTHENTICATED}),
        ),
        sender="erika.mustermann@gefaelscht.example",
        standing=Standing.FORGED,
    ),
    Sample(
        name="widerspruch-withheld",
        promises=("S23", "S20"),
        title="Widerspruch mit unlesbarer Datei: Fristverdacht",
        write=letter(
            "Amt 36 – Widerspruch", "Ich lege Widerspruch ein, Begründung anbei.", Enclosure("grund.rtf", rtf)
        ),
        expected=Expected(
            disposition=Disposition.NOTIFY,
            offices=("auslaenderamt",),
            told=SenderTold.NOTICE,
            codes=frozenset({Reason.FORMAT}),
            withheld=frozenset({"grund.rtf"}),
            tasks=frozenset({TaskKind.DEADLINE}),
            hints=frozenset({"form"}),
        ),
    ),
    Sample(
        name="kassenzeichen-in-notice",
        promises=("S34", "S20"),
        title="Kassenzeichen und falsches Format: der Hinweis steht in der Rückmeldung",
        write=letter("Kassenzeichen 01 0123456789 01 000", TEXT, Enclosure("beleg.heic", heic)),
        expected=Expected(
            disposition=Disposition.NOTIFY,
            offices=("",),
            told=SenderTold.NOTICE,
            codes=frozenset({Reason.FORMAT}),
            withheld=frozenset({"beleg.heic"}),
            tasks=frozenset({TaskKind.TRIAGE}),
            hints=frozenset({"kassenzeichen"}),
        ),
        recipients=(CENTRAL,),
    ),
)
