# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder: a process that holds the private keys, and the client by which others ask it for one thing at a time."""

from poststelle.adapters.keyholder.client import KeyholderClient
from poststelle.adapters.keyholder.index import HeldKey, HeldPrivateKey, KeyIndex
from poststelle.adapters.keyholder.server import KeyholderServer, Patience, Ring

__all__ = ["HeldKey", "HeldPrivateKey", "KeyIndex", "KeyholderClient", "KeyholderServer", "Patience", "Ring"]
