# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What an operator reads is what the program does: settings and commands, each documented, each up to date."""

import pytest

from support import cli_docs, settings_docs

COMMANDS = {words: about for words, _, about in cli_docs.commands()}
KEYS = {key: settings_docs.meaning(key, model) for key, model, _ in settings_docs.every_key()}


@pytest.mark.parametrize("key", KEYS)
def test_every_setting_says_what_it_means(key):
    assert KEYS[key], "add a sentence below the setting"


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_says_what_it_does(words):
    assert COMMANDS[words], "add help= to its parser"


@pytest.mark.parametrize("made", [settings_docs, cli_docs], ids=["settings.md", "cli.md"])
def test_the_page_is_up_to_date(made):
    run = f"run: PYTHONPATH=src:tests python tests/support/{made.PAGE.stem}_docs.py"
    assert made.PAGE.read_text(encoding="utf-8") == made.generated(), run
