# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The inspector pool: confined worker processes that look into hostile bytes.

``pool`` is where a door begins; ``confinement`` also serves the keyholder, which is to load nothing else of this.
"""
