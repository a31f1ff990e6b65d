# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the desk and the delivery take from a message beside the facts: its text, its files, its rebuilt twin.

Each is a dialogue like the inspection itself, so that encrypted messages open for whoever may ask the keyholder.
"""

from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.extraction import Step, collected, extract
from poststelle.inspection.mime.source import Content
from poststelle.inspection.rebuild import rebuild
from poststelle.inspection.rendering import html_to_text
from poststelle.inspection.texts import MainText
from poststelle.inspection.ziparchive.names import BIDI_CONTROLS

__all__ = ["extract", "main_html", "rebuild", "rendered_text"]

MAX_RENDERED_CHARACTERS = 200_000


def rendered_text(content: Content, surroundings: Surroundings | None = None) -> Step[str]:
    """The message's own words: every text/plain body, else the HTML bodies as text; bounded, in the order written."""
    texts = yield from _texts(content, surroundings)
    plain = [one.text.replace("\r\n", "\n").strip() for one in texts if one.media_type == "text/plain"]
    words = "\n\n".join(text for text in plain if text)
    if not words:
        words = "\n\n".join(html_to_text(one.text) for one in texts if one.media_type == "text/html")
    return BIDI_CONTROLS.sub("", words[:MAX_RENDERED_CHARACTERS])


def main_html(content: Content, surroundings: Surroundings | None = None) -> Step[bytes | None]:
    """The first HTML body as UTF-8, untouched and untrusted; None where there is none."""
    texts = yield from _texts(content, surroundings)
    return next((one.text.encode("utf-8") for one in texts if one.media_type == "text/html"), None)


def _texts(content: Content, surroundings: Surroundings | None) -> Step[tuple[MainText, ...]]:
    _, collector = yield from collected(content, lambda path: not path, surroundings)
    return tuple(collector.texts)
