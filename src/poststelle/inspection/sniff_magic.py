# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The formats that announce themselves by fixed bytes, as one table."""

import re

from poststelle.core.formats import Format
from poststelle.inspection.sniff_text import is_text

MAGIC: tuple[tuple[int, bytes, Format], ...] = (
    (0, b"%PDF-", Format.PDF),
    (0, b"\xff\xd8\xff", Format.JPG),
    (0, b"\x89PNG\r\n\x1a\n", Format.PNG),
    (0, b"GIF87a", Format.GIF),
    (0, b"GIF89a", Format.GIF),
    (0, b"II*\x00", Format.TIFF),
    (0, b"MM\x00*", Format.TIFF),
    (0, b"II+\x00", Format.TIFF),
    (0, b"MM\x00+", Format.TIFF),
    (0, b"{\\rtf", Format.RTF),
    (0, b"%!PS", Format.PS),
    (0, b"\x04%!PS", Format.PS),
    (0, b"\xc5\xd0\xd3\xc6", Format.PS),
    (0, b"AT&TFORM", Format.DJVU),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", Format.JP2),
    (0, b"\xff\x4f\xff\x51", Format.JP2),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", Format.JXL),
    (0, b"\xff\x0a", Format.JXL),
    (0, b"8BPS\x00", Format.PSD),
    (40, b" EMF", Format.EMF),
    (0, b"\xd7\xcd\xc6\x9a", Format.WMF),
    (0, b"\x01\x00\x09\x00\x00\x03", Format.WMF),
    (0, b"\x00\x00\x01\x00", Format.ICO),
    (0, b"\x00\x00\x02\x00", Format.ICO),
    (0, b"7z\xbc\xaf'\x1c", Format.SEVENZIP),
    (0, b"Rar!\x1a\x07", Format.RAR),
    (0, b"RE~^", Format.RAR),
    (0, b"\x1f\x8b\x08", Format.GZIP),
    (0, b"BZh11AY&SY", Format.BZIP2),
    (0, b"BZh51AY&SY", Format.BZIP2),
    (0, b"BZh91AY&SY", Format.BZIP2),
    (0, b"\xfd7zXZ\x00", Format.XZ),
    (0, b"]\x00\x00\x80\x00", Format.XZ),
    (0, b"\x28\xb5\x2f\xfd", Format.ZSTD),
    (257, b"ustar", Format.TAR),
    (0, b"MSCF\x00\x00\x00\x00", Format.CAB),
    (0x8001, b"CD001", Format.ISO),
    (0x8801, b"CD001", Format.ISO),
    (0x8001, b"BEA01", Format.ISO),
    (0, b"\x78\x9f\x3e\x22", Format.TNEF),
    (0, b"\x7fELF", Format.ELF),
    (0, b"\xce\xfa\xed\xfe", Format.MACHO),
    (0, b"\xcf\xfa\xed\xfe", Format.MACHO),
    (0, b"\xfe\xed\xfa\xce", Format.MACHO),
    (0, b"\xfe\xed\xfa\xcf", Format.MACHO),
    (0, b"L\x00\x00\x00\x01\x14\x02\x00", Format.LNK),
    (0, b"FWS", Format.SWF),
    (0, b"CWS", Format.SWF),
    (0, b"ZWS", Format.SWF),
    (0, b"\x00asm", Format.WASM),
    (0, b"ID3", Format.AUDIO),
    (0, b"OggS", Format.AUDIO),
    (0, b"fLaC", Format.AUDIO),
    (0, b"#!AMR", Format.AUDIO),
    (0, b"MThd\x00\x00\x00\x06", Format.AUDIO),
    (8, b"AIFF", Format.AUDIO),
    (8, b"AIFC", Format.AUDIO),
    (0, b"\xff\xfb", Format.AUDIO),
    (0, b"\xff\xf3", Format.AUDIO),
    (0, b"\xff\xf1", Format.AUDIO),
    (0, b"\xff\xf9", Format.AUDIO),
    (0, b"0&\xb2u\x8ef\xcf\x11", Format.VIDEO),
    (0, b"\x1aE\xdf\xa3", Format.VIDEO),
    (0, b"\x00\x00\x01\xba", Format.VIDEO),
    (0, b"\x00\x00\x01\xb3", Format.VIDEO),
    (0, b"FLV\x01", Format.VIDEO),
    (0, b"wOFF", Format.FONT),
    (0, b"wOF2", Format.FONT),
    (0, b"OTTO\x00", Format.FONT),
    (0, b"\x00\x01\x00\x00\x00", Format.FONT),
    (0, b"ttcf\x00", Format.FONT),
    (0, b"SQLite format 3\x00", Format.DATABASE),
    (0, b"\x00\x01\x00\x00Standard Jet DB", Format.DATABASE),
    (0, b"\x00\x01\x00\x00Standard ACE DB", Format.DATABASE),
    (0, b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d", Format.ONENOTE),
    (0, b"\xa1\x2f\xff\x43\xd9\xef\x76\x4c", Format.ONENOTE),
    (0, b"ITSF\x03\x00", Format.SCRIPT),
    (0, b"-----BEGIN PGP", Format.PGP),
    (0, b"-----BEGIN PKCS7", Format.PKCS7),
    (0, b"-----BEGIN CERTIFICATE", Format.CERTIFICATE),
    (0, b"BEGIN:VCARD", Format.VCF),
    (0, b"BEGIN:VCALENDAR", Format.ICS),
)
"""Offset, bytes, format; the first row that fits decides."""

_WORDS = frozenset({b"ID3", b"OggS", b"fLaC", b"FWS", b"CWS", b"ZWS", b"wOFF", b"wOF2", b"RE~^", b"AIFF", b"AIFC"})
"""Marks that a text may begin with as well."""
_WORD_BYTES = 4_096
_CONTAINERS: tuple[tuple[int, tuple[bytes, ...], Format], ...] = (
    (8, (b"WEBP",), Format.WEBP),
    (8, (b"WAVE",), Format.AUDIO),
    (8, (b"AVI ",), Format.VIDEO),
)
_BRANDS: tuple[tuple[tuple[bytes, ...], Format], ...] = (
    ((b"avif", b"avis"), Format.AVIF),
    ((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), Format.HEIC),
    ((b"jxl ",), Format.JXL),
    ((b"M4A ", b"M4B "), Format.AUDIO),
)
"""Major brands of ISO base media files (ISO/IEC 14496-12, 4.3); any other is a film."""
_BMP_HEADERS = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
"""Sizes of the second header: they tell a bitmap from a text beginning with BM."""
_ANYMAP = re.compile(
    rb"(?:P[2356]\s+(?:#[^\n]*\n\s*)*\d{1,6}\s+\d{1,6}\s+(?:#[^\n]*\n\s*)*\d{1,5}\s"
    rb"|P[14]\s+(?:#[^\n]*\n\s*)*\d{1,6}\s+\d{1,6}\s+(?![A-Za-z\xc3])|P7\nWIDTH )"
)
"""Netpbm headers as far as a sentence such as \"P1 2 3 Parkplatz\" does not go."""
_JAVA_MAJOR = range(45, 100)
_PKCS7_OID = bytes.fromhex("06092a864886f70d0107")
_PFX = bytes.fromhex("020103")
_MZ_BYTES = 64


def by_magic(content: bytes) -> Format | None:
    """The format whose fixed bytes the content begins with; None where no row fits."""
    for judge in (_bmp, _anymap, _windows, _riff, _media, _java, _der):
        told = judge(content)
        if told is not None:
            return told
    for offset, magic, format_ in MAGIC:
        if content.startswith(magic, offset) and not (magic in _WORDS and is_text(content[:_WORD_BYTES])):
            return format_
    return None


def _bmp(content: bytes) -> Format | None:
    fits = content.startswith(b"BM") and int.from_bytes(content[14:18], "little") in _BMP_HEADERS
    return Format.BMP if fits else None


def _anymap(content: bytes) -> Format | None:
    return Format.PNM if _ANYMAP.match(content[:256]) else None


def _windows(content: bytes) -> Format | None:
    """MZ and something a text could not hold in its first 64 bytes."""
    head = content[:_MZ_BYTES]
    fits = head.startswith((b"MZ", b"ZM")) and (b"\x00" in head or not is_text(content[:_WORD_BYTES]))
    return Format.EXE if fits else None


def _riff(content: bytes) -> Format | None:
    if not content.startswith((b"RIFF", b"RIFX", b"RF64")):
        return None
    return next((format_ for at, kinds, format_ in _CONTAINERS if content.startswith(kinds, at)), None)


def _media(content: bytes) -> Format | None:
    if content[4:8] == b"moov" or content[4:8] == b"mdat":
        return Format.VIDEO
    if content[4:8] != b"ftyp":
        return None
    brand = content[8:12]
    if brand in (b"mif1", b"msf1") and b"avif" in content[12 : int.from_bytes(content[:4], "big")]:
        return Format.AVIF
    return next((format_ for brands, format_ in _BRANDS if brand in brands), Format.VIDEO)


def _java(content: bytes) -> Format | None:
    """Java classes and fat Mach-O files share their first four bytes; the version tells them apart."""
    if not content.startswith(b"\xca\xfe\xba\xbe"):
        return None
    return Format.CLASS if int.from_bytes(content[6:8], "big") in _JAVA_MAJOR else Format.MACHO


def _der(content: bytes) -> Format | None:
    """ASN.1: a ContentInfo (RFC 5652, 3), a PFX (RFC 7292, 4) or a certificate (RFC 5280, 4.1)."""
    if content[:1] != b"\x30" or len(content) < 20:
        return None
    head = 2 if content[1] <= 0x80 else 2 + (content[1] & 0x7F)
    if content.startswith(_PKCS7_OID, head):
        return Format.PKCS7
    if content.startswith(_PFX, head):
        return Format.CERTIFICATE
    is_nested = content[head : head + 1] == b"\x30" and b"\xa0\x03\x02\x01\x02" in content[head : head + 12]
    return Format.CERTIFICATE if is_nested else None
