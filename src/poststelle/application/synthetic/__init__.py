# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Synthetic citizens: messages made by code, each with the promise it shows and what is expected to become of it."""
