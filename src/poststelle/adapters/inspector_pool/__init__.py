# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The inspector pool: confined worker processes that look into hostile bytes."""

from poststelle.adapters.inspector_pool.confinement import probe
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings

__all__ = ["InspectorPool", "PoolSettings", "probe"]
