# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Word's field codes put together again: an instruction may be split over any number of runs (ECMA-376-1, 17.16.2)."""

import re

from lxml import etree

_DDE = re.compile(r"^[\s\"\\]*DDE(AUTO)?(?![A-Za-z])", re.IGNORECASE)
_QUOTE = re.compile(r"^\s*QUOTE((?:\s+\d{1,7})+)\s*$", re.IGNORECASE)
_MAX_DEPTH = 50
_UNICODE_END = 0x110000
FIELD_KINDS = ("fldChar", "instrText", "fldSimple")
FIELD_TAGS = tuple(f"{{*}}{kind}" for kind in FIELD_KINDS)


class FieldReader:
    """Remembers the open fields of one part, which may be fed in pieces. Mutable for that reason only."""

    __slots__ = ("_open", "dde")

    def __init__(self) -> None:
        self._open: list[list[str]] = []
        self.dde = ""
        """The first instruction met that starts a DDE conversation; empty where there is none."""

    def take(self, kind: str, element: etree._Element) -> None:
        """The next element of the part, in document order, and its name without namespace."""
        if kind == "instrText":
            self._add(element.text or "")
        elif kind == "fldSimple":
            self._judge(_attribute(element, "instr"))
        elif kind == "fldChar":
            self._mark(_attribute(element, "fldCharType"))

    def _add(self, text: str) -> None:
        if self._open:
            self._open[-1].append(text)
        else:
            self._judge(text)

    def _mark(self, kind: str) -> None:
        if kind == "begin" and len(self._open) < _MAX_DEPTH:
            self._open.append([])
        elif kind == "end" and self._open:
            instruction = "".join(self._open.pop())
            self._judge(instruction)
            quoted = _QUOTE.match(instruction)
            if quoted and self._open:
                self._open[-1].append("".join(_letters(quoted[1])))

    def close(self) -> None:
        """The part is over: fields left open are judged as they stand."""
        while self._open:
            self._judge("".join(self._open.pop()))

    def _judge(self, instruction: str) -> None:
        if not self.dde and _DDE.match(instruction):
            self.dde = instruction.strip()[:16]


def _letters(numbers: str) -> list[str]:
    """What a QUOTE field with character codes displays (ECMA-376-1, 17.16.5.48)."""
    return [chr(int(number)) for number in numbers.split() if int(number) < _UNICODE_END]


def _attribute(element: etree._Element, name: str) -> str:
    return next((str(value) for key, value in element.attrib.items() if str(key).rpartition("}")[2] == name), "")
