# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Office documents made by code: the least that Word, Excel, PowerPoint and LibreOffice open, honest and dishonest."""

import io
import zipfile
from xml.sax.saxutils import escape

from poststelle.application.synthetic.compound import compound

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
_OOXML = "application/vnd.openxmlformats-officedocument"
_WORD = f"{_OOXML}.wordprocessingml.document.main+xml"
_WORD_MACRO = "application/vnd.ms-word.document.macroEnabled.main+xml"
_SHEET = f"{_OOXML}.spreadsheetml.sheet.main+xml"
_SHOW = f"{_OOXML}.presentationml.presentation.main+xml"
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_S = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_SCRIPT = "http://openoffice.org/2000/script"
_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def zipped(members: dict[str, bytes], stored: frozenset[str] = frozenset()) -> bytes:
    """A plain ZIP of these members, always the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, _STORED if name in stored else _DEFLATED)
    return buffer.getvalue()


def docx(text: str = "Sehr geehrte Damen und Herren") -> bytes:
    """A text document."""
    return _ooxml("word/document.xml", _WORD, _word_body(text))


def docm(text: str = "Formular mit Makro") -> bytes:
    """A text document with a VBA project, named as such."""
    rels = _relations((f"{_MICROSOFT}/vbaProject", "vbaProject.bin", ""))
    parts = {"word/_rels/document.xml.rels": rels, "word/vbaProject.bin": compound("VBA")}
    return _ooxml("word/document.xml", _WORD_MACRO, _word_body(text), parts)


def docx_with_remote_template(url: str = "https://vorlagen.invalid/brief.dotm") -> bytes:
    """A text document that fetches its template from elsewhere."""
    rels = _relations((f"{_OFFICE}/attachedTemplate", url, "External"))
    settings = f'<w:settings xmlns:w="{_W}"/>'.encode()
    parts = {"word/_rels/settings.xml.rels": rels, "word/settings.xml": settings}
    return _ooxml("word/document.xml", _WORD, _word_body("Brief"), parts)


def docx_with_field(command: str = 'DDEAUTO c:\\windows\\system32\\cmd.exe "/k rem"') -> bytes:
    """A text document with a field that starts a program (DDE)."""
    field = f'<w:p><w:fldSimple w:instr="{escape(command, {chr(34): "&quot;"})}"/></w:p>'
    return _ooxml("word/document.xml", _WORD, f'<w:document xmlns:w="{_W}"><w:body>{field}</w:body></w:document>')


def xlsx(cells: tuple[str, ...] = ("Betrag", "42,00")) -> bytes:
    """A table."""
    return _ooxml("xl/workbook.xml", _SHEET, _workbook(), _sheet_parts(cells))


def xlsx_with_hidden_macro() -> bytes:
    """A table whose VBA project hides under the name of printer settings."""
    rels = _relations(
        (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml", ""),
        (f"{_MICROSOFT}/vbaProject", "printerSettings/printerSettings1.bin", ""),
    )
    parts = {
        **_sheet_parts(("Stunden", "12")),
        "xl/_rels/workbook.xml.rels": rels,
        "xl/printerSettings/printerSettings1.bin": compound("VBA"),
    }
    return _ooxml("xl/workbook.xml", _SHEET, _workbook(), parts)


def pptx() -> bytes:
    """A presentation without slides."""
    return _ooxml("ppt/presentation.xml", _SHOW, f'<p:presentation xmlns:p="{_P}"/>')


def odf(kind: str = "text", parts: dict[str, bytes] | None = None) -> bytes:
    """An OpenDocument file: ``text``, ``spreadsheet`` or ``presentation``."""
    media_type = f"application/vnd.oasis.opendocument.{kind}"
    content = (
        f'<office:document-content xmlns:office="{_ODF}:office:1.0" office:version="1.3">'
        f"<office:body><office:{kind}/></office:body></office:document-content>"
    )
    members = {
        "mimetype": media_type.encode(),
        "content.xml": content.encode(),
        **(parts or {}),
    }
    entries = "".join(
        f'<m:file-entry m:full-path="{name}" m:media-type="text/xml"/>' for name in members if name != "mimetype"
    )
    manifest = (
        f'<m:manifest xmlns:m="{_ODF}:manifest:1.0" m:version="1.3">'
        f'<m:file-entry m:full-path="/" m:media-type="{media_type}"/>{entries}</m:manifest>'
    )
    return zipped({**members, "META-INF/manifest.xml": manifest.encode()}, frozenset({"mimetype"}))


def odt_with_basic() -> bytes:
    """An OpenDocument text with a Basic macro."""
    space = f'xmlns:script="{_SCRIPT}"'
    library = f'<library:library xmlns:library="{_SCRIPT[:-6]}library" library:name="Standard"/>'
    module = f'<script:module {space} script:name="Module1" script:language="StarBasic">REM</script:module>'
    parts = {"Basic/Standard/script-lb.xml": library.encode(), "Basic/Standard/Module1.xml": module.encode()}
    return odf("text", parts)


def _word_body(text: str) -> str:
    paragraph = f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>"
    return f'<w:document xmlns:w="{_W}"><w:body>{paragraph}</w:body></w:document>'


def _workbook() -> str:
    return (
        f'<workbook xmlns="{_S}" xmlns:r="{_OFFICE}"><sheets><sheet name="Tabelle1" sheetId="1" r:id="r0"/></sheets>'
        "</workbook>"
    )


def _sheet_parts(cells: tuple[str, ...]) -> dict[str, bytes]:
    row = "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in cells)
    sheet = f'<worksheet xmlns="{_S}"><sheetData><row r="1">{row}</row></sheetData></worksheet>'
    return {
        "xl/_rels/workbook.xml.rels": _relations((f"{_OFFICE}/worksheet", "worksheets/sheet1.xml", "")),
        "xl/worksheets/sheet1.xml": sheet.encode(),
    }


def _ooxml(main: str, main_type: str, body: str, parts: dict[str, bytes] | None = None) -> bytes:
    defaults = (
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="bin" ContentType="application/octet-stream"/>'
    )
    types = f'<Types xmlns="{_TYPES}">{defaults}<Override PartName="/{main}" ContentType="{main_type}"/></Types>'
    declared = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return zipped(
        {
            "[Content_Types].xml": (declared + types).encode(),
            "_rels/.rels": _relations((f"{_OFFICE}/officeDocument", main, "")),
            main: (declared + body).encode(),
            **(parts or {}),
        }
    )


def _relations(*rows: tuple[str, str, str]) -> bytes:
    """Each row: type, target, mode (empty for internal)."""
    told = "".join(
        f'<Relationship Id="r{number}" Type="{kind}" Target="{escape(target)}"'
        + (f' TargetMode="{mode}"/>' if mode else "/>")
        for number, (kind, target, mode) in enumerate(rows)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{_RELS}">{told}</Relationships>'.encode()
