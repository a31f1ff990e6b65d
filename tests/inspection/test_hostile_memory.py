# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages made to cost much: what is held and how often anything is called grows with their size and no faster.

Seconds are measured by bench/mime_scan.py; here bytes and calls are counted, which no busy machine can disturb.
"""

import pytest

from support.costs import calls, held_bytes
from support.hostile_mails import HOSTILE
from support.mails import inspected

SIZE = 2_000_000
HELD_BYTES_A_BYTE = 3.2
"""64 MB for a message of 20 MB."""
WOUNDED = {"eight bits": 6.5, "ten thousand damaged escapes": 6.5}
"""Every reading is made of files in quoted-printable of up to MAX_WOUNDED_QP_BYTES: 26 MB in all."""
OVERHEAD_BYTES = 1_500_000
"""What does not depend on the size: tables, the greatest header, copies piece by piece."""
SMALL, GROWTH = 60_000, 4
CALLS_FLOOR = 20_000


@pytest.mark.parametrize("shape", HOSTILE)
def test_memory_stays_within_a_multiple_of_the_message(shape):
    content = HOSTILE[shape](SIZE)
    inspected(content[:1_000])
    assert (
        held_bytes(lambda: inspected(content)) <= WOUNDED.get(shape, HELD_BYTES_A_BYTE) * len(content) + OVERHEAD_BYTES
    )


@pytest.mark.parametrize("shape", HOSTILE)
def test_work_grows_no_faster_than_the_message(shape):
    contents = (HOSTILE[shape](SMALL), HOSTILE[shape](GROWTH * SMALL))
    small, large = (calls(lambda content=content: inspected(content)) for content in contents)
    assert large <= GROWTH * small + CALLS_FLOOR, f"{small} calls became {large}"
