# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is known of a sender and why nobody is written to: every public code is explained to operators."""

from pathlib import Path

import pytest

from poststelle.core.catalogue.hints import FLAGS
from poststelle.core.catalogue.silences import SILENCES
from poststelle.core.policy import Language
from poststelle.core.telling import Silence

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations" / "senders.md"


@pytest.mark.parametrize("silence", Silence)
def test_every_reason_for_silence_is_explained(silence):
    assert f"`{silence.value}`" in PAGE.read_text(encoding="utf-8")


def test_the_desk_can_say_every_reason_for_silence():
    assert set(SILENCES) == set(Silence)


@pytest.mark.parametrize("flag", FLAGS)
def test_every_remark_is_listed_as_the_desk_shows_it(flag):
    assert f"| `{flag}` | {FLAGS[flag].in_language(Language.DE)} |\n" in PAGE.read_text(encoding="utf-8")
