# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which structure is refused, read in every way, or noted."""

import base64
import binascii

import pytest

from poststelle.core.facts import Role, Tier
from poststelle.inspection.mime.defects import NOTE, TIERS, UNION, DefectCode
from support.mails import ENCODED, HEAD, PAYLOAD, TEXT, attached, attachment, codes, digest, inspected, mixed, part

PLAIN = b"Content-Type: text/plain\r\n"
OCTET = b"Content-Type: application/octet-stream"


def with_fields(*fields: bytes, body: bytes = b"Hallo\r\n") -> bytes:
    return HEAD + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def with_part(*fields: bytes, body: bytes = ENCODED) -> bytes:
    return mixed(TEXT, part(body, *fields))


REFUSED = {
    "nul": with_fields(body=b"a\0b\r\n"),
    "bare-cr": with_fields(body=b"a\rb\r\n"),
    "bare-lf": with_fields(body=b"a\nb\r\n"),
    "line-too-long": with_fields(body=b"x" * 70_000 + b"\r\n"),
    "header-control": with_fields(b"X-Note: a\x0bb"),
    "header-no-colon": with_fields(b"nothing here"),
    "header-starts-with-fold": b" folded\r\n" + with_fields(),
    "header-fold-lookalike": with_fields(b"X-Note: a\r\n Content-Type: text/html"),
    "header-odd-name": with_fields(b"Content-Type : text/plain"),
    "header-too-large": with_fields(*[b"X-Note: " + b"a" * 60_000] * 5),
    "header-too-many-fields": with_fields(*[b"X-Note: a"] * 1_001),
    "header-encoded-word": with_fields(b'Content-Type: multipart/mixed; boundary="=?utf-8?Q?foo?="'),
    "duplicate-content-type": with_fields(b"Content-Type: text/plain", b"Content-Type: text/html"),
    "duplicate-transfer-encoding": with_part(
        OCTET, b"Content-Transfer-Encoding: base64", b"Content-Transfer-Encoding: 7bit"
    ),
    "duplicate-disposition": with_part(OCTET, b"Content-Disposition: inline", b"Content-Disposition: attachment"),
    "duplicate-mime-version": with_fields(b"MIME-Version: 1.0 (b)"),
    "duplicate-from": with_fields(b"From: b@b.example"),
    "duplicate-sender": with_fields(b"Sender: a@b.example", b"Sender: b@b.example"),
    "content-type-syntax": with_fields(b"Content-Type: html"),
    "too-many-parameters": with_fields(b"Content-Type: text/plain" + b"; a=b" * 101),
    "transfer-encoding-unknown": with_part(OCTET, b"Content-Transfer-Encoding: base64, 8bit"),
    "transfer-encoding-on-multipart": mixed(TEXT, head=HEAD + b"Content-Transfer-Encoding: base64\r\n"),
    "boundary-missing": with_fields(b"Content-Type: multipart/mixed", body=b"--b\r\n\r\nx\r\n--b--\r\n"),
    "boundary-illegal": with_fields(b'Content-Type: multipart/mixed; boundary="b "', body=b"--b\r\n\r\nx\r\n--b--\r\n"),
    "boundary-prefix": mixed(part(b"--b1x\r\n\r\na\r\n--b1x--", b"Content-Type: multipart/mixed; boundary=b1x")),
    "delimiter-text": mixed(TEXT, close=b"--b1-\r\n"),
    "no-parts": with_fields(b"Content-Type: multipart/mixed; boundary=b1", body=b"text\r\n"),
    "message-partial": with_fields(b"Content-Type: message/partial; id=1; number=1"),
    "message-external": with_fields(b"Content-Type: message/external-body; access-type=URL"),
    "encoding-ruined": with_part(OCTET, b"Content-Transfer-Encoding: base64", body=b"AA==\r\n" * 10_001),
    "too-many-parts": mixed(*[part(b"x", *[OCTET])] * 1_001),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_structure_that_readers_split_over_is_refused(code):
    seen = inspected(REFUSED[code])
    assert code in codes(seen)
    assert seen.tier is Tier.REFUSE


ODD_NAMES = {
    "structural": with_fields(b"Content-Type : text/plain"),
    "delimiter": with_fields(b"--b1: x"),
    "two words": with_fields(b"Bitte lesen: x"),
    "eight bits": with_fields("X-Länge: 3".encode()),
    "above parts": b"X-Mailer : x\r\n" + mixed(TEXT, attachment()),
    "above what is encoded": with_fields(b"X-Mailer : x", b"Content-Transfer-Encoding: base64", body=ENCODED),
}


@pytest.mark.parametrize("case", ODD_NAMES)
def test_a_name_at_which_a_reader_may_end_the_header_is_refused_where_that_matters(case):
    seen = inspected(ODD_NAMES[case])
    assert "header-odd-name" in codes(seen)
    assert seen.tier is Tier.REFUSE


def test_the_same_multipart_type_twice_is_still_refused():
    twice = mixed(TEXT, head=HEAD + b'Content-Type: multipart/mixed; boundary="b1"\r\n')
    assert inspected(twice).tier is Tier.REFUSE


def test_more_than_twenty_levels_are_refused_and_twenty_are_not():
    def nested(levels):
        body = part(b"x", *[OCTET])
        for level in range(levels):
            mark = b"level%d." % level
            body = part(
                b"--" + mark + b"\r\n" + body + b"\r\n--" + mark + b"--",
                b"Content-Type: multipart/mixed; boundary=" + mark,
            )
        return HEAD + body

    assert "too-deep" in codes(inspected(nested(20)))
    assert "too-deep" not in codes(inspected(nested(19)))


def test_every_refusing_code_has_an_example_here():
    elsewhere = {"too-deep", "too-much-derived", "too-many-embedded", "too-much-work"}
    assert {str(code) for code, tier in TIERS.items() if tier is Tier.REFUSE} == set(REFUSED) | elsewhere


def test_a_code_that_nobody_sorted_refuses():
    assert all(TIERS[code] is Tier.REFUSE for code in DefectCode if code not in UNION | NOTE)
    assert not UNION & NOTE


JUNKED = ENCODED.replace(b"A", b"A\x80", 40)
PADDED = b"".join(base64.b64encode(PAYLOAD[at : at + 4]) + b"\r\n" for at in range(0, len(PAYLOAD), 4))
QP = b"".join(b"=%02X" % value + (b"=\r\n" if at % 20 == 19 else b"") for at, value in enumerate(PAYLOAD))
UU = (
    b"begin 644 a.bin\r\n"
    + b"".join(binascii.b2a_uu(PAYLOAD[at : at + 45]).rstrip(b"\n") + b"\r\n" for at in range(0, len(PAYLOAD), 45))
    + b"`\r\nend\r\n"
)
YENC = (
    b"=ybegin line=128 size=768 name=a.bin\r\n"
    + b"".join(
        b"=" + bytes([(value + 106) % 256]) if (value + 42) % 256 in b"\0\t\n\r=" else bytes([(value + 42) % 256])
        for value in PAYLOAD
    )
    + b"\r\n=yend size=768\r\n"
)
HIDDEN = part(ENCODED.rstrip(), OCTET, b"Content-Transfer-Encoding: base64")
INNER = mixed(TEXT, attachment())

UNITED = {
    "no-close": mixed(TEXT, attachment(), close=b""),
    "no-close ": mixed(TEXT, attachment(body=QP, encoding=b"quoted-printable"), close=b""),
    "header-blank-line": mixed(TEXT, part(b" \r\n" + ENCODED, OCTET, b"Content-Transfer-Encoding: base64")).replace(
        b"base64\r\n\r\n ", b"base64\r\n "
    ),
    "header-blank-line ": mixed(TEXT, HIDDEN.replace(b"\r\n\r\n", b"\r\n\t\r\nX: y\r\n\r\n")),
    "header-blank-line  ": mixed(
        TEXT,
        part(QP, OCTET, b" ", b"no field", b"Content-Transfer-Encoding: quoted-printable", b"Content-Description: a"),
    ),
    "delimiter-indented": mixed(TEXT + b"\r\n --b1\r\n" + HIDDEN),
    "delimiter-indented ": mixed(TEXT + b"\r\n\t--b1 \r\n" + HIDDEN + b"\r\n --b1--"),
    "headers-in-body ": with_fields(body=b"\r\n" + HIDDEN + b"\r\n"),
    "mime-in-text ": with_fields(body=b"Hallo\r\n\r\n\r\n" + HIDDEN.replace(b": base64", b': "base64"') + b"\r\n"),
    "mime-in-text  ": with_fields(
        body=b"Hallo\r\n\r\n" + HIDDEN.replace(b"base64", b"base64\r\n Content-Disposition: attachment") + b"\r\n"
    ),
    "base64-damaged": mixed(TEXT, attachment(body=JUNKED)),
    "base64-damaged ": mixed(TEXT, attachment(body=PADDED)),
    "base64-undeclared": mixed(TEXT, attachment(encoding=b"7bit")),
    "qp-damaged": mixed(TEXT, attachment(body=QP.replace(b"=41", b"=41=ZZ", 1), encoding=b"quoted-printable")),
    "qp-damaged ": mixed(TEXT, attachment(body=QP.replace(b"=\r\n", b"= \r\n \t"), encoding=b"quoted-printable")),
    "transfer-encoding-on-message": mixed(
        TEXT,
        part(
            base64.encodebytes(INNER).replace(b"\n", b"\r\n"),
            b"Content-Type: message/rfc822",
            b"Content-Transfer-Encoding: base64",
        ),
    ),
    "mime-in-preamble": HEAD
    + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n"
    + HIDDEN
    + b"\r\n--b1\r\n"
    + TEXT
    + b"\r\n--b1--\r\n",
    "mime-in-epilogue": mixed(TEXT) + b"\r\n--b1\r\n" + HIDDEN + b"\r\n--b1--\r\n",
    "mime-in-epilogue ": mixed(TEXT) + b"\r\n--b2\r\n" + HIDDEN + b"\r\n--b2--\r\n",
    "headers-in-body  ": mixed(TEXT, part(b"Content-Transfer-Encoding: base64\r\n\r\n" + ENCODED, OCTET)),
    "mime-in-epilogue  ": HEAD
    + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\n--b1--\r\n"
    + HIDDEN
    + b"\r\n--b1\r\n"
    + TEXT
    + b"\r\n--b1--\r\n",
    "mime-in-preamble ": HEAD
    + b"Content-Type: multipart/mixed; boundary=b1\r\n\r\nHallo\r\n"
    + UU
    + b"\r\n--b1\r\n"
    + TEXT
    + b"\r\n--b1--\r\n",
    "base64-undeclared ": with_fields(body=ENCODED.replace(b"\r\n", b"", 3).replace(b"\r\n", b"\r\n\r\n", 1)),
    "qp-damaged  ": mixed(
        TEXT, attachment(body=QP.replace(b"=41=42", b"=4=\r\n1=42", 1), encoding=b"quoted-printable")
    ),
    "qp-damaged   ": with_fields(b"Content-Transfer-Encoding: quoted-printable", body=QP.replace(b"=\r\n", b"= \r\n")),
    "base64-damaged  ": mixed(TEXT, attachment(body=UU)),
    "mime-in-text": with_fields(body=b"Hallo\r\n\r\n--b2\r\n" + HIDDEN + b"\r\n--b2--\r\n"),
    "headers-in-body": with_fields(body=HIDDEN + b"\r\n"),
    "uuencode ": mixed(TEXT, attachment(body=UU, encoding=b"x-uuencode")),
    "uuencode  ": mixed(TEXT, attachment(body=UU, encoding=b"7bit")),
    "uuencode": with_fields(body=b"Hallo\r\n\r\n" + UU),
    "uuencode   ": with_fields(body=UU.replace(b"a.bin", b"")),
    "uuencode    ": with_fields(body=UU.replace(b"a.bin\r\n", b"a.bin\r\nno line of it\r\n")),
    "uuencode      ": with_fields(body=UU.replace(b"begin 644 a", b"begin  a")),
    "uuencode       ": with_fields(body=UU.replace(b"begin 644 ", b"begin\t1\t")),
    "uuencode     ": with_fields(body=UU.replace(b"\r\nM", b"\r\n\r\nM", 5)),
    "yenc": with_fields(b"Content-Transfer-Encoding: binary", body=b"Hallo\r\n\r\n" + YENC),
    "names-conflict": mixed(TEXT, attachment(b"filename=\"a.pdf\"; filename*=utf-8''a.exe")),
    "disposition-syntax": mixed(TEXT, attachment(b"filename=a b.exe")),
}


@pytest.mark.parametrize("case", UNITED)
def test_every_reading_is_among_the_files(case):
    seen = inspected(UNITED[case])
    assert case.strip() in codes(seen)
    assert digest(PAYLOAD) in {file.sha256 for file in seen.files}
    assert seen.tier in (Tier.UNION, Tier.REFUSE)
    assert seen.tier is Tier.UNION or case == "yenc", "yEnc needs octets that a mail may not hold"


NOTED = {
    "long-line": with_fields(body=b"x" * 1_500 + b"\r\n"),
    "duplicate-field": with_fields(b"Message-ID: <2@b.example>"),
    "duplicate-field ": with_fields(b"MIME-Version: 1.0"),
    "duplicate-field  ": with_fields(b"Content-Type: text/plain", b"Content-Type: TEXT/plain"),
    "header-name-style": with_fields(b"X-Mailer : PHP/7.4", b"X-Form(1): ja", b"Content-Type: text/html"),
    "header-mbox-line": b"From - Sat Nov 22 10:00:00 2025\r\n" + mixed(TEXT, attachment()),
    "value-style  ": with_fields(b"Content-Type: text"),
    "value-style ": with_fields(b"Content-Transfer-Encoding: 8-bit"),
    "value-style": with_fields(b"Content-Type: text/plain; charset=utf-8;;"),
    "base64-blanks": mixed(TEXT, attachment(body=ENCODED.replace(b"\r\n", b"\r\n "))),
    "names-differ": mixed(TEXT, attachment(b"filename=\"a.pdf\"; filename*=utf-8''b.pdf")),
    "name-cleaned": mixed(TEXT, attachment(b'filename="a/b.pdf"')),
    "charset-mended": with_fields(b"Content-Type: text/plain; charset=utf-8", body=b"Gr\xfc\xdfe\r\n"),
    "charset-mended ": with_fields(b"Content-Type: text/plain; charset=x-unheard-of"),
    "charset-mended  ": with_fields(body=b"Gr\xfc\xdfe\r\n"),
    "no-body": with_fields(b"Content-Type: multipart/mixed; boundary=b1", body=b""),
}


@pytest.mark.parametrize("code", NOTED)
def test_harmless_deviations_are_noted(code):
    seen = inspected(NOTED[code])
    assert code.strip() in codes(seen)
    assert seen.tier is Tier.NOTE


CLEAN = {
    "signed-fields-list": with_fields(b"DKIM-Signature: v=1; h=From:\r\n Content-Type:Date; b=abc"),
    "trailing-blank-after-encoding": mixed(TEXT, attachment(encoding=b"base64  ")),
    "encoding-in-capitals": mixed(TEXT, attachment(encoding=b"BASE64")),
    "folded-encoding": mixed(TEXT, attachment(encoding=b"\r\n base64")),
    "encoded-word-name": mixed(TEXT, attachment(b'filename="=?utf-8?Q?Antr=C3=A4ge=2Epdf?="')),
    "dashes-in-text": with_fields(body=b"Gruss\r\n-- \r\nErika\r\n"),
    "digest": mixed(part(b"From: a@b.example\r\n\r\nx"), head=HEAD).replace(b"multipart/mixed", b"multipart/digest"),
    "long-boundary": mixed(TEXT, boundary=b"b" * 70, close=b"--" + b"b" * 70 + b"--\r\n"),
}


@pytest.mark.parametrize(
    ("charset", "body"),
    [
        ("utf-8", "Grüße".encode()),
        ("", "Grüße".encode()),
        ("us-ascii", b"Gruesse"),
        ("windows-1252", "Grüße".encode("cp1252")),
        ('"ISO-8859-1"', "Grüße".encode("latin-1")),
        ("iso-2022-jp", "書類".encode("iso2022_jp")),
        ("gb18030", "申请表".encode("gb18030")),
    ],
)
def test_a_text_in_the_charset_it_declares_is_clean(charset, body):
    field = f"Content-Type: text/plain; charset={charset}" if charset else "Content-Type: text/plain"
    assert "charset-mended" not in codes(inspected(with_fields(field.encode(), body=body + b"\r\n")))


@pytest.mark.parametrize("case", CLEAN)
def test_what_honest_programs_write_is_clean(case):
    assert inspected(CLEAN[case]).defects == ()


def test_a_letter_that_begins_a_line_with_that_word_is_one_body():
    text = b"begin  of the end\r\nHier beginnt ein Absatz.\r\nbegin 1 a\r\nMehr Text\r\n"
    assert len(inspected(with_fields(body=text)).files) == 1


def test_bare_text_is_one_body():
    (file,) = inspected(with_fields()).files
    assert (file.role, file.path, file.size_bytes) == (Role.BODY, ("text.txt",), 7)


def test_a_missing_from_touches_neither_tier_nor_files():
    seen = inspected(mixed(TEXT, attachment(), head=b"MIME-Version: 1.0\r\n"))
    assert (seen.tier, seen.head.from_fields) == (Tier.CLEAN, 0)
    assert [file.sha256 for file in attached(seen)] == [digest(PAYLOAD)]
