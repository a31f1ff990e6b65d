# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m poststelle``: the command line with everything composed behind it."""

import sys

from poststelle import compose
from poststelle.compose.stage import demonstrate
from poststelle.faces.cli.demo import Demonstrate
from poststelle.faces.cli.program import Tools, run
from poststelle.faces.cli.serve import Roles


def main() -> None:
    """Run one command and end the process with its exit code."""
    tools = Tools(
        checker=compose.checker,
        examinations=compose.examinations,
        dns_examinations=compose.dns_examinations,
        read_journal=compose.read_journal,
        roles=Roles(compose.role_names, compose.run_one, compose.run_all),
        publish=compose.publish,
        published_recipients=compose.published_recipients,
        demonstrate=Demonstrate(demonstrate),
        key_bench=compose.key_bench,
        identity_bench=compose.identity_bench,
        consent_bench=compose.consent_bench,
        switch_board=compose.switch_board,
        user_desk=compose.user_desk,
        smime_inspection=compose.smime_inspection,
        backup_bench=compose.backup_bench,
        support_report=compose.support_report,
    )
    sys.exit(run(sys.argv[1:], tools))


if __name__ == "__main__":
    main()
