# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every part of the policy is made of: frozen models, texts in the languages of the page, sizes as written."""

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema


class Model(BaseModel):
    """Frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Language(StrEnum):
    """The languages of the page. ASCII tags of RFC 5646; ``leicht`` stands for German in Leichte Sprache."""

    DE = "de"
    EN = "en"
    LEICHT = "leicht"


class Text(Model):
    """One text in the languages of the page; German is required."""

    de: str
    """German."""
    en: str = ""
    """English; empty is a gap that the page shows as such."""
    leicht: str = ""
    """German in Leichte Sprache; empty is a gap that the page shows as such."""

    def in_language(self, language: Language) -> str:
        """The text in this language, or an empty string: never silently another one."""
        by_language = {Language.DE: self.de, Language.EN: self.en, Language.LEICHT: self.leicht}
        return by_language[language]


class SizeUnit(StrEnum):
    """What MB means on this authority's page."""

    BINARY = "binary"
    """1 MB = 1,048,576 bytes."""
    DECIMAL = "decimal"
    """1 MB = 1,000,000 bytes."""


_SIZE = re.compile(r"([0-9]{1,7}) ?(B|kB|MB|GB)")
_EXPONENTS = {"B": 0, "kB": 1, "MB": 2, "GB": 3}
_BASES = {SizeUnit.BINARY: 1024, SizeUnit.DECIMAL: 1000}


def _checked_size(text: str) -> str:
    if not _SIZE.fullmatch(text):
        raise ValueError(f'"{text}" is not a size; write a whole number and B, kB, MB or GB, such as "20 MB"')
    return text


Size = Annotated[
    str,
    AfterValidator(_checked_size),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,7} ?(B|kB|MB|GB)$", "examples": ["20 MB"]}),
]
"""A size as the page writes it, such as ``20 MB``."""


def size_bytes(size: str, unit: SizeUnit) -> int:
    """The size in bytes. ValueError when it is not a size, which a loaded policy cannot hold."""
    match = _SIZE.fullmatch(size)
    if match is None:
        raise ValueError(f"not a size: {size}")
    return int(match[1]) * int(_BASES[unit] ** _EXPONENTS[match[2]])


ClauseId = Annotated[str, Field(pattern=r"^[a-z0-9]+(\.[a-z0-9]+(-[a-z0-9]+)*)+$", examples=["attachments.formats"])]
"""The id of a clause of this file."""


class Clause(Model):
    """A published sentence that rules cite."""

    channel: Literal["general", "email", "smime", "signature", "bebpo"] = "general"
    """Block of the page the clause stands in."""
    title: Text
    """Heading of the clause on the page."""
    text: Text
    """The sentence, with placeholders such as ``{email.size}`` for every value it states."""
