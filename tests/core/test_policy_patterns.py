# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import re
import time

import pytest

from poststelle.core.lint.patterns import can_run_away
from support.policies import SHIPPED, policy_folder


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"(\d+)+x", id="a repetition in a repetition"),
        pytest.param(r"(\w+\s?)*x", id="hidden behind an optional blank"),
        pytest.param(r"(a|a)*x", id="a choice in a repetition"),
        pytest.param(r"((\d{1,3})\.)*x", id="a bounded repetition two groups down"),
        pytest.param(r"(?:[a-z]+){2,}x", id="a group without a number"),
    ],
)
def test_a_pattern_that_can_run_away_is_told(pattern):
    assert can_run_away(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(r"^36\.(?P<unit>\d{2})\.[\w/-]{1,20}$", id="a file reference"),
        pytest.param(r"\b\d{4}[.]\d{4}(?:[.]\d{1,2})?\b", id="an optional group"),
        pytest.param(r"[(+*]\)+", id="brackets and signs that are only letters"),
        pytest.param(r"(?:\d\d ){3}\d", id="a group repeated a stated number of times"),
    ],
)
def test_an_honest_pattern_is_not(pattern):
    assert not can_run_away(pattern)


@pytest.mark.parametrize("authority", SHIPPED)
@pytest.mark.parametrize("line", ["1" * 998, "36." * 333, "a1 " * 333, "01 0123456789 01 00" * 52])
def test_the_shipped_patterns_read_a_hostile_line_at_once(authority, line):
    folder = policy_folder(authority)
    kassenzeichen = folder.editions[0].policy.kassenzeichen
    assert kassenzeichen is not None
    patterns = (*kassenzeichen.patterns, *(p for office in folder.directory.offices for p in office.aktenzeichen))
    begin = time.process_time()
    for pattern in patterns:
        re.search(pattern, line)
    assert time.process_time() - begin < 0.25
