# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The reference of policy keys and lint codes in Markdown, made from the models themselves."""

import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from poststelle.core.directory_file import DirectoryFile
from poststelle.core.lint import CODES
from poststelle.core.policy import Policy

LONGEST_LIST = 8
"""Enumerations with more values are shown by their first three: reasons and formats have pages of their own."""


def reference() -> str:
    """Every key of edition and directory files, and every lint code, as Markdown."""
    parts = (
        "## Keys of an edition file",
        *_sections(Policy),
        "## Keys of directory.toml",
        *_sections(DirectoryFile),
        "## Lint codes",
        "\n".join(("| code | means |", "|---|---|", *(f"| {code} | {meaning} |" for code, meaning in CODES.items()))),
    )
    return "\n\n".join(parts) + "\n"


def keys(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Every key that a file of this model may have, with its field; tables of the same kind once."""
    for paths, part in _tables(model):
        for name, field in part.model_fields.items():
            yield f"{paths[0]}.{name}".lstrip("."), field


def _sections(model: type[BaseModel]) -> Iterator[str]:
    for paths, part in _tables(model):
        places = ", ".join(f"`[{path}]`" for path in paths if path) or "At the head of the file"
        said = " ".join((part.__doc__ or "").split())
        rows = (_row(name, field) for name, field in part.model_fields.items())
        yield "\n".join(
            (f"**{places}** — {said}", "", "| key | value | default | meaning |", "|---|---|---|---|", *rows)
        )


def _row(name: str, field: FieldInfo) -> str:
    return f"| `{name}` | {_value(field.annotation)} | {_default(field)} | {meaning(name, field)} |"


def meaning(name: str, field: FieldInfo) -> str:
    """What the key is for: its own words, or those of the table it opens."""
    if field.description:
        return " ".join(field.description.split())
    if name == "clause" or name.endswith("_clause"):
        return "Id of the published sentence it rests on."
    return " ".join(" ".join((below.__doc__ or "").split()) for below, _ in _models(field.annotation))


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default is PydanticUndefined:
        return "required"
    if isinstance(field.default, BaseModel) or field.default in (None, "", ()):
        return "–"
    given = field.default if isinstance(field.default, tuple) else (field.default,)
    return f"`{', '.join(str(entry).lower() if isinstance(entry, bool) else str(entry) for entry in given)}`"


def _tables(model: type[BaseModel]) -> list[tuple[list[str], type[BaseModel]]]:
    """Each kind of table once, in the order of the file, with every place it stands at."""
    places: dict[type[BaseModel], list[str]] = {model: [""]}
    waiting = [("", model)]
    while waiting:
        path, part = waiting.pop(0)
        for name, field in part.model_fields.items():
            for below, suffix in _models(field.annotation):
                place = f"{path}.{name}{suffix}".lstrip(".")
                if below not in places:
                    waiting.append((place, below))
                places.setdefault(below, []).append(place)
    return [(paths, part) for part, paths in places.items()]


def _models(annotation: object) -> Iterator[tuple[type[BaseModel], str]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, ""
        return
    origin = get_origin(annotation)
    suffix = "[]" if origin is tuple else '."<id>"' if origin is dict else ""
    for arm in get_args(annotation):
        for below, inner in _models(arm):
            yield below, suffix + inner


def _value(annotation: object) -> str:
    origin, arms = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _value(arms[0])
    if origin is Literal:
        return _listed([str(getattr(arm, "value", arm)) for arm in arms])
    if origin in (Union, types.UnionType):
        return " or ".join(_value(arm) for arm in arms if arm is not type(None))
    if origin is tuple:
        return f"list of {_value(arms[0])}"
    if origin is dict:
        return "table"
    return _plain(annotation)


_WORDS = {str: "text", int: "whole number", float: "number", bool: "true or false"}


def _plain(annotation: object) -> str:
    if not isinstance(annotation, type):
        return "value"
    if issubclass(annotation, Enum):
        return _listed([str(member.value) for member in annotation])
    if issubclass(annotation, BaseModel):
        return "table"
    return _WORDS.get(annotation, annotation.__name__)


def _listed(entries: list[str]) -> str:
    shown = entries if len(entries) <= LONGEST_LIST else [*entries[:3], "…"]
    return ", ".join(f"`{entry}`" if entry != "…" else entry for entry in shown)
