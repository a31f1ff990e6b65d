# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Widths that several tables share."""

HASH_CHARS = 64
"""SHA-256 in hex."""
REFERENCE_CHARS = 64
AUTHORITY_CHARS = 64
"""Ids that the policy gives: authorities, offices, editions."""
CODE_CHARS = 40
"""Public short strings: channels, dispositions, states, kinds."""
