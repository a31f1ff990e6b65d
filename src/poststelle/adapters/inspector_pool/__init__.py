# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The inspector pool: confined worker processes that look into hostile bytes."""

from poststelle.adapters.inspector_pool.confinement import confine, forbid_dumps, probe
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.inspector_pool.world import Watched, World

__all__ = ["InspectorPool", "PoolSettings", "Watched", "World", "confine", "forbid_dumps", "probe"]
