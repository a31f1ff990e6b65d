# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Web pages inside an Office document (altChunk, ECMA-376-1, 11.3.1): imported as text, yet what they name is fetched.

A page is read as leniently as browsers do. Scripts in it never run; frames, objects and addresses on file shares count.
"""

from collections.abc import Iterator

from lxml import etree

from poststelle.core.facts import Finding
from poststelle.core.reasons import Reason
from poststelle.inspection.ooxml_rules import is_remote, is_share
from poststelle.inspection.seen import finding

MAX_PAGE_BYTES = 8 * 1024 * 1024
_ACTIVE_MIME = (b"activemime", b"application/x-mso", b"QWN0aXZlTWltZ")
"""Macros of Word inside a web archive, also in base64."""
_FETCHED = frozenset({"src", "href", "data", "background", "dynsrc", "lowsrc", "classid", "codebase", "action"})
_FRAMES = frozenset({"iframe", "frame", "object", "embed", "applet", "link", "base"})


def judge_page(content: bytes, part: str) -> Iterator[Finding]:
    """What one web page or web archive brings along."""
    if len(content) > MAX_PAGE_BYTES:
        yield finding(Reason.UNREADABLE, "page too large", part)
        return
    if any(mark in content for mark in _ACTIVE_MIME) or _ACTIVE_MIME[0] in content.lower():
        yield finding(Reason.MACRO, "macros in a web archive", part)
    for element, target in _targets(content):
        if is_share(target) or (element in _FRAMES and is_remote(target)):
            yield finding(Reason.EXTERNAL_LINK, f"{element} {target}", part)
            return


def _targets(content: bytes) -> Iterator[tuple[str, str]]:
    """Element and address of whatever would be fetched."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return
    if root is None:
        return
    for element in root.iter(etree.Element):
        for name, value in element.attrib.items():
            if str(name).lower() in _FETCHED and str(element.tag) != "a":
                yield str(element.tag).lower(), str(value).strip()
