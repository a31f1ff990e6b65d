# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Tags that every template of ours knows: our assets, our words, sizes and moments as people read them."""

from datetime import date, datetime

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from poststelle.core.edition import legal_date
from poststelle.core.page import date_text, number_text
from poststelle.core.policy import Language
from poststelle.faces.web.assets import assets
from poststelle.faces.web.words import word

register = template.Library()
_STEPS = ((1 << 20, "MB", 1), (1 << 10, "KB", 0))


@register.simple_tag
def asset(name: str) -> str:
    """Address of an asset. KeyError for one that does not exist, so that no page is shipped without its sheet."""
    return assets()[name].path


@register.simple_tag(takes_context=True)
def say(context: template.Context, key: str, **values: object) -> str:
    """The words under this key in the page's language, with the values in their places."""
    return word(key, context["language"], **values)


@register.filter
def bytes_text(size_bytes: int, language: Language = Language.DE) -> str:
    """A size as people read it, such as 23,4 MB; 1 MB is 1,048,576 bytes."""
    for step, unit, digits in _STEPS:
        if size_bytes >= step:
            shown = f"{size_bytes / step:.{digits}f}".removesuffix(".0")
            return f"{shown if language is Language.EN else shown.replace('.', ',')} {unit}"
    return f"{number_text(size_bytes, language)} Byte{'' if size_bytes == 1 else 's'}"


@register.filter
def breakable(fingerprint: str) -> SafeString:
    """A fingerprint that breaks at its colons only; what is copied stays as it is."""
    return format_html_join("", "{}<wbr>", ((f"{pair}:",) for pair in fingerprint.split(":")[:-1])) + escape(
        fingerprint.rpartition(":")[2]
    )


@register.filter
def day(moment: date | datetime, language: Language = Language.DE) -> str:
    """A date in words, in legal time."""
    on = legal_date(moment) if isinstance(moment, datetime) else moment
    return date_text(on, language)
