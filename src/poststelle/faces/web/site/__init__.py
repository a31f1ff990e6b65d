# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The public site: the contact page with the terms of access, the directory, the editions, and their machine twins."""
