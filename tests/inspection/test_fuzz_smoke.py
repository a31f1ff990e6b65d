# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A few seconds of every fuzzing target with a fixed seed; ``make soak`` runs them for an hour each before a release."""

import random

import pytest

from fuzz.targets import TARGETS

INPUTS = 40


@pytest.mark.parametrize("name", TARGETS)
def test_no_bent_input_raises(name):
    dice = random.Random(f"smoke {name}")
    for _ in range(INPUTS):
        TARGETS[name].run(TARGETS[name].make(dice))
