# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""PDF files, pictures, archives and other things citizens attach, made by code."""

import io
import struct

import pikepdf
from PIL import Image

from poststelle.application.synthetic.compound import compound
from poststelle.application.synthetic.packages import zipped


def pdf(action: str = "") -> bytes:
    """A one-page PDF with a cross-reference table; ``action`` goes into its catalogue."""
    stream = b"BT /F1 12 Tf 72 720 Td (Sehr geehrte Damen und Herren) Tj ET"
    bodies = (
        f"<< /Type /Catalog /Pages 2 0 R {action}>>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    content, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, start)
    return bytes(content)


def pdf_with_script() -> bytes:
    """A PDF that runs JavaScript when it is opened."""
    return pdf("/OpenAction << /S /JavaScript /JS (app.alert\\('Hallo'\\)) >> ")


def pdf_that_launches() -> bytes:
    """A PDF that starts a program."""
    return pdf("/OpenAction << /S /Launch /F (rechner.exe) >> ")


def pdf_with_password() -> bytes:
    """A PDF that nobody opens without the password."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as document:
        document.save(buffer, encryption=pikepdf.Encryption(owner="herrin", user="geheim", R=6))
    return buffer.getvalue()


def picture(kind: str, width: int = 64, height: int = 48) -> bytes:
    """A small picture: ``PNG``, ``JPEG``, ``BMP`` or ``GIF``."""
    buffer = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(buffer, kind)
    return buffer.getvalue()


def heic() -> bytes:
    """The opening of a telephone's photograph."""
    return struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + bytes(200)


def rtf() -> bytes:
    """A text in Rich Text Format."""
    return b"{\\rtf1\\ansi{\\fonttbl\\f0\\fswiss Helvetica;}\\f0\\pard Sehr geehrte Damen und Herren\\par }"


def old_word() -> bytes:
    """The frame of a .doc file of the nineties."""
    return compound("WordDocument")


def program() -> bytes:
    """The headers of a Windows program that does nothing."""
    return b"MZ".ljust(60, b"\0") + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HH", 0x8664, 0) + bytes(400)


def self_extracting() -> bytes:
    """A ZIP behind a program that unpacks it."""
    return program() + zipped({"antrag.txt": b"Antrag\r\n"})


def encrypted_zip() -> bytes:
    """A ZIP whose only member says that it is encrypted."""
    content = bytearray(zipped({"antrag.txt": b"Antrag auf Wohngeld\r\n"}))
    local, central = content.index(b"PK\x03\x04"), content.index(b"PK\x01\x02")
    content[local + 6] |= 1
    content[central + 8] |= 1
    return bytes(content)


def nested_zip(depth: int, innermost: bytes) -> bytes:
    """ZIP in ZIP, so many times, around one text."""
    name = "antrag.txt"
    for level in range(depth):
        innermost, name = zipped({name: innermost}), f"paket{level}.zip"
    return innermost


def of_size(size_bytes: int) -> bytes:
    """A plain text of exactly this size."""
    line = b"Eine Zeile Text, damit die Datei gross wird.\r\n"
    return (line * (size_bytes // len(line) + 1))[:size_bytes]
