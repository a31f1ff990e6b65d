# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Text made fit to be shown to strangers: without mail addresses, network addresses, names and secrets of an installation.

What is not known to be harmless is left out: of settings only switches, choices and numbers stay, of their texts whether
they are set.
"""

import re
from collections.abc import Iterable, Mapping

from poststelle.application.settings import Settings

_ADDRESS = re.compile(r"""[^\s@<>"'(),;:=\[\]]+@[^\s@<>"'(),;:=\[\]]+""")
_IPV4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?![\w.]*\w)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")
_SECRET_NAME = re.compile(r"PASS|SECRET|TOKEN|KEY|CREDENTIAL|_URL", re.IGNORECASE)
SHORTEST = 4
"""Texts of an installation shorter than this are words of everybody."""
HARMLESS = frozenset({"localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104 - nothing is bound here


def choices_of(settings: Settings) -> dict[str, object]:
    """The settings without their texts: ``door.port`` → 25, ``house.hostname`` → ``set``."""
    shown: dict[str, object] = {}
    for section, values in settings.model_dump(mode="json").items():
        fields = type(getattr(settings, section)).model_fields
        for key, value in values.items():
            is_choice = "Literal" in str(fields[key].annotation)
            shown[f"{section}.{key}"] = value if is_choice or not isinstance(value, str | list) else _set(value)
    return shown


def texts_of(settings: Settings, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Every text by which this installation could be known, and every secret of its environment; the longest first."""
    found = {
        text
        for values in settings.model_dump(mode="json").values()
        for value in values.values()
        for text in _texts(value)
    }
    found |= {value for name, value in environment.items() if _SECRET_NAME.search(name)}
    return tuple(sorted((one for one in found - HARMLESS if len(one) >= SHORTEST), key=len, reverse=True))


def redacted(text: str, known: Iterable[str]) -> str:
    """The text with everything known, every mail address and every network address replaced."""
    for one in known:
        text = text.replace(one, "<set>")
    text = _ADDRESS.sub("<address>", text)
    return _IPV6.sub(_shown, _IPV4.sub(_shown, text))


def _shown(match: re.Match[str]) -> str:
    return match[0] if match[0] in HARMLESS or re.fullmatch(r"\d\d:\d\d:\d\d", match[0]) else "<ip>"


def _set(value: str | list[object]) -> str:
    return "set" if value else "not set"


def _texts(value: object) -> Iterable[str]:
    match value:
        case str():
            yield value
        case list():
            for one in value:
                yield from _texts(one)
