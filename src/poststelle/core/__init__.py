# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""DECIDE: values and rules, pure functions of what they are given."""
