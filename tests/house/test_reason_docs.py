# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from poststelle.core.reasons import Reason
from support.reason_docs import PAGE


@pytest.mark.parametrize("reason", sorted(Reason))
def test_every_reason_is_documented(reason):
    assert f"## `{reason.value}`\n" in PAGE.read_text(encoding="utf-8")
