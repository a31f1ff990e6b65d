# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from support.smime_docs import TABLES

BAD_WORDS = (
    "OK",
    "NONE",
    "match",
    "whole",
    "none",
    "VERIFIED",
    "not-applicable",
    "NOT_APPLICABLE",
    "CERTS_ONLY",
    "_YES",
    "GRANTED",
)


@pytest.mark.parametrize(("title", "codes", "said"), TABLES, ids=[title for title, *_ in TABLES])
def test_every_code_has_a_meaning_and_every_fault_a_remedy(title, codes, said):
    assert set(said) == set(codes)
    if title != "Notes":
        faults = {code for code in codes if not code.value.endswith(BAD_WORDS)}
        assert all(said[code].remedy for code in faults)
