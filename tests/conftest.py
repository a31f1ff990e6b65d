# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds for every test."""

import os

from hypothesis import settings

# The time of one example says more about the neighbours on the machine than about the code. The everyday suite asks
# the same examples each time, so that a red run is about the change at hand; ``make soak`` draws new ones.
settings.register_profile("house", deadline=None, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("POSTSTELLE_HYPOTHESIS", "house"))
