# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every command shares: exit codes, and errors as sentences with a remedy instead of a traceback."""

import sys
from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of every command. They are public: docs/cli.md lists them."""

    OK = 0
    """Done; of ``check``: everything can be processed."""
    OBJECTIONS = 1
    """Done, and there is something to object to (``check``, ``policy lint``, ``doctor``)."""
    USAGE = 2
    """The command line was wrong."""
    SETTINGS = 3
    """Settings or policy cannot be used."""
    UNAVAILABLE = 4
    """A part of the world did not answer: try again later."""
    NOT_FOUND = 5
    """No such message, file or edition."""


class CommandError(Exception):
    """What went wrong in one sentence, and what to do about it in another."""

    def __init__(self, sentence: str, remedy: str, exit_code: Exit) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy
        self.exit_code = exit_code


def complain(error: CommandError) -> int:
    """Print the sentence and the remedy; the exit code."""
    print(f"poststelle: {error.sentence}", file=sys.stderr)
    if error.remedy:
        print(f"            {error.remedy}", file=sys.stderr)
    return int(error.exit_code)
