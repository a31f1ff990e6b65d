# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is fuzzed: for each parser, seeds made by code, words its grammar knows, and what must hold of any bytes."""

import base64
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pikepdf
from PIL import Image

from fuzz.mutation import mutated
from poststelle.core.codec import dump
from poststelle.inspection.budget import Budget
from poststelle.inspection.cms.layer import Place, Surroundings, open_layer
from poststelle.inspection.document import look
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.head import read_head, read_mailboxes
from poststelle.inspection.message import inspect_message
from poststelle.inspection.mime.content import read_content
from poststelle.inspection.mime.headers import read_header
from poststelle.inspection.mime.limits import MAX_CANDIDATE_CHARACTERS
from poststelle.inspection.mime.names import candidate_names, display_name
from poststelle.inspection.mime.values import read_disposition, read_type
from poststelle.inspection.preview import preview
from poststelle.inspection.tnef import TnefError, read_tnef
from poststelle.protocol.smtp import replies
from support.cms_maker import compressed, encode, enveloped, signed_data
from support.mails import HEAD, TEXT, attachment, mixed, part
from support.packages import OFFICE, compound, compound_with, docx, odf, packed_object, rels_part, xlsx
from support.smtp_driver import Driver
from support.zipfiles import Member, zip_bytes

Maker = Callable[[random.Random], bytes]


@dataclass(frozen=True)
class Target:
    """One parser: how inputs are made, and the call that must neither raise nor hang."""

    make: Maker
    run: Callable[[bytes], object]


def _bytes(seeds: tuple[bytes, ...], *words: bytes) -> Maker:
    return lambda dice: mutated(dice, seeds, words or (b"",))


def _package(parts: tuple[dict[str, bytes], ...], *words: bytes) -> Maker:
    """Mutates one part and packs anew, so that mutations reach behind the compression; at times the bytes too."""
    every = tuple(content for each in parts for content in each.values())

    def make(dice: random.Random) -> bytes:
        chosen = dict(dice.choice(parts))
        name = dice.choice(tuple(chosen))
        chosen[name] = mutated(dice, (chosen[name], dice.choice(every)), words)
        packed = zip_bytes(*(Member(part_name, content) for part_name, content in chosen.items()))
        return mutated(dice, (packed,), (b"PK\x03\x04",)) if dice.random() < 0.2 else packed

    return make


def _parts(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _named(name: str) -> Callable[[bytes], object]:
    def run(content: bytes) -> object:
        seen = look(content, (name,), Budget(expanded_bytes=20_000_000))
        assert seen
        assert seen[0].size_bytes == len(content)
        return seen

    return run


def _mail(content: bytes) -> object:
    return dump(drive_alone(inspect_message(content)))


def _header(content: bytes) -> object:
    """Whatever is read of a header lies within it, and reading it again gives the same."""
    header = read_header(content, 0, len(content))
    assert 0 <= header.body_start <= len(content)
    assert read_header(content, 0, len(content), is_cut=True).body_start <= len(content)
    read_mailboxes(header.first(b"from"))
    return read_content(header, "text/plain"), read_head(header)


def _names(content: bytes) -> object:
    """Names hold no control and are bounded, and what is shown of them may be written to a disk."""
    names = candidate_names(read_disposition(content), read_type(content))
    for name in names.candidates:
        assert all(letter.isprintable() or letter.isspace() for letter in name)
        assert not set(name) & set("\0\r\n\t")
        assert len(name) <= MAX_CANDIDATE_CHARACTERS
        assert not set(display_name(name)) & set('/\\:*?"<>|\0\r\n')
    return names


def _smtp(content: bytes) -> object:
    driver = Driver()
    driver.verdicts.extend([(replies.ACCEPTED,)] * 50)
    for at in range(0, len(content), 700):
        driver.send(content[at : at + 700])
    return driver.said


def _tnef(content: bytes) -> object:
    try:
        return read_tnef(content)
    except TnefError:
        return None


def _cms(content: bytes) -> object:
    return drive_alone(open_layer(content, Place("1", 1, True), Surroundings()))


def _pictures() -> tuple[bytes, ...]:
    made = []
    for kind in ("PNG", "JPEG", "BMP", "GIF", "TIFF"):
        for mode in ("RGB", "L"):
            out = io.BytesIO()
            picture = Image.effect_noise((40, 30), 60).convert(mode)
            picture.save(out, kind)
            made.append(out.getvalue())
    return tuple(made)


def _pdfs() -> tuple[bytes, ...]:
    made = []
    for how in ({}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}, {"compress_streams": False}):
        with pikepdf.new() as pdf:
            pdf.add_blank_page()
            pdf.attachments["a.zip"] = pikepdf.AttachedFileSpec(pdf, zip_bytes(Member()))
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("a"))
            out = io.BytesIO()
            pdf.save(out, **how)
            made.append(out.getvalue())
    return tuple(made)


_OBJECT = compound_with({"\x01Ole10Native": packed_object("a.exe", b"MZ" + bytes(90)), "Package": bytes(5_000)})
_FIELDS = '<w:fldChar w:fldCharType="begin"/><w:instrText>QUOTE 68 68 69</w:instrText><w:fldChar w:fldCharType="end"/>'
_OOXML = (
    _parts(docx(_FIELDS, {"word/embeddings/o.bin": _OBJECT, "word/a.htm": b"<img src='//a/b'>"})),
    _parts(docx("", {"word/_rels/document.xml.rels": rels_part((f"{OFFICE}/image", "file://a/b", "External"))})),
    _parts(xlsx("<f>a|'b'!A0</f>" * 20, {"xl/vbaProject.bin": compound("VBA")})),
)
_ODF = (
    _parts(odf({"Object 1": _OBJECT, "content.xml": b"<o xmlns:x='http://www.w3.org/1999/xlink' x:href='macro:'/>"})),
)
_ZIPS = (
    zip_bytes(Member(), Member("b/c.txt", b"x" * 500), Member("innen.zip", zip_bytes(Member(flags=8)))),
    zip_bytes(Member(method=0), Member("ä.txt"), comment=b"Anmerkung", tail=b"\r\n"),
)
_MAILS = (
    mixed(TEXT, attachment(), attachment(b"filename*=utf-8''%C3%A4.pdf")),
    mixed(TEXT, part(b"a=\r\n=41=zz\r\n", b"Content-Transfer-Encoding: quoted-printable")),
    mixed(part(mixed(TEXT, boundary=b"b2"), b"Content-Type: message/rfc822")),
    HEAD + b"\r\nbegin 644 a\r\n#86)C\r\n`\r\nend\r\n=ybegin line=128 size=3 name=a\r\nabc\r\n=yend size=3\r\n",
    mixed(part(base64.encodebytes(_ZIPS[0]), b"Content-Type: application/zip; name=a.zip", b"Content-Transfer-Encoding: base64")),
)  # fmt: skip
_FIELD_WORDS = (
    b"\r\n", b"\r\n\r\n", b"--b1", b"--b1--", b"Content-Type: ", b"multipart/mixed; boundary=", b"message/rfc822",
    b"Content-Transfer-Encoding: base64\r\n", b"=?utf-8?q?=41?=", b"name*0*=utf-8''", b'"', b"\\", b"(", b"From ", b"=",
)  # fmt: skip
_TNEF = b"\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06\x00\x00\x00\x00\x00\x02\x0f\x80\x06\x00\x04\x00\x00\x00abcd\x00\x00"
_DIALOGUE = (
    b"EHLO client.example\r\nMAIL FROM:<a@b.example> SIZE=100 BODY=8BITMIME\r\nRCPT TO:<post@stadt.example>\r\n"
    b"DATA\r\nFrom: a@b.example\r\n\r\n..x\r\n.\r\nRSET\r\nNOOP\r\nVRFY a\r\nQUIT\r\n"
)
_CMS = (
    compressed(b"Content-Type: text/plain\r\n\r\nx"),
    signed_data(b"Content-Type: text/plain\r\n\r\nx"),
    enveloped((), (encode(0x30), b"x" * 32)),
)

TARGETS: dict[str, Target] = {
    "zip": Target(_bytes(_ZIPS, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"), _named("a.zip")),
    "ooxml": Target(
        _package(
            _OOXML, b"<", b"&#x44;", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"\xff\xfe", b"]]>", b" TargetMode='External'"
        ),
        _named("a.docx"),
    ),
    "odf": Target(_package(_ODF, b"<", b"&#68;", b"<!DOCTYPE a>", b"\xfe\xff", b"xlink:href='"), _named("a.odt")),
    "ole": Target(_bytes((_OBJECT, compound("WordDocument", "VBA"))), _named("a.doc")),
    "pdf": Target(
        _bytes(_pdfs(), b"/JS", b"/Kids", b"1 0 R", b"<<", b"[", b"stream\n", b"/Prev ", b"obj"), _named("a.pdf")
    ),
    "image": Target(_bytes(_pictures(), b"IHDR", b"IDAT", b"\xff\xd8", b"\xff\xd9"), _named("")),
    "text": Target(_bytes(("Grüße aus Münster\r\n".encode(), "a".encode("utf-16")), b"\x00", b"#!/"), _named("a.txt")),
    "preview": Target(_bytes((*_pdfs(), *_pictures(), docx(_FIELDS), xlsx("<row><c><v>1</v></c></row>"))), preview),
    "mime": Target(_bytes(_MAILS, *_FIELD_WORDS), _mail),
    "headers": Target(_bytes((HEAD, *_MAILS), *_FIELD_WORDS, b"From: ", b"<", b">", b"@", b"\t"), _header),
    "names": Target(
        _bytes(
            (
                b'attachment; filename="=?utf-8?q?=C3=A4?=.pdf"; size=3',
                b"a/b; name*0*=utf-8''%41; name*1=b; name*2*=%00.exe",
            ),
            *_FIELD_WORDS,
            b"filename*=",
            b"''",
            b"%",
            b";",
            b"\xc3",
            b"a.exe",
            b"::$DATA",
            b"*1*=",
            b"\xe2\x80\xae",
        ),
        _names,
    ),
    "smtp": Target(
        _bytes((_DIALOGUE,), b"\r\n", b"\r\n.\r\n", b"<", b">", b"DATA\r\n", b"BDAT 1 LAST\r\n", b"\xc3"), _smtp
    ),
    "cms": Target(_bytes(_CMS, b"\x30\x80", b"\x00\x00", b"\x30\x84\xff\xff\xff\xff", b"\x24\x80"), _cms),
    "tnef": Target(_bytes((_TNEF * 2, _TNEF)), _tnef),
}
