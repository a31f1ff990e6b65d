# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The key ring on disk: a folder for each address, in it one for each generation."""

from poststelle.adapters.keyring.folder import KeyFolder, LoadedKey, certificates_in, private_key_of
from poststelle.adapters.keyring.making import KeyKind, OwnKey, new_key, request_of, self_signed, signer_of
from poststelle.adapters.keyring.passphrase import CREDENTIALS, VARIABLE, Passphrase, find_passphrase, own_passphrase
from poststelle.adapters.keyring.whole import make_once

__all__ = [
    "CREDENTIALS",
    "VARIABLE",
    "KeyFolder",
    "KeyKind",
    "LoadedKey",
    "OwnKey",
    "Passphrase",
    "certificates_in",
    "find_passphrase",
    "make_once",
    "new_key",
    "own_passphrase",
    "private_key_of",
    "request_of",
    "self_signed",
    "signer_of",
]
