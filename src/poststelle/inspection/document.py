# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into one file: told by content, held against its names, inspected by its format, and so on inwards.

Knows no policy: a foreign format is named, not judged. "Cannot be inspected" is always a finding, never silence.
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from poststelle.core.facts import Finding, Trimming
from poststelle.core.formats import BY_EXTENSION, BY_FORMAT, Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.image import inspect_image
from poststelle.inspection.names import extension, mismatch, settle
from poststelle.inspection.odf import inspect_odf
from poststelle.inspection.ooxml import inspect_ooxml
from poststelle.inspection.pdf import inspect_pdf
from poststelle.inspection.seen import Embedded, Inspector, Seen, finding, printable
from poststelle.inspection.sniff import Sniffed, is_program, recognise
from poststelle.inspection.text import inspect_text
from poststelle.inspection.xmlparts import OutOfTimeError
from poststelle.inspection.ziparchive import inspect_zip

_OOXML_NAMES = "docx docm dotx dotm xlsx xlsm xltx xltm xlsb xlam pptx pptm potx potm ppsx ppsm"
INSPECTORS: dict[Format, Inspector] = {
    Format.PDF: inspect_pdf,
    Format.TXT: inspect_text,
    Format.BMP: inspect_image,
    Format.JPG: inspect_image,
    Format.PNG: inspect_image,
    Format.ZIP: inspect_zip,
    Format.OOXML: inspect_ooxml,
    **{BY_EXTENSION[name][0]: inspect_ooxml for name in _OOXML_NAMES.split()},
    **{BY_EXTENSION[name][0]: inspect_odf for name in ("odt", "ods", "odp", "ott", "ots", "otp", "odg", "odf")},
}
"""Who looks into which format. A format without a row is named and left closed."""
_SIGNATURE_EXTENSIONS = frozenset(BY_FORMAT[Format.PKCS7].extensions)
_NAMING = frozenset({Format.ZIP, Format.PDF})
"""Whose members are taken out under their names; parts of an Office document are never seen by name."""


@dataclass(frozen=True, slots=True)
class Looked:
    """One file as it was seen: the one given, or one inside it."""

    path: tuple[str, ...]
    """Relative to the file given, outermost first; ``()`` is that file itself. Unique within one look."""
    names: tuple[str, ...]
    sha256: str
    size_bytes: int
    format: Format
    container: bool
    """True where files stand inside; they follow with longer paths."""
    findings: tuple[Finding, ...]
    trimming: Trimming | None = None
    carried: bytes = b""
    """The file itself where a PDF carried it: a scanner of the whole message may not find it there."""


def look(content: bytes, names: tuple[str, ...], budget: Budget, digest: str = "") -> tuple[Looked, ...]:
    """The file first, the files inside after it, depth first. Never raises on hostile bytes.

    ``digest``: its SHA-256 in hex, where somebody has taken it already.
    """
    return _look(content, names, budget, (), digest)


def _look(
    content: bytes, names: tuple[str, ...], budget: Budget, path: tuple[str, ...], digest: str = ""
) -> tuple[Looked, ...]:
    digest = digest or sha256(content).hexdigest()
    if budget.is_spent:
        late = (finding(Reason.TIMEOUT, "before it was looked at"),)
        return (Looked(path, names, digest, len(content), Format.UNKNOWN, False, late),)
    sniffed = recognise(content)
    format_ = settle(sniffed, names)
    seen = _inspect(content, format_, budget, len(path))
    findings = (*_held_against_names(content, sniffed, format_, names), *seen.findings)
    own = Looked(
        path,
        names,
        digest,
        len(content),
        format_,
        bool(seen.members) or format_ is Format.ZIP,
        tuple(dict.fromkeys(findings)),
    )
    inside = _look_inside(seen.members, budget, path, is_naming=format_ in _NAMING, is_carrying=format_ is Format.PDF)
    return (own, *inside)


def _held_against_names(
    content: bytes, sniffed: Sniffed, format_: Format, names: tuple[str, ...]
) -> tuple[Finding, ...]:
    if not content:
        return (finding(Reason.EMPTY),)
    found = list(mismatch(format_, names))
    if sniffed.second is Format.ZIP and is_program(format_):
        found.append(finding(Reason.ZIP_SFX, f"{format_} with an archive behind it"))
    elif sniffed.second is not None:
        found.append(finding(Reason.POLYGLOT, f"{format_} and {sniffed.second}"))
    if sniffed.format is Format.UNKNOWN and any(_promises_inspection(name) for name in names):
        found.append(finding(Reason.UNREADABLE, "unknown content"))
    return tuple(found)


def _promises_inspection(name: str) -> bool:
    promised = BY_EXTENSION.get(extension(name), ())
    return any(one in INSPECTORS and one is not Format.TXT for one in promised)


def _inspect(content: bytes, format_: Format, budget: Budget, depth: int) -> Seen:
    """What the format's inspector sees; its failing for want of memory or budget is a finding too."""
    inspector = INSPECTORS.get(format_)
    if inspector is None or not content:
        return Seen()
    if depth >= budget.depth + (format_ is not Format.ZIP):
        return Seen((finding(Reason.ZIP_DEPTH, f"{depth} containers deep"),))
    try:
        return inspector(content, format_, budget)
    except BudgetExceededError:
        return Seen((finding(Reason.ZIP_BOMB, "budget exceeded"),))
    except OutOfTimeError as late:
        return Seen((finding(Reason.TIMEOUT, str(late)),))
    except (MemoryError, RecursionError):
        return Seen((finding(Reason.UNREADABLE, "needs more memory than an inspection has"),))


def _look_inside(
    members: tuple[Embedded, ...], budget: Budget, path: tuple[str, ...], *, is_naming: bool, is_carrying: bool
) -> tuple[Looked, ...]:
    looked: list[Looked] = []
    names = frozenset(member.name for member in members)
    owners = names | {name.rpartition(".")[0] for name in names if extension(name) not in _SIGNATURE_EXTENSIONS}
    taken: dict[str, int] = {}
    for member in members:
        step = _unique(printable(member.name) or "?", taken)
        base = member.name.replace("\\", "/").rpartition("/")[2]
        inside = _look(member.content, (base,) if base and is_naming else (), budget, (*path, step))
        if is_carrying:
            inside = (replace(inside[0], carried=member.content), *inside[1:])
        trimming = member.trimming or _signature(inside[0].format, member.name, owners)
        looked.append(_as_trimming(inside[0], trimming) if trimming else inside[0])
        looked.extend(inside[1:])
    return tuple(looked)


def _as_trimming(looked: Looked, trimming: Trimming) -> Looked:
    return replace(looked, trimming=trimming, findings=())


def _signature(format_: Format, name: str, owners: frozenset[str]) -> Trimming | None:
    """A signature beside the file it belongs to: ``antrag.pdf.p7s`` or ``antrag.p7s`` next to ``antrag.pdf``."""
    stem = name.rpartition(".")[0]
    return Trimming.SIGNATURE if format_ is Format.PKCS7 and stem in owners else None


def _unique(name: str, taken: dict[str, int]) -> str:
    """The name, numbered where it was met before; a number is asked for once, so equal names cost no more."""
    count = taken.get(name, 0) + 1
    taken[name] = count
    if count == 1:
        return name
    return _unique(f"{name} ({count})", taken)
