# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The frame around every page: whose page it is, its title and language, and the same page in other languages."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from poststelle.core.policy import Language

HTML_LANG = {Language.DE: "de", Language.EN: "en", Language.LEICHT: "de-x-leicht"}
"""Language tags of the html element (RFC 5646); Leichte Sprache has none of its own yet."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a navigation."""

    path: str
    text: str
    is_current: bool = False
    lang: str = ""
    """Language of the text where it is not that of the page."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything base.html shows around the content of a page."""

    title: str
    """Unique to the page; the authority's name is added."""
    authority: str
    language: Language = Language.DE
    navigation: tuple[Link, ...] = ()
    languages: tuple[Link, ...] = ()
    """The same page in the languages it exists in."""
    footer: tuple[Link, ...] = ()
    home: str = "/kontakt"
    remark: str = ""
    """Said above everything, such as that this is a demonstration."""
    canonical: str = ""
    """Full address of the page; empty where it must not be found by search engines."""
    sheet: str = "kern-public.css"
    """The cut of KERN that the page needs."""

    @property
    def html_lang(self) -> str:
        """Value of the lang attribute."""
        return HTML_LANG[self.language]


def page(
    request: HttpRequest, template: str, frame: Frame, content: dict[str, object], status: int = 200
) -> HttpResponse:
    """The page in its frame."""
    return render(request, template, {"frame": frame, "language": frame.language, **content}, status=status)
