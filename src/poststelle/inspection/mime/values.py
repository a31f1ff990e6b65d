# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Content-Type and Content-Disposition as value and parameters (RFC 2045, 5.1; RFC 2183), strict first, then as meant."""

import re
from typing import NamedTuple

from poststelle.inspection.mime.limits import MAX_PARAMETERS

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z{}-]+"
_PARAMETER = re.compile(
    rb"[ \t]*;[ \t]*(" + _TOKEN + rb')[ \t]*=[ \t]*("(?:[^"\\]++|\\.)*+"|[^\s;"()<>@,:\\/\[\]?=]+)', re.DOTALL
)
_LOOSE = re.compile(rb'(?<![A-Za-z0-9_*.-])([A-Za-z0-9_*.-]+)[ \t]*=[ \t]*("[^"]*"?|[^;]*)')
_TYPE = re.compile(rb"[ \t]*(" + _TOKEN + rb"/" + _TOKEN + rb")[ \t]*")
_WORD = re.compile(rb"[ \t]*(" + _TOKEN + rb")[ \t]*")
_END = re.compile(rb"[ \t]*;?[ \t]*\Z")
_STYLE_END = re.compile(rb"(?:[ \t;]|\([^()\\]*\))*+\Z")
_QUOTED_PAIR = re.compile(rb"\\(.)", re.DOTALL)


class Parameter(NamedTuple):
    """One parameter: name in lower case, value without its quotes, still escaped."""

    name: bytes
    value: bytes
    is_quoted: bool

    @property
    def unescaped(self) -> bytes:
        """The value with quoted pairs resolved."""
        return _QUOTED_PAIR.sub(rb"\1", self.value) if self.is_quoted and b"\\" in self.value else self.value


class Value(NamedTuple):
    """A structured header value. The flags say how far it is from the grammar."""

    main: str
    """Media type or disposition in lower case; empty where none could be read."""
    parameters: tuple[Parameter, ...]
    is_strict: bool = True
    """Every byte follows the grammar."""
    is_readable: bool = True
    """What deviates is only empty parameters or comments at the end."""
    has_too_many: bool = False
    unread: bytes = b""
    """The whole value as it stands, where the grammar did not reach its end."""

    @property
    def is_plain(self) -> bool:
        """Nothing about it deviates."""
        return self.is_strict and not self.has_too_many

    def every(self, name: bytes) -> tuple[bytes, ...]:
        """The unescaped values of all parameters of exactly that name."""
        return tuple(one.unescaped for one in self.parameters if one.name == name)

    def has_extended(self, name: bytes) -> bool:
        """The parameter also stands in a form of RFC 2231."""
        return any(one.name.startswith(name + b"*") for one in self.parameters)


def read_type(raw: bytes) -> Value:
    """A Content-Type value, unfolded."""
    return _read(raw, _TYPE)


def read_disposition(raw: bytes) -> Value:
    """A Content-Disposition value, unfolded."""
    return _read(raw, _WORD)


def _read(raw: bytes, head: re.Pattern[bytes]) -> Value:
    start = head.match(raw)
    if start is None:
        return Value("", _loosely(raw), is_strict=False, is_readable=False, unread=raw)
    main, at = start.group(1).decode("ascii").lower(), start.end()
    found: list[Parameter] = []
    while at < len(raw) and len(found) <= MAX_PARAMETERS and (match := _PARAMETER.match(raw, at)):
        found.append(_parameter(match))
        at = match.end()
    if len(found) > MAX_PARAMETERS:
        return Value(main, tuple(found), has_too_many=True)
    if at == len(raw) or _END.match(raw, at):
        return Value(main, tuple(found))
    if _STYLE_END.match(raw, at):
        return Value(main, tuple(found), is_strict=False)
    return _read_loosely(main, raw, at, found)


def _read_loosely(main: str, raw: bytes, at: int, found: list[Parameter]) -> Value:
    """What the grammar did not reach is read as a lenient client would; empty parameters alone are a matter of style."""
    rest = re.sub(rb";[ \t]*(?=;)", b"", raw[at:])
    again = 0
    styled = list(found)
    while len(styled) <= MAX_PARAMETERS and (match := _PARAMETER.match(rest, again)):
        styled.append(_parameter(match))
        again = match.end()
    if again and _STYLE_END.match(rest, again):
        return Value(main, tuple(styled), is_strict=False)
    loose = (*found, *_loosely(raw))
    return Value(
        main,
        loose[: MAX_PARAMETERS + 1],
        is_strict=False,
        is_readable=False,
        has_too_many=len(loose) > MAX_PARAMETERS,
        unread=raw,
    )


def _parameter(match: re.Match[bytes]) -> Parameter:
    name, value = match.groups()
    if value[:1] == b'"':
        return Parameter(name.lower(), value[1:-1], is_quoted=True)
    return Parameter(name.lower(), value, is_quoted=False)


def _loosely(raw: bytes) -> tuple[Parameter, ...]:
    found: list[Parameter] = []
    for match in _LOOSE.finditer(raw):
        value = match.group(2).strip(b" \t")
        is_quoted = value[:1] == b'"'
        found.append(Parameter(match.group(1).lower(), value.strip(b'"') if is_quoted else value, is_quoted=is_quoted))
        if len(found) > MAX_PARAMETERS:
            break
    return tuple(found)
