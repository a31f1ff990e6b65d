# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people do at the desk. Every act is one transaction: changes, journal entries and effects, or nothing."""
