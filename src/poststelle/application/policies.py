# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Policy and directory files from bytes to values, or every fault at once by key. Reads no folder: that is an adapter."""

import re
import tomllib
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from poststelle.application.policy_faults import model_faults
from poststelle.core.directory_file import DirectoryFile
from poststelle.core.edition import Edition, edition_of
from poststelle.core.lint import Fault, Severity, lint_policy
from poststelle.core.policy import Policy

M = TypeVar("M", bound=BaseModel)

_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


class PolicyError(Exception):
    """The file is wrong; start is refused. Holds every fault found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(faults)
        self.faults = faults

    def __str__(self) -> str:
        """One fault in each line."""
        return "\n".join(str(fault) for fault in self.faults)


def load_edition(name: str, content: bytes) -> Edition:
    """The edition in this file, fit to be enforced. ``name`` is as people know the file. PolicyError otherwise."""
    edition = read_edition(name, content)
    errors = tuple(fault for fault in lint_policy(edition.policy, name) if fault.severity is Severity.ERROR)
    if errors:
        raise PolicyError(errors)
    return edition


def read_edition(name: str, content: bytes) -> Edition:
    """The edition in this file if it can be read at all, linted or not. PolicyError when it cannot."""
    return edition_of(_validated(Policy, name, content), content)


def read_directory(name: str, content: bytes) -> DirectoryFile:
    """The directory file if it can be read at all, linted or not. PolicyError when it cannot."""
    return _validated(DirectoryFile, name, content)


def _validated(model: type[M], name: str, content: bytes) -> M:
    try:
        entries = tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PolicyError((Fault(name, "", "the file is not UTF-8", code="PS102", line=line),)) from None
    except tomllib.TOMLDecodeError as error:
        raise PolicyError((_syntax_fault(name, content, str(error)),)) from None
    try:
        return model.model_validate(entries)
    except ValidationError as error:
        raise PolicyError(model_faults(model, name, error)) from None


def _syntax_fault(name: str, content: bytes, sentence: str) -> Fault:
    place = _LINE.search(sentence)
    line = int(place[1]) if place else content.count(b"\n") + 1
    said = _LINE.sub("", sentence).replace("(at end of document)", "at the end of the file").strip()
    return Fault(name, "", f"not TOML: {said}", code="PS101", line=line)


def name_faults(edition: Edition, name: str, file_name: str) -> tuple[Fault, ...]:
    """A fault where the file is not called after its own valid_from date."""
    expected = f"{edition.policy.valid_from}.toml"
    if file_name == expected:
        return ()
    return (Fault(name, "valid_from", f"this edition's file must be called {expected}", code="PS106"),)


def policy_schema(kind: Literal["policy", "directory"]) -> dict[str, object]:
    """The JSON Schema (2020-12) of an edition file or of the directory file."""
    model: type[BaseModel] = Policy if kind == "policy" else DirectoryFile
    schema = model.model_json_schema()
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"poststelle {kind} file"}
    return {**head, **{key: entry for key, entry in schema.items() if key != "title"}}
