# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every reason that can be said of a file: a file that earns it, and the same file after its remedy, which earns none."""

import io
import itertools

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String
from PIL import Image

from poststelle.application.check import Checked
from poststelle.application.precheck import described
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.formats import BY_EXTENSION, Format
from poststelle.core.policy import Language
from poststelle.core.reasons import Reason
from poststelle.core.remedies import SAVE_AS, remedy_for
from poststelle.faces.web.desk.files import complaints
from poststelle.inspection.budget import Budget
from poststelle.inspection.document import look
from support.builders import FILE_REASONS, FORMATS, a_file, some_facts, the_terms, the_verdict
from support.looking import codes, looked
from support.packages import OFFICE, SHOW, compound, compound_with, docx, odf, ooxml, packed_object, rels_part, xlsx
from support.policies import policy_folder
from support.zipfiles import Member, zip_bytes

ACCEPTED = frozenset({*FORMATS, Format.ZIP})


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size).save(out, kind)
    return out.getvalue()


def pdf(**root: object) -> bytes:
    return saved(lambda one: [one.Root.__setitem__(Name(f"/{key}"), value) for key, value in root.items()])


def saved(change=lambda _: None, **how: object) -> bytes:
    with pikepdf.new() as made:
        made.add_blank_page()
        change(made)
        out = io.BytesIO()
        made.save(out, **how)
        return out.getvalue()


def action(kind: str, **more: object) -> bytes:
    return pdf(OpenAction=Dictionary(S=Name(f"/{kind}"), **more))


def carrying(content: bytes, **how: object) -> bytes:
    return saved(lambda one: one.attachments.__setitem__("a.txt", pikepdf.AttachedFileSpec(one, content)), **how)


def film() -> bytes:
    def add(one):
        one.pages[0].Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 1, 1])])

    return saved(add)


def nested(depth: int) -> bytes:
    content = zip_bytes(Member())
    for _ in range(depth - 1):
        content = zip_bytes(Member("innen.zip", content))
    return content


def wide_png() -> bytes:
    content = bytearray(picture("PNG"))
    content[16:24] = (50_000).to_bytes(4, "big") * 2
    return bytes(content)


TEXT = "Grüße aus Münster\r\n".encode()
PLAIN_PDF, PLAIN_DOCX, PLAIN_ODT, PLAIN_ZIP = saved(), docx(), odf(), zip_bytes(Member())
TEMPLATE = rels_part((f"{OFFICE}/attachedTemplate", "https://host.example/a.dotm", "External"))
LINKED = rels_part((f"{OFFICE}/oleObject", "https://host.example/a.xlsx", "External"))
PROGRAM = b"MZ" + bytes(200)

EARNED: dict[Reason, tuple[str, bytes, str, bytes]] = {
    Reason.EMPTY: ("a.txt", b"", "a.txt", TEXT),
    Reason.FORMAT: ("a.gif", picture("GIF"), "a.jpg", picture("JPEG")),
    Reason.TYPE_MISMATCH: ("a.docx", PLAIN_PDF, "a.pdf", PLAIN_PDF),
    Reason.UNREADABLE: ("a.docx", PLAIN_DOCX[:300], "a.docx", PLAIN_DOCX),
    Reason.TOO_LARGE: ("a.pdf", carrying(bytes(300_000), compress_streams=False), "a.pdf", PLAIN_PDF),
    Reason.TIMEOUT: ("a.docx", PLAIN_DOCX, "a.docx", PLAIN_DOCX),
    Reason.POLYGLOT: ("a.png", picture("PNG") + PLAIN_ZIP, "a.png", picture("PNG")),
    Reason.ENCRYPTED: ("a.docx", compound("EncryptedPackage", "EncryptionInfo"), "a.docx", PLAIN_DOCX),
    Reason.MACRO: ("a.docx", docx("", {"word/vbaProject.bin": compound("VBA")}), "a.docx", PLAIN_DOCX),
    Reason.ACTIVEX: ("a.docx", docx("", {"word/activeX/activeX1.xml": b"<ax:ocx xmlns:ax='urn:x'/>"}), "a.pdf", PLAIN_PDF),
    Reason.OLE_OBJECT: ("a.odt", odf({"Object 1": compound("Workbook")}), "a.odt", PLAIN_ODT),
    Reason.EXECUTABLE_PART: (
        "a.docx", docx("", {"word/o.bin": compound_with({"\x01Ole10Native": packed_object("a.exe", PROGRAM)})}),
        "a.docx", PLAIN_DOCX,
    ),
    Reason.EXTERNAL_LINK: ("a.docx", docx("", {"word/_rels/document.xml.rels": LINKED}), "a.docx", PLAIN_DOCX),
    Reason.REMOTE_TEMPLATE: ("a.docx", docx("", {"word/_rels/settings.xml.rels": TEMPLATE}), "a.docx", PLAIN_DOCX),
    Reason.DDE: ("a.xlsx", xlsx("<f>cmd|' /C calc'!A0</f>"), "a.xlsx", xlsx("<f>SUM(A1:A2)</f>")),
    Reason.XML_DTD: ("a.docx", docx("", {"word/a.xml": b"<!DOCTYPE a [<!ENTITY x 'y'>]><a/>"}), "a.docx", PLAIN_DOCX),
    Reason.PDF_JAVASCRIPT: ("a.pdf", action("JavaScript", JS=String("app.alert(1)")), "a.pdf", PLAIN_PDF),
    Reason.PDF_LAUNCH: ("a.pdf", action("Launch", F=String("a.exe")), "a.pdf", PLAIN_PDF),
    Reason.PDF_ACTION: ("a.pdf", action("SubmitForm", F=String("https://host.example")), "a.pdf", PLAIN_PDF),
    Reason.PDF_RICH_MEDIA: ("a.pdf", film(), "a.pdf", PLAIN_PDF),
    Reason.PDF_XFA: ("a.pdf", pdf(AcroForm=Dictionary(Fields=Array(), XFA=String("<xdp/>"))), "a.pdf", PLAIN_PDF),
    Reason.PDF_EMBEDDED_FILE: ("a.pdf", carrying(TEXT), "a.pdf", PLAIN_PDF),
    Reason.IMG_BOMB: ("a.png", wide_png(), "a.png", picture("PNG")),
    Reason.BINARY: ("a.txt", TEXT + bytes(20) + TEXT, "a.txt", TEXT),
    Reason.TXT_ENCODING: ("a.txt", TEXT.decode().encode("utf-32"), "a.txt", TEXT),
    Reason.ZIP_SFX: ("a.zip", zip_bytes(Member(), prefix=PROGRAM), "a.zip", PLAIN_ZIP),
    Reason.ZIP_STRUCTURE: ("a.zip", zip_bytes(Member(local_name=b"andere.txt")), "a.zip", PLAIN_ZIP),
    Reason.ZIP_ENCRYPTED: ("a.zip", zip_bytes(Member(flags=1)), "a.zip", PLAIN_ZIP),
    Reason.ZIP_METHOD: ("a.zip", zip_bytes(Member(method=14)), "a.zip", PLAIN_ZIP),
    Reason.ZIP_TRAVERSAL: ("a.zip", zip_bytes(Member("../a.txt")), "a.zip", PLAIN_ZIP),
    Reason.ZIP_SYMLINK: ("a.zip", zip_bytes(Member("a.txt", b"b", attributes=0o120777 << 16)), "a.zip", PLAIN_ZIP),
    Reason.ZIP_DUPLICATE: ("a.zip", zip_bytes(Member("a.txt"), Member("A.TXT")), "a.zip", PLAIN_ZIP),
    Reason.ZIP_NAME: ("a.zip", zip_bytes(Member("a\u202etxt.exe.txt")), "a.zip", PLAIN_ZIP),
    Reason.ZIP_BOMB: ("a.zip", zip_bytes(Member("a.txt", b"a" * 300_000)), "a.txt", TEXT),
    Reason.ZIP_TOO_MANY: ("a.zip", zip_bytes(*(Member(f"{n}.txt") for n in range(50))), "a.zip", PLAIN_ZIP),
    Reason.ZIP_DEPTH: ("a.zip", nested(5), "a.txt", TEXT),
}  # fmt: skip
"""What earns the reason, and what it is after its remedy, each under the name it would be sent with."""
SMALL = {"expanded_bytes": 200_000, "members": 40}
OF_A_POLICY = frozenset({Reason.FORMAT})
"""Said by the rules, which know the closed list; looking into the file only names its format."""


def earned(reason: Reason, name: str, content: bytes) -> set[Reason]:
    if reason is Reason.TIMEOUT:
        ticks = itertools.count()
        seen = look(content, (name,), Budget(spent=lambda: next(ticks) >= 2))
        return {found.code for one in seen for found in one.findings}
    return codes(content, name, **SMALL)


def test_every_reason_of_a_file_has_a_file_that_earns_it():
    assert set(EARNED) == set(FILE_REASONS)


@pytest.mark.parametrize("reason", sorted(set(EARNED) - OF_A_POLICY))
def test_the_reason_is_found_where_it_is_earned(reason):
    name, content, _, _ = EARNED[reason]
    assert reason in earned(reason, name, content)


@pytest.mark.parametrize("reason", sorted(EARNED))
def test_what_was_mended_by_the_remedy_is_accepted(reason):
    _, _, name, mended = EARNED[reason]
    assert codes(mended, name, **SMALL) == set()
    assert looked(mended, name).format in ACCEPTED


@pytest.mark.parametrize("reason", sorted(EARNED))
def test_the_reason_has_meaning_clause_and_remedy_in_both_languages(reason):
    policy = policy_folder("muenster").editions[-1].policy
    remedy = REMEDIES[remedy_for(reason, None, ())]
    for language in (Language.DE, Language.EN):
        assert REASONS[reason].in_language(language)
        assert remedy.in_language(language)
    assert policy.email.rule_for(reason).clause in policy.clauses
    assert policy.bebpo.rule_for(reason).clause in policy.clauses


@pytest.mark.parametrize("reason", FILE_REASONS)
def test_the_reason_has_its_place_on_the_desk_and_in_the_check_before_sending(reason):
    policy = policy_folder("muenster").editions[-1].policy
    facts = some_facts(a_file("a.pdf", Format.PDF, reason))
    verdict = the_verdict(facts, terms=the_terms(policy))
    (on_desk,) = complaints(verdict.objections, policy)
    assert on_desk.sentence == REASONS[reason].in_language(Language.DE)
    assert not on_desk.clause.path.endswith(f"#{on_desk.clause.title}")
    assert on_desk.remedy
    checked = described("a.pdf", Checked(facts.inspection, verdict))
    assert checked["codes"] == [reason.value]
    assert checked["verdict"] == "reject"


FOREIGN: dict[str, tuple[bytes, Format, str]] = {
    "bild.heic": (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00heicmif1" + bytes(40), Format.HEIC, "save-as-jpg"),
    "bild.tif": (picture("TIFF"), Format.TIFF, "save-as-jpg"),
    "bild.gif": (picture("GIF"), Format.GIF, "save-as-jpg"),
    "bild.webp": (picture("WEBP"), Format.WEBP, "save-as-jpg"),
    "brief.rtf": (b"{\\rtf1\\ansi Guten Tag\\par}", Format.RTF, "save-as-docx"),
    "brief.doc": (compound("WordDocument", "1Table"), Format.DOC, "save-as-docx"),
    "liste.xls": (compound("Workbook"), Format.XLS, "save-as-xlsx"),
    "vortrag.ppt": (compound("PowerPoint Document"), Format.PPT, "save-as-pptx"),
    "brief.pages": (zip_bytes(Member("Index/Document.iwa", b"x")), Format.PAGES, "save-as-docx"),
    "liste.numbers": (zip_bytes(Member("Index/CalculationEngine.iwa", b"x")), Format.NUMBERS, "save-as-xlsx"),
    "vortrag.key": (zip_bytes(Member("Index/Presentation.iwa", b"x")), Format.KEYNOTE, "save-as-pptx"),
    "a.7z": (b"7z\xbc\xaf'\x1c" + bytes(30), Format.SEVENZIP, "save-as-zip"),
    "a.rar": (b"Rar!\x1a\x07\x01\x00" + bytes(30), Format.RAR, "save-as-zip"),
    "liste.csv": (b"Name;Ort\r\nErika;Hamm\r\n", Format.CSV, "save-as-xlsx"),
}
"""What citizens send most often and the page does not accept."""
REPLACEMENTS = {
    "save-as-jpg": ("a.jpg", picture("JPEG")),
    "save-as-docx": ("a.docx", PLAIN_DOCX),
    "save-as-xlsx": ("a.xlsx", xlsx()),
    "save-as-pptx": ("a.pptx", ooxml(main="ppt/presentation.xml", main_type=SHOW)),
    "save-as-zip": ("a.zip", PLAIN_ZIP),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_a_foreign_format_is_told_by_its_content_and_led_to_one_that_is_accepted(name):
    content, expected, remedy = FOREIGN[name]
    assert looked(content, name).format is expected
    assert looked(content).format is expected or expected is Format.CSV  # told without its name as well
    assert expected not in ACCEPTED
    assert remedy_for(Reason.FORMAT, expected, ACCEPTED) == remedy
    replaced, saved_anew = REPLACEMENTS[remedy]
    assert codes(saved_anew, replaced) == set()


@pytest.mark.parametrize(("name", "expected"), [("a.docm", "save-as-docx"), ("a.xlsm", "save-as-xlsx")])
def test_a_document_for_macros_is_led_to_the_plain_one(name, expected):
    [format_] = BY_EXTENSION[name.rpartition(".")[2]]
    assert remedy_for(Reason.FORMAT, format_, ACCEPTED) == expected
    assert SAVE_AS[format_][0] in ACCEPTED
