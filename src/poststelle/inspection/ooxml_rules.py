# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What each content type and each relationship of an OOXML package gives away, as tables."""

import re

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.names import is_called_program
from poststelle.inspection.ooxml_types import Relation
from poststelle.inspection.seen import finding

TYPE_MARKS: tuple[tuple[str, Reason], ...] = (
    ("macroenabled", Reason.MACRO),
    ("vbaproject", Reason.MACRO),
    ("vbadata", Reason.MACRO),
    ("macrosheet", Reason.MACRO),
    ("activex", Reason.ACTIVEX),
)
"""Found in the content type of a part that exists, lower case."""

_ANYWHERE: dict[str, Reason] = {
    "vbaproject": Reason.MACRO,
    "wordvbadata": Reason.MACRO,
    "xlmacrosheet": Reason.MACRO,
    "xlintlmacrosheet": Reason.MACRO,
    "activexcontrol": Reason.ACTIVEX,
    "activexcontrolbinary": Reason.ACTIVEX,
}
_EXTERNAL: dict[str, Reason] = {
    "oleobject": Reason.EXTERNAL_LINK,
    "subdocument": Reason.EXTERNAL_LINK,
    "frame": Reason.EXTERNAL_LINK,
    "afchunk": Reason.EXTERNAL_LINK,
    "package": Reason.EXTERNAL_LINK,
    "control": Reason.ACTIVEX,
}
"""Only where the target stands outside. A cached external workbook (externalLinkPath) is common and not among them."""
_FETCHED = frozenset({"image", "linkedimage", "video", "audio", "media", "hdphoto"})
"""Fetched on opening: harmless from the web, which the reader asks about, but a file share is told the password."""
_WEB = re.compile(r"(?:https?|ftp):", re.IGNORECASE)
_REMOTE = re.compile(r"(?:[a-z][a-z-]{1,11}:){0,3}(?:[\\/]{2,5})(?![A-Za-z]:)[\w.@-]", re.IGNORECASE)
_LOCAL_FILE = re.compile(
    r"file:(?:[\\/]{0,4}[A-Za-z][:|]|/(?!/)|//localhost/"
    r"|////(?:Users|Applications|Volumes|Library|private|home|opt|usr|tmp)/)",
    re.IGNORECASE,
)
"""A drive letter, one slash, this machine by name, or the four slashes with which Word for Mac spells a path of it."""


def judge_type(told: str, part: str) -> tuple[Finding, ...]:
    """What the content type of this part says."""
    return tuple(finding(code, told, part) for mark, code in TYPE_MARKS if mark in told)


def judge_relation(relation: Relation, part: str) -> tuple[Finding, ...]:
    """What one relationship of this part says."""
    code = _ANYWHERE.get(relation.kind)
    if relation.kind == "package" and not relation.is_external and is_called_program(relation.target):
        code = Reason.EXECUTABLE_PART
    if code is None and relation.is_external:
        code = _EXTERNAL.get(relation.kind)
        if relation.kind in _FETCHED and is_share(relation.target):
            code = Reason.EXTERNAL_LINK
        if relation.kind == "attachedtemplate" and is_remote(relation.target):
            code = Reason.REMOTE_TEMPLATE
    return () if code is None else (finding(code, f"{relation.kind} {relation.target}", part),)


def is_remote(target: str) -> bool:
    """True for a target on another machine: any scheme with a host, or a UNC path; a local path is not."""
    return not _LOCAL_FILE.match(target) and bool(_REMOTE.match(target))


def is_share(target: str) -> bool:
    """True for a file share on another machine, to which Windows signs in by itself: UNC paths and ``file://host``."""
    return is_remote(target) and not _WEB.match(target)
