# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest messages with something in them that is neither text nor file: signatures, invitations, cards, messages.

Written by hand from what programs are seen to write, quirks included; no message of anybody's is copied.
"""

import random
import struct
from functools import cache

from support.certificates import Holder, Wish, authority, issued
from support.cms_maker import Signing, signed_data
from support.ham_clients import CLIENTS
from support.ham_parts import (
    attachment,
    b64,
    dkim,
    entity,
    head,
    multipart,
    name_as_word,
    page,
    paper,
    papers,
    plain,
    usual,
)


def signature_over(content: bytes) -> bytes:
    """A detached signature of somebody nobody here knows."""
    return signed_data(content, Signing(_signer()))


@cache
def _signer() -> Holder:
    return issued(authority(), Wish(kind="p256"))


def smime(rng: random.Random) -> bytes:
    mark = f"----=_NextPart_000_00{rng.randrange(16**2):02X}_01DC5B96.ABCDEF00"
    inner = entity(
        (f'Content-Type: multipart/mixed;\r\n\tboundary="inner{mark}"',),
        multipart(f"inner{mark}", plain(rng), attachment(paper(rng), name_as_word)),
    )
    signature = entity(
        (
            'Content-Type: application/pkcs7-signature;\r\n\tname="smime.p7s"',
            "Content-Transfer-Encoding: base64",
            'Content-Disposition: attachment;\r\n\tfilename="smime.p7s"',
        ),
        b64(signature_over(inner)),
    )
    fields = [
        *usual(rng, "smime", "Q"),
        "MIME-Version: 1.0",
        f'Content-Type: multipart/signed;\r\n\tprotocol="application/x-pkcs7-signature";\r\n\tmicalg=SHA256;\r\n\tboundary="{mark}"',
    ]
    return head(*fields) + multipart(
        mark, inner, signature, preamble=b"This is a multipart message in MIME format.\r\n\r\n", epilogue=b"\r\n\r\n"
    )


def pgp_signed(rng: random.Random) -> bytes:
    mark = f"------------{rng.randrange(16**12):012X}"
    signature = (
        b"-----BEGIN PGP SIGNATURE-----\r\n\r\n"
        + b64(rng.randbytes(96), 64)
        + b"=abcd\r\n-----END PGP SIGNATURE-----\r\n"
    )
    part = entity(
        (
            'Content-Type: application/pgp-signature; name="OpenPGP_signature.asc"',
            "Content-Description: OpenPGP digital signature",
            'Content-Disposition: attachment; filename="OpenPGP_signature"',
        ),
        signature,
    )
    fields = [
        *usual(rng, "pgp"),
        f'Content-Type: multipart/signed; micalg=pgp-sha256;\r\n protocol="application/pgp-signature";\r\n boundary="{mark}"',
        "MIME-Version: 1.0",
    ]
    return head(*fields) + multipart(
        mark, plain(rng), part, preamble=b"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)\r\n"
    )


INVITATION = (
    "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:040000008200E00074C5B7101A82E00800\r\nSUMMARY;LANGUAGE=de-DE:Besprechung Königstraße\r\n"
    "DTSTART:20251125T090000Z\r\nDTEND:20251125T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
).encode()


def invitation(rng: random.Random) -> bytes:
    mark = f"_000_VI1PR{rng.randrange(10**4):04d}eurprd04prod_"
    event = entity(
        ('Content-Type: text/calendar; charset="utf-8"; method=REQUEST', "Content-Transfer-Encoding: base64"),
        b64(INVITATION),
    )
    fields = [
        *usual(rng, "invitation", "B"),
        *dkim(rng),
        "Content-class: urn:content-classes:calendarmessage",
        f'Content-Type: multipart/alternative;\r\n\tboundary="{mark}"',
        "MIME-Version: 1.0",
    ]
    if rng.random() < 0.5:
        return head(*fields) + multipart(mark, plain(rng), page(rng), event)
    outer = f"000000000000{rng.randrange(16**8):08x}"
    file = entity(
        (
            'Content-Type: application/ics; name="invite.ics"',
            'Content-Disposition: attachment; filename="invite.ics"',
            "Content-Transfer-Encoding: base64",
        ),
        b64(INVITATION),
    )
    both = entity(
        (f'Content-Type: multipart/alternative; boundary="{mark}"',), multipart(mark, plain(rng), page(rng), event)
    )
    return head(*fields[:-2], "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{outer}"') + multipart(
        outer, both, file
    )


def visiting_card(rng: random.Random) -> bytes:
    mark = f"------------{rng.randrange(16**12):012X}"
    card = entity(
        (
            'Content-Type: text/x-vcard; charset=utf-8;\r\n name="erika.vcf"',
            "Content-Transfer-Encoding: 8bit",
            'Content-Disposition: attachment;\r\n filename="erika.vcf"',
        ),
        "begin:vcard\r\nfn:Erika Müller\r\nn:Müller;Erika\r\nversion:2.1\r\nend:vcard\r\n".encode(),
    )
    fields = [*usual(rng, "card"), "MIME-Version: 1.0", f'Content-Type: multipart/mixed;\r\n boundary="{mark}"']
    return head(*fields) + multipart(mark, plain(rng), card)


def forwarded(rng: random.Random) -> bytes:
    mark = f"------------fwd{rng.randrange(16**12):012X}"
    inner = CLIENTS[rng.choice(tuple(CLIENTS))](rng)
    opening = rng.choice(
        (b"", b"", b"From - Sat Nov 22 10:00:00 2025\r\nX-Mozilla-Status: 0001\r\nX-Mozilla-Status2: 00000000\r\n")
    )
    way = rng.choice(
        (
            (
                'Content-Type: message/rfc822; charset=UTF-8;\r\n name="Antrag.eml"',
                'Content-Disposition: attachment; filename="Antrag.eml"',
                "Content-Transfer-Encoding: 8bit",
            ),
            (
                "Content-Type: message/rfc822",
                'Content-Disposition: attachment;\r\n\tcreation-date="Sat, 22 Nov 2025 10:00:00 GMT";\r\n\tmodification-date="Sat, 22 Nov 2025 10:00:00 GMT"',
            ),
            ("Content-Type: message/rfc822", "Content-Disposition: inline"),
        )
    )
    fields = [*usual(rng, "forward"), "MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{mark}"']
    return head(*fields) + multipart(mark, plain(rng), entity(way, opening + inner))


def winmail(rng: random.Random) -> bytes:
    mark = f"----=_NextPart_000_{rng.randrange(16**8):08X}"
    package = entity(
        (
            'Content-Type: application/ms-tnef;\r\n\tname="winmail.dat"',
            "Content-Transfer-Encoding: base64",
            'Content-Disposition: attachment;\r\n\tfilename="winmail.dat"',
        ),
        b64(tnef("Antrag.pdf", papers()["pdf"])),
    )
    fields = [
        *usual(rng, "winmail"),
        "X-MS-TNEF-Correlator: 00000000ABCD",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed;\r\n\tboundary="{mark}"',
    ]
    return head(*fields) + multipart(
        mark, plain(rng), package, preamble=b"This is a multi-part message in MIME format.\r\n\r\n"
    )


def tnef(name: str, content: bytes) -> bytes:
    """The package with one file in it (MS-OXTNEF)."""

    def attribute(level: int, kind: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, kind, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    return (
        struct.pack("<IH", 0x223E9F78, 1)
        + attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
        + attribute(2, 0x00069002, b"\x01\0\xff\xff\xff\xff" + bytes(8))
        + attribute(2, 0x00018010, name.encode("latin-1") + b"\0")
        + attribute(2, 0x0006800F, content)
    )
