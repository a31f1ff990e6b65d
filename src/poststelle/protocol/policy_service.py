# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Postfix's access policy delegation (SMTPD_POLICY_README): bytes to questions, an action to bytes.

A question is lines of ``name=value`` ended by an empty line, an answer is one ``action=`` and an empty line; lines end
in LF. Knows no socket and no recipient. What Postfix would not send ends the conversation, which Postfix answers with
its ``smtpd_policy_service_default_action``.
"""

from collections.abc import Mapping

MAX_LINE_OCTETS = 8 * 1024
"""Longest attribute; Postfix sends none above its line_length_limit of 2,048, certificates' names included."""
MAX_ATTRIBUTES = 100
"""Postfix 3.9 sends about thirty; every version adds a few."""

Question = Mapping[str, str]
"""The attributes of one question; of a name given twice the last counts, as in Postfix's own example."""


class PolicyServiceError(Exception):
    """Whoever is at the other end does not speak this protocol."""


class PolicyReader:
    """Received bytes on their way to questions. Keeps one unfinished line and one unfinished question."""

    __slots__ = ("_asked", "_pending")

    def __init__(self) -> None:
        self._pending = b""
        self._asked: dict[str, str] = {}

    @property
    def is_halfway(self) -> bool:
        """A question has begun and has not ended."""
        return bool(self._pending or self._asked)

    def receive(self, wire: bytes) -> tuple[Question, ...]:
        """Every question these bytes complete, in order. PolicyServiceError where they break the protocol."""
        *lines, self._pending = (self._pending + wire).split(b"\n")
        found = []
        for line in lines:
            if line:
                self._take(line)
            else:
                found.append(self._asked)
                self._asked = {}
        if len(self._pending) > MAX_LINE_OCTETS:
            raise PolicyServiceError("a line does not end")
        return tuple(found)

    def _take(self, line: bytes) -> None:
        name, equals, value = line.partition(b"=")
        if not name or not equals or len(line) > MAX_LINE_OCTETS or b"\0" in line:
            raise PolicyServiceError("not a line of name=value")
        if len(self._asked) >= MAX_ATTRIBUTES:
            raise PolicyServiceError("too many attributes")
        try:
            self._asked[name.decode("ascii")] = value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PolicyServiceError("an attribute is not UTF-8") from error


def encode_action(action: str) -> bytes:
    """The answer on the wire. ValueError where the action would not be one line."""
    if not action.isprintable():
        raise ValueError("an action is one line of printable text")
    return f"action={action}\n\n".encode()
