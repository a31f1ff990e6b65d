# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every command shares: exit codes, settings, and errors as sentences with a remedy instead of a traceback."""

import argparse
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from enum import IntEnum
from pathlib import Path

from poststelle.application.settings import Settings, SettingsError, read_settings, settings_file


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


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The settings named on the command line, else poststelle.toml here, else the defaults; with the environment."""
    path = named_settings_file(arguments)
    try:
        text = path.read_text(encoding="utf-8") if path else ""
    except (OSError, UnicodeDecodeError) as error:
        why = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else error.strerror
        raise CommandError(f"{path} cannot be read: {why}", "It is a text file of UTF-8.", Exit.SETTINGS) from error
    return read_settings(text, os.environ)


def named_settings_file(arguments: argparse.Namespace) -> Path | None:
    """The file the settings come from; None where there is none and none was named."""
    path = settings_file(os.environ, arguments.settings)
    if path is not None and not path.is_file():
        raise CommandError(f"there is no settings file {path}", "Name one with --settings FILE.", Exit.SETTINGS)
    return path


def day(text: str) -> date:
    """A day on the command line; for argparse."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no date such as 2026-12-31") from error


@contextmanager
def batch_rows(batch: str) -> Iterator[Iterable[str]]:
    """The lines of a batch, of standard input for ``-``. What is not UTF-8 spoils its own line only."""
    if batch == "-":
        yield sys.stdin
        return
    try:
        rows = Path(batch).open(encoding="utf-8", errors="replace")  # noqa: SIM115 - closed below
    except OSError as error:
        raise CommandError(f"{batch} cannot be read: {error.strerror}", "Name a file, or -.", Exit.NOT_FOUND) from error
    with rows:
        yield rows


def concluded(command: Callable[[], int]) -> int:
    """The exit code of a command, whatever ends it."""
    try:
        return int(command())
    except CommandError as error:
        return complain(error)
    except SettingsError as error:
        return complain(
            CommandError("; ".join(error.faults), "Correct poststelle.toml or the environment.", Exit.SETTINGS)
        )
    except KeyboardInterrupt:
        return Exit.UNAVAILABLE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.OK


def common_parser() -> argparse.ArgumentParser:
    """The program's own arguments, before any command's."""
    parser = argparse.ArgumentParser(prog="poststelle", description="The electronic front door of a public authority.")
    parser.add_argument("--settings", type=Path, default=None, metavar="FILE", help="settings file (poststelle.toml)")
    return parser
