# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.synthetic.bebpo import demonstration_folders
from poststelle.application.synthetic.packages import zipped
from poststelle.application.synthetic.papers import pdf
from poststelle.core.codec import dump, load
from poststelle.core.egvp import TRUSTED_PATH, UNTRUSTED_PATH, ClientReport, ProofOfOrigin, origin_of
from poststelle.core.facts import Inspection, Role, Trimming
from poststelle.core.reasons import Reason
from poststelle.inspection.egvp.container import ContainerError, head_of_unread, is_container, pack, unpack
from poststelle.inspection.egvp.message import door_view, inspect_egvp
from poststelle.inspection.egvp.products import extract, rebuild, rendered_text
from poststelle.inspection.extraction import NoSuchFileError
from poststelle.inspection.message import look_within
from support.egvp_folders import a_folder, inspected, read_back
from support.gateway import parsed

LOOK = look_within(None)


def attachments(seen: Inspection) -> list[str]:
    return [file.path[0] for file in seen.files if len(file.path) == 1 and file.role is Role.ATTACHMENT]


def missing(seen: Inspection) -> set[str]:
    came = {name for file in seen.files for name in file.names}
    return {announced.name for announced in seen.announced} - came


def test_subject_id_sender_and_moment_are_read():
    seen = inspected(a_folder(subject="Amt 32 – Bußgeldstelle", message_id="govapp_7"))
    assert seen.head.subject == "Amt 32 – Bußgeldstelle"
    assert seen.head.message_id == "govapp_7"
    assert seen.egvp.sender.safe_id.startswith("DE.Justiz.")
    assert seen.egvp.sender.role == "egvp_justiz"
    assert (seen.egvp.received_at, seen.egvp.received_source) == ("2026-11-20T13:03:55+00:00", "msgprops")
    assert seen.egvp.faults == ()
    assert load(Inspection, dump(seen)) == seen


def test_the_type_of_the_message_is_never_its_subject():
    files = a_folder(subject="")
    assert inspected(files).head.subject == ""
    assert inspected(files).egvp.message_type == "Allgemeine Nachricht"


def test_the_subject_of_the_letter_stands_in_where_msgprops_has_none():
    files = a_folder(subject="Amt 36 – ABH")
    files["MsgProps.xml"] = files["MsgProps.xml"].replace("Amt 36 – ABH".encode(), b"")
    assert inspected(files).head.subject == "Amt 36 – ABH"


def test_the_covering_words_are_the_body_and_papers_are_no_attachments():
    seen = inspected(a_folder(text="Widerspruch gegen den Bescheid"))
    (body,) = [file for file in seen.files if file.role is Role.BODY]
    assert body.path == ("Nachrichtentext.txt",)
    assert attachments(seen) == ["001_Schriftsatz für die Akte.pdf", "xjustiz_nachricht.xml"]
    assert seen.mentions == ("Widerspruch",)
    assert {file.trimming for file in seen.files if file.path[0] == "EGVP"} == {Trimming.REPORT}


@pytest.mark.parametrize(
    ("place", "is_shown"),
    [
        ("attachments/MsgProps.xml", True),
        ("attachments/unter/ordner/plan.pdf", True),
        ("fremd.pdf", True),
        ("additionals/etwas.xml", True),
        ("additionals/nachricht.xsl", False),
        ("certificates/originator.crt", False),
        ("inspectionsheet.html", False),
    ],
)
def test_whatever_is_no_known_paper_is_an_attachment(place, is_shown):
    files = a_folder() | {place: pdf()}
    assert (place.rpartition("/")[2] in attachments(inspected(files))) is is_shown


def test_two_attachments_of_one_name_both_stay():
    files = a_folder(attachments={"a.pdf": pdf()}) | {"attachments/x/a.pdf": pdf(), "attachments/A.PDF": pdf()}
    assert [name for name in attachments(inspected(files)) if name.casefold().startswith("a")] == [
        "A.PDF", "a.pdf", "a (2).pdf",
    ]  # fmt: skip


def test_an_attachment_cannot_take_the_place_of_text_or_papers():
    seen = inspected(a_folder(attachments={"Nachrichtentext.txt": b"falsch", "pruefvermerk.pdf": pdf()}))
    paths = [file.path for file in seen.files]
    assert len(set(paths)) == len(paths)
    assert ("Nachrichtentext (2).txt",) in paths


def test_a_document_that_did_not_come_is_announced_by_three_papers():
    seen = inspected(a_folder(missing=("002_Anlage.pdf",)))
    assert missing(seen) == {"002_Anlage.pdf"}
    assert {entry.source for entry in seen.announced if entry.name == "002_Anlage.pdf"} == {
        "msgprops", "pruefvermerk", "xjustiz",
    }  # fmt: skip


def test_zero_width_spaces_of_the_check_note_are_not_announced():
    assert missing(inspected(a_folder())) == set()


@pytest.mark.parametrize("announced", ["C:\\Akten\\b.pdf", "akten/2026/b.pdf", "b.pdf "])
def test_a_document_announced_with_its_folders_is_met_by_its_name(announced):
    files = a_folder(attachments={"a.pdf": pdf(), "b.pdf": pdf()})
    paper = files["attachments/xjustiz_nachricht.xml"]
    files["attachments/xjustiz_nachricht.xml"] = paper.replace(b"dateiname>b.pdf", b"dateiname>" + announced.encode())
    assert missing(inspected(files)) == set()


def test_a_name_in_another_composition_is_the_same_name():
    files = a_folder(attachments={"Übersicht.pdf": pdf()})
    decomposed = {
        path if "bersicht" not in path else unicodedata.normalize("NFD", path): content
        for path, content in files.items()
    }
    assert "Übersicht.pdf" in attachments(inspected(decomposed))


def test_every_attachment_is_looked_into():
    archive = zipped({"innen.pdf": pdf(), "böse.exe": b"MZ" + b"\0" * 100})
    seen = inspected(a_folder(attachments={"anlagen.zip": archive}))
    assert ("anlagen.zip", "innen.pdf") in [file.path for file in seen.files]
    assert seen.attachments_bytes == len(archive) + len(
        a_folder(attachments={"anlagen.zip": archive})["attachments/xjustiz_nachricht.xml"]
    )


def test_entities_in_xml_data_are_a_finding():
    evil = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    seen = inspected(a_folder(attachments={"daten.xml": evil}))
    (file,) = [file for file in seen.files if file.path == ("daten.xml",)]
    assert Reason.XML_DTD in {finding.code for finding in file.findings}


@pytest.mark.parametrize(
    "paper", ["MsgProps.xml", "additionals/nachricht.xml", "pruefvermerk.xml", "summarisedinspectionsheet.xml"]
)
def test_a_paper_with_a_document_type_is_not_read(paper):
    files = a_folder()
    files[paper] = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    stem = paper.rpartition("/")[2].partition(".")[0].casefold()
    assert f"{stem}-unreadable" in inspected(files).egvp.faults


def test_a_folder_without_msgprops_is_broken_and_keeps_what_the_other_papers_say():
    files = a_folder(subject="Amt 32 – Bußgeldstelle")
    del files["MsgProps.xml"]
    seen = inspected(files)
    assert seen.egvp.is_broken
    assert seen.head.subject == "Amt 32 – Bußgeldstelle"
    assert seen.egvp.received_source == "report"
    assert attachments(seen) == ["001_Schriftsatz für die Akte.pdf", "xjustiz_nachricht.xml"]


def test_no_paper_that_names_a_moment_is_remarked():
    seen = inspected(a_folder(entered=None))
    assert seen.egvp.received_at == ""
    assert "received-at-absent" in seen.egvp.faults
    assert not seen.egvp.is_broken


def test_papers_of_another_message_prove_nothing():
    files = a_folder()
    other = a_folder(message_id="govapp_fremd")
    files["summarisedinspectionsheet.xml"] = other["summarisedinspectionsheet.xml"]
    seen = inspected(files)
    assert "message-ids-differ" in seen.egvp.faults
    assert seen.egvp.report is ClientReport.INVALID


@pytest.mark.parametrize(
    ("proof", "status", "path", "origin"),
    [
        ("VHN_beBPo_valid", "valid", TRUSTED_PATH, ProofOfOrigin.ATTESTED),
        ("VHN_beBPo_valid", "valid", UNTRUSTED_PATH, ProofOfOrigin.NONE),
        ("VHN_beBPo_valid", "invalid", TRUSTED_PATH, ProofOfOrigin.NONE),
        ("VHN_beBPo_invalid", "valid", TRUSTED_PATH, ProofOfOrigin.NONE),
        ("VHN_beBPo_unknown", "valid", TRUSTED_PATH, ProofOfOrigin.NONE),
        ("", "valid", TRUSTED_PATH, ProofOfOrigin.NONE),
        ("Sicherer Übermittlungsweg", "valid", TRUSTED_PATH, ProofOfOrigin.NONE),
    ],
)
def test_what_the_client_attests_counts_only_on_a_trusted_path(proof, status, path, origin):
    assert origin_of(inspected(a_folder(proof=proof, status=status)).egvp, path) is origin


def test_references_of_ours_come_from_every_paper_and_others_stay_apart():
    seen = inspected(a_folder(our_reference="36.22.1041#\n", their_reference="4 Ca 614/26"))
    assert seen.aktenzeichen == ("36.22.1041",)
    assert seen.egvp.aktenzeichen_sender == ("4 Ca 614/26",)


@pytest.mark.parametrize("nothing", ["neu", "unbekannt", "Ohne", " ", "\n#"])
def test_what_says_that_there_is_no_reference_is_none(nothing):
    assert inspected(a_folder(our_reference=nothing)).aktenzeichen == ()


def test_another_export_of_the_same_message_has_the_same_identity():
    files = a_folder()
    later = files | {"message.preferences": b"#Sat Nov 21 08:00:00 CET 2026\n", "pruefvermerk.pdf": pdf()}
    assert door_view(pack(files)).identity == door_view(pack(later)).identity


def test_the_same_id_with_another_attachment_is_another_message():
    other = a_folder(attachments={"001_Schriftsatz für die Akte.pdf": pdf() + b"\n"})
    assert door_view(pack(a_folder())).identity != door_view(pack(other)).identity


def test_a_zipped_export_is_read_like_a_folder():
    files = {f"Nachricht 1/{path}": content for path, content in a_folder(message_id="govapp_z").items()}
    seen = inspect_egvp(zipped(files), LOOK)
    assert (seen.egvp.shape, seen.head.message_id) == ("zip", "govapp_z")
    assert not seen.egvp.is_broken


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n", "osci-raw"),
        (b"irgendetwas", "shape-unknown"),
        (b"", "shape-unknown"),
        (b"PK\x03\x04 kein Archiv", "container-unreadable"),
        (pack({"MsgProps.xml": b"x" * 2000})[:900], "container-unreadable"),
    ],
)
def test_what_cannot_be_opened_is_broken_and_never_empty_without_a_fault(content, fault):
    seen = inspect_egvp(content, LOOK)
    assert fault in seen.egvp.faults
    assert seen.egvp.is_broken


def test_a_link_in_the_folder_is_named_and_not_followed():
    body = head_of_unread("attachments/passwd") + pack(a_folder())
    assert unpack(body).unread == ("attachments/passwd",)
    assert "file-unreadable" in inspect_egvp(body, LOOK).egvp.faults


@given(st.dictionaries(st.text(st.characters(exclude_characters="\0/", codec="utf-8"), min_size=1, max_size=300).filter(
    lambda name: name.strip("./ ") != ""), st.binary(max_size=600), max_size=6))  # fmt: skip
def test_a_container_gives_back_every_file_under_its_name(files):
    body = pack(files)
    assert pack(dict(reversed(files.items()))) == body
    assert dict(unpack(body)) == files
    assert is_container(body) or not files


def test_a_name_that_is_not_utf8_survives_the_container():
    name = os.fsdecode(b"attachments/\xe4rger.pdf")
    assert dict(unpack(pack({name: b"x"}))) == {name: b"x"}
    assert [entry for entry in attachments(inspected(a_folder() | {name: pdf()})) if entry.endswith("rger.pdf")]


@given(st.binary(max_size=3000), st.integers(0, 4000))
def test_hostile_bytes_never_raise(noise, at):
    body = bytearray(pack(a_folder()))
    body[at : at + len(noise)] = noise
    for content in (noise, bytes(body)):
        seen = inspect_egvp(content, LOOK)
        assert seen.egvp is not None
        door_view(content)
        rebuild(content, (), "")
        rendered_text(content)


@given(st.integers(0, 511), st.binary(min_size=1, max_size=8))
def test_a_damaged_header_is_a_container_error_or_a_folder(at, noise):
    body = bytearray(pack({"MsgProps.xml": b"x" * 100}))
    body[at : at + len(noise)] = noise
    try:
        folder = unpack(bytes(body))
    except ContainerError:
        return
    assert all(len(folder[path]) == folder.size_bytes(path) for path in folder)


def test_what_is_handed_out_is_what_was_judged():
    files = a_folder(text="Guten Tag", attachments={"a.zip": zipped({"b.pdf": pdf()})})
    body = pack(files)
    assert rendered_text(body) == "Guten Tag"
    for file in inspect_egvp(body, LOOK).files:
        assert len(extract(body, file.path)) == file.size_bytes
    with pytest.raises(NoSuchFileError):
        extract(body, ("MsgProps.xml",))


def test_an_office_gets_a_mail_without_the_withheld_member():
    archive = zipped({"gut.pdf": pdf(), "böse.exe": b"MZ" + b"\0" * 100})
    body = pack(a_folder(subject="Bußgeld", text="begin 644 x\nGuten Tag", attachments={"a.zip": archive}))
    mail = parsed(rebuild(body, (("a.zip", "böse.exe"),), "Hinweis\r\n"))
    names = [part.get_filename() for part in mail.iter_attachments()]
    assert "gut.pdf" in names
    assert "a.zip" not in names
    assert "böse.exe" not in names
    assert "pruefvermerk.xml" in names
    assert mail["Subject"] == "Bußgeld"
    assert mail["From"].addresses[0].domain == "egvp.invalid"
    assert "begin 644" not in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("name", sorted(demonstration_folders()))
def test_the_demonstration_folders_are_whole(name):
    seen = inspected(demonstration_folders()[name])
    assert not seen.egvp.is_broken
    assert seen.egvp.faults == ()


@pytest.mark.corpora
def test_the_real_export_is_read_in_full():
    folder = os.environ.get("POSTSTELLE_CORPORA")
    if not folder:
        pytest.skip("POSTSTELLE_CORPORA is not set")
    (place,) = [path for path in (Path(folder) / "bebpo" / "export").iterdir() if path.is_dir()]
    seen = inspected(read_back(place))
    egvp = seen.egvp
    assert egvp.faults == ()
    assert (egvp.received_at, egvp.received_source) == ("2021-12-08T10:03:55+00:00", "msgprops")
    assert egvp.message_id.startswith("govapp_")
    assert egvp.sender.role == "egvp_bebpo"
    assert egvp.addressee.role == "egvp_justiz"
    assert seen.head.subject == "Funktionsabfrage"
    assert len(attachments(seen)) == 4
    assert missing(seen) == set()
    assert len(egvp.xjustiz.documents) == 3
    assert origin_of(egvp, TRUSTED_PATH) is ProofOfOrigin.ATTESTED
    assert not [finding for file in seen.files for finding in file.findings]
    assert {entry.source for entry in seen.announced} == {"msgprops", "pruefvermerk", "xjustiz"}
    assert Path(place, "attachments", attachments(seen)[0]).read_bytes() == extract(
        pack(read_back(place)), (attachments(seen)[0],)
    )


def an_export() -> dict[str, bytes]:
    """An export in the manner of beA, by its description."""
    numbered = (
        "<nachricht><NachrichtenID>bea_1</NachrichtenID><Betreff>Amt 32 – Bußgeldstelle</Betreff>"
        "<Eingangszeitpunkt>20.11.2026, 14:03:55</Eingangszeitpunkt><Absender_SAFE-ID>DE.BRAK.x</Absender_SAFE-ID>"
        "<Dateiname>klage.pdf</Dateiname></nachricht>"
    )
    return {
        "4711.xml": numbered.encode(),
        "4711_BusinessCard.html": b"<html/>",
        "4711_export.html": b"<html/>",
        "4711_VerificationReport.html": b"<html>valid</html>",
        "Nachrichtentext.pdf": pdf(),
        "vhn.xml": b"<vhn/>",
        "vhn.xml.p7s": b"x",
        "klage.pdf": pdf(),
    }


def test_an_export_in_the_manner_of_bea_is_read():
    seen = inspect_egvp(zipped(an_export()), LOOK)
    assert attachments(seen) == ["klage.pdf"]
    assert (seen.head.subject, seen.head.message_id) == ("Amt 32 – Bußgeldstelle", "bea_1")
    assert seen.egvp.received_at == "2026-11-20T13:03:55+00:00"
    assert seen.egvp.sender.safe_id == "DE.BRAK.x"
    assert not seen.egvp.is_broken
    assert missing(seen) == set()


def test_a_page_for_people_proves_nothing():
    assert origin_of(inspect_egvp(zipped(an_export()), LOOK).egvp, TRUSTED_PATH) is ProofOfOrigin.NONE


@pytest.mark.parametrize("numbered", [b"kein XML", b"<leer/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_an_export_whose_paper_cannot_be_read_is_broken_and_keeps_its_attachments(numbered):
    seen = inspect_egvp(zipped(an_export() | {"4711.xml": numbered}), LOOK)
    assert seen.egvp.is_broken
    assert attachments(seen) == ["klage.pdf"]
