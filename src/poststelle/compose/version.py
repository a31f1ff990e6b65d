# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError, version

FROM_SOURCE = "source"


def program_version() -> str:
    """The installed version; ``source`` where it runs from a checkout."""
    try:
        return version("poststelle")
    except PackageNotFoundError:
        return FROM_SOURCE
