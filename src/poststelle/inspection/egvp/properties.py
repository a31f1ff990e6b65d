# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
r"""Java properties as the clients write them: Latin-1, ``\uXXXX``, continued lines (java.util.Properties, load)."""

import re

MAX_BYTES = 1024 * 1024
MAX_ENTRIES = 2_000
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def read_properties(content: bytes) -> dict[str, str]:
    """Keys and values, the last of equal keys as Java has it. Never raises."""
    found: dict[str, str] = {}
    for line in _logical_lines(content[:MAX_BYTES].decode("latin-1")):
        key, value = _split(line)
        found[_plain(key)] = _plain(value)
        if len(found) >= MAX_ENTRIES:
            break
    return found


def _logical_lines(text: str) -> list[str]:
    lines: list[str] = []
    open_line: str | None = None
    for raw in re.split(r"\r\n|\r|\n", text):
        line = raw.lstrip(" \t\f")
        if open_line is None and (not line or line[0] in "#!"):
            continue
        whole = (open_line or "") + line
        if _ends_open(line):
            open_line = whole[:-1]
        else:
            lines.append(whole)
            open_line = None
    return [*lines, *([open_line] if open_line else [])]


def _ends_open(line: str) -> bool:
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


_KEY = re.compile(r"((?:[^\\:= \t\f]|\\.)*+)[ \t\f]*+[:=]?[ \t\f]*+", re.DOTALL)


def _split(line: str) -> tuple[str, str]:
    match = _KEY.match(line)
    return (match.group(1), line[match.end() :]) if match else (line, "")


def _plain(text: str) -> str:
    unescaped = _ESCAPE.sub(_unescaped, text)
    joined = _SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), unescaped)
    return "".join("\ufffd" if "\ud800" <= letter <= "\udfff" else letter for letter in joined)


def _unescaped(match: re.Match[str]) -> str:
    if match.group(1):
        return chr(int(match.group(1), 16))
    return _CONTROLS.get(match.group(2), match.group(2))
