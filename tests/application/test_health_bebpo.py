# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from poststelle.application.health import LONG_CLAIMED_SECONDS, Health, of_drop_folder


@pytest.mark.parametrize(
    ("word", "is_there", "claimed", "health"),
    [
        ("away", False, (), Health.BROKEN),
        ("empty", True, (), Health.FINE),
        ("under way", True, (LONG_CLAIMED_SECONDS, 1.0), Health.FINE),
        ("in trouble", True, (LONG_CLAIMED_SECONDS + 1, 1.0), Health.BROKEN),
    ],
)
def test_a_claimed_message_that_waits_for_long_is_trouble(word, is_there, claimed, health):
    assert of_drop_folder(is_there, claimed).health is health, word
