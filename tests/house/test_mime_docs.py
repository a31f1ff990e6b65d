# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from poststelle.inspection.mime.defects import DefectCode
from support.mime_docs import MEANINGS, PAGE


@pytest.mark.parametrize("code", sorted(DefectCode))
def test_every_defect_is_documented(code):
    assert MEANINGS[code].endswith(".")
    assert f"| `{code.value}` |" in PAGE.read_text(encoding="utf-8")
