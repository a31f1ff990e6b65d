# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The composition root: builds a House from the settings; the only file that names adapters."""
