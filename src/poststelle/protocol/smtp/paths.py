# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The arguments of MAIL and RCPT: paths become addresses, parameters become fields, anything else becomes a refusal."""

import ipaddress
import re
from functools import lru_cache
from typing import NamedTuple

import idna

from poststelle.core.address import MAX_DOMAIN_OCTETS, MAX_LOCAL_OCTETS, Address
from poststelle.protocol.smtp.replies import (
    BAD_ARGUMENT,
    BAD_OCTETS,
    BAD_RECIPIENT,
    BAD_SENDER,
    UNKNOWN_PARAMETER,
    Reply,
)

MAX_REMEMBERED = 1_024
"""Recipients, each of one command's length: an office's mailboxes are written to again and again."""
_BEYOND = "\u0080-\U0010ffff"
# Dots may stand anywhere in the local part: some providers hand out addresses that RFC 5321, 4.1.2 does not know.
_ATOMS = rf"[A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.{_BEYOND}-]+"
_QUOTED = rf'"(?:[ !#-\[\]-~{_BEYOND}]|\\[ -~])*+"'
_HOST = rf"[A-Za-z0-9._{_BEYOND}-]+"
_ROUTE = rf"(?:@{_HOST}(?:,@{_HOST})*+:)?"
_PATH = re.compile(
    rf" *<(?:{_ROUTE}(?P<local>{_ATOMS}|{_QUOTED})(?:@(?P<domain>{_HOST}|\[[0-9A-Za-z:.]+\]))?|)>(?P<rest>(?: .*)?)\Z"
)
"""RFC 5321, 4.1.2. A source route is read and ignored (RFC 5321, C)."""
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\Z")
_SIZE = re.compile(r"\d{1,20}\Z", re.ASCII)
_BODIES = frozenset({"7BIT", "8BITMIME"})
_PLAIN_ATOMS = re.compile(rf"{_ATOMS}\Z")


class MailArgument(NamedTuple):
    """What MAIL said (RFC 5321, 4.1.1.2; RFC 1870; RFC 6531)."""

    sender: Address | None
    size_bytes: int
    """Announced by the client; 0 where it said nothing."""
    smtputf8: bool


def parse_mail(argument: bytes) -> MailArgument | Reply:
    """The argument of ``MAIL``, from ``FROM:`` on, or the reply that refuses it."""
    found = _split(argument, b"FROM:")
    if found is None:
        return BAD_SENDER
    path, rest = found
    parameters = _parameters(rest)
    if isinstance(parameters, Reply):
        return parameters
    smtputf8 = "SMTPUTF8" in parameters
    if not smtputf8 and not argument.isascii():
        return BAD_OCTETS
    if path == (None, None):
        return MailArgument(None, _size(parameters), smtputf8)
    sender = _address(path)
    if sender is None or not sender.domain:
        return BAD_SENDER
    return MailArgument(sender, _size(parameters), smtputf8)


@lru_cache(maxsize=MAX_REMEMBERED)
def parse_rcpt(argument: bytes, *, smtputf8: bool) -> Address | Reply:
    """The argument of ``RCPT``, from ``TO:`` on, or the reply that refuses it."""
    if not smtputf8 and not argument.isascii():
        return BAD_OCTETS
    found = _split(argument, b"TO:")
    if found is None or found[0] == (None, None):
        return BAD_RECIPIENT
    path, rest = found
    if rest:
        return UNKNOWN_PARAMETER
    recipient = _address(path)
    if recipient is None or not (recipient.domain or recipient.local.lower() == "postmaster"):
        return BAD_RECIPIENT
    return recipient


def canonical_domain(domain: str) -> str | None:
    """Lower case, U-labels turned into A-labels (IDNA 2008 after UTS 46); None where it is no domain."""
    if not domain.isascii():
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    domain = domain.lower()
    return domain if len(domain) <= MAX_DOMAIN_OCTETS and _DOMAIN.match(domain) else None


def _split(argument: bytes, keyword: bytes) -> tuple[tuple[str | None, str | None], str] | None:
    """Local part and domain (both None for ``<>``) and the parameters behind the path."""
    if argument[: len(keyword)].upper() != keyword:
        return None
    try:
        text = argument[len(keyword) :].decode("utf-8")
    except UnicodeDecodeError:
        return None
    match = _PATH.match(text)
    if match is None:
        return None
    return (match["local"], match["domain"]), match["rest"].strip(" ")


def _address(path: tuple[str | None, str | None]) -> Address | None:
    local = _canonical_local(path[0] or "")
    if local is None:
        return None
    if path[1] is None:
        return Address(local, "")
    domain = _canonical_literal(path[1]) if path[1].startswith("[") else canonical_domain(path[1])
    return None if domain is None else Address(local, domain)


def _canonical_local(local: str) -> str | None:
    """The local part; needless quotes are taken off, since ``"post"@x`` and ``post@x`` are one mailbox."""
    if not local.isprintable() or len(local.encode("utf-8")) > MAX_LOCAL_OCTETS:
        return None
    if local.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", local[1:-1])
        return plain if _PLAIN_ATOMS.match(plain) else local
    return local or None


def _canonical_literal(literal: str) -> str | None:
    """An address literal (RFC 5321, 4.1.3)."""
    inner = literal[1:-1].lower()
    try:
        if inner.startswith("ipv6:"):
            return f"[ipv6:{ipaddress.IPv6Address(inner[5:])}]"
        return f"[{ipaddress.IPv4Address(inner)}]"
    except ValueError:
        return None


def _parameters(rest: str) -> dict[str, str] | Reply:
    """The parameters of MAIL by upper-case keyword, each known, well-formed and given once."""
    given: dict[str, str] = {}
    for word in rest.split():
        keyword, equals, setting = word.partition("=")
        keyword = keyword.upper()
        sound = _PARAMETERS.get(keyword)
        if sound is None:
            return UNKNOWN_PARAMETER
        if keyword in given or not sound(equals, setting):
            return BAD_ARGUMENT
        given[keyword] = setting
    return given


def _size(parameters: dict[str, str]) -> int:
    return int(parameters.get("SIZE", "0"))


_PARAMETERS = {
    "SIZE": lambda equals, setting: bool(equals and _SIZE.match(setting)),
    "BODY": lambda equals, setting: bool(equals and setting.upper() in _BODIES),
    "SMTPUTF8": lambda equals, setting: not equals and not setting,
}
"""The parameters of MAIL and when their value is sound."""
