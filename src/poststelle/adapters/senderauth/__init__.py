# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The port SenderAuth in its three modes: checked here, believed from a header field, or not at all."""

from poststelle.adapters.senderauth.lookups import Dns, DnsSettings, DnsTroubleError
from poststelle.adapters.senderauth.modes import HeaderSenderAuth, NoSenderAuth, OwnSenderAuth
from poststelle.adapters.senderauth.spfcheck import spf_result
from poststelle.adapters.senderauth.suffixes import organisational

__all__ = [
    "Dns",
    "DnsSettings",
    "DnsTroubleError",
    "HeaderSenderAuth",
    "NoSenderAuth",
    "OwnSenderAuth",
    "organisational",
    "spf_result",
]
