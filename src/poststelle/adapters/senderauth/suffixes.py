# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The organisational domain of a name, by the public-suffix list of the package publicsuffixlist."""

from functools import cache

from publicsuffixlist import PublicSuffixList


@cache
def _list() -> PublicSuffixList:
    return PublicSuffixList()


def organisational(domain: str) -> str:
    """``stadt-muenster.de`` of ``mail.stadt-muenster.de``; a public suffix or a literal stands for itself alone."""
    name = domain.rstrip(".").lower()
    if name.startswith("[") or name.rpartition(".")[2].isdecimal():
        return name
    return _list().privatesuffix(name) or name
