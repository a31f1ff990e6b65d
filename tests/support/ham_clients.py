# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest messages of people, as their mail programs write them.

Written by hand from what these programs are seen to write, quirks included; no message of anybody's is copied.
"""

import random
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP

from support.ham_parts import (
    CENTRAL,
    SUBJECTS,
    b64,
    dkim,
    entity,
    head,
    logo,
    multipart,
    name_as_2231,
    name_as_word,
    name_in_pieces,
    name_raw,
    page,
    paper,
    papers,
    papers_of,
    plain,
    text,
    usual,
)


def outlook(rng: random.Random) -> bytes:
    mark = f"AM0PR{rng.randrange(10**4):04d}eurprd04prod_"
    dates = 'size=4321;\r\n\tcreation-date="Sat, 22 Nov 2025 10:00:00 GMT";\r\n\tmodification-date="Sat, 22 Nov 2025 10:00:00 GMT"'
    fields = [
        *usual(rng, "outlook", "B"), *dkim(rng), "Thread-Topic: Antrag", "Thread-Index: AQHcW5Yl+abcd/efgh==",
        "Accept-Language: de-DE, en-US", "Content-Language: de-DE", "X-MS-Has-Attach: yes", "X-MS-TNEF-Correlator:",
        "msip_labels:", "x-ms-exchange-messagesentrepresentingtype: 1",
        "X-Microsoft-Antispam-Message-Info:\r\n\t" + "\r\n\t".join(b64(rng.randbytes(48)).decode().strip() for _ in range(40)),
        "x-ms-exchange-antispam-messagedata-0:\r\n\t=?us-ascii?Q?" + "Qw" * 25 + "?=",
        "authentication-results: dkim=none (message not signed)\r\n header.d=none;dmarc=none action=none header.from=x.example;",
        f'Content-Type: multipart/mixed;\r\n\tboundary="_005_{mark}"', "MIME-Version: 1.0",
    ]  # fmt: skip
    image = f"image001.png@01DC5B96.{rng.randrange(16**8):08X}"
    alternative = multipart(f"_000_{mark}", plain(rng), page(rng, image), epilogue=b"\r\n")
    picture = entity(
        ('Content-Type: image/png; name="image001.png"', "Content-Description: image001.png",
         f'Content-Disposition: inline; filename="image001.png"; {dates}', f"Content-ID: <{image}>",
         "Content-Transfer-Encoding: base64"), b64(logo("PNG")))  # fmt: skip
    related = entity(
        (f'Content-Type: multipart/related;\r\n\tboundary="_004_{mark}";\r\n\ttype="multipart/alternative"',),
        multipart(
            f"_004_{mark}",
            entity((f'Content-Type: multipart/alternative;\r\n\tboundary="_000_{mark}"',), alternative),
            picture,
        ),
    )
    files = papers_of(rng, name_as_word, "Content-Description: Anlage")
    return head(*fields) + multipart(f"_005_{mark}", related, *files)


def apple(rng: random.Random) -> bytes:
    outer, inner = (f"Apple-Mail=_{rng.randrange(16**12):012X}-{n}" for n in "AB")
    fields = [*usual(rng, "apple"), "Mime-Version: 1.0 (Mac OS X Mail 16.0 \\(3774.300.61.1.2\\))", "X-Mailer: Apple Mail (2.3774.300.61.1.2)",
              f'Content-Type: multipart/alternative;\r\n\tboundary="{outer}"']  # fmt: skip
    files = [
        entity((f"Content-Disposition: inline;\r\n\t{name_as_2231(one.name)}", f"Content-Type: {one.media_type};\r\n\tx-unix-mode=0644;\r\n\t{name_as_word(one.name, 'name')}",
                "Content-Transfer-Encoding: base64"), b64(one.content))
        for one in (paper(rng) for _ in range(rng.randint(1, 3)))
    ]  # fmt: skip
    mixed = entity((f'Content-Type: multipart/mixed;\r\n\tboundary="{inner}"', ""), b"")[:-2] + multipart(
        inner, page(rng), *files, page(rng)
    )
    return head(*fields) + multipart(outer, plain(rng), mixed, preamble=b"\r\n")


def ios(rng: random.Random) -> bytes:
    mark = f"Apple-Mail-{rng.randrange(16**12):012X}"
    fields = [
        *usual(rng, "ios"),
        f"Content-Type: multipart/mixed; boundary={mark}",
        "Content-Transfer-Encoding: 7bit",
        "Mime-Version: 1.0 (1.0)",
        "X-Mailer: iPhone Mail (21B101)",
    ]
    shots = [
        entity((f"Content-Type: image/jpeg;\r\n\tname=IMG_{n}.jpeg;\r\n\tx-apple-part-url=4C1A", f"Content-Disposition: inline;\r\n\tfilename=IMG_{n}.jpeg", "Content-Transfer-Encoding: base64"),
               b64(papers()["jpg"]))
        for n in range(rng.randint(1, 4))
    ]  # fmt: skip
    return head(*fields) + multipart(mark, plain(rng), *shots, plain(rng), preamble=b"\r\n")


def gmail(rng: random.Random) -> bytes:
    outer, inner = f"000000000000{rng.randrange(16**6):06x}0644", f"000000000000{rng.randrange(16**6):06x}0645"
    fields = [*dkim(rng), "X-Gm-Message-State: AOJu0Yy" + "x" * 60, "X-Received: by 2002:a05:6402:1:b0:64 with SMTP id x1-2; Mon, 3 Nov 2025\r\n 10:00:00 -0800 (PST)",
              *usual(rng, "gmail", "B"), f'Content-Type: multipart/mixed; boundary="{outer}"', "MIME-Version: 1.0"]  # fmt: skip
    both = entity(
        (f'Content-Type: multipart/alternative; boundary="{inner}"',), multipart(inner, plain(rng), page(rng))
    )
    files = papers_of(rng, name_as_word, "Content-ID: <f_mi1>\r\nX-Attachment-Id: f_mi1")
    return head(*fields) + multipart(outer, both, *files, epilogue=b"")


def webde(rng: random.Random) -> bytes:
    mark = f"{rng.choice(('kenitram', 'abmob', 'tarantel'))}-{rng.randrange(16**12):012x}"
    results = "\r\n ".join(b64(rng.randbytes(45)).decode().strip() for _ in range(20))
    fields = [*usual(rng, "webde"), "Importance: normal", "Sensitivity: Normal", "X-Priority: 3", f"Content-Type: multipart/mixed; boundary={mark}", "MIME-Version: 1.0",
              "X-Provags-ID: V03:K1:abc/def+ghi=", f"X-UI-Out-Filterresults: notjunk:1;V03:K0:x=;{results}"]  # fmt: skip
    return head(*fields) + multipart(mark, page(rng), *papers_of(rng, name_raw))


def thunderbird(rng: random.Random) -> bytes:
    mark = f"------------{rng.randrange(16**12):012x}AbCd"
    fields = [*usual(rng, "thunderbird"), "MIME-Version: 1.0", "User-Agent: Mozilla Thunderbird", "Content-Language: de-DE",
              "Autocrypt: addr=erika@buerger.example; keydata=\r\n " + "\r\n ".join("xsFNBGB" + "A" * 65 for _ in range(rng.randint(5, 60))),
              f'Content-Type: multipart/mixed; boundary="{mark}"']  # fmt: skip
    flowed = entity(
        ("Content-Type: text/plain; charset=UTF-8; format=flowed", "Content-Transfer-Encoding: 8bit"), text(rng)
    )
    return head(*fields) + multipart(
        mark,
        flowed,
        *papers_of(rng, name_in_pieces),
        preamble=b"This is a multi-part message in MIME format.\r\n",
        epilogue=b"\r\n\r\n",
    )


def notes(rng: random.Random) -> bytes:
    serial = f"{rng.randrange(16**12):012X}"
    outer, inner, last = (f"{n}__=4EBB{serial}" for n in (0, 1, 2))
    fields = [*usual(rng, "notes", "Q", "iso-8859-1"), "MIME-Version: 1.0", "X-KeepSent: 12345678:ABCDEF01-C1258D53:00345678;\r\n type=4; name=$KeepSent",
              "X-MIMETrack: Itemize by SMTP Server on SRV1/Firma(Release 9.0.1FP8|Februar 23, 2017) at\r\n 22.11.2025 10:00:00,\r\n\tSerialize complete at 22.11.2025 10:00:00",
              f'Content-type: multipart/mixed; \r\n\tBoundary="{outer}"', "Content-Disposition: inline"]  # fmt: skip
    both = entity(
        (f'Content-type: multipart/alternative; \r\n\tBoundary="{last}"',),
        multipart(last, plain(rng, "iso-8859-1"), page(rng)),
    )
    gif = entity(('Content-type: image/gif; \r\n\tname="graycol.gif"', 'Content-Disposition: inline; filename="graycol.gif"', f"Content-ID: <2__={serial}@firma.example>", "Content-transfer-encoding: base64"),
                 b64(logo()))  # fmt: skip
    related = entity((f'Content-type: multipart/related; \r\n\tBoundary="{inner}"',), multipart(inner, both, gif))
    return head(*fields) + multipart(outer, related, *papers_of(rng, name_as_word, width=72), epilogue=b"\r\n\r\n")


def notes_spaces(rng: random.Random) -> bytes:
    mark = f"=_alternative 003{rng.randrange(16**5):05X}C1258D53_="
    fields = [*usual(rng, "notes2"), "MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{mark}"']
    return head(*fields) + multipart(
        mark, plain(rng, "US-ASCII"), page(rng), preamble=b"This is a multipart message in MIME format.\r\n"
    )


def mutt(rng: random.Random) -> bytes:
    mark = b64(rng.randbytes(12)).decode().strip()
    fields = [
        *usual(rng, "mutt"),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
        "Content-Disposition: inline",
        "User-Agent: Mutt/2.2.9 (2022-11-12)",
    ]
    said = entity(
        (
            "Content-Type: text/plain; charset=iso-8859-15",
            "Content-Disposition: inline",
            "Content-Transfer-Encoding: 8bit",
        ),
        text(rng, "iso-8859-15"),
    )
    return head(*fields) + multipart(mark, said, *papers_of(rng, name_as_2231), preamble=b"\r\n")


def generic(rng: random.Random, client: str, mark: str, named: Callable[..., str]) -> bytes:
    """The many that differ by the boundary and the way of naming."""
    inner = f"{mark[:-1]}{'x' if mark[-1] != 'x' else 'y'}"
    fields = [*usual(rng, client, rng.choice("QB"), rng.choice(("utf-8", "UTF-8", "windows-1252", "iso-8859-15"))), *rng.choice(([], dkim(rng))), "MIME-Version: 1.0",
              f'Content-Type: multipart/mixed;\r\n boundary="{mark}"', f"X-Mailer: {client}"]  # fmt: skip
    both = entity(
        (f'Content-Type: multipart/alternative;\r\n boundary="{inner}"',), multipart(inner, plain(rng), page(rng))
    )
    return head(*fields) + multipart(
        mark,
        both,
        *papers_of(rng, named),
        preamble=rng.choice((b"", b"\r\n", b"This is a multi-part message in MIME format.\r\n\r\n")),
    )


_MARKS: dict[str, tuple[Callable[[random.Random], str], Callable[..., str]]] = {
    "k9": (lambda rng: f"----{rng.randrange(16**12):030X}", name_raw),
    "javamail": (lambda rng: f"----=_Part_{rng.randint(0, 99)}_{rng.randrange(10**9)}.1763800000000", name_as_word),
    "samsung": (lambda rng: f"--_com.samsung.android.email_{rng.randrange(10**15)}0", name_as_word),
    "roundcube": (lambda rng: f"=_{rng.randrange(16**12):032x}", name_as_2231),
    "evolution": (lambda rng: f"=-{b64(rng.randbytes(12)).decode().strip().replace('=', '')}", name_as_2231),
    "sogo": (lambda rng: f"----=_=-_OpenGroupware_org_NGMime-{rng.randint(1, 999)}-1763800000.1-2------", name_as_2231),
    "thebat": (lambda rng: f"----------0{rng.randrange(16**8):08X}1E0F2A3B4", name_as_word),
    "emclient": (lambda rng: f"------=_MB{rng.randrange(16**12):012X}-0001", name_as_2231),
    "groupwise": (lambda rng: f"=__Part{rng.randrange(16**8):08X}.1__=", name_as_word),
    "phpmailer": (lambda rng: f"b1_{rng.randrange(16**12):032x}", name_as_word),
    "windowsmail": (lambda rng: f"_{rng.randrange(16**12):012X}-1234-ABCD_", name_as_word),
    "outlook-express": (lambda rng: f"----=_NextPart_000_00{rng.randrange(16**2):02X}_01DC5B96.{rng.randrange(16**8):08X}", name_as_word),
    "zimbra": (lambda rng: f"----=_Part_{rng.randrange(10**8)}_{rng.randrange(10**9)}.17638", name_as_2231),
    "mailmate": (lambda rng: f"=_MailMate_{rng.randrange(16**12):012X}_=", name_in_pieces),
    "kmail": (lambda rng: f"nextPart{rng.randrange(10**8)}.abcDEF", name_in_pieces),
    "horde": (lambda rng: f"=_{b64(rng.randbytes(15)).decode().strip()}", name_as_2231),
    "claws": (lambda rng: f"MP_/{b64(rng.randbytes(15)).decode().strip().replace('/', '_')}", name_as_2231),
}  # fmt: skip


def python(rng: random.Random) -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "Formular <formular@stadt.example>", CENTRAL
    message["Subject"], message["Message-ID"] = rng.choice(SUBJECTS), f"<{rng.randrange(10**12)}@app.example>"
    message.set_content(text(rng).decode())
    for found in (paper(rng) for _ in range(rng.randint(0, 2))):
        main, _, sub = found.media_type.partition("/")
        message.add_attachment(found.content, maintype=main, subtype=sub, filename=found.name)
    return message.as_bytes()


CLIENTS: dict[str, Callable[[random.Random], bytes]] = {
    "outlook": outlook, "apple": apple, "ios": ios, "gmail": gmail, "webde": webde, "thunderbird": thunderbird,
    "notes": notes, "notes-spaces": notes_spaces, "mutt": mutt, "python": python,
    **{name: lambda rng, name=name, mark=mark, named=named: generic(rng, name, mark(rng), named) for name, (mark, named) in _MARKS.items()},
}  # fmt: skip
