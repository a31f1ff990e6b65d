# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/cli.md, made from the parsers themselves. Run me to write it anew."""

import argparse
from collections.abc import Iterator
from pathlib import Path

from poststelle.faces.cli import frame
from poststelle.faces.cli.frame import Exit
from poststelle.faces.cli.program import _parser
from support.attribute_docs import attribute_docs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# Commands

Every command is `poststelle [--settings FILE] COMMAND …`; the settings are described in [settings.md](settings.md).
Errors are two lines on standard error: what went wrong, and what to do.

This page is made by `PYTHONPATH=src:tests python tests/support/cli_docs.py`.
"""


def generated() -> str:
    """The whole page."""
    return "\n".join((HEAD, *(_section(words, parser, about) for words, parser, about in commands()), _exits()))


def commands() -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    """Every command that can be given, by its words, with what it does."""
    yield from _below(_parser(), "poststelle", "")


def _below(
    parser: argparse.ArgumentParser, words: str, about: str
) -> Iterator[tuple[str, argparse.ArgumentParser, str]]:
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield words, parser, about
    for action in inner:
        said = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, below in action.choices.items():
            yield from _below(below, f"{words} {name}", said.get(name, ""))


def _section(words: str, parser: argparse.ArgumentParser, about: str) -> str:
    arguments = [action for action in parser._actions if not isinstance(action, argparse._HelpAction)]
    rows = "\n".join(f"| {_signs(action)} | {_meaning(action)} |" for action in arguments)
    table = f"\n| argument | meaning |\n|---|---|\n{rows}\n" if rows else ""
    return f"## `{words}`\n\n{about[:1].upper()}{about[1:]}.\n{table}"


def _signs(action: argparse.Action) -> str:
    shown = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    value = shown if isinstance(shown, str) else " ".join(shown)
    if action.choices:
        value = "\\|".join(map(str, action.choices))
    value = f"{value}…" if action.nargs in ("+", "*") else value
    return " or ".join(f"`{option} {value}`".replace(" `", "`") for option in action.option_strings) or f"`{value}`"


def _meaning(action: argparse.Action) -> str:
    said = (action.help or "").replace("%(default)s", str(action.default)).replace("|", "\\|")
    return f"{said[:1].upper()}{said[1:]}"


def _exits() -> str:
    docs = attribute_docs(frame)
    rows = "\n".join(f"| {code.value} | {docs[('Exit', code.name)]} |" for code in Exit)
    return f"## Exit codes\n\n| code | meaning |\n|---|---|\n{rows}\n"


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
