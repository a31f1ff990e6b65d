# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The web face: the public page and the check before sending, the desk, the interfaces. Django lives here."""
