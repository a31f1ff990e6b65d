# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk in a real browser: no barrier, no sideways scrolling, no foreign connection, and a day's work by keys."""

import socket
import threading
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from poststelle.application.desk import consents
from poststelle.application.desk.consents import ConsentForm
from poststelle.application.desk.viewer import Role
from support.browser import LOOKS, a_browser_beside_records, a_page, barriers, overflow_pixels
from support.builders import a_signer, signed
from support.desk_house import PASSWORD, DeskRig, desk_rig
from support.gateway import eventually
from support.web import Site, a_site

FOLDS = "for (const fold of document.querySelectorAll('details')) fold.open = true"


@pytest.fixture(scope="module")
def browser():
    with a_browser_beside_records() as shared:
        yield shared


@pytest.fixture
def rig(browser, tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def site(rig):
    with a_site() as running:
        yield running


def sign_in(page: Page, site: Site, name: str = "paula") -> None:
    page.goto(f"{site.url}/desk/")
    page.fill("#name", name)
    page.fill("#kennwort", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/liste/posteingang")


@pytest.fixture
def pages(rig: DeskRig) -> dict[str, str]:
    """A page of each kind by name."""
    references = {
        "triage": rig.sample_arrives("no-clue"),
        "hold": rig.sample_arrives("gtube"),
        "feedback": rig.sample_arrives("macro-of-a-stranger"),
        "files": rig.sample_arrives("pdf-and-docx"),
        "form and consent": rig.sample_arrives("widerspruch-withheld"),
        "signature": rig.signed_arrives(signed(encrypted=True, signer=a_signer())),
        "sealed": rig.sample_arrives("sealed-office"),
    }
    ahead = ConsentForm(("rtf", "heic"), rig.clock.now().date() + timedelta(days=30), why="Kanzlei sendet Pläne")
    consents.grant_ahead(rig.desk, rig.viewer("paula"), f"@{'lange-' * 8}kanzlei.example", "", ahead)
    paths = {name: f"/desk/nachricht/{reference}" for name, reference in references.items()}
    lists = {"inbox": "/desk/liste/posteingang", "empty": "/desk/liste/zustellprobleme", "track": "/desk/verbleib"}
    lists |= {"signers": "/desk/signaturen", "consents": "/desk/zustimmungen"}
    lists["look"] = f"{paths['files']}/ansicht/1"
    return paths | lists | {"keys": "/desk/tasten", "paper": f"{paths['feedback']}/druck"}


EXAMINED = {
    "light": frozenset({"triage", "hold", "feedback", "form and consent", "signature", "sealed", "inbox", "empty", "track",
                        "signers", "consents", "keys", "paper", "look"}),
    "dark": frozenset({"hold", "form and consent", "inbox", "consents"}),
    "narrow": frozenset({"feedback", "inbox", "look", "consents"}),
}  # fmt: skip
"""Where axe-core looks, which takes a second or two a page: everywhere once, in the other looks where they differ."""


@pytest.mark.parametrize("look", LOOKS)
def test_no_page_has_a_barrier_or_scrolls_sideways(browser: Browser, site: Site, pages, look):
    found: dict[str, list[str]] = {}
    with a_page(browser, **LOOKS[look]) as (page, _):
        page.goto(f"{site.url}/desk/anmelden")
        found["sign in"] = barriers(page)
        sign_in(page, site)
        for name, path in pages.items():
            page.goto(site.url + path)
            page.evaluate(FOLDS)
            found[name] = ["overflow"] * (overflow_pixels(page) > 0)
            found[name] += barriers(page) if name in EXAMINED[look] else []
    assert {name: complaints for name, complaints in found.items() if complaints} == {}


def test_eighteen_rows_stand_on_one_screen(browser: Browser, rig: DeskRig, site: Site):
    for _ in range(20):
        rig.sample_arrives("subject-by-number")
    with a_page(browser, **LOOKS["light"]) as (page, _):
        sign_in(page, site)
        bottoms = page.eval_on_selector_all("tbody tr", "rows => rows.map(row => row.getBoundingClientRect().bottom)")
    assert sum(bottom <= 900 for bottom in bottoms) >= 18


def test_the_main_job_goes_by_keys_alone(browser: Browser, rig: DeskRig, site: Site):
    held, unclear = rig.sample_arrives("gtube"), rig.sample_arrives("two-offices")
    with a_page(browser) as (page, _):
        sign_in(page, site)
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{unclear}")
        page.keyboard.press("o")
        page.keyboard.press("1")
        page.wait_for_selector("text=Umgeleitet an Ordnungsamt")
        page.keyboard.press("u")
        page.wait_for_url("**/desk/liste/posteingang")
        page.goto(f"{site.url}/desk/liste/quarantaene")
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/{held}")
        page.keyboard.press("f")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Freigegeben.")
    paula = rig.viewer("paula")
    assert rig.desk.book.case(paula.authority, unclear).offices == ("ordnungsamt",)
    assert rig.desk.book.case(paula.authority, held).state == "accepted"


def test_an_identity_is_checked_and_revoked_by_keyboard_alone(browser: Browser, rig: DeskRig, site: Site):
    """By telephone: the clerk types what is read out; a wrong fingerprint is said and recorded nowhere."""
    signer = a_signer(emails=("erika.mustermann@buerger.example",))
    reference = rig.signed_arrives(signed(signer=signer))
    with a_page(browser) as (page, _):
        sign_in(page, site)
        for heard, said in (
            ("00" * 16, "nicht der Fingerabdruck"),
            (signer.certificate_sha256[:32], "Identität eingetragen"),
        ):
            page.goto(f"{site.url}/desk/nachricht/{reference}")
            page.locator("summary", has_text="Identitätsprüfung eintragen").focus()
            page.keyboard.press("Enter")
            page.keyboard.press("Tab")
            page.keyboard.type("Erika Mustermann")
            page.keyboard.press("Tab")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Tab")
            page.keyboard.type(heard)
            page.keyboard.press("Enter")
            page.wait_for_selector(f"text={said}")
            assert barriers(page) == []
        page.locator("summary", has_text="Prüfung widerrufen").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Karte verloren")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Identitätsprüfung widerrufen")
        page.goto(f"{site.url}/desk/signaturen")
        assert "widerrufen" in page.inner_text("main")
        assert barriers(page) == []


def test_keys_mark_search_and_explain_themselves(browser: Browser, rig: DeskRig, site: Site):
    for _ in range(3):
        rig.sample_arrives("subject-by-number")
    with a_page(browser) as (page, _):
        sign_in(page, site)
        for key in "jxjx":
            page.keyboard.press(key)
        assert page.locator("[data-chosen]").inner_text() == "2 ausgewählt"
        page.keyboard.press("/")
        page.keyboard.type("jx?")
        assert page.input_value("#q") == "jx?"
        assert page.locator("[data-chosen]").inner_text() == "2 ausgewählt"
        page.locator("h1").click()
        page.keyboard.press("?")
        assert page.locator("dialog[open]").count() == 1


def test_keys_can_be_switched_off(browser: Browser, rig: DeskRig, site: Site):
    rig.sample_arrives("subject-by-number")
    with a_page(browser) as (page, _):
        sign_in(page, site)
        page.goto(f"{site.url}/desk/tasten")
        page.check("main > p [data-keys-off]")
        page.goto(f"{site.url}/desk/liste/posteingang")
        page.keyboard.press("?")
        page.keyboard.press("j")
        assert page.locator("dialog[open]").count() == 0
        assert page.evaluate("document.activeElement === document.body")


def test_everything_goes_without_javascript(browser: Browser, rig: DeskRig, site: Site):
    reference = rig.sample_arrives("gtube")
    with a_page(browser, java_script_enabled=False) as (page, _):
        sign_in(page, site)
        page.goto(f"{site.url}/desk/liste/quarantaene")
        page.click("tbody a")
        page.fill("#frei-grund", "echt")
        page.click("text=Freigeben")
        assert page.locator(".flash").inner_text().startswith("Freigegeben.")
        page.goto(f"{site.url}/desk/liste/posteingang")
        page.check(f"input[value='{reference}']")
        page.click("button[value=erledigt]")
        assert page.locator(".flash").inner_text() == "1 Nachricht erledigt."


class Ear:
    """Listens on loopback and counts who calls."""

    def __init__(self) -> None:
        self.calls = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.calls += 1
            connection.close()

    def close(self) -> None:
        self._socket.close()


HOSTILE = """<html><head><base href="http://127.0.0.1:{port}/"><link rel="stylesheet" href="a.css">
<link rel="preconnect" href="http://127.0.0.1:{port}"><link rel="dns-prefetch" href="//127.0.0.1:{port}">
<meta http-equiv="refresh" content="0;url=http://127.0.0.1:{port}/r"><style>@import "b.css"; body {{background:url(c.png)}}</style>
</head><body background="d.png" onload="fetch('e')"><img src="f.png"><img srcset="g.png 1x"><video src="h.mp4" autoplay></video>
<iframe src="http://127.0.0.1:{port}/i"></iframe><object data="j"></object><svg><image href="http://127.0.0.1:{port}/k"/></svg>
<form action="l" id="f"><input name="a"></form><script>document.getElementById('f').submit()</script>
<p style="background:url(http://127.0.0.1:{port}/m)">Guten Tag, hier ist <a href="http://127.0.0.1:{port}/n" ping="o">Ihr Bescheid</a></p>
</body></html>"""


def test_the_ear_hears_what_a_browser_does_with_the_same_html_unguarded(browser: Browser):
    ear = Ear()
    with a_page(browser) as (page, _):
        page.set_content(HOSTILE.format(port=ear.port), wait_until="commit")
        eventually(lambda: ear.calls > 0)
    ear.close()


def test_the_html_of_a_message_opens_no_connection(browser: Browser, rig: DeskRig, site: Site):
    ear = Ear()
    head = b"From: a@buerger.example\r\nSubject: Amt 32 - HTML\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"
    content = head + HOSTILE.format(port=ear.port).replace("\n", "\r\n").encode()
    reference = rig.arrives(content, "stadtverwaltung@stadt-muenster.example")
    with a_page(browser) as (page, asked):
        sign_in(page, site)
        page.goto(f"{site.url}/desk/nachricht/{reference}")
        page.click("text=HTML-Ansicht")
        words = page.frame_locator("iframe.html").locator("body")
        assert "Ihr Bescheid [127.0.0.1]" in words.inner_text()
        words.click()
        page.wait_for_load_state("networkidle")
        page.goto(f"{site.url}/desk/nachricht/{reference}/html")
        page.wait_for_load_state("networkidle")
    ear.close()
    assert ear.calls == 0
    assert [address for address in asked if not address.startswith(site.url)] == []
