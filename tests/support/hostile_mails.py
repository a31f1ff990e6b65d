# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages made to cost as much as they can, each of any size: for the tests of bounds and for the bench."""

import base64
from collections.abc import Callable

HEAD = (
    b"From: Erika <erika@buerger.example>\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/mixed; boundary="----=_b"\r\n\r\n'
)
MARK = b"------=_b\r\n"
QUOTED = b"Content-Type: a/b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
BASE64 = b"Content-Type: a/b\r\nContent-Transfer-Encoding: base64\r\n\r\n"
MESSAGE = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
HTML = b"Content-Type: text/html\r\n\r\n"
MAX_BLOCK = 250_000


def _filled(unit: bytes, size: int) -> bytes:
    return unit * (size // len(unit))


def _part(opening: bytes, unit: bytes) -> Callable[[int], bytes]:
    """One part that is nothing but the unit, again and again."""
    return lambda size: HEAD + MARK + opening + _filled(unit, size)


def _encoded(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


LINE = b"QUJD" * 19 + b"\r\n"
TEXT = b"a" * 70 + b"\r\n"

HOSTILE: dict[str, Callable[[int], bytes]] = {
    "blanks": _part(QUOTED, b" "),
    "blank lines": _part(QUOTED, b" \r\n"),
    "nothing but equals": _part(QUOTED, b"="),
    "every escape damaged": _part(QUOTED, b"=zz\r\n"),
    "nothing but escapes": _part(QUOTED, b"=41=42=43\r\n"),
    "eight bits": _part(QUOTED, b"\xe4" * 70 + b"\r\n"),
    "ten thousand damaged escapes": lambda size: HEAD + MARK + QUOTED + b"=zz \r\n" * 9_999 + _filled(TEXT, size),
    "nothing but padding": _part(BASE64, b"A==="),
    "junk in every group": _part(BASE64, b"AA\x80A\r\n"),
    "one damaged group": lambda size: HEAD + MARK + BASE64 + b"AA=A\x80\r\n" + _filled(LINE, size),
    "ten thousand ends": lambda size: HEAD + MARK + BASE64 + b"AA==\r\n" * 9_999 + _filled(LINE, size),
    "a sign a line": _part(BASE64, b" Q\r\n"),
    "base64 undeclared": _part(b"Content-Type: a/b\r\n\r\n", LINE),
    "delimiters": lambda size: HEAD + _filled(MARK, size),
    "dashes": _part(b"\r\n", b"\r\n--"),
    "the boundary inside lines": _part(b"\r\n", b"x------=_b\r\n"),
    "fields in text": _part(b"\r\n", b"Content-Type: a/b\r\n\r\n"),
    "blank lines before blanks": _part(b"\r\n", b"\r\n" + b" " * 60),
    "uuencode begins": _part(b"\r\n", b"begin 644 a\r\n"),
    "uuencode in short lines": lambda size: HEAD + MARK + b"\r\nbegin 644 a\r\n" + _filled(b"#86)C\r\n", size),
    "uuencode in full lines": lambda size: (
        HEAD + MARK + b"\r\nbegin 644 a\r\n" + _filled(b"M" + b"A" * 60 + b"\r\n", size)
    ),
    "yEnc": lambda size: HEAD + MARK + b"\r\n=ybegin line=128 size=9 name=a\r\n" + _filled(b"a" * 120 + b"\r\n", size),
    "yEnc of escapes": lambda size: (
        HEAD + MARK + b"\r\n=ybegin line=128 size=9 name=a\r\n" + _filled(b"=a" * 60 + b"\r\n", size)
    ),
    "damaged files": lambda size: HEAD + (MARK + QUOTED + _filled(b"=z\x80 \r\n", size // 900)) * 900,
    "long names": lambda size: (
        HEAD + (MARK + b'Content-Type: a/b; name="' + _filled(b"=?utf-8?q?a?= ", size // 900) + b'"\r\n\r\n') * 900
    ),
    "encoded words": lambda size: b"X: " + _filled(b"=?utf-8?q?a?= ", size) + b"\r\n\r\n",
    "mailboxes": lambda size: (
        b"From: " + _filled(b"<a@b.example>, ", min(size, MAX_BLOCK)) + b"\r\n\r\n" + _filled(b"x\r\n", size)
    ),
    "unknown encodings": lambda size: (
        HEAD + (MARK + b"Content-Transfer-Encoding: foo\r\n\r\n" + _filled(b"QUJD=41\r\n", size // 900)) * 900
    ),
    "attached messages": lambda size: b"Content-Type: message/rfc822\r\n\r\n" * 19 + _filled(b"x y\r\n", size),
    "names of nothing": lambda size: (
        HEAD
        + MARK
        + BASE64
        + _encoded(
            b"\x78\x9f\x3e\x22\x01\x00\x02\x02\x90\x06"
            + bytes(7)
            + b"\x02\x05\x90\x06\x00"
            + (4 + size // 24 * 16).to_bytes(4, "little")
            + b"\x01\x00\x00\x00"
            + b"\x1e\x00\x07\x37\x01\x00\x00\x00\x01\x00\x00\x00a\x00\x00\x00" * (size // 24)
            + b"\0\0"
        )
    ),
    "parameters": lambda size: (
        b"Content-Type: a/b" + _filled(b"; x", min(size, MAX_BLOCK)) + b"\r\n\r\n" + _filled(b"x\r\n", size)
    ),
    "header fields": lambda size: HEAD + (MARK + _filled(b"X: y\r\n", size // 900) + b"\r\n") * 900,
    "folds": lambda size: b"X: y\r\n" + _filled(b" z\r\n", size),
    "levels": lambda size: (
        b"".join(b"Content-Type: multipart/mixed; boundary=%03d.\r\n\r\n--%03d.\r\n" % (n, n) for n in range(25))
        + _filled(b"x\r\n", size)
    ),
    "levels of dashes": lambda size: (
        b"".join(b"Content-Type: multipart/mixed; boundary=%03d.\r\n\r\n--%03d.\r\n" % (n, n) for n in range(19))
        + b"\r\n"
        + _filled(b"-" * 900 + b"\r\n", size)
    ),
    "carriage returns": lambda size: HEAD + b"\r" * size,
    "line feeds": _part(b"\r\n", b"a\n"),
    "one line": lambda size: b"x" * size,
    "line ends": lambda size: b"\r\n" * (size // 2),
    "messages in base64": lambda size: (
        HEAD + (MARK + MESSAGE + _encoded(b"From: a\n\n" + _filled(b"x\n", size * 3 // 4 // 900))) * 900
    ),
    "a message of line ends": lambda size: HEAD + MARK + MESSAGE + _encoded(b"From: a\n\n" + b"\n" * (size * 3 // 4)),
    "a message nobody declared": lambda size: (
        HEAD + MARK + b"Content-Type: a/b\r\n\r\nFrom: a\r\nTo: b\r\nSubject: c\r\n\r\n" + _filled(b"x\r\n", size)
    ),
    "tags": _part(HTML, b"<a>\r\n"),
    "addresses": _part(HTML, b"https://a.b/c\r\n"),
    "references to blanks": _part(HTML, b"&#9;"),
    "references to letters": _part(HTML, b"&#100;&#97;&#116;&#97;"),
    "one reference of zeros": _part(HTML + b"=&#", b"0"),
    "signs that open addresses": _part(HTML + b"&#", b"=d;"),
    "addresses of escapes": _part(HTML + b'<a href="data:a/b,', b"%41"),
    "addresses of references": lambda size: (
        HEAD + MARK + HTML + (b'<a href="data:a/b,' + b"&amp;" * 900 + b'">\r\n') * (size // 4_500)
    ),
    "one address": _part(HTML + b'<a href="data:a/b,' + b"&amp;" * 9_000, b"x"),
    "attributes of nothing": lambda size: (
        HEAD
        + MARK
        + BASE64
        + _encoded(b"\x78\x9f\x3e\x22\x01\x00" + _filled(b"\x02\x02\x90\x06" + bytes(7), size * 3 // 4))
    ),
}
"""By what they are full of."""
