# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of the scanner and of previews."""

import pytest

from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.application.health import ALL_MECHANISMS, Health, of_previews, of_scanner


class Scanner(DemoScanner):
    def engine(self):
        return "ClamAV 1.4.6/27821"


class Blind(Scanner):
    """Answers, and finds nothing any more."""

    def scan(self, content, deadline_seconds):
        return ()


def test_a_scanner_that_calls_the_test_virus_clean_is_broken():
    said = of_scanner(Blind(), "clamd")
    assert said.health is Health.BROKEN
    assert "finds nothing" in said.sentence
    assert "freshclam" in said.remedy


@pytest.mark.parametrize(
    ("active", "has_office", "word"),
    [(ALL_MECHANISMS, True, "Office"), (ALL_MECHANISMS, False, "words only"), (frozenset({"rlimits"}), True, "none")],
)
def test_previews_are_named_as_far_as_a_sandbox_holds(active, has_office, word):
    said = of_previews(tuple(active), has_office=has_office)
    assert word in said.sentence
    assert (said.health is Health.FINE) is (active == ALL_MECHANISMS)
