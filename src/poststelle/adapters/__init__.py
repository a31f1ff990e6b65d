# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""TOUCH: sockets, files, processes and engines behind the ports."""
