# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The change of authority in a real browser: by keys alone, without a barrier, on a narrow screen as well."""

import pytest
from playwright.sync_api import Browser, expect

from poststelle.application.desk.viewer import Role
from support.browser import LOOKS, a_browser_beside_records, a_page, barriers, overflow_pixels
from support.desk_house import MUENSTER, PASSWORD
from support.several import OURS, STRICT, THEIRS, arrives, employ_at, several_rig
from support.web import a_site


@pytest.fixture(scope="module")
def browser():
    with a_browser_beside_records() as shared:
        yield shared


@pytest.fixture
def site(browser, tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), several_rig(tmp_path) as rig:
        rig.employ("bea", Role.MAILROOM)
        employ_at(rig, STRICT, "bea", Role.MAILROOM)
        arrives(rig, MUENSTER, OURS)
        arrives(rig, STRICT, THEIRS)
        with a_site() as running:
            yield running


@pytest.mark.parametrize("look", LOOKS)
def test_the_authority_is_changed_by_keys_and_no_page_has_a_barrier(browser: Browser, site, look):
    with a_page(browser, **LOOKS[look]) as (page, _):
        page.goto(f"{site.url}/desk/")
        page.fill("#name", "bea")
        page.fill("#kennwort", PASSWORD)
        page.keyboard.press("Enter")
        choice = page.get_by_label("Behörde", exact=True)
        expect(choice).to_have_value(MUENSTER)
        choice.focus()
        page.keyboard.type("K")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Sie arbeiten jetzt für: Kreis Strengen.")
        expect(page.get_by_role("banner").get_by_role("link", name="Kreis Strengen – Poststelle")).to_be_visible()
        expect(choice).to_have_value(STRICT)
        assert overflow_pixels(page) <= 0
        assert barriers(page) == []
