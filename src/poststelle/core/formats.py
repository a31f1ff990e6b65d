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
    ONENOTE = "onenote"
    TEXT = "text"
    """Text under a name that is not that of a plain text file: a log, a source, a note without extension."""
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
_WORD = "application/vnd.ms-word."
_EXCEL = "application/vnd.ms-excel."
_POWERPOINT = "application/vnd.ms-powerpoint."

# One format, one line: a table to be read across.
# fmt: off
_PAGE_ROWS: tuple[FormatRow, ...] = (
    _row(Format.PDF, Family.DOCUMENT, "pdf", "application/pdf application/x-pdf", "Portable Document Format"),
    _row(Format.TXT, Family.TEXT, "txt", "text/plain", "Textdatei", "plain text"),
    _row(Format.BMP, Family.IMAGE, "bmp dib", "image/bmp image/x-ms-bmp", "Bitmap-Bild", "bitmap image"),
    _row(Format.JPG, Family.IMAGE, "jpg jpeg jpe jfif", "image/jpeg image/jpg image/pjpeg", "JPEG-Bild", "JPEG image"),
    _row(Format.PNG, Family.IMAGE, "png", "image/png image/x-png", "PNG-Bild", "PNG image"),
    _row(Format.DOCX, Family.WORD, "docx", f"{_OOXML}wordprocessingml.document", "Word-Dokument", "Word document"),
    _row(Format.ODT, Family.WORD, "odt", f"{_ODF}text", "OpenDocument-Text", "OpenDocument text"),
    _row(Format.XLSX, Family.SPREADSHEET, "xlsx", f"{_OOXML}spreadsheetml.sheet", "Excel-Tabelle", "Excel workbook"),
    _row(Format.ODS, Family.SPREADSHEET, "ods", f"{_ODF}spreadsheet", "OpenDocument-Tabelle", "OpenDocument spreadsheet"),
    _row(Format.PPTX, Family.PRESENTATION, "pptx", f"{_OOXML}presentationml.presentation", "PowerPoint-Präsentation", "PowerPoint presentation"),
    _row(Format.ODP, Family.PRESENTATION, "odp", f"{_ODF}presentation", "OpenDocument-Präsentation", "OpenDocument presentation"),
    _row(Format.ZIP, Family.ARCHIVE, "zip", "application/zip application/x-zip-compressed", "ZIP-Archiv", "ZIP archive"),
)
"""The formats of the page."""

_OFFICE_ROWS: tuple[FormatRow, ...] = (
    _row(Format.DOC, Family.WORD, "doc dot", "application/msword", "Word-Dokument 97–2003", "Word 97–2003 document"),
    _row(Format.XLS, Family.SPREADSHEET, "xls xlt xla xlm xlw", "application/vnd.ms-excel", "Excel-Tabelle 97–2003", "Excel 97–2003 workbook"),
    _row(Format.PPT, Family.PRESENTATION, "ppt pps pot", "application/vnd.ms-powerpoint", "PowerPoint-Präsentation 97–2003", "PowerPoint 97–2003 presentation"),
    _row(Format.OLE, Family.DATA, "", "application/x-ole-storage", "OLE-Verbunddatei", "OLE compound file"),
    _row(Format.DOCM, Family.WORD, "docm", f"{_WORD}document.macroenabled.12", "Word-Dokument mit Makros", "macro-enabled Word document"),
    _row(Format.DOTX, Family.WORD, "dotx", f"{_OOXML}wordprocessingml.template", "Word-Vorlage", "Word template"),
    _row(Format.DOTM, Family.WORD, "dotm", f"{_WORD}template.macroenabled.12", "Word-Vorlage mit Makros", "macro-enabled Word template"),
    _row(Format.XLSM, Family.SPREADSHEET, "xlsm", f"{_EXCEL}sheet.macroenabled.12", "Excel-Tabelle mit Makros", "macro-enabled Excel workbook"),
    _row(Format.XLTX, Family.SPREADSHEET, "xltx", f"{_OOXML}spreadsheetml.template", "Excel-Vorlage", "Excel template"),
    _row(Format.XLTM, Family.SPREADSHEET, "xltm", f"{_EXCEL}template.macroenabled.12", "Excel-Vorlage mit Makros", "macro-enabled Excel template"),
    _row(Format.XLSB, Family.SPREADSHEET, "xlsb", f"{_EXCEL}sheet.binary.macroenabled.12", "Excel-Binärtabelle", "Excel binary workbook"),
    _row(Format.XLAM, Family.SPREADSHEET, "xlam", f"{_EXCEL}addin.macroenabled.12", "Excel-Add-in", "Excel add-in"),
    _row(Format.PPTM, Family.PRESENTATION, "pptm", f"{_POWERPOINT}presentation.macroenabled.12", "PowerPoint-Präsentation mit Makros", "macro-enabled PowerPoint presentation"),
    _row(Format.POTX, Family.PRESENTATION, "potx", f"{_OOXML}presentationml.template", "PowerPoint-Vorlage", "PowerPoint template"),
    _row(Format.POTM, Family.PRESENTATION, "potm", f"{_POWERPOINT}template.macroenabled.12", "PowerPoint-Vorlage mit Makros", "macro-enabled PowerPoint template"),
    _row(Format.PPSX, Family.PRESENTATION, "ppsx", f"{_OOXML}presentationml.slideshow", "PowerPoint-Bildschirmpräsentation", "PowerPoint slide show"),
    _row(Format.PPSM, Family.PRESENTATION, "ppsm ppam", f"{_POWERPOINT}slideshow.macroenabled.12", "PowerPoint-Bildschirmpräsentation mit Makros", "macro-enabled PowerPoint slide show"),
    _row(Format.VSDX, Family.DATA, "vsdx vsdm vstx vssx", "application/vnd.ms-visio.drawing", "Visio-Zeichnung", "Visio drawing"),
    _row(Format.OOXML, Family.DATA, "thmx", "application/vnd.openxmlformats-package", "Office-Paket anderer Art", "other Office package"),
    _row(Format.OTT, Family.WORD, "ott oth", f"{_ODF}text-template", "OpenDocument-Textvorlage", "OpenDocument text template"),
    _row(Format.OTS, Family.SPREADSHEET, "ots", f"{_ODF}spreadsheet-template", "OpenDocument-Tabellenvorlage", "OpenDocument spreadsheet template"),
    _row(Format.OTP, Family.PRESENTATION, "otp", f"{_ODF}presentation-template", "OpenDocument-Präsentationsvorlage", "OpenDocument presentation template"),
    _row(Format.ODG, Family.IMAGE, "odg", f"{_ODF}graphics", "OpenDocument-Zeichnung", "OpenDocument drawing"),
    _row(Format.ODF, Family.DATA, "odf odb odc odm otg sxw sxc sxi", f"{_ODF}formula {_ODF}base {_ODF}chart", "OpenDocument anderer Art", "other OpenDocument"),
    _row(Format.RTF, Family.WORD, "rtf", "application/rtf text/rtf", "Rich-Text-Datei", "rich text"),
    _row(Format.PAGES, Family.WORD, "pages", "application/vnd.apple.pages", "Pages-Dokument", "Pages document"),
    _row(Format.NUMBERS, Family.SPREADSHEET, "numbers", "application/vnd.apple.numbers", "Numbers-Tabelle", "Numbers spreadsheet"),
    _row(Format.KEYNOTE, Family.PRESENTATION, "key", "application/vnd.apple.keynote", "Keynote-Präsentation", "Keynote presentation"),
    _row(Format.ONENOTE, Family.DOCUMENT, "one onepkg", "application/onenote", "OneNote-Notizbuch", "OneNote notebook"),
    _row(Format.EPUB, Family.DOCUMENT, "epub", "application/epub+zip", "E-Book (EPUB)", "e-book (EPUB)"),
    _row(Format.PS, Family.DOCUMENT, "ps eps ai", "application/postscript", "PostScript"),
    _row(Format.XPS, Family.DOCUMENT, "xps oxps", "application/vnd.ms-xpsdocument application/oxps", "XPS-Dokument", "XPS document"),
    _row(Format.DJVU, Family.DOCUMENT, "djvu djv", "image/vnd.djvu", "DjVu-Dokument", "DjVu document"),
)
"""Documents outside the page's list."""

_TEXT_ROWS: tuple[FormatRow, ...] = (
    _row(Format.CSV, Family.TEXT, "csv tsv tab", "text/csv text/tab-separated-values", "Wertetabelle (CSV)", "table of values (CSV)"),
    _row(Format.HTML, Family.TEXT, "html htm xhtml xht shtml mht mhtml", "text/html application/xhtml+xml multipart/related", "Webseite", "web page"),
    _row(Format.XML, Family.TEXT, "xml xsd xsl xslt rdf gpx kml fodt fods fodp", "application/xml text/xml", "XML-Datei", "XML file"),
    _row(Format.SVG, Family.IMAGE, "svg svgz", "image/svg+xml", "SVG-Grafik", "SVG drawing"),
    _row(Format.JSON, Family.TEXT, "json geojson", "application/json", "JSON-Datei", "JSON file"),
    _row(Format.TEXT, Family.TEXT, "log md rst ini cfg conf properties yaml yml toml sql tex c h cpp java css", "text/x-unknown", "Textdatei anderer Art", "other text file"),
    _row(Format.VCF, Family.CARD, "vcf vcard", "text/vcard text/x-vcard", "Visitenkarte", "contact card"),
    _row(Format.ICS, Family.CARD, "ics ical ifb", "text/calendar", "Kalendereintrag", "calendar entry"),
    _row(Format.EML, Family.MESSAGE, "eml", "message/rfc822", "E-Mail-Nachricht", "e-mail message"),
    _row(Format.MBOX, Family.MESSAGE, "mbox mbx", "application/mbox", "Postfachdatei", "mailbox file"),
    _row(Format.MSG, Family.MESSAGE, "msg oft", "application/vnd.ms-outlook", "Outlook-Nachricht", "Outlook message"),
    _row(Format.TNEF, Family.MESSAGE, "dat tnef", "application/ms-tnef application/vnd.ms-tnef", "Outlook-Paket (winmail.dat)", "Outlook package (winmail.dat)"),
    _row(Format.PKCS7, Family.SIGNATURE, "p7s p7m p7c p7b p7", "application/pkcs7-signature application/pkcs7-mime application/x-pkcs7-signature application/x-pkcs7-mime", "Signaturdatei (PKCS #7)", "signature file (PKCS #7)"),
    _row(Format.PGP, Family.SIGNATURE, "asc pgp gpg sig", "application/pgp-signature application/pgp-encrypted application/pgp-keys", "PGP-Datei", "PGP file"),
    _row(Format.CERTIFICATE, Family.SIGNATURE, "cer crt pem der p12 pfx", "application/pkix-cert application/x-x509-ca-cert application/x-pkcs12", "Zertifikat", "certificate"),
)
"""Text with a purpose of its own, messages and signatures."""

_IMAGE_ROWS: tuple[FormatRow, ...] = (
    _row(Format.GIF, Family.IMAGE, "gif", "image/gif", "GIF-Bild", "GIF image"),
    _row(Format.TIFF, Family.IMAGE, "tif tiff dng nef cr2", "image/tiff", "TIFF-Bild", "TIFF image"),
    _row(Format.WEBP, Family.IMAGE, "webp", "image/webp", "WebP-Bild", "WebP image"),
    _row(Format.HEIC, Family.IMAGE, "heic heif hif", "image/heic image/heif", "HEIC-Bild", "HEIC image"),
    _row(Format.AVIF, Family.IMAGE, "avif", "image/avif", "AVIF-Bild", "AVIF image"),
    _row(Format.ICO, Family.IMAGE, "ico cur", "image/vnd.microsoft.icon image/x-icon", "Symbol", "icon"),
    _row(Format.PNM, Family.IMAGE, "pnm pbm pgm ppm pam", "image/x-portable-anymap", "PNM-Bild", "PNM image"),
    _row(Format.JP2, Family.IMAGE, "jp2 j2k jpx jpf", "image/jp2", "JPEG-2000-Bild", "JPEG 2000 image"),
    _row(Format.JXL, Family.IMAGE, "jxl", "image/jxl", "JPEG-XL-Bild", "JPEG XL image"),
    _row(Format.PSD, Family.IMAGE, "psd psb", "image/vnd.adobe.photoshop", "Photoshop-Bild", "Photoshop image"),
    _row(Format.EMF, Family.IMAGE, "emf", "image/emf", "Windows-Metadatei (EMF)", "Windows metafile (EMF)"),
    _row(Format.WMF, Family.IMAGE, "wmf", "image/wmf", "Windows-Metadatei (WMF)", "Windows metafile (WMF)"),
)
"""Pictures outside the page's list."""

_OTHER_ROWS: tuple[FormatRow, ...] = (
    _row(Format.SEVENZIP, Family.ARCHIVE, "7z", "application/x-7z-compressed", "7-Zip-Archiv", "7-Zip archive"),
    _row(Format.RAR, Family.ARCHIVE, "rar", "application/vnd.rar application/x-rar-compressed", "RAR-Archiv", "RAR archive"),
    _row(Format.GZIP, Family.ARCHIVE, "gz tgz", "application/gzip application/x-gzip", "GZIP-Archiv", "gzip archive"),
    _row(Format.BZIP2, Family.ARCHIVE, "bz2 tbz2", "application/x-bzip2", "BZIP2-Archiv", "bzip2 archive"),
    _row(Format.XZ, Family.ARCHIVE, "xz txz lzma", "application/x-xz", "XZ-Archiv", "xz archive"),
    _row(Format.ZSTD, Family.ARCHIVE, "zst", "application/zstd", "Zstandard-Archiv", "Zstandard archive"),
    _row(Format.TAR, Family.ARCHIVE, "tar", "application/x-tar", "TAR-Archiv", "tar archive"),
    _row(Format.CAB, Family.ARCHIVE, "cab", "application/vnd.ms-cab-compressed", "CAB-Archiv", "cabinet archive"),
    _row(Format.ISO, Family.ARCHIVE, "iso img vhd vhdx udf", "application/x-iso9660-image", "Datenträgerabbild", "disk image"),
    _row(Format.JAR, Family.PROGRAM, "jar war ear", "application/java-archive", "Java-Programm (JAR)", "Java program (JAR)"),
    _row(Format.APK, Family.PROGRAM, "apk aab xapk", "application/vnd.android.package-archive", "Android-App", "Android app"),
    _row(Format.EXE, Family.PROGRAM, "exe dll com scr pif cpl msi msp sys ocx", "application/vnd.microsoft.portable-executable application/x-msdownload", "Windows-Programm", "Windows program"),
    _row(Format.ELF, Family.PROGRAM, "elf so run appimage", "application/x-executable application/x-sharedlib", "Linux-Programm", "Linux program"),
    _row(Format.MACHO, Family.PROGRAM, "dylib", "application/x-mach-binary", "macOS-Programm", "macOS program"),
    _row(Format.SCRIPT, Family.PROGRAM, "bat cmd ps1 psm1 vbs vbe js jse mjs wsf wsh hta sh py pl rb php reg scf url inf msc sct chm settingcontent-ms", "application/x-sh text/javascript application/x-bat", "Skript", "script"),
    _row(Format.LNK, Family.PROGRAM, "lnk", "application/x-ms-shortcut", "Windows-Verknüpfung", "Windows shortcut"),
    _row(Format.SWF, Family.PROGRAM, "swf", "application/vnd.adobe.flash-movie", "Flash-Film", "Flash movie"),
    _row(Format.CLASS, Family.PROGRAM, "class", "application/java-vm", "Java-Klasse", "Java class"),
    _row(Format.WASM, Family.PROGRAM, "wasm", "application/wasm", "WebAssembly-Programm", "WebAssembly program"),
    _row(Format.AUDIO, Family.MEDIA, "mp3 wav ogg oga opus flac m4a aac amr wma mid midi aif aiff", "audio/mpeg audio/wav audio/ogg audio/flac audio/mp4 audio/aac", "Tonaufnahme", "sound recording"),
    _row(Format.VIDEO, Family.MEDIA, "mp4 mov avi mkv webm wmv mpg mpeg m4v 3gp flv ogv", "video/mp4 video/quicktime video/x-msvideo video/webm", "Video", "video"),
    _row(Format.FONT, Family.DATA, "ttf otf woff woff2 eot ttc", "font/ttf font/otf font/woff font/woff2", "Schriftart", "font"),
    _row(Format.DATABASE, Family.DATA, "sqlite db mdb accdb dbf", "application/vnd.sqlite3 application/x-msaccess", "Datenbank", "database"),
    _row(Format.EMPTY, Family.UNKNOWN, "", "application/x-empty", "leere Datei", "empty file"),
    _row(Format.UNKNOWN, Family.UNKNOWN, "", "application/octet-stream", "unbekanntes Format", "unknown format"),
)
"""Archives, programs, media, and what has no name."""
# fmt: on

ROWS: tuple[FormatRow, ...] = _PAGE_ROWS + _OFFICE_ROWS + _TEXT_ROWS + _IMAGE_ROWS + _OTHER_ROWS
"""One row for every format there is."""


def _by_extension() -> dict[str, tuple[Format, ...]]:
    table: dict[str, tuple[Format, ...]] = {}
    for row in ROWS:
        for extension in row.extensions:
            table[extension] = (*table.get(extension, ()), row.format)
    return table


BY_FORMAT: dict[Format, FormatRow] = {row.format: row for row in ROWS}

BY_EXTENSION: dict[str, tuple[Format, ...]] = _by_extension()
"""Lower case, without the dot: which formats a file so named may be."""
