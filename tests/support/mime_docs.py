# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/mime.md, made from the table of defects and its limits. Run me to write it anew."""

from pathlib import Path

from poststelle.core.facts import Tier
from poststelle.inspection.mime import limits
from poststelle.inspection.mime.defects import TIERS, DefectCode

PAGE = Path(__file__).resolve().parents[2] / "docs" / "mime.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# How a message is taken apart

Mail programs disagree about what a message holds as soon as it deviates from RFC 5322 and RFC 2045 to 2049. A gateway
that sees one file while the clerk's program shows another has inspected nothing. So every deviation has a code, and every
code a tier; the strictest tier found is the tier of the message:

- **refuse**: two programs may see different messages, and no union of readings is known to be complete. The message is
  refused in the dialogue with 550 5.6.0, unless its rule in the policy or its sender forbids that (a bounce is held).
- **union**: every known reading is extracted, looked into and judged, and the strictest verdict counts.
- **note**: no program is known to be misled. Recorded, nothing else.

A code in no list refuses. The codes stand in the facts of a message and in the answer of the pre-check; they
are public and only grow.

This page is made by `PYTHONPATH=src:tests python tests/support/mime_docs.py`.
"""

MEANINGS: dict[DefectCode, str] = {
    DefectCode.NUL: "A NUL byte stands anywhere.",
    DefectCode.BARE_CR: "A CR that no LF follows (RFC 5321, 2.3.8).",
    DefectCode.BARE_LF: "A LF that no CR precedes (RFC 5321, 2.3.8).",
    DefectCode.LINE_TOO_LONG: "A line is longer than any program writes.",
    DefectCode.LONG_LINE: "A line is longer than 998 octets (RFC 5322, 2.1.1).",
    DefectCode.HEADER_CONTROL: "A control character stands in a header.",
    DefectCode.HEADER_NO_COLON: "A header line without a colon: some programs end the header there, some skip it.",
    DefectCode.HEADER_STARTS_WITH_FOLD: "A header begins with a folded line that belongs to nothing.",
    DefectCode.HEADER_BLANK_LINE: "A line of blanks in a header: a fold to some, its end to others. Read as both.",
    DefectCode.HEADER_FOLD_LOOKALIKE: "A folded line reads like a structural field of its own.",
    DefectCode.HEADER_ODD_NAME: "A field name that not every program takes for one, where that decides something.",
    DefectCode.HEADER_NAME_STYLE: "An unusual field name where it decides nothing.",
    DefectCode.HEADER_MBOX_LINE: "A line `From …` of a mail folder before the first field.",
    DefectCode.HEADER_TOO_LARGE: "A header block beyond the limit.",
    DefectCode.HEADER_TOO_MANY_FIELDS: "More fields in one header block than are looked at.",
    DefectCode.HEADER_ENCODED_WORD: "An encoded word (RFC 2047) in a structural parameter.",
    DefectCode.HEADER_UNENDED: "The header ends with its part, without an empty line.",
    DefectCode.DUPLICATE_CONTENT_TYPE: "Two different fields Content-Type, or two that nest.",
    DefectCode.DUPLICATE_TRANSFER_ENCODING: "Two different fields Content-Transfer-Encoding.",
    DefectCode.DUPLICATE_DISPOSITION: "Two different fields Content-Disposition.",
    DefectCode.DUPLICATE_MIME_VERSION: "Two different fields MIME-Version.",
    DefectCode.DUPLICATE_FROM: "Two fields From.",
    DefectCode.DUPLICATE_SENDER: "Two fields Sender.",
    DefectCode.DUPLICATE_FIELD: "A field twice that should stand once, and that nothing is decided by.",
    DefectCode.CONTENT_TYPE_SYNTAX: "A Content-Type that cannot be read, where it could nest.",
    DefectCode.CONTENT_TYPE_PARAMETERS: "Parameters of a Content-Type against the grammar. Every name is a candidate.",
    DefectCode.VALUE_STYLE: "A value against the grammar that everybody reads alike.",
    DefectCode.TOO_MANY_PARAMETERS: "More parameters than are looked at.",
    DefectCode.TRANSFER_ENCODING_UNKNOWN: "An encoding that is none of the five (RFC 2045, 6.1).",
    DefectCode.TRANSFER_ENCODING_ON_MULTIPART: "An encoded multipart (forbidden by RFC 2045, 6.4).",
    DefectCode.TRANSFER_ENCODING_ON_MESSAGE: "An attached message is encoded. Read decoded, and as it stands.",
    DefectCode.DISPOSITION_SYNTAX: "A Content-Disposition against the grammar. Every name is a candidate.",
    DefectCode.NAMES_CONFLICT: "The names of a file end in different extensions. All must be allowed.",
    DefectCode.NAMES_DIFFER: "The names of a file differ, their extensions do not.",
    DefectCode.NAME_CLEANED: "The name as shown is not the name as sent.",
    DefectCode.BOUNDARY_MISSING: "A multipart without a boundary.",
    DefectCode.BOUNDARY_ILLEGAL: "A boundary stated twice, in an extended form, too long or of forbidden signs.",
    DefectCode.BOUNDARY_PREFIX: "A boundary begins like that of the multipart around it.",
    DefectCode.DELIMITER_TEXT: "Text behind the boundary on a delimiter's line.",
    DefectCode.DELIMITER_INDENTED: "A delimiter behind blanks. Read as a delimiter and as text.",
    DefectCode.NO_PARTS: "A multipart with content and without any part.",
    DefectCode.NO_CLOSE: "The close delimiter is missing.",
    DefectCode.NO_BODY: "A multipart without any content.",
    DefectCode.MESSAGE_PARTIAL: "A piece of a message (message/partial).",
    DefectCode.MESSAGE_EXTERNAL: "A body that is somewhere else (message/external-body).",
    DefectCode.TOO_DEEP: "More levels than are looked at, or multiparts that are too large together.",
    DefectCode.TOO_MANY_PARTS: "More parts, or more header fields or parameters in all, than are looked at.",
    DefectCode.TOO_MANY_EMBEDDED: "More headers or files written into texts than are looked at.",
    DefectCode.TOO_MUCH_DERIVED: "Decoded messages and second readings cost more bytes than a message is granted.",
    DefectCode.TOO_MUCH_WORK: "Taking the message apart costs more time than it is granted.",
    DefectCode.MIME_IN_PREAMBLE: "Headers or files before the first delimiter. Read as text and as parts.",
    DefectCode.MIME_IN_EPILOGUE: "Headers, delimiters or files behind a close delimiter. Read as text and as parts.",
    DefectCode.MIME_IN_TEXT: "Headers within a text that would make a file of what follows. Read as both.",
    DefectCode.HEADERS_IN_BODY: "Headers at the very beginning of a body. Read as text and as headers.",
    DefectCode.BASE64_BLANKS: "Blanks within base64.",
    DefectCode.BASE64_DAMAGED: "Base64 with foreign signs, padding inside or an odd length. Read as skipping, stopping, restarting.",
    DefectCode.BASE64_UNDECLARED: "A body of nothing but base64 that declares no encoding. Read decoded, and as it stands.",
    DefectCode.QP_DAMAGED: "Quoted-printable with escapes that are none. Read as kept, dropped, joined.",
    DefectCode.QP_STYLE: "Quoted-printable with raw octets or blanks at the edges of lines, in a text.",
    DefectCode.ENCODING_RUINED: "Encoded files are damaged in more places, or are larger, than every reading is made of.",
    DefectCode.CHARSET_MENDED: "A text declares a charset that is unknown or not its own. Shown as UTF-8 or Windows-1252.",
    DefectCode.UUENCODE: "A file written into a text as uuencode, or declared so.",
    DefectCode.YENC: "A file written into a text as yEnc.",
    DefectCode.DATA_ADDRESS: "A file written into HTML as a `data:` address, other than pictures, fonts and style sheets.",
}
"""What each code means, in one sentence."""

_LIMITS = (
    ("levels of parts and attached messages", limits.MAX_LEVELS),
    ("multiparts together, as a multiple of the message", limits.MAX_SPLIT_FACTOR),
    ("parts", limits.MAX_PARTS),
    ("octets of one header block", limits.MAX_HEADER_BYTES),
    ("fields of one header block", limits.MAX_FIELDS),
    ("fields of all header blocks", limits.MAX_ALL_FIELDS),
    ("parameters of one field", limits.MAX_PARAMETERS),
    ("parameters of all fields, of which every 100 octets count as another", limits.MAX_ALL_PARAMETERS),
    ("octets of one line", limits.MAX_LINE_BYTES),
    ("headers or files written into one text", limits.MAX_EMBEDDED),
    (
        "damaged places of one file in base64, or of all in quoted-printable, of which every reading is made",
        limits.MAX_WOUNDS,
    ),
    (
        "octets of all files in damaged quoted-printable of which every reading is made",
        limits.MAX_WOUNDED_QP_BYTES,
    ),
)


_LEFT = """## What is left a text

A reading is made where some mail program is known that makes it, and only there: a reading that none makes finds files in
letters that only talk of files. So these stay texts:

- Headers, delimiters or base64 inside a text that is itself encoded (base64 or quoted-printable): programs take a message
  apart first and decode afterwards. Files written into it as uuencode, yEnc or `data:` are found there as well.
- uuencode behind blanks or signs of quotation, and uuencode in UTF-16: programs look for `begin` where a line begins, in
  the bytes as decoded.
- Base64 that stands in a preamble, an epilogue or a letter without any header.
- Pictures, fonts and style sheets in `data:` addresses of HTML: part of the page, as long as they are nothing else.
"""


def generated() -> str:
    """The whole page."""
    tiers = (Tier.REFUSE, Tier.UNION, Tier.NOTE)
    return "\n".join([HEAD, *(_section(tier) for tier in tiers), _LEFT, _limits()])


def _section(tier: Tier) -> str:
    rows = [f"| `{code.value}` | {MEANINGS[code]} |" for code in DefectCode if TIERS[code] is tier]
    return "\n".join([f"## {tier.value}", "", "| code | what was found |", "|---|---|", *rows, ""])


def _limits() -> str:
    rows = [f"| {what} | {most:,} |" for what, most in _LIMITS]
    said = (
        f"Decoded messages and second readings may cost {limits.MAX_DERIVED_FACTOR} times the message and"
        f" {limits.MAX_DERIVED_FLOOR_BYTES:,} octets; a second reading costs {limits.READING_PRICE} times its size."
    )
    return "\n".join(["## Limits", "", "| of | at most |", "|---|---|", *rows, "", said, ""])


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
