# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Takes one defence away from the program, in a test run of its own and in every Python process that run starts.

The program knows nothing of this, and no variable switches it: a run finds a ``sitecustomize`` in its path, made for the
one defence, which changes a name of a module as soon as that module is loaded.
"""

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

TESTS = Path(__file__).parents[1]


@dataclass(frozen=True)
class Removal:
    """What is to stand in the place of one name."""

    place: str
    """``package.module:name`` or ``package.module:Class.name``."""
    by: Callable[[Any], Any]
    """Given what stands there, says what is to."""

    @property
    def module(self) -> str:
        return self.place.partition(":")[0]

    def apply(self, module: ModuleType) -> None:
        *holders, name = self.place.partition(":")[2].split(".")
        holder: Any = module
        for one in holders:
            holder = getattr(holder, one)
        setattr(holder, name, self.by(getattr(holder, name)))


class _Awaiting:
    """Among the finders of modules: lets each module be found as ever, and changes it when it was loaded."""

    def __init__(self, removals: Iterable[Removal]) -> None:
        self._due: dict[str, list[Removal]] = {}
        for removal in removals:
            self._due.setdefault(removal.module, []).append(removal)

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        due = self._due.pop(name, ())
        spec = find_spec(name) if due else None
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def loaded(module: ModuleType) -> None:
            load(module)
            for removal in due:
                removal.apply(module)

        spec.loader.exec_module = loaded  # type: ignore[method-assign]
        return spec


def take_away(removals: Iterable[Removal]) -> None:
    """From now on in this process; before anything of the program is loaded."""
    sys.meta_path.insert(0, _Awaiting(removals))  # type: ignore[arg-type]


def sabotage(name: str) -> str:
    """Lines of Python that take away the defence of this name."""
    return (
        f"import sys\nsys.path[:0] = [{str(TESTS)!r}]\n"
        "from support.defences import BY_NAME\nfrom support.removals import take_away\n"
        f"take_away(BY_NAME[{name!r}].removals)\n"
    )
