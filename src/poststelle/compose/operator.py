# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who acts from the command line, as the journal names them."""

import os
import pwd

MAX_ACCOUNT_CHARS = 30


def operator() -> str:
    """The account of this machine that the process belongs to, whatever the environment says; in a container its number."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:
        name = str(number)
    return f"operator:{name}"[:MAX_ACCOUNT_CHARS]
