# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""When two mailboxes are the same: the local part as it stands, the domain in A-labels (RFC 5280, 7.5; RFC 9549)."""

import unicodedata

_MAX_DOMAIN = 255
"""RFC 1035, 2.3.4; the encoding of longer ones takes more than linear time."""
_DEVIATIONS = frozenset("ßς\u200c\u200d")
"""Letters with A-labels of their own that the older rules turned into others (RFC 5894, 7.2): straße is not strasse."""
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")


def canonical(address: str) -> tuple[str, str] | None:
    """Local part and domain as they are compared; None where it is no address."""
    local, at, domain = address.strip().rpartition("@")
    if not (local and at and domain) or len(domain) > _MAX_DOMAIN:
        return None
    try:
        return local, ".".join(map(_a_label, domain.translate(_DOTS).split(".")))
    except UnicodeError:
        return local, domain.casefold()


def _a_label(label: str) -> str:
    if _DEVIATIONS.isdisjoint(label):
        return label.encode("idna").decode("ascii").casefold()
    return "xn--" + unicodedata.normalize("NFKC", label.lower()).encode("punycode").decode("ascii")
