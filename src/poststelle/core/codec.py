# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Frozen values as canonical JSON and back: for stored facts, and for what a worker process tells us.

The bytes on the way in may come from a compromised worker: types are checked strictly, nothing is coerced, and every
fault is one CodecError. Fields that are missing take their defaults and fields that are unknown are passed over, so
that two neighbouring versions can read each other's rows; a change of meaning raises the version inside the value.
"""

import json
import math
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")

MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024
"""Far above the facts of a message with the most files that are looked at; below what would hurt."""


class CodecError(ValueError):
    """The bytes are not the value they should be."""


def prepare(*kinds: type[object]) -> None:
    """Get ready for these kinds now, so that the first message does not wait a tenth of a second for it."""
    for kind in kinds:
        _adapter(kind)


def dump(value: object) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8. A lone surrogate becomes a question mark, NaN becomes null."""
    plain = _adapter(type(value)).dump_python(value, mode="json")
    try:
        text = _ENCODER.encode(plain)
    except ValueError:  # a number JSON cannot say: rare, so that the usual value is not walked twice
        text = _ENCODER.encode(_finite(plain))
    return text.encode("utf-8", "replace")


def load(kind: type[T], content: bytes, limit_bytes: int = MAX_DOCUMENT_BYTES) -> T:
    """The value of this kind that the bytes say. Raises CodecError on anything else."""
    if len(content) > limit_bytes:
        raise CodecError(f"longer than {limit_bytes} bytes")
    try:
        return _read_with(_adapter(kind), kind, content)
    except (ValidationError, RecursionError) as error:
        raise CodecError(f"not a {kind.__name__}") from error


def _read_with(adapter: TypeAdapter[object], kind: type[T], content: bytes) -> T:
    value = adapter.validate_json(content, strict=True)
    if not isinstance(value, kind):
        raise CodecError(f"not a {kind.__name__}")
    return value


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)

_ADAPTERS: Final[dict[type[object], TypeAdapter[object]]] = {}
"""Building one costs some 50 ms for the facts, so each kind is built once; two threads at once build it twice, to no harm."""


def _adapter(kind: type[object]) -> TypeAdapter[object]:
    known = _ADAPTERS.get(kind)
    return known or _ADAPTERS.setdefault(kind, TypeAdapter(kind))


def _finite(plain: object) -> object:
    """The same with null for every number that JSON cannot say (RFC 8259, 6)."""
    match plain:
        case float():
            return plain if math.isfinite(plain) else None
        case dict():
            return {key: _finite(value) for key, value in plain.items()}
        case list() | tuple():
            return [_finite(value) for value in plain]
        case _:
            return plain
