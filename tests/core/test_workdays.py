# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from datetime import date

import pytest

from poststelle.core.workdays import working_day_after


@pytest.mark.parametrize(
    ("word", "day", "count", "expected"),
    [
        ("Wednesday", date(2026, 3, 4), 1, date(2026, 3, 5)),
        ("Friday", date(2026, 3, 6), 1, date(2026, 3, 9)),
        ("Saturday", date(2026, 3, 7), 1, date(2026, 3, 9)),
        ("Sunday", date(2026, 3, 8), 1, date(2026, 3, 9)),
        ("Friday, two days", date(2026, 3, 6), 2, date(2026, 3, 10)),
        ("the same day", date(2026, 3, 4), 0, date(2026, 3, 4)),
        ("the same day on a Sunday", date(2026, 3, 8), 0, date(2026, 3, 9)),
        ("over the year", date(2026, 12, 31), 1, date(2027, 1, 1)),
    ],
)
def test_working_days_are_monday_to_friday(word, day, count, expected):
    assert working_day_after(day, count) == expected, word
