# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest messages with what is seldom: other alphabets, long and decomposed names, old habits, mail within mail.

Written by hand from what programs are seen to write, quirks included; no message of anybody's is copied.
"""

import binascii
import random
import struct
import unicodedata
from collections.abc import Callable
from urllib.parse import quote

from support.ham_clients import CLIENTS
from support.ham_parts import (
    CENTRAL,
    attachment,
    b64,
    entity,
    head,
    html,
    logo,
    multipart,
    name_as_2231,
    name_as_word,
    name_in_pieces,
    page,
    paper,
    papers,
    plain,
    qp,
    text,
    usual,
    word,
)

ABROAD: tuple[tuple[str, str, str], ...] = (
    ("windows-1251", "Заявление о регистрации", "Уважаемые дамы и господа, прилагаю документы."),
    ("koi8-r", "Справка", "Прошу подтвердить получение."),
    ("koi8-u", "Довідка їжак", "Прошу підтвердити отримання."),
    ("windows-1254", "Başvuru formu", "Sayın yetkili, belgeler ektedir."),
    ("iso-8859-9", "İkamet belgesi", "Teşekkür ederim, iyi günler."),
    ("windows-1250", "Žádost o potvrzení", "Dobrý den, přikládám dokumenty."),
    ("iso-8859-2", "Wniosek o zaświadczenie", "Dzień dobry, w załączeniu przesyłam."),
    ("windows-1253", "Αίτηση", "Σας στέλνω τα έγγραφα."),
    ("windows-1256", "طلب", "السيدات والسادة، مرفق المستندات."),
    ("windows-1255", "בקשה", "שלום רב, מצורפים המסמכים."),
    ("iso-2022-jp", "申請書", "お世話になっております。書類を添付します。"),
    ("shift_jis", "証明書", "よろしくお願いいたします。"),
    ("euc-kr", "신청서", "안녕하세요. 서류를 첨부합니다."),
    ("gb18030", "申请表", "您好，附件是所需的文件。"),
    ("gb2312", "证明", "请查收附件。谢谢。"),
    ("big5", "申請表", "您好，附件為所需文件。"),
    ("windows-1252", "Übersicht „Straße“ – Größe", "Grüße aus Köln – mit „Anlage“ für 10 €."),
    ("iso-8859-15", "Rechnung über 10 €", "Schöne Grüße"),
    ("macintosh", "Übersicht", "Grüße"),
)
"""Charset as programs write it, a name, a sentence."""
_CODECS = {"macintosh": "mac-roman"}


def _raw(value: str, charset: str) -> bytes:
    return value.encode(_CODECS.get(charset, charset))


def _word_in(value: str, charset: str) -> str:
    return f"=?{charset}?B?{b64(_raw(value, charset), 10_000).decode().strip()}?="


def _extended_in(value: str, charset: str) -> str:
    return f"filename*={charset}''{quote(_raw(value, charset), safe='')}"


def abroad(rng: random.Random) -> bytes:
    """Text, subject and file name in the charset of the country."""
    charset, name, said = rng.choice(ABROAD)
    mark = f"----=_Part_{rng.randrange(10**9)}"
    file = rng.choice(papers_like(rng, name))
    named = rng.choice((lambda: f'filename="{_word_in(file, charset)}"', lambda: _extended_in(file, charset)))
    way = rng.choice(("base64", "quoted-printable", "8bit" if charset != "iso-2022-jp" else "7bit"))
    raw = _raw(said, charset) + b"\r\n"
    body = {"base64": b64(raw), "quoted-printable": qp(raw)}.get(way, raw)
    fields = [
        *(one for one in usual(rng, "abroad") if not one.startswith("Subject:")),
        f"Subject: {_word_in(name, charset)}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
    ]
    shown = entity((f'Content-Type: text/plain; charset="{charset}"', f"Content-Transfer-Encoding: {way}"), body)
    found = entity(
        (
            f'Content-Type: application/pdf; name="{_word_in(file, charset)}"',
            "Content-Transfer-Encoding: base64",
            f"Content-Disposition: attachment; {named()}",
        ),
        b64(papers()["pdf"]),
    )
    return head(*fields) + multipart(mark, shown, found)


def papers_like(rng: random.Random, name: str) -> tuple[str, ...]:
    return (f"{name}.pdf", f"{name} {rng.randrange(100)}.PDF")


def decomposed(rng: random.Random) -> bytes:
    """macOS writes umlauts as letter and mark; one file beside its resource fork, as AppleDouble."""
    mark, pair = f"Apple-Mail-{rng.randrange(16**12):012X}", f"Apple-Mail-{rng.randrange(16**12):012X}-d"
    name = unicodedata.normalize("NFD", rng.choice(("Anträge für Köln.pdf", "Übersicht.pdf", "Größe.pdf")))
    file = entity(
        (
            f"Content-Disposition: attachment;\r\n\t{name_as_2231(name)}",
            f"Content-Type: application/pdf;\r\n\tx-unix-mode=0644;\r\n\t{name_as_word(name, 'name')}",
            "Content-Transfer-Encoding: base64",
        ),
        b64(papers()["pdf"]),
    )
    fields = [
        *usual(rng, "apple"),
        "Mime-Version: 1.0 (Apple Message framework v1283)",
        f"Content-Type: multipart/mixed; boundary={mark}",
    ]
    if rng.random() < 0.5:
        return head(*fields) + multipart(mark, plain(rng), file, preamble=b"\r\n")
    fork = struct.pack(">II16xH", 0x00051607, 0x00020000, 1) + struct.pack(">III", 9, 38, 32) + bytes(32)
    double = entity(
        (f"Content-Type: multipart/appledouble;\r\n\tboundary={pair}",),
        multipart(
            pair,
            entity(
                (
                    f"Content-Type: application/applefile;\r\n\t{name_as_word(name, 'name')}",
                    "Content-Transfer-Encoding: base64",
                    f"Content-Disposition: attachment;\r\n\t{name_as_2231(name)}",
                ),
                b64(fork),
            ),
            file,
        ),
    )
    return head(*fields) + multipart(mark, plain(rng), double, preamble=b"\r\n")


def long_names(rng: random.Random) -> bytes:
    name = "Sehr ausführliche Bezeichnung der Anlage " * rng.randint(2, 5) + "Nr. 7.pdf"
    mark, named = f"b{rng.randrange(10**9)}", rng.choice((name_in_pieces, name_as_word, name_as_2231))
    file = entity(
        (
            f"Content-Type: application/pdf;\r\n {name_as_word(name, 'name')}",
            f"Content-Disposition: attachment;\r\n {named(name)}",
            "Content-Transfer-Encoding: base64",
        ),
        b64(papers()["pdf"]),
    )
    fields = [*usual(rng, "long"), "MIME-Version: 1.0", f"Content-Type: multipart/mixed; boundary={mark}"]
    return head(*fields) + multipart(mark, plain(rng), file)


def nothing_said(rng: random.Random) -> bytes:
    """Only a subject: no body at all, an empty one, empty parts, or nothing but line ends."""
    fields = usual(rng, "empty")
    mark = f"b{rng.randrange(10**9)}"
    mixed = (*fields, "MIME-Version: 1.0", f"Content-Type: multipart/mixed; boundary={mark}")
    blank = entity(("Content-Type: text/plain; charset=utf-8",), b"")
    return rng.choice(
        (
            head(*fields),
            head(*fields, "Content-Type: text/plain; charset=utf-8") + b"\r\n" * rng.choice((1, 40, 100)),
            head(*mixed) + multipart(mark, blank, attachment(paper(rng), name_as_word)),
            head(*mixed) + multipart(mark, attachment(paper(rng), name_as_word)),
            head(*mixed) + multipart(mark, blank, blank),
        )
    )


def flowed(rng: random.Random) -> bytes:
    lines = b"".join(b"Dies ist ein Absatz, der weiterlaeuft \r\n" for _ in range(rng.randint(1, 9)))
    quoted = b">> frueher gesagt \r\n> geantwortet\r\n-- \r\nErika\r\n"
    kind = rng.choice(("format=flowed", "format=flowed; delsp=yes", 'format="flowed"'))
    return (
        head(*usual(rng, "flowed"), "MIME-Version: 1.0", f"Content-Type: text/plain; charset=us-ascii; {kind}")
        + lines
        + quoted
    )


def digest(rng: random.Random) -> bytes:
    """A mailing list's day in one message."""
    outer, inner = (f"==============={rng.randrange(10**19)}==" for _ in range(2))
    letters = [
        entity((), head(*usual(rng, "digest"), "Content-Type: text/plain; charset=utf-8") + text(rng))
        for _ in range(rng.randint(1, 6))
    ]
    bundle = entity(
        (f'Content-Type: multipart/digest; boundary="{inner}"', "MIME-Version: 1.0", "Content-Description: Digest"),
        multipart(inner, *letters),
    )
    fields = [
        *usual(rng, "list"),
        "List-Id: <liste.verein.example>",
        "Precedence: list",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{outer}"',
    ]
    return head(*fields) + multipart(outer, plain(rng), bundle, plain(rng))


def chain(rng: random.Random) -> bytes:
    """Forwarded as attachment, again and again."""
    inner = CLIENTS[rng.choice(tuple(CLIENTS))](rng)
    for level in range(rng.randint(2, 5)):
        mark = f"_{level:03d}_AM0PR{rng.randrange(10**4):04d}_"
        letter = entity(
            ("Content-Type: message/rfc822", f'Content-Disposition: attachment; filename="WG {level}.eml"'), inner
        )
        fields = [*usual(rng, "chain"), "MIME-Version: 1.0", f'Content-Type: multipart/mixed;\r\n\tboundary="{mark}"']
        inner = head(*fields) + multipart(mark, plain(rng), letter)
    return inner


def cut_off(rng: random.Random) -> bytes:
    """Programs that forget the last delimiter, or leave out the line end behind it."""
    whole = CLIENTS["javamail"](rng).rstrip(b"\r\n")
    last = whole.rfind(b"\r\n--")
    return whole[: last + 2] if rng.random() < 0.5 else whole


def mailx(rng: random.Random) -> bytes:
    """uuencode piped into mail, as scripts on old machines do."""
    content = papers()["pdf"]
    lines = b"".join(
        binascii.b2a_uu(content[at : at + 45], backtick=rng.random() < 0.5).rstrip(b"\n") + b"\r\n"
        for at in range(0, len(content), 45)
    )
    name = rng.choice(("bericht.pdf", "Liste 2025.pdf"))
    return (
        head(*usual(rng, "mailx")) + text(rng) + b"\r\nbegin 644 " + name.encode() + b"\r\n" + lines + b"`\r\nend\r\n"
    )


def quoted_source(rng: random.Random) -> bytes:
    """People who paste the source of another message into a text, and Exim and qmail, which return one in theirs."""
    source = head(*usual(rng, "pasted"), "MIME-Version: 1.0", 'Content-Type: text/plain; charset="utf-8"')
    opening = rng.choice(
        (
            b"Hier der Quelltext:\r\n\r\n",
            b"------ This is a copy of the message, including all the headers. ------\r\n\r\n",
            b"--- Below this line is a copy of the message.\r\n\r\n",
            b"-----Urspr\xc3\xbcngliche Nachricht-----\r\n",
        )
    )
    return head(*usual(rng, "paste"), "Content-Type: text/plain; charset=utf-8") + opening + source + text(rng)


def absence(rng: random.Random) -> bytes:
    mark = f"_000_{rng.randrange(16**16):016x}_"
    fields = [
        *usual(rng, "absence", "B"),
        "Auto-Submitted: auto-replied",
        "X-Auto-Response-Suppress: All",
        "Precedence: bulk",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n\tboundary="{mark}"',
    ]
    return head(*fields) + multipart(mark, plain(rng), page(rng))


def exchange_report(rng: random.Random) -> bytes:
    """Exchange's non-delivery report: HTML, status and the letter, each with its quirks."""
    outer, inner = (f"{rng.randrange(16**32):032x}" for _ in range(2))
    told = entity(
        (f'Content-Type: multipart/alternative; differences=Content-Type;\r\n\tboundary="{inner}"',),
        multipart(inner, plain(rng), page(rng)),
    )
    status = entity(
        ("Content-Type: message/delivery-status",),
        b"Reporting-MTA: dns;EX01.amt.example\r\nReceived-From-MTA: dns;a.example\r\n\r\nFinal-recipient: RFC822;\r\n"
        b" x@amt.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-code: smtp;550 5.1.1 RESOLVER.ADR.RecipNotFound\r\n",
    )
    letter = entity(("Content-Type: message/rfc822",), CLIENTS["outlook"](rng))
    fields = [
        "From: <postmaster@amt.example>",
        f"To: <{CENTRAL}>",
        "Date: Sat, 22 Nov 2025 10:00:00 +0100",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{outer}"',
        "X-MS-Exchange-Message-Is-Ndr:",
        "Content-Language: de-DE",
        f"Message-ID: <{rng.randrange(10**12)}@EX01.amt.example>",
        f"Subject: {word('Unzustellbar: Übersicht')}",
        "Auto-Submitted: auto-replied",
    ]
    return head(*fields) + multipart(outer, told, status, letter)


def web_outlook(rng: random.Random) -> bytes:
    """Outlook on the web: related outermost, pictures with names and ids, no text part."""
    mark = f"_003_{rng.randrange(16**32):032x}_"
    image = f"{rng.randrange(16**8):08x}-1a2b-4c3d-8e9f-0123456789ab"
    pictures = [
        entity(
            (
                f'Content-Type: image/{kind}; name="{name}"',
                f"Content-Description: {name}",
                f'Content-Disposition: inline;\r\n\tfilename="{name}"; size=1234;\r\n\tcreation-date="Sat, 22 Nov 2025 10:00:00 GMT"',
                f"Content-ID: <{image}>",
                "Content-Transfer-Encoding: base64",
            ),
            b64(logo(kind.upper())),
        )
        for kind, name in (("png", "Outlook-ibkx2ufq.png"), ("gif", "smile.gif"))
    ]
    fields = [
        *usual(rng, "owa", "B"),
        "X-MS-Exchange-Organization-AuthAs:",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/related;\r\n\tboundary="{mark}";\r\n\ttype="text/html"',
    ]
    return head(*fields) + multipart(mark, page(rng, image), *pictures)


def ticket(rng: random.Random) -> bytes:
    """Ticket systems nest mixed, related and alternative, and write unusual fields."""
    outer, middle, inner = (f"----------={10}{rng.randrange(10**9)}-{rng.randrange(10**6)}-{n}" for n in range(3))
    both = entity(
        (
            f'Content-Type: multipart/alternative; boundary="{inner}"',
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: binary",
        ),
        multipart(inner, plain(rng), page(rng)),
    )
    related = entity(
        (f'Content-Type: multipart/related; boundary="{middle}"; type="multipart/alternative"',),
        multipart(middle, both),
    )
    fields = [
        *usual(rng, "ticket"),
        "X-RT-Loop-Prevention: verein",
        "X-Managed-BY: RT 5.0.3 (http://www.bestpractical.com/rt/)",
        "X-Zammad-Ticket-ID: 17",
        "Content-Transfer-Encoding: binary",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{outer}"',
    ]  # fmt: skip
    return head(*fields) + multipart(outer, related, attachment(paper(rng), name_as_word))


def shop(rng: random.Random) -> bytes:
    """A letter of a shop or a bank: text, AMP and HTML, long lines in quoted-printable and in base64."""
    mark = f"--==_mimepart_{rng.randrange(16**12):012x}"
    amp = entity(
        ('Content-Type: text/x-amp-html; charset="UTF-8"', "Content-Transfer-Encoding: quoted-printable"),
        qp(b"<!doctype html><html amp4email><body>" + text(rng) + b"</body></html>\r\n"),
    )
    shown = entity(
        ('Content-Type: text/html; charset="UTF-8"', "Content-Transfer-Encoding: base64"), b64(html(rng) * 8, 900)
    )
    fields = [
        *usual(rng, "shop"),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{mark}";\r\n charset=UTF-8',
    ]
    return head(*fields) + multipart(mark, plain(rng), amp, shown, preamble=b"\r\n")


ABROAD_PROGRAMS: tuple[tuple[str, Callable[[random.Random], bytes], bool, bool], ...] = (
    ("abroad", abroad, False, True), ("decomposed", decomposed, False, True), ("long-names", long_names, False, True),
    ("nothing-said", nothing_said, False, True), ("flowed", flowed, False, True), ("digest", digest, False, True),
    ("chain", chain, False, True), ("cut-off", cut_off, False, True), ("mailx", mailx, False, True),
    ("quoted-source", quoted_source, False, True), ("absence", absence, True, True), ("exchange-report", exchange_report, True, True),
    ("web-outlook", web_outlook, False, True), ("ticket", ticket, False, True), ("shop", shop, False, True),
)  # fmt: skip
"""Name, writer, whether it is a bounce, whether everything in it is on the page's list."""
