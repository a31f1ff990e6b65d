# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""EGVP messages as their clients hand them over: the container, the papers, and what both say together."""
