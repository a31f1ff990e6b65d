# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages of the shapes a city receives, made from a fixed seed: text, documents, pictures with an archive, S/MIME.

Every message carries a token in Message-ID and first line that the sender overwrites, so that nothing answers from a
cache of whole messages.
"""

import io
import random
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP

import docx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen import canvas

TOKEN = b"TOKENTOKENTOKENTOKEN"
SENDER, RECIPIENT, SECRET_RECIPIENT = "erika@buerger.example", "stadtverwaltung@stadt.example", "post@stadt.example"
WORDS = (
    "Antrag Anlage Bescheid Unterlagen Wohngeld Meldebestätigung Straße Hausnummer Kopie Ausweis Nachweis Gebühr "
    "beigefügt erbeten freundlichen Grüßen Stadt Termin Rückmeldung ergänzend Bußgeld Parkplatz Kindergarten"
).split()
MIX = ("text2k",) * 60 + ("doc300k",) * 30 + ("smime100k",) * 6 + ("img12m",) * 4


@dataclass(frozen=True, slots=True)
class Shape:
    """One template, split where the token stands."""

    name: str
    pieces: tuple[bytes, ...]
    recipient: str = RECIPIENT

    def message(self, token: bytes) -> bytes:
        """The message with this token of the same length."""
        return token.join(self.pieces)


def shapes(seed: int = 36) -> dict[str, Shape]:
    """Every shape by name."""
    dice = random.Random(seed)
    pdf, letter = _pdf(dice, 70_000), _docx(dice, 60_000)
    pictures = {f"Foto{number}.jpg": _jpeg(dice, 1_000_000) for number in range(5)}
    rest = 8_700_000 - sum(map(len, pictures.values()))
    archive = _zip(dice, {"Antrag.pdf": pdf, "Anlage.docx": letter, "lang.txt": _text(dice, 1_500_000).encode()}, rest)
    made = {
        "text2k": _mail(dice, "Amt 32 – Bußgeldstelle", 1_500, {}),
        "doc300k": _mail(dice, "Antrag mit Anlagen", 800, {"Antrag.pdf": pdf, "Anlage.docx": letter}),
        "img12m": _mail(dice, "Fotos zu 36.22.1234", 800, {**pictures, "Unterlagen.zip": archive}),
        "smime100k": _enveloped(_mail(dice, "Vertraulich", 800, {"Antrag.pdf": _pdf(dice, 30_000)})),
    }
    return {
        name: Shape(name, tuple(content.split(TOKEN)), SECRET_RECIPIENT if name == "smime100k" else RECIPIENT)
        for name, content in made.items()
    }


def _mail(dice: random.Random, subject: str, text_bytes: int, files: dict[str, bytes]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = f"Erika Mustermann <{SENDER}>", RECIPIENT, subject
    mail["Date"], mail["Message-ID"] = "Mon, 17 Nov 2025 10:00:00 +0100", f"<{TOKEN.decode()}@buerger.example>"
    mail.set_content(f"Kennung {TOKEN.decode()}\n{_text(dice, text_bytes)}\n", cte="quoted-printable")
    types = {"pdf": "pdf", "jpg": "jpeg", "zip": "zip"}
    for name, content in files.items():
        subtype = types.get(name.rpartition(".")[2], "vnd.openxmlformats-officedocument.wordprocessingml.document")
        main = "image" if subtype == "jpeg" else "application"
        mail.add_attachment(content, maintype=main, subtype=subtype, filename=name)
    return mail.as_bytes()


def _text(dice: random.Random, size: int) -> str:
    lines: list[str] = []
    while len(lines) * 50 < size:
        lines.append(" ".join(dice.choice(WORDS) for _ in range(8))[:60])
    return "\n".join(lines)[:size]


def _jpeg(dice: random.Random, size: int) -> bytes:
    side = int((size / 0.95) ** 0.5)
    picture = Image.frombytes("RGB", (side, side), dice.randbytes(side * side * 3))
    for quality in (60, 75, 85, 92, 96):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality)
        if out.tell() >= size:
            break
    return out.getvalue()


def _pdf(dice: random.Random, picture_bytes: int) -> bytes:
    out = io.BytesIO()
    sheet = canvas.Canvas(out)
    for _ in range(4):
        for row, line in enumerate(_text(dice, 2_200).split("\n")):
            sheet.drawString(40, 800 - 12 * row, line)
        sheet.showPage()
    sheet.drawImage(ImageReader(io.BytesIO(_jpeg(dice, picture_bytes))), 40, 300, 400, 300)
    sheet.save()
    return out.getvalue()


def _docx(dice: random.Random, picture_bytes: int) -> bytes:
    document, out = docx.Document(), io.BytesIO()
    for _ in range(60):
        document.add_paragraph(_text(dice, 600))
    document.add_picture(io.BytesIO(_jpeg(dice, picture_bytes)))
    document.save(out)
    return out.getvalue()


def _zip(dice: random.Random, files: dict[str, bytes], fill_bytes: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        number = 0
        while out.tell() < fill_bytes:
            archive.writestr(f"bild{number}.jpg", _jpeg(dice, 400_000))
            number += 1
    return out.getvalue()


def _enveloped(inner: bytes) -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, SECRET_RECIPIENT)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    sealed = (
        pkcs7.PKCS7EnvelopeBuilder()
        .set_data(inner)
        .add_recipient(certificate)
        .encrypt(serialization.Encoding.SMIME, [pkcs7.PKCS7Options.Binary])
    )
    head = (
        f"From: Erika <{SENDER}>\r\nTo: {SECRET_RECIPIENT}\r\nSubject: Vertraulich\r\n"
        f"Date: Mon, 17 Nov 2025 10:00:00 +0100\r\nMessage-ID: <{TOKEN.decode()}@buerger.example>\r\n"
    )
    return head.encode() + sealed.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
