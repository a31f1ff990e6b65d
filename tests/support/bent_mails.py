# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages that hide one file, written by a grammar of which every rule is at times bent: by number, repeatable."""

import binascii
import random
from collections.abc import Callable

from support.mails import ENCODED, HEAD, PAYLOAD, TEXT

STRAIGHT = 0.93
"""How often a rule is kept."""
QP = b"".join(b"=%02X" % value + (b"=\r\n" if at % 20 == 19 else b"") for at, value in enumerate(PAYLOAD))
UU = (
    b"begin 644 a.exe\r\n"
    + b"".join(binascii.b2a_uu(PAYLOAD[at : at + 45]).rstrip(b"\n") + b"\r\n" for at in range(0, len(PAYLOAD), 45))
    + b"`\r\nend\r\n"
)
Bend = Callable[[bytes, int], bytes]

IN_BASE64: tuple[Bend, ...] = (
    lambda body, _: body.replace(b"\r\n", b"\r\n "),
    lambda body, _: body.replace(b"\r\n", b" \r\n"),
    lambda body, at: body[:at] + b"=" + body[at:],
    lambda body, at: body[:at] + b"\x80" + body[at:],
    lambda body, at: body[:at] + b"-" + body[at:],
    lambda body, at: body[:at] + b"\r\n\r\n" + body[at:],
    lambda body, _: b"====" + body,
    lambda body, _: body.rstrip(b"=\r\n"),
    lambda body, _: body + b"a footer of a list\r\n",
    lambda body, _: body.replace(b"\r\n", b""),
)
IN_QUOTED: tuple[Bend, ...] = (
    lambda body, _: body.lower(),
    lambda body, _: body.replace(b"=\r\n", b"= \r\n"),
    lambda body, at: body[:at] + b"=ZZ" + body[at:],
    lambda body, at: body[:at] + b"==" + body[at:],
    lambda body, at: body[:at] + b"\xaa" + body[at:],
    lambda body, at: body[:at] + b"=\r\n" + body[at:],
    lambda body, _: body.replace(b"=\r\n", b"=\r\n "),
)


class Bent:
    """One message being written."""

    def __init__(self, number: int) -> None:
        self._dice = random.Random(f"bent {number}")

    def _of(self, straight: bytes, *bent: bytes) -> bytes:
        return straight if self._dice.random() < STRAIGHT else self._dice.choice(bent)

    def _field(self, name: bytes, value: bytes) -> bytes:
        spelled = self._of(
            name, name.upper(), name + b" ", b" " + name, name.replace(b"-", b"_"), b"X-" + name, name + b"\r\n "
        )
        return spelled + b":" + self._of(b" ", b"", b"\t", b"\r\n ", b" \r\n\t") + value + b"\r\n"

    def _encoding(self, value: bytes) -> bytes:
        return self._of(
            value,
            *(value.upper(), value + b" ", value + b";", value + b" (c)", b'"' + value + b'"', value + b", 7bit"),
            *(b"x-" + value, b"=?utf-8?q?" + value + b"?=", value[:4] + b"-" + value[4:], value + b"\x0b", b"7bit"),
        )

    def _boundary(self, mark: bytes) -> bytes:
        return self._of(
            b'boundary="' + mark + b'"',
            *(b"boundary=" + mark, b"boundary='" + mark + b"'", b'boundary="' + mark + b' "', b'boundary="' + mark),
            *(b"boundary=x; boundary=" + mark, b"boundary=" + mark + b"; boundary=x", b"boundary*=us-ascii''" + mark),
            *(b'boundary="' + mark[:1] + b"\\" + mark[1:] + b'"', b"boundary=" + mark + b",x", b"boundary = " + mark),
        )

    def _delimiter(self, mark: bytes) -> bytes:
        line = b"\r\n--" + mark
        return self._of(
            line + b"\r\n",
            *(line + b" \r\n", b"\r\n --" + mark + b"\r\n", line + b"x\r\n", line + b"--\r\n", b"\r\n-" + line[2:] + b"\r\n"),
            *(line.upper() + b"\r\n", line + b"-\r\n", line + b"\r\n\r\n", b"\r\n" + mark + b"\r\n"),
        )  # fmt: skip

    def _close(self, mark: bytes) -> bytes:
        line = b"\r\n--" + mark
        return self._of(line + b"--\r\n", b"", b"\r\n", line + b"-\r\n", line + b"\r\n", line, line + b"-- \r\n")

    def file(self) -> bytes:
        """The part that hides the file."""
        way, body, bends = self._dice.choice(
            ((b"base64", ENCODED, IN_BASE64), (b"quoted-printable", QP, IN_QUOTED), (b"x-uuencode", UU, ()))
        )
        if bends and self._dice.random() > STRAIGHT - 0.2:
            body = self._dice.choice(bends)(body, self._dice.randrange(len(body)))
        kind = self._of(
            b"application/octet-stream", b"text/plain", b"image/png", b"application", b"message/rfc822", b""
        )
        fields = [
            self._field(b"Content-Type", kind),
            self._field(b"Content-Transfer-Encoding", self._encoding(way)),
            self._field(b"Content-Disposition", b'attachment; filename="a.pdf"'),
        ]
        if self._dice.random() > STRAIGHT:
            fields.insert(self._dice.randrange(3), self._of(b" \r\n", b"no colon\r\n", b"#x: y\r\n", b"From x\r\n"))
        return b"".join(fields) + self._of(b"\r\n", b" \r\n", b"\r\n\r\n", b"\t\r\n", b"") + body

    def multipart(self, depth: int = 0) -> bytes:
        """A multipart with the file somewhere inside."""
        mark = self._dice.choice((b"foo", b"bar", b"foobar")) if depth else b"foo"
        parts = [TEXT] * self._dice.randint(0, 2)
        inner = self.multipart(depth + 1) if depth < 2 and self._dice.random() < 0.25 else self.file()
        parts.insert(self._dice.randrange(len(parts) + 1), inner)
        opening = self._of(b"", b"preamble", b"\r\n" + inner)
        kind = self._of(b"multipart/mixed", b"multipart/digest", b"MULTIPART/x", b"multipart/alternative")
        head = self._field(b"Content-Type", kind + self._of(b"; ", b";", b";;", b" ; ") + self._boundary(mark))
        body = opening + b"".join(self._delimiter(mark) + one for one in parts) + self._close(mark)
        return head + b"\r\n" + body + self._of(b"", b"epilogue", inner, self._delimiter(mark) + inner)


def bent(number: int) -> bytes:
    """The message of this number."""
    one = Bent(number)
    return HEAD + (one.file() if number % 10 == 0 else one.multipart())
