# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The composition root: builds a House from the settings and hands it to a role; the only place that names adapters.

Wiring by hand: ``parts`` (adapters behind ports), ``front`` (house and door), ``outgoing``, ``roles`` (processes), ``together`` (all
of them), ``checks`` (what only looks). What a role gets is what it was given here, and nothing else.
"""

from poststelle.compose.backup import backup_bench
from poststelle.compose.checks import checker, dns_examinations, examinations, read_journal
from poststelle.compose.identities import consent_bench, identity_bench
from poststelle.compose.key_bench import key_bench
from poststelle.compose.recipients import published_recipients
from poststelle.compose.roles import ROLES, role_names
from poststelle.compose.smime import smime_inspection
from poststelle.compose.support import support_report
from poststelle.compose.switches import switch_board
from poststelle.compose.together import run_all, run_one
from poststelle.compose.users import user_desk
from poststelle.compose.web import publish

__all__ = [
    "ROLES",
    "backup_bench",
    "checker",
    "consent_bench",
    "dns_examinations",
    "examinations",
    "identity_bench",
    "key_bench",
    "publish",
    "published_recipients",
    "read_journal",
    "role_names",
    "run_all",
    "run_one",
    "smime_inspection",
    "support_report",
    "switch_board",
    "user_desk",
]
