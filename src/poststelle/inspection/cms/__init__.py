# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Cryptographic Message Syntax: layers opened, signatures verified, chains checked. Pure: no clock, no keys, no files."""
