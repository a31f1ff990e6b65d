# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``make bench``: the whole gateway beside smtp-sink. The other benches run alone: ``python -m bench.NAME``."""

from bench.gateway import main

main([])
