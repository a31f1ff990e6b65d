# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk and the delivery take from a message beside the facts: its text, its files, its rebuilt twin."""

from poststelle.inspection.extraction import collected, extract
from poststelle.inspection.mime.source import Content
from poststelle.inspection.rebuild import rebuild
from poststelle.inspection.rendering import html_to_text
from poststelle.inspection.texts import MainText

__all__ = ["extract", "main_html", "rebuild", "rendered_text"]

MAX_RENDERED_CHARACTERS = 200_000


def rendered_text(content: Content) -> str:
    """The message's own words: every text/plain body, else the HTML bodies as text; bounded."""
    texts = _texts(content)
    plain = [one.text.replace("\r\n", "\n").strip() for one in texts if one.media_type == "text/plain"]
    words = "\n\n".join(text for text in plain if text)
    if not words:
        words = "\n\n".join(html_to_text(one.text) for one in texts if one.media_type == "text/html")
    return words[:MAX_RENDERED_CHARACTERS]


def main_html(content: Content) -> bytes | None:
    """The first HTML body as UTF-8, untouched and untrusted; None where there is none."""
    return next((one.text.encode("utf-8") for one in _texts(content) if one.media_type == "text/html"), None)


def _texts(content: Content) -> tuple[MainText, ...]:
    _, collector = collected(content, lambda path: not path)
    return tuple(collector.texts)
