# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""XFORWARD: what a trusted proxy tells of the client it speaks for. Whether it is believed is not decided here."""

import ipaddress
import re
from collections.abc import Mapping

from poststelle.protocol.smtp.replies import BAD_ARGUMENT, Reply

ATTRIBUTES = ("NAME", "ADDR", "PROTO", "HELO", "SOURCE", "PORT", "IDENT")
"""As announced in EHLO; SOURCE, PORT and IDENT are read and not used."""

_ATTRIBUTE = re.compile(r"(?P<name>[A-Za-z]+)=(?P<xtext>(?:[!-*,-~]|\+[0-9A-Fa-f]{2})*)\Z")
_HEX_PAIR = re.compile(r"\+([0-9A-Fa-f]{2})")
_UNKNOWN = frozenset({"[UNAVAILABLE]", "[TEMPUNAVAIL]"})
_MAX_VALUE_CHARACTERS = 255


def parse_xforward(argument: str) -> Mapping[str, str] | Reply:
    """The attributes given, decoded (xtext, RFC 3461, 4); unavailable ones are empty. Or the reply that refuses."""
    given: dict[str, str] = {}
    for word in argument.split():
        match = _ATTRIBUTE.match(word)
        name = match["name"].upper() if match else ""
        setting = _decode(match["xtext"]) if match else None
        if name not in ATTRIBUTES or setting is None:
            return BAD_ARGUMENT
        if name == "ADDR" and setting:
            setting = _ip_address(setting)
            if setting is None:
                return BAD_ARGUMENT
        given[name] = setting
    return given or BAD_ARGUMENT


def _decode(xtext: str) -> str | None:
    """Plain text; empty where the proxy does not know; None where it is not printable ASCII."""
    text = _HEX_PAIR.sub(lambda pair: chr(int(pair[1], 16)), xtext)
    if text.upper() in _UNKNOWN:
        return ""
    return text if text.isascii() and text.isprintable() and len(text) <= _MAX_VALUE_CHARACTERS else None


def _ip_address(text: str) -> str | None:
    """An address in its usual spelling, IPv4 also where it came as IPv6; the proxy writes IPv6 with a prefix ``IPv6:``."""
    bare = text[5:] if text.upper().startswith("IPV6:") else text
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    if not isinstance(address, ipaddress.IPv6Address):
        return str(address)
    return None if address.scope_id else str(address.ipv4_mapped or address)
