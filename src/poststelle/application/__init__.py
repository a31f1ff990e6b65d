# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""CONDUCT: the stations of a message's walk, over ports."""
