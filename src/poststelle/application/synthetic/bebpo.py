# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Message folders as an EGVP client exports them, made up: for demonstrations, trial runs and tests.

Gives names and bytes; whoever has a disk writes them, ``MsgProps.xml`` last as clients do. Every identifier is invented.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.sax.saxutils import escape

from poststelle.application.synthetic.papers import pdf
from poststelle.core.edition import legal_offset

SAFE_ID = "DE.Justiz.0a1b2c3d-0000-4000-8000-00000000c0de.0001"
OUR_SAFE_ID = "DE.Justiz.79c99486-99a8-4456-a132-cfeba5e955dd.832b"
"""As published in the policy shipped for Münster."""
_ENTERED = datetime(2026, 11, 20, 13, 3, 55, tzinfo=UTC)
ZERO_WIDTH_SPACE = "\u200b"


@dataclass(frozen=True, slots=True)
class FolderSample:
    """What matters about one message; everything else has a valid default."""

    subject: str = "Amt 32 – Bußgeldstelle"
    message_id: str = "govapp_0000000000000000000000000000001"
    text: str = "Sehr geehrte Damen und Herren,\n\nanbei unsere Unterlagen.\n\nMit freundlichen Grüßen"
    attachments: Mapping[str, bytes] = field(default_factory=lambda: {"001_Schriftsatz für die Akte.pdf": pdf()})
    missing: tuple[str, ...] = ()
    """Announced in every paper, and not in the folder."""
    entered: datetime | None = _ENTERED
    """None: no paper says when the server received it."""
    sender_id: str = SAFE_ID
    sender_name: str = "Amtsgericht Musterstadt"
    sender_role: str = "egvp_justiz"
    addressee_id: str = OUR_SAFE_ID
    our_reference: str = ""
    their_reference: str = "4 Ca 614/26"
    proof: str = "VHN_beBPo_valid"
    status: str = "valid"
    eeb_requested: bool = False
    with_xjustiz: bool = True


def synthetic_bebpo_folder(sample: FolderSample | None = None) -> dict[str, bytes]:
    """Relative path to bytes of one message folder, in the order in which a client writes them."""
    made = sample or FolderSample()
    attached = {f"attachments/{name}": content for name, content in made.attachments.items()}
    xjustiz = {"attachments/xjustiz_nachricht.xml": _xjustiz(made).encode()} if made.with_xjustiz else {}
    papers = {
        "additionals/nachricht.xml": _letter(made),
        "additionals/visitenkarte.xml": _card(made),
        "message.html": f"<html><body>{escape(made.subject)}</body></html>",
        "pruefvermerk.xml": _check_note(made),
        "summarisedinspectionsheet.xml": _report(made),
        "message.preferences": _properties({"id": made.message_id, "table.subject": made.subject}),
        "content.preferences": _properties({"message.text": made.text, "bc.originator_name": made.sender_name}),
        "MsgProps.xml": _msgprops(made),
    }
    return {**attached, **xjustiz, **{path: text.encode() for path, text in papers.items()}}


def demonstration_folders() -> dict[str, dict[str, bytes]]:
    """Folder name to folder: an ordinary one, one with a missing document, one that asks for an acknowledgement."""
    samples = {
        "bebpo-klage": FolderSample(),
        "bebpo-dokument-fehlt": FolderSample(
            subject="Ordnungsamt – Bußgeldstelle",
            message_id="govapp_0000000000000000000000000000002",
            missing=("002_Anlage zum Schriftsatz.pdf",),
        ),
        "bebpo-empfangsbekenntnis": FolderSample(
            subject="36.22.1041",
            message_id="govapp_0000000000000000000000000000003",
            our_reference="36.22.1041",
            eeb_requested=True,
        ),
    }
    return {name: synthetic_bebpo_folder(sample) for name, sample in samples.items()}


def _names(made: FolderSample) -> tuple[str, ...]:
    own = ("xjustiz_nachricht.xml",) if made.with_xjustiz else ()
    return (*made.attachments, *made.missing, *own)


def _iso(made: FolderSample) -> str:
    return made.entered.isoformat(timespec="milliseconds") if made.entered else ""


def _german(made: FolderSample) -> str:
    if made.entered is None:
        return ""
    return f"{made.entered + legal_offset(made.entered):%d.%m.%Y, %H:%M:%S}"


def _msgprops(made: FolderSample) -> str:
    rows = "".join(f"<Attachment>\n<Filename>{escape(name)}</Filename>\n</Attachment>\n" for name in _names(made))
    entered = f"<ServerEntryTime>{_iso(made)}</ServerEntryTime>\n" if made.entered else ""
    return (
        '<?xml version="1.0" encoding="utf-8" standalone="no"?>\n'
        f'<EGVPMessageProps xmlns:osci="http://www.osci.de/2002/04/osci" status="{made.status}">\n'
        f"<MessageID>{escape(made.message_id)}</MessageID>\n{entered}"
        f"<Originator><BusinessCard><Name>{escape(made.sender_name)}</Name><Organization>Justiz</Organization>"
        f"<UserID>{escape(made.sender_id)}</UserID><FilterID>{escape(made.sender_role)}</FilterID><Role/>"
        "</BusinessCard></Originator>\n"
        f"<OSCISubject>Allgemeine Nachricht</OSCISubject>\n<MsgSubject>{escape(made.subject)}</MsgSubject>\n"
        f"<VhnText>Sicherer Übermittlungsweg.</VhnText>\n{rows}</EGVPMessageProps>\n"
    )


def _letter(made: FolderSample) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?><Nachricht><Nachrichtentyp>Allgemeine Nachricht</Nachrichtentyp>'
        f"<Empfaengerkennung>{escape(made.addressee_id)}</Empfaengerkennung><Betreff>{escape(made.subject)}</Betreff>"
        f"<Aktenzeichen_Empfaenger>{escape(made.our_reference)}</Aktenzeichen_Empfaenger>"
        f"<Aktenzeichen_Absender>{escape(made.their_reference)}</Aktenzeichen_Absender>"
        f"<Freitext>{escape(made.text)}</Freitext></Nachricht>"
    )


def _card(made: FolderSample) -> str:
    return (
        f"<Visitenkarte><Organisation>Justiz</Organisation><Name>{escape(made.sender_name)}</Name>"
        f"<Nutzer_ID>{escape(made.sender_id)}</Nutzer_ID><Rollen_ID>{escape(made.sender_role)}</Rollen_ID></Visitenkarte>"
    )


def _check_note(made: FolderSample) -> str:
    rows = "".join(
        f"<Dokument><OriginalDateiName>{escape(name)}</OriginalDateiName>"
        f"<DateiName>{escape(name[:12] + ZERO_WIDTH_SPACE + name[12:])}</DateiName></Dokument>"
        for name in _names(made)
    )
    return (
        f"<Pruefvermerk><Eingangszeitpunkt>{_german(made)}</Eingangszeitpunkt>"
        f"<Nachrichtenkennzeichen>{escape(made.message_id)}</Nachrichtenkennzeichen>"
        f"<Nachricht><Betreff>{escape(made.subject)}</Betreff></Nachricht>"
        f"<Empfaenger><Nutzer_ID>{escape(made.addressee_id)}</Nutzer_ID></Empfaenger>{rows}</Pruefvermerk>"
    )


def _report(made: FolderSample) -> str:
    core = "urn:bos:vr:profile:v1.3:core"
    entered = f"<ReceptionOnServer>{_iso(made)}</ReceptionOnServer>" if made.entered else ""
    return (
        f'<r:VerificationReport xmlns:r="{core}" xmlns:o="urn:bos:vr:profile:v1.4:osci"><DocumentList>'
        '<Document id="doc_1"><Name>003.pdf</Name></Document>'
        f'<Document id="doc_2"><Name>oscicontentdata.osci</Name><Cumulated status="{core}:status:{made.status}"/>'
        f"<Other><o:OSCIMessageInfo><MessageID>{escape(made.message_id)}</MessageID>{entered}"
        f"<ProofOfOrigin>{escape(made.proof)}</ProofOfOrigin></o:OSCIMessageInfo></Other></Document>"
        "</DocumentList></r:VerificationReport>"
    )


def _xjustiz(made: FolderSample) -> str:
    documents = "".join(
        f"<x:dokument><x:identifikation><x:id>id-{number}</x:id></x:identifikation><x:xjustiz.fachspezifischeDaten>"
        f"<x:anzeigename>{escape(name)}</x:anzeigename><x:datei><x:dateiname>{escape(name)}</x:dateiname></x:datei>"
        f"<x:ruecksendungEEB.erforderlich>{str(made.eeb_requested).lower()}</x:ruecksendungEEB.erforderlich>"
        "</x:xjustiz.fachspezifischeDaten></x:dokument>"
        for number, name in enumerate((*made.attachments, *made.missing), start=1)
    )
    return (
        '<x:nachricht.gds.uebermittlungSchriftgutobjekte.0005005 xmlns:x="http://www.xjustiz.de">'
        f'<x:nachrichtenkopf xjustizVersion="3.4.1"><x:aktenzeichen.absender>{escape(made.their_reference)}'
        f"</x:aktenzeichen.absender><x:aktenzeichen.empfaenger>{escape(made.our_reference)}</x:aktenzeichen.empfaenger>"
        "<x:auswahl_absender><x:absender.gericht><code>R3208</code></x:absender.gericht></x:auswahl_absender>"
        f"<x:auswahl_empfaenger><x:empfaenger.sonstige>{escape(made.addressee_id)}</x:empfaenger.sonstige>"
        f"</x:auswahl_empfaenger><x:eigeneNachrichtenID>{escape(made.message_id)}-x</x:eigeneNachrichtenID>"
        f"</x:nachrichtenkopf><x:schriftgutobjekte>{documents}</x:schriftgutobjekte>"
        "</x:nachricht.gds.uebermittlungSchriftgutobjekte.0005005>"
    )


def _properties(values: Mapping[str, str]) -> str:
    return "#Fri Nov 20 14:12:54 CET 2026\n" + "".join(f"{key}={_escaped(value)}\n" for key, value in values.items())


def _escaped(value: str) -> str:
    signs = {"\n": "\\n", "\\": "\\\\", "=": "\\=", ":": "\\:"}
    return "".join(signs.get(letter, letter if letter.isascii() else f"\\u{ord(letter):04X}") for letter in value)
