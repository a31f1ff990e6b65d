# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The public pages in a real browser: no barrier, no sideways scrolling, no request to anybody else."""

import pytest
from playwright.sync_api import Browser

from poststelle.faces.web.precheck import asking
from poststelle.faces.web.shelf import furnish
from support.browser import a_browser, a_page, barriers, overflow_pixels
from support.web import Site, a_certificate, a_house, a_pool, a_site, an_edition, authorities

PATHS = (
    "/kontakt",
    "/leicht/kontakt",
    "/kontakt/fassung/2026-01-01",
    "/kontakt/fassungen",
    "/anliegen?q=hund",
    "/anliegen?q=xyzzy",
    "/telefonverzeichnis",
    "/barrierefreiheit",
    "/datenschutz",
    "/pruefen",
    "/nichts",
)
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}
A_TEXT = {"name": "Antrag.txt", "mimeType": "text/plain", "buffer": b"Sehr geehrte Damen und Herren"}
A_PROGRAM = {"name": "Bescheid.pdf.exe", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(300)}


@pytest.fixture(scope="module")
def browser():
    with a_browser() as shared:
        yield shared


@pytest.fixture(scope="module")
def site():
    known = authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"))
    shown = (a_certificate(), a_certificate(is_issuer=True))
    with a_pool() as pool:
        furnish(a_house(pool, authorities=known, certificates=lambda _authority, _at: shown))
        asking.QUOTA._buckets.clear()
        with a_site() as running:
            yield running


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_barrier_or_scrolls_sideways(browser: Browser, site: Site, look):
    found = {}
    with a_page(browser, **LOOKS[look]) as (page, _):
        for path in PATHS:
            page.goto(site.url + path)
            if complaints := [*barriers(page), *(["overflow"] * (overflow_pixels(page) > 0))]:
                found[path] = complaints
    assert found == {}


def test_no_page_asks_anybody_else_and_the_browser_complains_of_nothing(browser: Browser, site: Site):
    said: list[str] = []
    with a_page(browser) as (page, asked):
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        for path in PATHS[:-1]:
            page.goto(site.url + path)
    assert len(asked) > len(PATHS)
    assert [url for url in asked if not url.startswith((site.url, "data:"))] == []
    assert said == []


def test_the_sheets_and_fonts_are_really_used(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/kontakt", wait_until="networkidle")
        assert page.evaluate("document.fonts.check('16px \"Fira Sans\"')")
        assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") == "8px"


def test_at_double_text_size_and_in_forced_colours_nothing_is_lost(browser: Browser, site: Site):
    look = {"viewport": {"width": 1280, "height": 900}, "forced_colors": "active"}
    with a_page(browser, **look) as (page, _):
        page.goto(f"{site.url}/kontakt")
        page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
        assert overflow_pixels(page) <= 0
        assert barriers(page) == []


def test_the_first_tab_leads_past_the_navigation(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/kontakt")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip-link"
        assert page.locator(".skip-link").bounding_box()["x"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "inhalt"


def test_focus_is_visible_on_everything_that_takes_it(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/pruefen")
        seen = set()
        for _ in range(30):
            page.keyboard.press("Tab")
            element, outline = page.evaluate(
                "(() => { const one = document.activeElement, style = getComputedStyle(one);"
                " return [one.tagName + (one.id || one.textContent), "
                "style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 || style.boxShadow !== 'none']})()"
            )
            if element.startswith("BODY"):
                break
            seen.add(element)
            assert outline, element
    assert len(seen) > 8


def test_an_address_with_a_clause_shows_that_clause(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/kontakt#attachments.formats")
        top = page.evaluate("document.getElementById('attachments.formats').getBoundingClientRect().top")
        assert 0 <= top < 200
        assert page.evaluate("document.querySelector(':target').id") == "attachments.formats"


@pytest.mark.parametrize("has_script", [True, False], ids=["with script", "without script"])
def test_files_are_checked_by_keyboard_and_form_alone(browser: Browser, site: Site, has_script):
    with a_page(browser, java_script_enabled=has_script, viewport={"width": 320, "height": 640}) as (page, _):
        page.goto(f"{site.url}/pruefen")
        page.set_input_files("#datei", [A_TEXT, A_PROGRAM])
        page.get_by_role("button", name="Jetzt prüfen").press("Enter")
        page.wait_for_selector("#ergebnis")
        assert page.title().startswith("Ergebnis:")
        said = page.inner_text("main")
        assert "So bitte noch nicht." in said
        assert "Antrag.txt" in said
        assert "Bescheid.pdf.exe" in said
        if has_script:
            assert page.evaluate("document.activeElement.id") == "ergebnis"
            assert barriers(page) == []
            assert overflow_pixels(page) <= 0


def test_files_dropped_on_the_field_are_taken(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/pruefen")
        page.evaluate(
            "const bag = new DataTransfer(); bag.items.add(new File(['Hallo'], 'Notiz.txt'));"
            "document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: bag, cancelable: true}))"
        )
        assert page.evaluate("document.querySelector('#datei').files[0].name") == "Notiz.txt"
        page.click("button[type=submit]")
        page.wait_for_selector("#ergebnis")
        assert "Ja, so können Sie das schicken." in page.inner_text("main")


def test_in_print_the_clauses_stay_and_the_navigation_goes(browser: Browser, site: Site):
    with a_page(browser) as (page, _):
        page.goto(f"{site.url}/kontakt")
        page.emulate_media(media="print")
        assert page.locator(".site-nav").is_hidden()
        assert page.locator("[id='attachments.formats']").is_visible()
