# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An e-mail address as envelope and directory use it: a local part and a domain, nothing else."""

from dataclasses import dataclass

MAX_LOCAL_OCTETS = 64
"""RFC 5321, 4.5.3.1.1."""
MAX_DOMAIN_OCTETS = 255
"""RFC 5321, 4.5.3.1.2."""


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """A mailbox. ``local`` is kept as written; ``domain`` is lower case, IDNA A-labels or literal."""

    local: str
    domain: str

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"

    @property
    def key(self) -> str:
        """What two addresses have in common when we deliver them to the same mailbox: letter case folded."""
        return f"{self.local.casefold()}@{self.domain}"
