# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Asking issuers what they have revoked: the trust folder, the checked signers, the allowed hosts, and the cache."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from poststelle.adapters.allowed_web import AllowedWeb, WebLimits
from poststelle.adapters.revocation_folder import RevocationFolder
from poststelle.application.revocation_round import Believed, RevocationRound, Rules
from poststelle.application.settings import Settings
from poststelle.compose.keys import trust_folder


def revocation_folder(settings: Settings) -> RevocationFolder:
    """Where what was fetched lies."""
    return RevocationFolder(_place(settings))


def _place(settings: Settings) -> Path:
    return settings.house.data / "trust" / "fetched"


def revocation_round(settings: Settings, checked: Callable[[], tuple[bytes, ...]]) -> RevocationRound:
    """One round of it; ``checked`` are the certificates of signers in the register, DER."""
    chosen, folder = settings.revocation, trust_folder(settings)

    def believed() -> Believed:
        trust = folder.trust()
        return Believed((*trust.roots, *trust.intermediates), (*folder.watched(), *checked()))

    web = AllowedWeb(chosen.hosts, WebLimits(chosen.max_list_mb << 20, chosen.seconds))
    rules = Rules(chosen.hosts, chosen.lists, timedelta(minutes=chosen.every_minutes))
    return RevocationRound(rules, believed, web, revocation_folder(settings))
