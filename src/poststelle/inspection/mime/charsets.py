# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Bytes to text under the charset that was declared, or the one that fits. Never fails, imports no codec on request."""

import binascii
import re
from codecs import getincrementaldecoder

_LABELS: dict[str, str] = {
    "utf-8": "us-ascii ascii ansi_x3.4-1968 utf-8 utf8 unicode-1-1-utf-8 cp65001",
    "cp1252": "iso-8859-1 iso8859-1 iso_8859-1 latin1 latin-1 l1 windows-1252 cp1252",
    "iso8859-15": "iso-8859-15 iso8859-15 iso_8859-15 latin9 latin-9",
    "iso8859-2": "iso-8859-2 iso8859-2 latin2",
    "iso8859-3": "iso-8859-3",
    "iso8859-4": "iso-8859-4",
    "iso8859-5": "iso-8859-5",
    "iso8859-6": "iso-8859-6",
    "iso8859-7": "iso-8859-7",
    "iso8859-8": "iso-8859-8 iso-8859-8-i",
    "cp1254": "iso-8859-9 windows-1254 cp1254",
    "iso8859-10": "iso-8859-10",
    "iso8859-13": "iso-8859-13",
    "iso8859-14": "iso-8859-14",
    "iso8859-16": "iso-8859-16",
    "cp1250": "windows-1250 cp1250",
    "cp1251": "windows-1251 cp1251",
    "cp1253": "windows-1253 cp1253",
    "cp1255": "windows-1255 cp1255",
    "cp1256": "windows-1256 cp1256",
    "cp1257": "windows-1257 cp1257",
    "cp1258": "windows-1258 cp1258",
    "cp437": "cp437 ibm437",
    "cp850": "cp850 ibm850",
    "koi8-r": "koi8-r",
    "koi8-u": "koi8-u",
    "gb18030": "gb18030 gbk gb2312 gb_2312-80 x-gbk",
    "big5": "big5 big5-hkscs",
    "euc_jp": "euc-jp",
    "shift_jis": "shift_jis shift-jis sjis windows-31j",
    "iso2022_jp": "iso-2022-jp iso-2022-jp-1 iso-2022-jp-2",
    "cp949": "euc-kr ks_c_5601-1987 ks_c_5601 cp949",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
    "utf-7": "utf-7",
    "mac-roman": "macintosh x-mac-roman",
}
CODECS: dict[str, str] = {label: codec for codec, labels in _LABELS.items() for label in labels.split()}
"""Charset labels of mail (IANA and the WHATWG Encoding Standard) to the codecs that read them; latin-1 as Windows does."""

_WORD = re.compile(rb"=\?([A-Za-z0-9_.:+-]{1,40})(?:\*[A-Za-z0-9-]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_LONE_WORD = re.compile(rb'(?<![^ \t\r\n"])' + _WORD.pattern + rb'(?![^ \t\r\n"])')
_BETWEEN = re.compile(rb"\?=[ \t\r\n]+=\?")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))
_HEX = re.compile(rb"=([0-9A-Fa-f]{2})")


def to_text(content: bytes, charset: str = "") -> str:
    """The text under the declared charset; where it does not fit: UTF-8, else Windows-1252, else latin-1."""
    label = charset.strip().lower().strip("\"'")
    for codec in (CODECS.get(label, "utf-8"), "utf-8", "cp1252"):
        try:
            return content.decode(codec)
        except UnicodeError:
            continue
    return content.decode("latin-1")


def fits(content: bytes, charset: str) -> bool:
    """The declared charset is known and the bytes are of it; a character that the end cuts does not count.

    Where nothing is declared the charset is UTF-8, ASCII included.
    """
    label = charset.strip().lower().strip("\"'")
    codec = CODECS.get(label) if label else "utf-8"
    if codec is None:
        return False
    try:
        getincrementaldecoder(codec)().decode(content)
    except UnicodeError:
        return False
    return True


def has_word(value: bytes) -> bool:
    """An encoded word (RFC 2047) stands in the value."""
    return _WORD.search(value) is not None


def is_words(value: bytes) -> bool:
    """Every encoded word stands alone between blanks (RFC 2047, 5): then no reader takes it literally."""
    return _WORD.search(_LONE_WORD.sub(b"", value)) is None


def decode_words(value: bytes) -> str:
    """A header value as text: encoded words decoded, neighbours joined even inside a character, the rest mended."""
    if b"=?" not in value:
        return to_text(value)
    joined = _BETWEEN.sub(b"?==?", value)
    pieces: list[str] = []
    held, held_charset, end = bytearray(), "", 0
    for match in _WORD.finditer(joined):
        charset = match.group(1).decode("ascii").lower()
        if held and (match.start() != end or charset != held_charset):
            pieces.append(to_text(bytes(held), held_charset))
            held.clear()
        if match.start() != end:
            pieces.append(to_text(joined[end : match.start()]))
        held += _word_bytes(match.group(2), match.group(3))
        held_charset, end = charset, match.end()
    if held:
        pieces.append(to_text(bytes(held), held_charset))
    pieces.append(to_text(joined[end:]))
    return "".join(pieces)


def _word_bytes(encoding: bytes, text: bytes) -> bytes:
    if encoding in b"qQ":
        return _HEX.sub(lambda match: bytes.fromhex(match.group(1).decode("ascii")), text.replace(b"_", b" "))
    clean = text.translate(None, delete=_NOT_BASE64)
    try:
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
    except binascii.Error:
        return text
