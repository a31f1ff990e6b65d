# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the demonstration calls a promise broken, of what a message sends."""

from datetime import UTC, datetime

import pytest

from poststelle.faces.cli.demo import _unsent
from support.desk_house import sample


@pytest.mark.parametrize(
    ("state", "remark", "complains"),
    [
        pytest.param("done", "250 OK", False, id="sent"),
        pytest.param("open", "waiting: per-sender-per-day", False, id="the sender's cap was met"),
        pytest.param("open", "451 later", True, id="not sent in time"),
        pytest.param("given-up", "550 no", True, id="given up"),
    ],
)
def test_only_what_should_have_left_and_did_not_is_complained_of(state, remark, complains):
    from poststelle.records.queries import EffectLine

    now = datetime(2026, 3, 4, tzinfo=UTC)
    effects = (
        EffectLine("deliver", "amt@muster.example", "done", 1, now, "250 OK"),
        EffectLine("notice", "erika@buerger.example", state, 1, now, remark),
    )
    assert bool(_unsent(sample("docm"), effects)) is complains
