# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``python -m poststelle``: the command line with everything composed behind it."""

import sys

from poststelle import compose
from poststelle.faces.cli.program import Tools, run


def main() -> None:
    """Run one command and end the process with its exit code."""
    sys.exit(run(sys.argv[1:], Tools(checker=compose.checker)))


if __name__ == "__main__":
    main()
