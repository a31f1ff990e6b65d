# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""HTML to plain text for the desk: a linear walk over tags, nothing loaded, nothing executed, nothing trusted."""

import re

from poststelle.inspection.references import resolved

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)[^<>]*>?|<!--|<[!?][^<>]*>?")
_HIDDEN = frozenset({"script", "style", "head", "template", "title", "noscript"})
_BREAKS = frozenset(
    "p div br tr li ul ol table h1 h2 h3 h4 h5 h6 blockquote hr section article header footer pre dt dd".split()
)
_SPACES = re.compile(r"[ \t\r\n\f\u00a0]+")
_EMPTY_LINES = re.compile(r"\n{3,}")


def html_to_text(markup: str) -> str:
    """What a reader would see of the text, links by their words only."""
    pieces: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while match := _TAG.search(markup, at):
        pieces.append(_words(markup[at : match.start()]))
        at = match.end()
        if match.group() == "<!--":
            end = markup.find("-->", at)
            at = end + 3 if end >= 0 else len(markup)
            continue
        name = (match.group(2) or "").lower()
        if name in _BREAKS:
            pieces.append("\n")
        elif name in ("td", "th") and match.group(1):
            pieces.append(" ")
        if name in _HIDDEN - unclosed and not match.group(1):
            at = _past(markup, name, at, unclosed)
    pieces.append(_words(markup[at:]))
    lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
    return _EMPTY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _words(markup: str) -> str:
    return _SPACES.sub(" ", resolved(markup))


def _past(markup: str, name: str, at: int, unclosed: set[str]) -> int:
    """After the closing tag of an element that is not shown; a lone opening tag hides only itself."""
    end = re.compile(rf"</{name}\s{{0,100}}>", re.IGNORECASE).search(markup, at)
    if end is None:
        unclosed.add(name)
        return at
    return end.end()
