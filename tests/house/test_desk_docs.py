# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/desk.md names every role, list and deed there is, and no other."""

import re

from poststelle.application.desk.lists import WorkList
from poststelle.application.desk.viewer import Role
from poststelle.faces.web.desk.deeds import DEEDS
from poststelle.faces.web.desk.urls import url_patterns
from support.policies import ROOT

DOCS = (ROOT / "docs" / "desk.md").read_text(encoding="utf-8")
FIRST_CELLS = re.findall(r"^\| (`[^|]+) \|", DOCS, re.MULTILINE)
NAMED = [name for cell in FIRST_CELLS for name in re.findall(r"`([^`]+)`", cell)]


def test_every_role_list_and_deed_has_its_row():
    lists = {f"/desk/liste/{which.value}" for which in WorkList} | {
        "/desk/verbleib",
        "/desk/vertagt",
        "/desk/signaturen",
        "/desk/zustimmungen",
    }
    assert sorted(NAMED) == sorted({*lists, *DEEDS, *(role.value for role in Role)})


def test_the_desk_has_no_address_outside_its_own():
    assert all(str(entry.pattern).split("/")[0] == "desk" for entry in url_patterns())
