# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Character references of HTML (HTML Standard, 13.5) as the signs they stand for. Never fails."""

import html
import re

_LONG = re.compile(r"&#(?:[0-9]{12}|[xX][0-9a-fA-F]{12})")
_DECIMAL = re.compile(r"(&#)0*([0-9]{1,9})[0-9]*")
_HEXADECIMAL = re.compile(r"(&#[xX])0*([0-9a-fA-F]{1,9})[0-9a-fA-F]*")
"""Nine digits without the zeros before them are more than there are signs: what follows changes nothing."""


def resolved(text: str) -> str:
    """The text with a sign for each reference; the standard library fails on numbers of more than 4,300 digits."""
    if _LONG.search(text) is not None:
        text = _HEXADECIMAL.sub(r"\1\2", _DECIMAL.sub(r"\1\2", text))
    return html.unescape(text)
