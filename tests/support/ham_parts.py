# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What honest messages are made of: letters, names, papers, and each way mail programs write them down."""

import base64
import binascii
import quopri
import random
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import quote

from poststelle.application.synthetic.packages import docx, odf, pptx, xlsx, zipped
from poststelle.application.synthetic.papers import pdf, picture

CENTRAL = "stadtverwaltung@stadt-muenster.example"
NAMES = (
    ("Erika", "Mustermann"), ("Jürgen", "Müller-Lüdenscheidt"), ("Anna", "O'Brien"), ("Søren", "Kjær"),
    ("Ayşe", "Yılmaz"), ("Władysław", "Żółć"), ("Dr. Hans", "von der Au"), ("Nguyễn", "Văn An"), ("Мария", "Иванова"),
)  # fmt: skip
SUBJECTS = (
    "Amt 32 – Bußgeldstelle", "AW: Ihr Schreiben vom 3. März", "WG: Fwd: Re: Unterlagen", "Antrag auf Wohngeld (Anlagen)",
    "Anfrage", "", "Re: 36.22.1234", "Meldebescheinigung für Frau Weiß, geb. Groß – bitte um Rückruf bis spätestens 15:00",
    "[Ticket#2025112210000012] Straßenlaterne defekt", "Terminanfrage Ausländerbehörde; dringend!", "Rechnung Nr. 4711/25",
)  # fmt: skip
SENTENCES = (
    "Sehr geehrte Damen und Herren,", "anbei übersende ich die gewünschten Unterlagen.", "Mit freundlichen Grüßen",
    "Preis: 100 € = zu viel", "From my point of view this is fine.", ".", "-- ", "> zitierte Zeile", ">From the archive:",
    "Content-Type stand früher hier im Text.", "begin der Arbeiten: 3. Mai", "Siehe https://www.stadt.example/?a=1&b=2=3",
    "Ich wohne in der Königstraße 5, 48143 Münster, und bitte um eine Auskunft zu meinem Antrag vom letzten Monat.", "",
)  # fmt: skip
FILE_NAMES = (
    "Antrag.{}", "Anträge 2025 (2).{}", "Übersicht Straße & Co.{}", "scan_0001.{}", "Rechnung Nr. 47-11.{}", "brief;neu.{}",
    "Ein sehr langer Dateiname, wie ihn Bürgerinnen und Bürger gern vergeben, mit Datum vom 22. November 2025.{}",
    "100% fertig.{}", "O'Brien.{}", "Zeugnis_Żółć.{}", "Vertrag v1.2 final.{}", "a.{}",
)  # fmt: skip
_TYPES = {
    "pdf": "application/pdf", "png": "image/png", "jpg": "image/jpeg", "txt": "text/plain", "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text", "gif": "image/gif",
}  # fmt: skip


@cache
def papers() -> dict[str, bytes]:
    """One file of each kind that everybody may send."""
    return {
        "pdf": pdf(), "png": picture("PNG"), "jpg": picture("JPEG"), "docx": docx(), "xlsx": xlsx(), "pptx": pptx(),
        "odt": odf(), "zip": zipped({"Anlage.pdf": pdf()}), "txt": "Grüße\r\naus Münster\r\n".encode(),
    }  # fmt: skip


@cache
def logo(kind: str = "GIF") -> bytes:
    """What stands below a signature."""
    return picture(kind, 16, 16)


@dataclass(frozen=True)
class Paper:
    """One file to be attached."""

    name: str
    media_type: str
    content: bytes


def paper(
    rng: random.Random, kinds: Sequence[str] = ("pdf", "pdf", "jpg", "png", "docx", "xlsx", "odt", "zip", "pptx")
) -> Paper:
    """A file with a name as people give them."""
    kind = rng.choice(kinds)
    ending = rng.choice((kind, kind, kind.upper(), {"jpg": "jpeg"}.get(kind, kind)))
    return Paper(rng.choice(FILE_NAMES).format(ending), _TYPES[kind], papers()[kind])


def text(rng: random.Random, charset: str = "utf-8") -> bytes:
    """A letter of some lines, CRLF at each end."""
    lines = [rng.choice(SENTENCES) for _ in range(rng.randint(2, 14))]
    return "".join(f"{line}\r\n" for line in lines).encode(charset, "replace")


def html(rng: random.Random, image: str = "") -> bytes:
    """The same for programs that write HTML, on one line or on many."""
    join = rng.choice(("\r\n", "\r\n", ""))
    shown = "".join(f"<p>{line}</p>{join}" for line in text(rng).decode().split("\r\n"))
    picture_at = f'<img src="cid:{image}" alt="">' if image else ""
    style = "<style>p { margin: 0; font-family: =Arial }</style>"
    return f"<html><head>{style}</head><body>{shown}{picture_at}</body></html>\r\n".encode()


def qp(content: bytes) -> bytes:
    """Quoted-printable with soft breaks, text lines kept."""
    encoded = binascii.b2a_qp(content.replace(b"\r\n", b"\n"), istext=True)
    return encoded.replace(b"\n", b"\r\n")


def qp_short(content: bytes) -> bytes:
    """As Python's older writer does it."""
    return quopri.encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")


def b64(content: bytes, width: int = 76) -> bytes:
    """Base64 in lines of this width."""
    whole = base64.b64encode(content)
    return b"".join(whole[at : at + width] + b"\r\n" for at in range(0, len(whole), width))


def word(value: str, charset: str = "utf-8", how: str = "B") -> str:
    """Encoded words (RFC 2047) where they are needed, folded as programs do."""
    if value.isascii():
        return value
    pieces = textwrap.wrap(value, 18, drop_whitespace=False, break_long_words=True)
    return "\r\n ".join(_word(piece, charset, how) for piece in pieces)


def _word(piece: str, charset: str, how: str) -> str:
    raw = piece.encode(charset, "replace")
    if how == "B":
        return f"=?{charset}?B?{base64.b64encode(raw).decode()}?="
    signs = "".join(
        chr(one) if chr(one).isalnum() and one < 128 else "_" if one == 32 else f"={one:02X}" for one in raw
    )
    return f"=?{charset}?Q?{signs}?="


def quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def name_as_2231(name: str, key: str = "filename") -> str:
    """One extended parameter (RFC 2231, 4)."""
    return f"{key}*=UTF-8''{quote(name, safe='')}"


def name_in_pieces(name: str, key: str = "filename") -> str:
    """Numbered extended parameters (RFC 2231, 3), as Thunderbird writes long names; an escape is never cut."""
    signs = [sign if sign.isalnum() and sign.isascii() else quote(sign, safe="") for sign in name]
    pieces, line = [], "UTF-8''"
    for sign in signs:
        if len(line) + len(sign) > 50:
            pieces.append(line)
            line = ""
        line += sign
    return ";\r\n ".join(f"{key}*{at}*={piece}" for at, piece in enumerate((*pieces, line)))


def name_as_word(name: str, key: str = "filename") -> str:
    """Encoded words within quotes: against RFC 2047, 5, and what Gmail and Outlook do."""
    return f"{key}={quoted(name)}" if name.isascii() else f'{key}="{word(name)}"'


def name_raw(name: str, key: str = "filename") -> str:
    """As it is, in UTF-8."""
    return f"{key}={quoted(name)}"


def head(*fields: str | bytes) -> bytes:
    """A header block and the empty line behind it; fields come with their folds."""
    return b"".join((one if isinstance(one, bytes) else one.encode()) + b"\r\n" for one in fields) + b"\r\n"


def entity(fields: Iterable[str | bytes], body: bytes) -> bytes:
    """One part."""
    return head(*fields) + body


def multipart(boundary: str, *parts: bytes, preamble: bytes = b"", epilogue: bytes = b"\r\n") -> bytes:
    """Parts between delimiters."""
    mark = boundary.encode()
    inside = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return preamble + inside + b"--" + mark + b"--" + epilogue


Fields = list[str]


def usual(rng: random.Random, client: str, how: str = "Q", charset: str = "utf-8") -> Fields:
    """Trace, origin and date fields."""
    first, last = rng.choice(NAMES)
    host = f"mx{rng.randint(1, 9)}.{rng.choice(('buerger', 'kanzlei', 'verein', 'provider'))}.example"
    stamp = (
        f"{rng.randint(1, 28)} {rng.choice(('Jan', 'May', 'Nov'))} 2025 {rng.randint(10, 23)}:07:{rng.randint(10, 59)}"
    )
    return [
        f"Return-Path: <erika@{host[4:]}>",
        (
            f"Received: from {host} ({host} [192.0.2.{rng.randint(1, 250)}])\r\n\t(using TLSv1.3 with cipher "
            f"TLS_AES_256_GCM_SHA384 (256/256 bits))\r\n\t(No client certificate requested)\r\n\tby mx.provider.example "
            f"(Postfix) with ESMTPS id 4c{rng.randrange(10**8):08x}\r\n\tfor <{CENTRAL}>; Mon, {stamp} +0100 (CET)"
        ),
        f'From: "{word(f"{last}, {first}", charset, how)}" <erika@{host[4:]}>'
        if f"{first}{last}".isascii()
        else f"From: {word(f'{first} {last}', charset, how)} <erika@{host[4:]}>",
        f"To: {rng.choice((CENTRAL, f'<{CENTRAL}>', f'Stadtverwaltung <{CENTRAL}>', f'{quoted(CENTRAL)} <{CENTRAL}>'))}",
        f"Subject: {word(rng.choice(SUBJECTS), charset, how)}",
        f"Date: Mon, {stamp} +0100",
        f"Message-ID: <{client}.{rng.randrange(10**12):x}@{host}>",
    ]


def dkim(rng: random.Random) -> Fields:
    """Signatures with lists of fields, folded wherever a program liked to."""
    sign = b64(rng.randbytes(128), 64).decode().rstrip().replace("\r\n", "\r\n\t ")
    listed = rng.choice(
        (
            "From:To:Subject:Date:Message-ID:\r\n\t Content-Type:MIME-Version",
            "from:to:subject:date\r\n\t:message-id:mime-version\r\n\t:content-type:content-transfer-encoding:x-foo",
            "Content-Type:Content-Transfer-Encoding:\r\n Mime-Version:Subject",
        )
    )
    common = f"a=rsa-sha256; c=relaxed/relaxed; d=provider.example; s=s1;\r\n\th={listed};\r\n\tb={sign}"
    return [
        f"DKIM-Signature: v=1; {common}",
        f"ARC-Seal: i=1; a=rsa-sha256; t=1763800000; cv=none;\r\n\td=provider.example; s=arc;\r\n\tb={sign}",
        f"ARC-Message-Signature: i=1; {common}",
        "ARC-Authentication-Results: i=1; mx.provider.example 1; spf=pass\r\n smtp.mailfrom=x.example; dmarc=pass",
        f"X-Google-DKIM-Signature: v=1; {common}",
    ][: rng.randint(1, 5)]


def attachment(found: Paper, named: Callable[..., str], *more: str, width: int = 76) -> bytes:
    """A file as a part of its own."""
    fields = (
        f"Content-Type: {found.media_type};\r\n\t{named(found.name, 'name')}",
        *more,
        f"Content-Disposition: attachment;\r\n\t{named(found.name)}",
        "Content-Transfer-Encoding: base64",
    )
    return entity(fields, b64(found.content, width))


def plain(rng: random.Random, charset: str = "utf-8", *more: str) -> bytes:
    return entity(
        (f'Content-Type: text/plain; charset="{charset}"', "Content-Transfer-Encoding: quoted-printable", *more),
        qp(text(rng, charset)),
    )


def page(rng: random.Random, image: str = "") -> bytes:
    return entity(
        ("Content-Type: text/html; charset=utf-8", "Content-Transfer-Encoding: quoted-printable"), qp(html(rng, image))
    )


def papers_of(rng: random.Random, *args: object, **named: object) -> list[bytes]:
    return [attachment(paper(rng), *args, **named) for _ in range(rng.choice((0, 1, 1, 2, 4)))]
