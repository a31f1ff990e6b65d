# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds for every test."""

import os
import sys

import pytest
from hypothesis import settings

# The time of one example says more about the neighbours on the machine than about the code. The everyday suite asks
# the same examples each time, so that a red run is about the change at hand; ``make soak`` draws new ones.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("POSTSTELLE_HYPOTHESIS", "house"))

# Python processes are started by the hundred here: each is to find the program compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

WAITING = {"stories", "faults"}
"""Tests that start whole gateways, and wait for them most of the time."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """These come first: at the end, one of them would keep everybody waiting."""
    items.sort(key=lambda item: item.path.parent.name not in WAITING)
