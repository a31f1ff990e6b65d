# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the kernel's clock is kept by a time server (adjtimex(2)): it knows, whichever program does it."""

import ctypes

_TIMEX_BYTES = 512
"""More than struct timex has on any platform; its first member, modes, is 0: read only."""
_TIME_ERROR = 5
"""The clock is not synchronised."""


def is_synchronised() -> bool | None:
    """None where the kernel does not say."""
    ask = getattr(ctypes.CDLL(None, use_errno=True), "ntp_adjtime", None)
    if ask is None:
        return None
    state = int(ask(ctypes.create_string_buffer(_TIMEX_BYTES)))
    return None if state < 0 else state != _TIME_ERROR
