# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Regular expressions written by people, run on subject lines written by strangers: they compile and cannot run away."""

import re
from collections.abc import Iterator

from poststelle.core.lint.fault import Fault, error

MAX_PATTERN_CHARS = 200
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|\(|\)|\||[+*]|\{\d*,\d*\}|.", re.DOTALL)
_OPEN_ENDED = re.compile(r"[+*]|\{\d*,\}")


def pattern_faults(key: str, pattern: str) -> Iterator[Fault]:
    """PS406 and PS407."""
    try:
        re.compile(pattern)
    except re.error as broken:
        yield error("PS406", key, f"not a regular expression: {broken}")
        return
    if len(pattern) > MAX_PATTERN_CHARS or can_run_away(pattern):
        yield error("PS407", key, "a repetition or choice inside a repetition, or too long: a hostile line could stall")


def can_run_away(pattern: str) -> bool:
    """An open-ended repetition of a group that itself holds a repetition or a choice. Errs on the side of yes."""
    tokens = [match[0] for match in _TOKEN.finditer(pattern)]
    holds_choice = [False]
    for place, token in enumerate(tokens):
        if token == "(":  # noqa: S105 - a bracket
            holds_choice.append(False)
        elif token == ")" and len(holds_choice) > 1:  # noqa: S105 - a bracket
            inner = holds_choice.pop()
            if inner and _is_open_ended(tokens, place + 1):
                return True
            holds_choice[-1] |= inner
        elif token in ("|", "+", "*") or token.startswith("{"):
            holds_choice[-1] = True
    return False


def _is_open_ended(tokens: list[str], place: int) -> bool:
    return place < len(tokens) and _OPEN_ENDED.fullmatch(tokens[place]) is not None
