# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Looking into a PDF: whether it opens without a password, what it would do, and which files it carries.

Reads the structure through qpdf, never the raw bytes, and knows nothing of what policy makes of a finding.
"""

import io

import pikepdf
import pypdfium2  # type: ignore[import-untyped] # ships no type information
from pikepdf import settings

from poststelle.core.facts import Finding
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.inspection.budget import Budget, BudgetExceededError
from poststelle.inspection.pdf_files import embedded
from poststelle.inspection.pdf_objects import FileEntry, Objects, Risk, discoveries, is_of_interest
from poststelle.inspection.seen import Seen, finding

MAX_STREAM_BYTES = 32 * 1024 * 1024
"""What one object or cross-reference stream may inflate to; in honest files they hold a few hundred objects."""
MAX_OBJECTS = 2_000_000
"""Far above the largest plan sets; each object costs the reader memory before it is looked at."""
_MAX_FILES = 1_000
_DEPTH = 100
"""Nesting of arrays and dictionaries; real files stay below twenty."""
_PUBLIC_KEY_HINT = "unsupported encryption filter"
_OBJECTS_BETWEEN_LOOKS_AT_THE_TIME = 256
_NOT_A_PDF = (pikepdf.PdfError, RuntimeError, ValueError, TypeError, KeyError, OverflowError, MemoryError)
"""Everything the reader and its conversions are known to raise on damaged files."""


def inspect_pdf(content: bytes, format: Format, budget: Budget) -> Seen:  # noqa: A002, ARG001 - every inspector's shape
    """What a PDF does and carries. A file that cannot be opened or walked to its end is named so, never passed."""
    _bound_the_reader()
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as pdf:
            if pdf.is_encrypted and not pdf.user_password_matched:  # by an empty owner password
                return Seen((finding(Reason.ENCRYPTED, "opens with a password only"),))
            if not _has_pages(pdf, content):
                return Seen((finding(Reason.UNREADABLE, "no pages"),))
            return _walk(pdf, budget)
    except pikepdf.PasswordError:
        return Seen((finding(Reason.ENCRYPTED, "opens with a password only"),))
    except BudgetExceededError as error:
        return Seen((finding(Reason.TOO_LARGE, str(error)),))
    except _NOT_A_PDF as error:
        return Seen(_unopened(error))


def _bound_the_reader() -> None:
    """The reader's limits are the process's and are set for every file: a member's decoding may have changed them."""
    settings.set_qpdf_limits(
        parser_max_nesting=_DEPTH,
        flate_max_memory=MAX_STREAM_BYTES,
        png_max_memory=MAX_STREAM_BYTES,
        tiff_max_memory=MAX_STREAM_BYTES,
        run_length_max_memory=MAX_STREAM_BYTES,
    )


def _unopened(error: Exception) -> tuple[Finding, ...]:
    """Encryption to certificates is named as what it is besides: no password would help either."""
    unreadable = finding(Reason.UNREADABLE, type(error).__name__)
    if _PUBLIC_KEY_HINT in str(error):
        return (finding(Reason.ENCRYPTED, "encrypted to certificates"), unreadable)
    return (unreadable,)


def _has_pages(pdf: pikepdf.Pdf, content: bytes) -> bool:
    """True where the page tree leads somewhere; a file that had to be repaired must open in a second reader too.

    Repair finds a page tree in almost any fragment of a PDF. Two independent readers agreed on none of the cut files
    of the test collection and on all that common viewers open.
    """
    if len(pdf.pages) == 0:
        return False
    return not _was_repaired(pdf) or _second_reader_opens(content)


def _was_repaired(pdf: pikepdf.Pdf) -> bool:
    return any("reconstruct" in str(warning) for warning in pdf.get_warnings())


def _second_reader_opens(content: bytes) -> bool:
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        return False
    try:
        return len(document) > 0
    finally:
        document.close()


def _walk(pdf: pikepdf.Pdf, budget: Budget) -> Seen:
    objects = Objects(pdf)
    risks: dict[Reason, Finding] = {}
    files: dict[tuple[int, int], FileEntry] = {}
    for number, (where, text) in enumerate(objects.texts()):
        if number % _OBJECTS_BETWEEN_LOOKS_AT_THE_TIME == 0 and (budget.is_spent or number > MAX_OBJECTS):
            risks[Reason.TIMEOUT] = finding(Reason.TIMEOUT, f"after {number} objects")
            break
        if not is_of_interest(text):
            continue
        for discovery in discoveries(objects, where, text):
            if isinstance(discovery, Risk):
                risks.setdefault(discovery.code, finding(discovery.code, discovery.evidence))
            elif len(files) < _MAX_FILES:
                files.setdefault(discovery.stream, discovery)
    carried = embedded(pdf, tuple(files.values()), budget)
    return Seen((*risks.values(), *carried.findings), carried.members)
