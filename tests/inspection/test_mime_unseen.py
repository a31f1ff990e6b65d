# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One file, hidden in every place by every spelling: a message that is taken has it among its files."""

import base64
import binascii
from itertools import product

import pytest

from poststelle.core.facts import Tier
from support.mails import HEAD, PAYLOAD, TEXT, digest, inspected, mixed, part

OCTET = b"Content-Type: application/octet-stream"
ATTACHED = b'Content-Disposition: attachment; filename="a.bin"'
BASE64 = b"Content-Transfer-Encoding: base64"
QUOTED = b"Content-Transfer-Encoding: quoted-printable"
MESSAGE = b"Content-Type: message/rfc822"


def base64_of(content: bytes) -> bytes:
    return base64.encodebytes(content).replace(b"\n", b"\r\n")


def quoted_of(content: bytes) -> bytes:
    return b"".join(b"=%02X" % value + (b"=\r\n" if at % 20 == 19 else b"") for at, value in enumerate(content))


def uuencoded(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[at : at + 45]).rstrip(b"\n") + b"\r\n" for at in range(0, len(content), 45))
    return b"begin 644 a.bin\r\n" + b"".join(lines) + b"`\r\nend\r\n"


ENCODED, HALF = base64_of(PAYLOAD), len(PAYLOAD) // 2
SPELLINGS = {
    "straight": part(ENCODED, OCTET, ATTACHED, BASE64),
    "nothing but base64": part(ENCODED),
    "encoding in capitals with a blank": part(ENCODED, OCTET, b"CONTENT-TRANSFER-ENCODING:\tBaSe64 "),
    "encoding said twice": part(ENCODED, OCTET, BASE64, b"Content-Transfer-Encoding: 7bit"),
    "encoding with a comment": part(ENCODED, OCTET, b"Content-Transfer-Encoding: base64 (c)"),
    "encoding folded": part(ENCODED, OCTET, b"Content-Transfer-Encoding:\r\n base64"),
    "no encoding": part(ENCODED, OCTET, ATTACHED),
    "type said twice": part(ENCODED, OCTET, b"Content-Type: text/plain", BASE64),
    "type of a text": part(ENCODED, b"Content-Type: text/html", BASE64),
    "type of a signature": part(ENCODED, b"Content-Type: application/pgp-signature", BASE64),
    "type of a report": part(ENCODED, b"Content-Type: message/delivery-status", BASE64),
    "type that nests and does not": part(ENCODED, b"Content-Type: multipart/mixed; boundary=none", BASE64),
    "a blank line in the header": part(b"\t\r\n" + ENCODED, OCTET, BASE64),
    "padding in the middle": part(base64_of(PAYLOAD[:HALF]) + base64_of(PAYLOAD[HALF:]), OCTET, BASE64),
    "foreign signs": part(ENCODED.replace(b"\r\n", b"\r\n!\r\n"), OCTET, BASE64),
    "no padding": part(ENCODED.rstrip(b"=\r\n"), OCTET, BASE64),
    "a list's footer": part(ENCODED + b"-- \r\nUnsubscribe\r\n", OCTET, BASE64),
    "quoted-printable": part(quoted_of(PAYLOAD), OCTET, QUOTED),
    "quoted-printable in small letters": part(quoted_of(PAYLOAD).lower(), OCTET, QUOTED),
    "quoted-printable, damaged": part(b"=ZZ" + quoted_of(PAYLOAD), OCTET, QUOTED),
    "uuencode in a text": part(b"Hallo\r\n" + uuencoded(PAYLOAD), b"Content-Type: text/plain"),
    "uuencode in base64": part(base64_of(uuencoded(PAYLOAD)), b"Content-Type: text/plain", BASE64),
    "uuencode as a file": part(uuencoded(PAYLOAD), OCTET, ATTACHED, b"Content-Transfer-Encoding: x-uuencode"),
    "within a message": part(mixed(TEXT, part(ENCODED, OCTET, BASE64), boundary=b"m"), MESSAGE),
    "within an encoded message": part(base64_of(mixed(TEXT, part(ENCODED, OCTET, BASE64), boundary=b"m")), MESSAGE, BASE64),
    "a piece of a message": part(HEAD + OCTET + b"\r\n" + BASE64 + b"\r\n\r\n" + ENCODED, b"Content-Type: message/partial; id=1; number=1"),
}  # fmt: skip


def nested(entity: bytes, close: bytes = b"--b2--\r\n") -> bytes:
    return mixed(TEXT, entity, boundary=b"b2", head=b"", close=close)


CLOSED, OPEN = b"--b1--\r\n", b""
PLACES = {
    "a part": lambda one: mixed(TEXT, one),
    "the first part": lambda one: mixed(one, TEXT),
    "the only entity": lambda one: HEAD + one,
    "in no closed multipart": lambda one: mixed(TEXT, one, close=OPEN),
    "nested": lambda one: mixed(TEXT, nested(one)),
    "nested, the inner one open": lambda one: mixed(TEXT, nested(one, close=OPEN)),
    "nested, the outer one open": lambda one: mixed(TEXT, nested(one), close=OPEN),
    "nested, both open": lambda one: mixed(TEXT, nested(one, close=OPEN), close=OPEN),
    "behind the close": lambda one: mixed(TEXT, close=CLOSED + b"\r\n--b1\r\n" + one + b"\r\n--b1--\r\n"),
    "nested behind the close": lambda one: mixed(TEXT, close=CLOSED + b"\r\n" + nested(one)),
    "nested between two closes": lambda one: mixed(TEXT, close=CLOSED + b"\r\n" + nested(one) + CLOSED),
    "before the first delimiter": lambda one: mixed(TEXT).replace(b"\r\n\r\n--b1", b"\r\n\r\n" + nested(one) + b"--b1", 1),
    "behind a delimiter with a blank": lambda one: mixed(TEXT + b"\r\n--b1 \r\n" + one),
    "behind a delimiter that is indented": lambda one: mixed(TEXT + b"\r\n --b1\r\n" + one),
    "in a message": lambda one: mixed(TEXT, part(mixed(TEXT, one, boundary=b"b3"), MESSAGE)),
    "in a message in a message": lambda one: mixed(TEXT, part(HEAD + part(mixed(one, boundary=b"b3"), MESSAGE), MESSAGE)),
    "in a digest": lambda one: mixed(part(mixed(one, boundary=b"b3"))).replace(b"multipart/mixed", b"multipart/digest", 1),
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_is_hidden_there_is_found_however_it_is_spelt_or_the_message_refused(place):
    escaped, found = [], 0
    for spelling, entity in SPELLINGS.items():
        seen = inspected(PLACES[place](entity))
        if seen.tier is Tier.REFUSE:
            continue
        hashes = {file.sha256 for file in seen.files}
        found += digest(PAYLOAD) in hashes
        escaped += [spelling] if digest(PAYLOAD) not in hashes else []
    assert escaped == []
    assert found > len(SPELLINGS) / 2, "the message is taken apart and not merely refused"


def test_there_are_hundreds_of_them():
    assert len({PLACES[place](SPELLINGS[spelling]) for place, spelling in product(PLACES, SPELLINGS)}) > 400
