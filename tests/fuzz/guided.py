# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One target under atheris: ``python -m fuzz.guided TARGET [libFuzzer options] SEEDS``, from the folder of the tests.

A ZIP package is taken apart, one part is bent, and it is packed anew: coverage then sees behind the compression.
"""

import io
import random
import sys
import zipfile
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "src")]

with atheris.instrument_imports(include=["poststelle.inspection", "poststelle.protocol"]):
    from fuzz.targets import TARGETS

MAX_PART_BYTES = 200_000
OUTSIDE_SHARE = 0.2
"""Of the mutations of a package, those that bend its own bytes."""


def mutate(content: bytes, max_size: int, seed: int) -> bytes:
    """The input bent by libFuzzer: one part of a package, or the bytes as they stand."""
    dice = random.Random(seed)
    parts = _parts(content) if content.startswith(b"PK\x03\x04") and dice.random() > OUTSIDE_SHARE else {}
    if not parts:
        return bytes(atheris.Mutate(content, max_size))
    name = dice.choice(sorted(parts))
    parts[name] = bytes(atheris.Mutate(parts[name], min(max_size, MAX_PART_BYTES)))
    packed = _packed(parts)
    return packed if len(packed) <= max_size else content


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            small = [one.filename for one in opened.infolist() if one.file_size <= MAX_PART_BYTES]
            return {name: opened.read(name) for name in small[:50]}
    except Exception:  # noqa: BLE001 - whatever it is, it is no package to take apart
        return {}


def _packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, part in parts.items():
            made.writestr(zipfile.ZipInfo(name), part)
    return out.getvalue()


if __name__ == "__main__":
    target = TARGETS[sys.argv.pop(1)]
    atheris.Setup(sys.argv, target.run, custom_mutator=mutate)
    atheris.Fuzz()
