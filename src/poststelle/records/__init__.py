# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""KEEP: the one store for SQLite and PostgreSQL, a Django app."""
