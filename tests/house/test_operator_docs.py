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
