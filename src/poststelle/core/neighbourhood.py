# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What counts as one asker where askers are capped: at the door by connections, on the web by questions and failures."""

from ipaddress import IPv6Address, ip_address

_V6_HOST_BITS = 64
"""One customer has a whole /64 (RFC 6177) and takes any address in it (RFC 4291, 2.5.4)."""


def neighbourhood(address: str) -> str:
    """An IPv4 address in whichever spelling, an IPv6 /64, or the text itself where it is neither."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(IPv6Address(int(parsed) >> _V6_HOST_BITS << _V6_HOST_BITS))
    return str(parsed)
