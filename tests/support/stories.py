# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reads story files: SMTP dialogues as text (tests/stories/README.md says how they are written)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from poststelle.application.synthetic.teststrings import EICAR, GTUBE
from support.door_house import Client

VARIANTS = ("plain", "tls", "lmtp")
_ESCAPE = re.compile(rb"\\(x[0-9a-f]{2}|[rn0\\])")
_ESCAPES = {b"r": b"\r", b"n": b"\n", b"0": b"\0", b"\\": b"\\"}
_LINE = re.compile(r"(?:(?P<dialect>lmtp|smtp) )?(?P<kind>C raw|C|S\+|S):(?: (?P<text>.*))?")
_TEST_STRINGS = {"{EICAR}": EICAR.decode(), "{GTUBE}": GTUBE.decode()}
_REPEAT = re.compile(r"\*(\d+) (.*)")


@dataclass(frozen=True)
class Story:
    name: str
    variants: tuple[str, ...]
    is_trusted: bool
    lines: tuple[tuple[int, str, str, str], ...]
    """Line number, dialect or nothing, kind, text."""
    stored: tuple[tuple[str, bytes | None], ...]
    given: str = ""
    """What is so beforehand; judged stories only."""
    journal: tuple[str, ...] = ()
    """Kinds of the journal's entries in the end; judged stories only."""

    def lines_for(self, variant: str) -> Iterator[tuple[int, str, bytes]]:
        """Number, kind (C, S, S+, closed) and octets or expectation."""
        dialect = "lmtp" if variant == "lmtp" else "smtp"
        hello = "LHLO" if variant == "lmtp" else "EHLO"
        for number, only, kind, text in self.lines:
            if only not in {"", dialect}:
                continue
            said = text.replace("{HELLO}", hello)
            for name, string in _TEST_STRINGS.items():
                said = said.replace(name, string)
            if kind == "C raw":
                yield number, "C", unescape(said)
            elif kind == "C":
                yield number, "C", said.encode() + b"\r\n"
            else:
                yield number, kind, said.encode()


_HEADS = ("variants", "given", "journal")


def read_story(path: Path) -> Story:
    heads, lines, stored = {"variants": " ".join(VARIANTS), "given": "", "journal": ""}, [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        key, _, text = line.partition(":")
        if not line or line.startswith("#"):
            continue
        if key in (*_HEADS, "trusted"):
            heads[key] = text.strip()
        elif key == "stored":
            stored.append((text.strip(), None))
        elif key == "content":
            stored[-1] = (stored[-1][0], unescape(text[1:]))
        else:
            lines.append(_line(f"{path.name}:{number}", number, line))
    variants, journal = tuple(heads["variants"].split()), tuple(heads["journal"].split())
    return Story(path.stem, variants, "trusted" in heads, tuple(lines), tuple(stored), heads["given"], journal)


def _line(place: str, number: int, line: str) -> tuple[int, str, str, str]:
    if line == "closed":
        return number, "", "closed", ""
    match = _LINE.fullmatch(line)
    assert match, f"{place}: cannot be read"
    return number, match["dialect"] or "", match["kind"], match["text"] or ""


def unescape(text: str) -> bytes:
    repeated = _REPEAT.fullmatch(text)
    times, text = (int(repeated[1]), repeated[2]) if repeated else (1, text)
    return times * _ESCAPE.sub(
        lambda match: bytes([int(match[1][1:], 16)]) if match[1][:1] == b"x" else _ESCAPES[match[1]], text.encode()
    )


def expected_line(pattern: bytes, said: str) -> bool:
    """A ``…`` stands for anything, also for nothing."""
    parts = pattern.decode().replace(" …", "…").split("…")
    return re.fullmatch(".*".join(re.escape(part) for part in parts), said) is not None


def secure(client: Client) -> bytes:
    """Negotiate TLS, and give back the greeting, which the story expects to read first."""
    greeting = client.line()
    assert "STARTTLS" in client.ask(b"EHLO client.example\r\n")
    assert client.ask(b"STARTTLS\r\n").startswith("220 ")
    client.secure()
    return greeting


def tell(story: Story, client: Client, variant: str) -> None:
    """Have the dialogue, line by line."""
    waiting = b""
    for number, kind, text in story.lines_for(variant):
        if kind == "C":
            waiting += text
            continue
        client.send(waiting)
        waiting = b""
        if kind == "closed":
            assert client.is_closed(), f"{story.name}:{number}"
        else:
            said = client.reply().split("\n")[-1] if kind == "S+" else client.line().decode("ascii").rstrip("\r\n")
            assert expected_line(text, said), f"{story.name}:{number}: {said!r}"
    assert not waiting, f"{story.name}: what the server answers at the end is missing"
