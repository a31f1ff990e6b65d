# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Small Office packages built by code: the least that Word, Excel, PowerPoint and LibreOffice would open."""

from support.zipfiles import Member, zip_bytes

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OOXML = "application/vnd.openxmlformats-officedocument."
WORD = f"{_OOXML}wordprocessingml.document.main+xml"
EXCEL = f"{_OOXML}spreadsheetml.sheet.main+xml"
SHOW = f"{_OOXML}presentationml.presentation.main+xml"
ODF_TEXT = "application/vnd.oasis.opendocument.text"


def types_part(main: str, main_type: str, overrides: dict[str, str] | None = None) -> bytes:
    rows = {f"/{main}": main_type, **(overrides or {})}
    told = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in rows.items())
    defaults = '<Default Extension="xml" ContentType="application/xml"/><Default Extension="bin" ContentType="x/y"/>'
    return f'<?xml version="1.0"?><Types xmlns="{_TYPES}">{defaults}{told}</Types>'.encode()


def rels_part(*relations: tuple[str, str, str]) -> bytes:
    """Each relation: type, target, mode (empty for internal)."""
    rows = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{target}"{f" TargetMode={mode!r}" if mode else ""}/>'
        for number, (kind, target, mode) in enumerate(relations)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_RELS}">{rows}</Relationships>'.encode()


def ooxml(
    parts: dict[str, bytes] | None = None,
    *,
    main: str = "word/document.xml",
    main_type: str = WORD,
    overrides: dict[str, str] | None = None,
    tail: bytes = b"",
) -> bytes:
    """A package whose main part says nothing unless it is given."""
    whole = {
        "[Content_Types].xml": types_part(main, main_type, overrides),
        "_rels/.rels": rels_part((f"{OFFICE}/officeDocument", main, "")),
        main: b"<document/>",
        **(parts or {}),
    }
    return zip_bytes(*(Member(name, content) for name, content in whole.items()), tail=tail)


def docx(body: str = "", parts: dict[str, bytes] | None = None, overrides: dict[str, str] | None = None) -> bytes:
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode()
    return ooxml({"word/document.xml": document, **(parts or {})}, overrides=overrides)


def xlsx(sheet: str = "", parts: dict[str, bytes] | None = None, overrides: dict[str, str] | None = None) -> bytes:
    rows = f'<worksheet xmlns="{S}"><sheetData>{sheet}</sheetData></worksheet>'.encode()
    whole = {"xl/worksheets/sheet1.xml": rows, **(parts or {})}
    return ooxml(whole, main="xl/workbook.xml", main_type=EXCEL, overrides=overrides)


def odf(parts: dict[str, bytes] | None = None, media_type: str = ODF_TEXT, manifest: str = "") -> bytes:
    office = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    root = f'<m:file-entry m:full-path="/" m:media-type="{media_type}"/>'
    whole = {
        "content.xml": f'<o:document-content xmlns:o="{office}"/>'.encode(),
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{space}">{root}{manifest}</m:manifest>'.encode(),
        **(parts or {}),
    }
    first = Member("mimetype", media_type.encode(), method=0)
    return zip_bytes(first, *(Member(name, content) for name, content in whole.items()))


def compound(*names: str) -> bytes:
    """An OLE compound file whose root holds these storages, in one chain of siblings (MS-CFB)."""
    entries = [_entry("Root Entry", 5, child=1)]
    for number, name in enumerate(names, start=1):
        entries.append(_entry(name, 1, right=number + 1 if number < len(names) else 0xFFFFFFFF))
    while len(entries) % 4:
        entries.append(bytes(128))
    sectors = len(entries) // 4
    fat = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16))
    header += b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    header += _longs(1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0, *([0xFFFFFFFF] * 108))
    return bytes(header) + _longs(*fat) + b"".join(entries)


def compound_with(streams: dict[str, bytes]) -> bytes:
    """An OLE compound file with these streams under its root, small ones in the mini stream (MS-CFB 2.3)."""
    large = {name: content for name, content in streams.items() if len(content) >= 4096}
    mini, mini_fat, starts = b"", [], {}
    for name, content in streams.items():
        if name not in large:
            starts[name] = len(mini) // 64
            mini += content + bytes(-len(content) % 64)
            mini_fat += [*range(starts[name] + 1, len(mini) // 64), 0xFFFFFFFE]
    blocks = [b"", _longs(*mini_fat).ljust(512, b"\xff"), mini, *large.values()]
    entry_count = 1 + len(streams)
    sectors = [1, -(-entry_count // 4), *(max(1, -(-len(block) // 512)) for block in blocks[1:])]
    firsts = [sum(sectors[:at]) for at in range(len(sectors))]
    fat = [0xFFFFFFFD]
    for first, count in zip(firsts[1:], sectors[1:], strict=True):
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
    starts |= dict(zip(large, firsts[4:], strict=True))
    entries = [_entry("Root Entry", 5, child=1, start=firsts[3], size=len(mini))]
    for number, (name, content) in enumerate(streams.items(), start=1):
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, right=right, start=starts[name], size=len(content)))
    directory = b"".join(entries).ljust(sectors[1] * 512, b"\x00")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00" + bytes(10)
    header += _longs(1, 1, 0, 4096, firsts[2], 1, 0xFFFFFFFE, 0, 0, *([0xFFFFFFFF] * 108))
    padded = b"".join(block.ljust(count * 512, b"\x00") for block, count in zip(blocks[1:], sectors[2:], strict=True))
    return header + _longs(*fat).ljust(512, b"\xff") + directory + padded


def packed_object(name: str, payload: bytes, path: str = "") -> bytes:
    """What the packager of Windows writes into the stream Ole10Native."""
    source = (path or f"C:\\Temp\\{name}").encode("cp1252") + b"\x00"
    whole = b"\x02\x00" + name.encode("cp1252") + b"\x00" + source + b"\x00\x00\x03\x00"
    whole += _longs(len(source)) + source + _longs(len(payload)) + payload
    return _longs(len(whole)) + whole


def _entry(
    name: str, kind: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF, start: int = 0, size: int = 0
) -> bytes:
    raw = name.encode("utf-16-le") + b"\x00\x00"
    head = raw.ljust(64, b"\x00") + len(raw).to_bytes(2, "little") + bytes([kind, 1])
    front = (head + _longs(0xFFFFFFFF, right, child)).ljust(116, b"\x00")
    return front + _longs(start, size, 0)


def _longs(*values: int) -> bytes:
    return b"".join(value.to_bytes(4, "little") for value in values)
