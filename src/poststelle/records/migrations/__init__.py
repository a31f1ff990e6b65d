# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Migrations: version N and N-1 must be able to run side by side on every state in between."""
