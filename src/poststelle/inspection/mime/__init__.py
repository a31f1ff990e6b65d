# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""MIME: from the bytes of a message to a tree of byte offsets, its defects, and every name and content it may hold."""
