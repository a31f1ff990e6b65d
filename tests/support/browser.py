# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A real browser for the pages: Debian's Chromium, driven by Playwright, with axe-core to look for barriers."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from support.programs import require_program

AXE = Path(__file__).parents[1] / "assets" / "axe.min.js"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
AXE_RUN = "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations']}).then(one => one.violations)"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    """Chromium, or a skip with a sentence on what to install."""
    path = require_program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


UNSAFE = "DJANGO_ALLOW_ASYNC_UNSAFE"
"""Playwright keeps an event loop in the test's thread, in which Django would refuse to read; nothing awaits it here."""


@contextlib.contextmanager
def a_browser_beside_records() -> Iterator[Browser]:
    """The same for tests that read the records in the thread that drives it."""
    before = os.environ.get(UNSAFE)
    os.environ[UNSAFE] = "1"
    try:
        with a_browser() as shared:
            yield shared
    finally:
        os.environ.pop(UNSAFE) if before is None else os.environ.update({UNSAFE: before})


LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 320, "height": 640}},
}


@contextlib.contextmanager
def a_page(browser: Browser, **context: object) -> Iterator[tuple[Page, list[str]]]:
    """A page, and the addresses of everything it asks for."""
    opened = browser.new_context(**{"locale": "de-DE", "bypass_csp": False, **context})
    page = opened.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    try:
        yield page, asked
    finally:
        opened.close()


def barriers(page: Page) -> list[str]:
    """What axe-core finds, one line for each place. Evaluated by the debugger, so that the page's CSP stays as it is."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(AXE_RUN, RULES)
    return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]


def overflow_pixels(page: Page) -> int:
    """How far the page reaches beyond the window to the right."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
