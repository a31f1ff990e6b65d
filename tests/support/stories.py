# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reads story files: SMTP dialogues as text (tests/stories/README.md says how they are written)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

VARIANTS = ("plain", "tls", "lmtp")
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|[rn0\\])")
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"\\": b"\\"}
_LINE = re.compile(r"(?:(?P<dialect>lmtp|smtp) )?(?P<kind>C raw|C|S\+|S):(?: (?P<text>.*))?")
_REPEAT = re.compile(r"\*(\d+) (.*)")


@dataclass(frozen=True)
class Story:
    name: str
    variants: tuple[str, ...]
    is_trusted: bool
    lines: tuple[tuple[int, str, str, str], ...]
    """Line number, dialect or nothing, kind, text."""
    stored: tuple[tuple[str, bytes | None], ...]

    def lines_for(self, variant: str) -> Iterator[tuple[int, str, bytes]]:
        """Number, kind (C, S, S+, closed) and octets or expectation."""
        dialect = "lmtp" if variant == "lmtp" else "smtp"
        hello = "LHLO" if variant == "lmtp" else "EHLO"
        for number, only, kind, text in self.lines:
            if only not in {"", dialect}:
                continue
            said = text.replace("{HELLO}", hello)
            if kind == "C raw":
                yield number, "C", unescape(said)
            elif kind == "C":
                yield number, "C", said.encode() + b"\r\n"
            else:
                yield number, kind, said.encode()


def read_story(path: Path) -> Story:
    variants, is_trusted, lines, stored = VARIANTS, False, [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line or line.startswith("#"):
            continue
        if line.startswith("variants: "):
            variants = tuple(line.split()[1:])
        elif line == "trusted":
            is_trusted = True
        elif line.startswith("stored: "):
            stored.append((line.removeprefix("stored: "), None))
        elif line.startswith("content: "):
            stored[-1] = (stored[-1][0], unescape(line.removeprefix("content: ")))
        elif line == "closed":
            lines.append((number, "", "closed", ""))
        else:
            match = _LINE.fullmatch(line)
            assert match, f"{path.name}:{number}: cannot be read"
            lines.append((number, match["dialect"] or "", match["kind"], match["text"] or ""))
    return Story(path.stem, variants, is_trusted, tuple(lines), tuple(stored))


def unescape(text: str) -> bytes:
    repeated = _REPEAT.fullmatch(text)
    times, text = (int(repeated[1]), repeated[2]) if repeated else (1, text)
    return times * _ESCAPE.sub(
        lambda match: bytes([int(match[1][1:], 16)]) if match[1][:1] == b"x" else _ESCAPES[match[1]], text.encode()
    )


def expected_line(pattern: bytes, said: str) -> bool:
    text = pattern.decode()
    return said.startswith(text.removesuffix("…").rstrip()) if text.endswith("…") else said == text
