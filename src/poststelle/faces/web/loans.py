# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The types of what is lent to the web face."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from poststelle.application.check import Checked
from poststelle.application.precheck import Upload
from poststelle.core.arrival import AuthorityId, Channel


@dataclass(frozen=True, slots=True)
class Published:
    """One certificate for download (Clause smime.certificates)."""

    address_id: str
    """Id of the address in the policy, such as ``post``."""
    is_issuer: bool
    """The certificate of the issuer, not of the address."""
    file_name: str
    """Such as ``post@stadt.example.cer``: letters, digits, @, dot and hyphen."""
    content: bytes
    """DER."""
    sha256: str
    """Fingerprint in lower-case hex."""
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the check: these files, as one message through this channel to this authority."""

    authority: AuthorityId
    channel: Channel
    uploads: Sequence[Upload]


CheckFiles = Callable[[Asked], Checked]
"""UnavailableError where no inspector is free."""
