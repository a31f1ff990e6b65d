# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What holds for every test."""

from hypothesis import settings

# The time of one example says more about the neighbours on the machine than about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
