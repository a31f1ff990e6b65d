# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest messages of machines, lists and special cases: scanners, scripts, reports, lists.

Written by hand from what these programs are seen to write, quirks included; no message of anybody's is copied.
"""

import random
from collections.abc import Callable

from support.ham_parts import (
    CENTRAL,
    b64,
    dkim,
    entity,
    head,
    html,
    multipart,
    papers,
    plain,
    qp_short,
    text,
    usual,
)
from support.ham_special import forwarded, invitation, pgp_signed, smime, visiting_card, winmail

Writer = Callable[[random.Random], bytes]


def scanner(rng: random.Random) -> bytes:
    maker, mark = rng.choice(
        (
            ("KONICA MINOLTA bizhub C258", "KONICA_MINOLTA_Internet_Fax_Boundary"),
            ("RICOH IM C3000", "DC_BOUND_PRE_<1763800000.000074a1>"),
            ("Canon iR-ADV C5535", "=====_CANON_IFAX_BOUNDARY_=="),
            ("Xerox WorkCentre", "Xerox_Boundary_1"),
            ("Brother", "----=_NextPart_Brother"),
        )
    )
    mark = mark.replace("<", "").replace(">", "")
    name = f"SKM_C258{rng.randrange(10**10)}.pdf"
    fields = [
        "From: scanner@firma.example",
        f"To: {CENTRAL}",
        "Subject: =?ISO-8859-1?B?U2NhbiB2b20gS29waWVyZXI=?=",
        "Date: Sat, 22 Nov 2025 10:00:00 +0100",
        f"Message-ID: <{rng.randrange(10**14)}.{rng.randrange(999)}@[192.168.1.5]>",
        f"X-Mailer: {maker}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
    ]
    said = entity(
        (
            "Content-Type: text/plain; charset=iso-8859-1",
            f"Content-Transfer-Encoding: {rng.choice(('7bit', '7BIT', '8bit'))}",
        ),
        rng.choice((b"", b"Device Name: SCAN\r\nResolution: 200x200 DPI\r\n")),
    )
    scan = entity(
        (
            f'Content-Type: application/pdf; name="{name}"',
            "Content-Transfer-Encoding: Base64",
            f'Content-Disposition: attachment; filename="{name}"',
        ),
        b64(papers()["pdf"], rng.choice((60, 72, 76))),
    )
    return head(*fields) + multipart(
        mark,
        said,
        scan,
        preamble=rng.choice((b"", b"This is multipart message.\r\n")),
        epilogue=rng.choice((b"", b"\r\n")),
    )


def sap(rng: random.Random) -> bytes:
    mark = f"=_000_SAP{rng.randrange(16**12):012X}"
    name = f"BESTELLUNG_45{rng.randrange(10**8):08d}.PDF"
    fields = [
        "From: =?utf-8?Q?Einkauf_M=C3=BCnster?= <wf-batch@firma.example>",
        f"To: {CENTRAL}",
        f"Subject: Bestellung {rng.randrange(10**9)}",
        "Date: Sat, 22 Nov 2025 09:00:00 +0000",
        f"Message-ID: <{rng.randrange(16**16):016X}@firma.example>",
        "X-Mailer: SAP NetWeaver 7.50",
        "Importance: normal",
        "MIME-Version: 1.0",
        "X-SAP-Client:",
        f'Content-Type: multipart/mixed;boundary="{mark}"',
    ]
    said = entity(
        (
            "Content-Type: text/plain;charset=utf-8",
            "Content-Transfer-Encoding: quoted-printable",
            "Content-Disposition: inline",
        ),
        qp_short(text(rng)),
    )
    order = entity(
        (
            f'Content-Type: application/pdf;name="{name}"',
            "Content-Transfer-Encoding: base64",
            f'Content-Disposition: attachment;filename="{name}"',
            "Content-Description: Bestellung",
        ),
        b64(papers()["pdf"]),
    )
    return head(*fields) + multipart(mark, said, order, preamble=b"\r\n")


def script(rng: random.Random) -> bytes:
    """Hand-made mail of web forms: old habits of many years."""
    habits = rng.choice(
        (
            ("X-Mailer : PHP/7.4.33", "Content-Type: text/plain; charset=utf-8"),
            ("Subject : Formular", "Content-type: text/html; charset=iso-8859-1"),
            ("MIME-Version: 1.0", "MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8"),
            ("Content-Type: text/plain; charset=UTF-8", "Content-Type: text/plain; charset=UTF-8"),
            ("Content-Type: text/plain;charset=utf-8;", "Content-Transfer-Encoding: 8bit"),
            ('Content-Type: text/plain; charset="utf-8"', "Content-Transfer-Encoding: 8-bit"),
            ("X-PHP-Script: www.verein.example/kontakt.php for 192.0.2.1, 192.0.2.2", "Content-type: text/plain"),
            ("_form_id: 17", "X-Form(1): ja"),
            ("Content-Type: text/plain", "Content-Transfer-Encoding: UTF-8"),
            ("Content-Type: text",),
            (),
            ("Organization: Verein für Müll".encode("latin-1"), "Content-Type: text/plain; charset=iso-8859-1"),
        )
    )
    kept = [
        one
        for one in usual(rng, "script")
        if not (any("Subject :" in str(h) for h in habits) and one.startswith("Subject:"))
    ]
    return head(*kept, *habits) + text(rng, rng.choice(("utf-8", "iso-8859-1")))


def raw_names(rng: random.Random) -> bytes:
    """Eight bits in names and subjects as they are."""
    mark, name, charset = f"b{rng.randrange(10**9)}", "Übersicht Straße.pdf", rng.choice(("utf-8", "latin-1"))
    fields = [
        *(one for one in usual(rng, "raw") if not one.startswith("Subject:")),
        "Subject: Anträge".encode(charset),
        "MIME-Version: 1.0",
        f"Content-Type: multipart/mixed; boundary={mark}",
    ]
    found = entity(
        (
            f'Content-Type: application/pdf; name="{name}"'.encode(charset),
            "Content-Transfer-Encoding: base64",
            f'Content-Disposition: attachment; filename="{name}"'.encode(charset),
        ),
        b64(papers()["pdf"]),
    )
    return head(*fields) + multipart(mark, plain(rng), found)


def bounce(rng: random.Random) -> bytes:
    mark = f"4cABC{rng.randrange(10**8)}.1763800000/mx.provider.example"
    told = entity(
        ("Content-Description: Notification", "Content-Type: text/plain; charset=us-ascii"),
        b"This is the mail system at host mx.provider.example.\r\n\r\nI'm sorry to have to inform you\r\n",
    )
    report = entity(
        ("Content-Description: Delivery report", "Content-Type: message/delivery-status"),
        b"Reporting-MTA: dns; mx.provider.example\r\nX-Postfix-Queue-ID: 4cABC\r\nArrival-Date: Sat, 22 Nov 2025 10:00:00 +0100 (CET)\r\n\r\n"
        b"Final-Recipient: rfc822; x@provider.example\r\nAction: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 unknown\r\n",
    )
    original = head(
        *usual(rng, "original"),
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
    )
    returned = rng.choice(
        (
            entity(
                (
                    "Content-Description: Undelivered Message",
                    "Content-Type: message/rfc822",
                    "Content-Transfer-Encoding: 8bit",
                ),
                original + text(rng),
            ),
            entity(("Content-Description: Undelivered Message Headers", "Content-Type: text/rfc822-headers"), original),
        )
    )
    fields = [
        "Received: by mx.provider.example (Postfix)\r\n\tid 4cABC; Sat, 22 Nov 2025 10:00:00 +0100 (CET)",
        "Date: Sat, 22 Nov 2025 10:00:00 +0100 (CET)",
        "From: MAILER-DAEMON@mx.provider.example (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        f"To: {CENTRAL}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="{mark}"',
        f"Message-Id: <{rng.randrange(10**12)}.4cABC@mx.provider.example>",
    ]
    return head(*fields) + multipart(
        mark, told, report, returned, preamble=b"This is a MIME-encapsulated message.\r\n\r\n"
    )


def receipt(rng: random.Random) -> bytes:
    mark = f"------------{rng.randrange(16**12):012X}"
    report = entity(
        (
            'Content-Type: message/disposition-notification; name="MDNPart2.txt"',
            "Content-Disposition: inline",
            "Content-Transfer-Encoding: 7bit",
        ),
        b"Reporting-UA: buerger.example; Mozilla Thunderbird\r\nFinal-Recipient: rfc822;erika@buerger.example\r\nOriginal-Message-ID: <1@stadt.example>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n\r\n",
    )
    fields = [
        *usual(rng, "receipt"),
        "References: <1@stadt.example>",
        f'Content-Type: multipart/report; report-type=disposition-notification;\r\n boundary="{mark}"',
        "MIME-Version: 1.0",
    ]
    return head(*fields) + multipart(
        mark,
        plain(rng),
        report,
        entity(
            (
                'Content-Type: text/rfc822-headers; name="MDNPart3.txt"',
                "Content-Transfer-Encoding: 7bit",
                "Content-Disposition: inline",
            ),
            head(*usual(rng, "orig")),
        ),
    )


def mailing_list(rng: random.Random) -> bytes:
    mark = f"==============={rng.randrange(10**19)}=="
    footer = entity(
        (
            'Content-Type: text/plain; charset="us-ascii"',
            "MIME-Version: 1.0",
            "Content-Transfer-Encoding: 7bit",
            "Content-Disposition: inline",
        ),
        b"_______________________________________________\r\nListe mailing list\r\n",
    )
    fields = [
        *usual(rng, "list"),
        "List-Id: Liste <liste.verein.example>",
        "List-Unsubscribe: <https://verein.example/options/liste>,\r\n <mailto:liste-request@verein.example?subject=unsubscribe>",
        "Precedence: list",
        "X-BeenThere: liste@verein.example",
        "X-Mailman-Version: 2.1.39",
        "Errors-To: liste-bounces@verein.example",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
        "MIME-Version: 1.0",
    ]
    return head(*fields) + multipart(mark, plain(rng), footer)


def newsletter(rng: random.Random) -> bytes:
    mark = f"_----{b64(rng.randbytes(15)).decode().strip()}===_A1/00-1234-ABCD"
    long_line = b"<table><tr>" + b"<td style=3D'x'>" * 40 + b"</tr></table>"
    shown = entity(
        ("Content-Type: text/html; charset=utf-8", f"Content-Transfer-Encoding: {rng.choice(('8bit', '7bit'))}"),
        long_line + html(rng).replace(b"\r\n", b"") + b"\r\n",
    )
    fields = [
        *usual(rng, "newsletter"),
        *dkim(rng),
        "X-SG-EID:\r\n " + "\r\n ".join("=?us-ascii?Q?" + "u001=2E" * 8 + "?=" for _ in range(12)),
        "X-CSA-Complaints: csa-complaints@eco.example",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        "Feedback-ID: 1:2:3:x",
        f'Content-Type: multipart/alternative; boundary="{mark}"',
        "MIME-Version: 1.0",
    ]
    return head(*fields) + multipart(mark, plain(rng), shown)


def simple(rng: random.Random) -> bytes:
    """One text: beA notices, ticket systems, De-Mail gateways, faxes."""
    more = rng.choice(
        (
            ("X-OTRS-Loop: ja", "X-Powered-By: OTRS - Open Ticket Request System (https://otrs.example/)"),
            ("X-de-mail-version: 1.1", "X-de-mail-auth-level: hoch"),
            ("Auto-Submitted: auto-generated",),
            ("X-Auto-Response-Suppress: All", "Priority: urgent"),
            (
                "In-Reply-To: <1@stadt.example>",
                "References: <0@stadt.example>\r\n\t<1@stadt.example>\r\n\t<2@stadt.example>",
            ),
        )
    )
    charset, way = rng.choice(
        (
            ("utf-8", "8bit"),
            ("ISO-8859-15", "quoted-printable"),
            ("us-ascii", "7bit"),
            ("Windows-1252", "quoted-printable"),
            ("utf-8", "base64"),
        )
    )
    body = text(rng, charset)
    written = {"base64": b64(body), "quoted-printable": qp_short(body)}.get(way, body)
    return (
        head(
            *usual(rng, "simple"),
            *more,
            "Mime-Version: 1.0",
            f"Content-Type: text/plain; charset={charset}",
            f"Content-Transfer-Encoding: {way}",
        )
        + written
    )


def bare_file(rng: random.Random) -> bytes:
    """A message that is nothing but a file, as fax gateways send it."""
    return head(
        *usual(rng, "fax"),
        "MIME-Version: 1.0",
        'Content-Type: application/pdf; name="fax.pdf"',
        'Content-Disposition: attachment; filename="fax.pdf"',
        "Content-Transfer-Encoding: base64",
    ) + b64(papers()["pdf"])


MACHINES: tuple[tuple[str, Writer, bool, bool], ...] = (
    ("smime", smime, False, True), ("pgp-signed", pgp_signed, False, True), ("scanner", scanner, False, True), ("sap", sap, False, True), ("script", script, False, True),
    ("raw-names", raw_names, False, True), ("bounce", bounce, True, True), ("receipt", receipt, False, True), ("invitation", invitation, False, True), ("card", visiting_card, False, True),
    ("forwarded", forwarded, False, True), ("list", mailing_list, False, True), ("newsletter", newsletter, False, True), ("simple", simple, False, True), ("bare-file", bare_file, False, True),
    ("winmail", winmail, False, True),
)  # fmt: skip
"""Name, writer, whether it is a bounce, whether everything in it is on the page's list."""
