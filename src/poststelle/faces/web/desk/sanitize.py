# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The HTML of a message made harmless: known tags only, no style, no picture, no form, every link with its real host.

The second of two walls; the first is the answer's own policy (a sandbox that loads nothing). Knows no message.
"""

from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import nh3

MAX_HTML_CHARS = 1_000_000
TAGS = frozenset(
    "a abbr b blockquote br caption cite code col colgroup dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p "
    "pre q s samp small span strong sub sup table tbody td tfoot th thead tr u ul".split()
)
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}, "ol": {"start"}}
SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_DROPPED = frozenset({"script", "style", "title", "template", "noscript", "object", "svg", "math", "select"})
_VOID = frozenset({"br", "hr", "col"})


def harmless(markup: str) -> str:
    """A fragment of allowed tags only; each link is followed by where it leads, and leads nowhere itself."""
    cleaned = nh3.clean(
        markup[:MAX_HTML_CHARS],
        tags=set(TAGS),
        clean_content_tags=set(_DROPPED),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )
    writer = _WithHosts()
    writer.feed(cleaned)
    writer.close()
    return "".join(writer.written)


def host_of(address: str) -> str:
    """Where a link leads, as people should read it: the host in its ASCII form, or the address of a mail link."""
    try:
        parts = urlsplit(address)
        if parts.scheme in ("mailto", "tel"):
            return f"{parts.scheme}: {parts.path}"[:120]
        host = parts.hostname or ""
        return host.encode("idna").decode("ascii") if host else ""
    except (ValueError, UnicodeError):
        return "unlesbare Adresse"


class _WithHosts(HTMLParser):
    """Writes cleaned markup anew; a link becomes marked text with its target behind it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._targets.append(host_of(dict(attrs).get("href") or ""))
            self.written.append("<u>")
            return
        kept = "".join(f' {name}="{escape(value or "")}"' for name, value in attrs)
        self.written.append(f"<{tag}{kept}>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            target = self._targets.pop() if self._targets else ""
            self.written.append(f"</u>{f' <code>[{escape(target)}]</code>' if target else ''}")
        elif tag not in _VOID:
            self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.written.append(escape(data, quote=False))
