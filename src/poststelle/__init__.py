# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""poststelle: the electronic front door of a public authority, kept by the policy it publishes."""
