# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from poststelle.core.reasons import Reason
from support.reason_docs import PAGE, generated


@pytest.mark.parametrize("reason", sorted(Reason))
def test_every_reason_is_documented(reason):
    assert f"## `{reason.value}`\n" in PAGE.read_text(encoding="utf-8")


def test_the_page_of_reasons_is_up_to_date():
    run = "run: PYTHONPATH=src:tests python tests/support/reason_docs.py"
    assert PAGE.read_text(encoding="utf-8") == generated(), run
