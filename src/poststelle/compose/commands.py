# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every command of the command line with what it works with."""

from poststelle.compose.backup import backup_bench
from poststelle.compose.checks import checker, dns_examinations, examinations
from poststelle.compose.identities import consent_bench, identity_bench
from poststelle.compose.journal_audit import audit_bench, journal_key, read_story
from poststelle.compose.key_bench import key_bench
from poststelle.compose.person import person_bench
from poststelle.compose.recipients import published_recipients
from poststelle.compose.retention import retention_bench
from poststelle.compose.roles import role_names
from poststelle.compose.smime import smime_inspection
from poststelle.compose.stage import demonstrate
from poststelle.compose.support import support_report
from poststelle.compose.switches import switch_board
from poststelle.compose.together import run_all, run_one
from poststelle.compose.users import user_desk
from poststelle.compose.web import publish
from poststelle.faces.cli.demo import Demonstrate
from poststelle.faces.cli.program import Tools, run
from poststelle.faces.cli.serve import Roles


def run_any(argv: list[str]) -> int:
    """Run one command; its exit code."""
    tools = Tools(
        checker=checker,
        examinations=examinations,
        dns_examinations=dns_examinations,
        read_story=read_story,
        retention_bench=retention_bench,
        person_bench=person_bench,
        audit_bench=audit_bench,
        journal_key=journal_key,
        roles=Roles(role_names, run_one, run_all),
        publish=publish,
        published_recipients=published_recipients,
        demonstrate=Demonstrate(demonstrate),
        key_bench=key_bench,
        identity_bench=identity_bench,
        consent_bench=consent_bench,
        switch_board=switch_board,
        user_desk=user_desk,
        smime_inspection=smime_inspection,
        backup_bench=backup_bench,
        support_report=support_report,
    )
    return run(argv, tools)
