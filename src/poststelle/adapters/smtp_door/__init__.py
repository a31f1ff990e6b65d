# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The SMTP and LMTP door: sockets, spooling and limits around ``protocol.smtp``; what a message is worth it never asks."""

from poststelle.adapters.smtp_door.certificate import CertificateFiles, reason_of
from poststelle.adapters.smtp_door.door import Door, loop_factory
from poststelle.adapters.smtp_door.serving import serve
from poststelle.adapters.smtp_door.settings import (
    Accept,
    DoorSettings,
    Known,
    Reception,
    RecipientAnswer,
    Recipients,
    Stranger,
)

__all__ = [
    "Accept",
    "CertificateFiles",
    "Door",
    "DoorSettings",
    "Known",
    "Reception",
    "RecipientAnswer",
    "Recipients",
    "Stranger",
    "loop_factory",
    "reason_of",
    "serve",
]
