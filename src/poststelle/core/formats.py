# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The file formats the gateway can name, as one table: what each is called, ends in, and declares itself as.

Knows nothing of policy: whether a format is welcome is decided elsewhere. A format that is never accepted still
has a row, so that the sender can be told what the file is and what to save it as instead.
"""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a format is used for; two formats of one family never excuse a wrong file name extension."""

    DOCUMENT = "document"
    TEXT = "text"
    IMAGE = "image"
    WORD = "word"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    ARCHIVE = "archive"
    MESSAGE = "message"
    SIGNATURE = "signature"
    CARD = "card"
    PROGRAM = "program"
    MEDIA = "media"
    DATA = "data"
    UNKNOWN = "unknown"


class Format(StrEnum):
    """A file format as told by content. The strings are public and never renamed."""

    PDF = "pdf"
    TXT = "txt"
    BMP = "bmp"
    JPG = "jpg"
    PNG = "png"
    DOCX = "docx"
    ODT = "odt"
    XLSX = "xlsx"
    ODS = "ods"
    PPTX = "pptx"
    ODP = "odp"
    ZIP = "zip"
    # Known, and outside the closed list of the page.
    DOC = "doc"
    XLS = "xls"
    PPT = "ppt"
    OLE = "ole"
    DOCM = "docm"
    DOTX = "dotx"
    DOTM = "dotm"
    XLSM = "xlsm"
    XLTX = "xltx"
    XLTM = "xltm"
    XLSB = "xlsb"
    XLAM = "xlam"
    PPTM = "pptm"
    POTX = "potx"
    POTM = "potm"
    PPSX = "ppsx"
    PPSM = "ppsm"
    VSDX = "vsdx"
    OOXML = "ooxml"
    OTT = "ott"
    OTS = "ots"
    OTP = "otp"
    ODG = "odg"
    ODF = "odf"
    RTF = "rtf"
    CSV = "csv"
    HTML = "html"
    XML = "xml"
    SVG = "svg"
    JSON = "json"
    EPUB = "epub"
    PAGES = "pages"
    NUMBERS = "numbers"
    KEYNOTE = "keynote"
    PS = "ps"
    XPS = "xps"
    DJVU = "djvu"
    GIF = "gif"
    TIFF = "tiff"
    WEBP = "webp"
    HEIC = "heic"
    AVIF = "avif"
    ICO = "ico"
    PNM = "pnm"
    JP2 = "jp2"
    JXL = "jxl"
    PSD = "psd"
    EMF = "emf"
    WMF = "wmf"
    SEVENZIP = "7z"
    RAR = "rar"
    GZIP = "gzip"
    BZIP2 = "bzip2"
    XZ = "xz"
    ZSTD = "zstd"
    TAR = "tar"
    CAB = "cab"
    ISO = "iso"
    JAR = "jar"
    APK = "apk"
    EML = "eml"
    MSG = "msg"
    MBOX = "mbox"
    TNEF = "tnef"
    PKCS7 = "pkcs7"
    PGP = "pgp"
    CERTIFICATE = "certificate"
    VCF = "vcf"
    ICS = "ics"
    EXE = "exe"
    ELF = "elf"
    MACHO = "macho"
    SCRIPT = "script"
    LNK = "lnk"
    SWF = "swf"
    CLASS = "class"
    WASM = "wasm"
    AUDIO = "audio"
    VIDEO = "video"
    FONT = "font"
    DATABASE = "database"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FormatRow:
    """One row of the table: what a file of this format may be called and declared as."""

    format: Format
    family: Family
    extensions: tuple[str, ...]
    """Lower case, without the dot; the first is the usual one. Empty where no extension is typical."""
    media_types: tuple[str, ...]
    """Lower case; the first is the registered one."""
    name_de: str
    name_en: str


def _row(format_: Format, family: Family, extensions: str, media_types: str, *names: str) -> FormatRow:
    return FormatRow(format_, family, tuple(extensions.split()), tuple(media_types.split()), names[0], names[-1])


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

ROWS: tuple[FormatRow, ...] = (
    _row(Format.PDF, Family.DOCUMENT, "pdf", "application/pdf", "Portable Document Format"),
    _row(Format.TXT, Family.TEXT, "txt", "text/plain", "Textdatei", "plain text"),
    _row(Format.BMP, Family.IMAGE, "bmp dib", "image/bmp image/x-ms-bmp", "Bitmap-Bild", "bitmap image"),
    _row(Format.JPG, Family.IMAGE, "jpg jpeg jpe jfif", "image/jpeg", "JPEG-Bild", "JPEG image"),
    _row(Format.PNG, Family.IMAGE, "png", "image/png", "PNG-Bild", "PNG image"),
    _row(Format.DOCX, Family.WORD, "docx", f"{_OOXML}wordprocessingml.document", "Word-Dokument", "Word document"),
    _row(Format.ODT, Family.WORD, "odt", f"{_ODF}text", "OpenDocument-Text", "OpenDocument text"),
    _row(Format.XLSX, Family.SPREADSHEET, "xlsx", f"{_OOXML}spreadsheetml.sheet", "Excel-Tabelle", "Excel workbook"),
    _row(
        Format.ODS, Family.SPREADSHEET, "ods", f"{_ODF}spreadsheet", "OpenDocument-Tabelle", "OpenDocument spreadsheet"
    ),
    _row(
        Format.PPTX,
        Family.PRESENTATION,
        "pptx",
        f"{_OOXML}presentationml.presentation",
        "PowerPoint-Präsentation",
        "PowerPoint presentation",
    ),
    _row(
        Format.ODP,
        Family.PRESENTATION,
        "odp",
        f"{_ODF}presentation",
        "OpenDocument-Präsentation",
        "OpenDocument presentation",
    ),
    _row(
        Format.ZIP, Family.ARCHIVE, "zip", "application/zip application/x-zip-compressed", "ZIP-Archiv", "ZIP archive"
    ),
)
"""The formats of the page. The rows of the other formats follow with the sniffer that tells them apart."""
