# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What people read, as tables by key and language. No logic: who reads what is decided elsewhere."""
