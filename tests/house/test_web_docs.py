# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/web.md names every public address and every setting of the web face, and the sheets are what the tool writes."""

import re
import subprocess
import sys

from poststelle.application.settings import Web
from poststelle.faces.web.site.routes import ROUTES
from poststelle.faces.web.urls import urlpatterns
from support.policies import ROOT

DOCS = (ROOT / "docs" / "web.md").read_text()
ADDRESSES = set(re.findall(r"^\| `(/[^`]*)` \|", DOCS, re.MULTILINE))
OF_A_LANGUAGE = re.compile(r"^/(en|leicht)(?=/)")


def public_addresses() -> set[str]:
    routes = ("/" + str(entry.pattern) for entry in urlpatterns if not str(entry.pattern).startswith("desk"))
    return {re.sub(r"<\w+:", "<", OF_A_LANGUAGE.sub("", route)) for route in routes}


def test_every_public_address_is_documented_and_no_other():
    assert public_addresses() == ADDRESSES


def test_every_document_of_the_site_has_a_row():
    assert {route.path for route in ROUTES} <= ADDRESSES


def test_every_setting_is_documented_with_its_default():
    rows = dict(re.findall(r"^\| `web\.(\w+)` \| `?([^|`]+?)`? \|", DOCS, re.MULTILINE))
    assert rows.keys() == Web.model_fields.keys()
    assert (int(rows["port"]), int(rows["precheck_limit_mb"])) == (Web().port, Web().precheck_limit_mb)


def test_the_sheets_are_what_the_tool_cuts_out_of_kern():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "kern_subset.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
