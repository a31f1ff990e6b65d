# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What pydantic objects to, said so that the person who wrote the file can mend it: key, sentence, nearest valid word."""

import re
import types
from collections.abc import Iterator
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from poststelle.core.lint import Fault, nearest

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_QUOTED = re.compile(r"'([^']*)'")
_PREFIX = "Value error, "
MAX_SHOWN_CHARS = 60


def model_faults(model: type[BaseModel], name: str, error: ValidationError) -> tuple[Fault, ...]:
    """Every fault of the file, in the file's own terms."""
    return tuple(_fault(model, name, detail) for detail in error.errors(include_url=False))


def _fault(model: type[BaseModel], name: str, detail: ErrorDetails) -> Fault:
    code, sentence, near = _SENTENCES.get(detail["type"], _other)(model, detail)
    return Fault(name, key_path(detail["loc"]), sentence, near, code)


def key_path(loc: tuple[int | str, ...]) -> str:
    """A key as TOML writes it; entries of arrays count from 1: ``email.rules[2].clause``."""
    path = ""
    for step in loc:
        if step == "[key]":
            continue
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            shown = step if _BARE_KEY.fullmatch(step) else f'"{step}"'
            path += f".{shown}" if path else shown
    return path


_Said = tuple[str, str, str]


def _unknown(model: type[BaseModel], detail: ErrorDetails) -> _Said:
    known = tuple(_fields_at(model, detail["loc"][:-1]))
    return "PS103", "unknown key", nearest(str(detail["loc"][-1]), known)


def _missing(_model: type[BaseModel], _detail: ErrorDetails) -> _Said:
    return "PS104", "this key is required", ""


def _not_one_of(_model: type[BaseModel], detail: ErrorDetails) -> _Said:
    given = str(detail["input"])
    allowed = tuple(_QUOTED.findall(str(detail.get("ctx", {}).get("expected", ""))))
    near = nearest(given, allowed)
    listed = f"; allowed: {', '.join(allowed)}" if not near else ""
    return "PS105", f'"{_shown(given)}" is not a value of this key{listed}', near


def _pattern(_model: type[BaseModel], detail: ErrorDetails) -> _Said:
    keys = [step for step in detail["loc"] if isinstance(step, str) and step != "[key]"]
    key = "clause" if keys[-1].endswith("clause") or keys[0] == "clauses" else keys[-1]
    expected = _WRITTEN.get(key, str(detail.get("ctx", {}).get("pattern", "")))
    return "PS105", f'"{_shown(detail["input"])}" is not written as expected: {expected}', ""


_WRITTEN = {
    "clause": "words in lower case with dots, such as attachments.formats",
    "safe_id": "DE.Justiz. and the 36 characters of a UUID, a dot and four hex digits",
    "address": "name@domain, the domain in lower case",
    "addresses": "name@domain, the domain in lower case",
    "mailbox": "name@domain, the domain in lower case",
    "domains": "a domain in lower case, such as stadt.example",
    "authority": "lower-case letters, digits and hyphens",
    "office": "lower-case letters, digits and hyphens",
    "id": "lower-case letters, digits and hyphens",
}


def _other(_model: type[BaseModel], detail: ErrorDetails) -> _Said:
    sentence = detail["msg"].removeprefix(_PREFIX)
    return "PS105", sentence[:1].lower() + sentence[1:], ""


_SENTENCES = {
    "extra_forbidden": _unknown,
    "missing": _missing,
    "enum": _not_one_of,
    "literal_error": _not_one_of,
    "string_pattern_mismatch": _pattern,
}


def _shown(given: object) -> str:
    text = str(given)
    return text if len(text) <= MAX_SHOWN_CHARS else f"{text[:MAX_SHOWN_CHARS]}…"


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> Iterator[str]:
    """The keys allowed in the table at this place."""
    here: list[object] = [model]
    for step in loc:
        here = [below for annotation in here for below in _below(annotation, step)]
    for annotation in here:
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield from annotation.model_fields


def _below(annotation: object, step: int | str) -> Iterator[object]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = annotation.model_fields.get(str(step))
        yield from _plain(field.annotation) if field else ()
    elif get_origin(annotation) is tuple:
        yield from _plain(get_args(annotation)[0])
    elif get_origin(annotation) is dict:
        yield from _plain(get_args(annotation)[1])


def _plain(annotation: object) -> Iterator[object]:
    """The annotation without Annotated and None; one for every arm of a union."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif origin is Union or origin is types.UnionType:
        for arm in get_args(annotation):
            yield from _plain(arm)
    else:
        yield annotation
