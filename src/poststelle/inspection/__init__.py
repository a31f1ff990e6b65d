# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""LOOK: facts from hostile bytes, without a policy and without the world."""
