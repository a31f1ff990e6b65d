# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The public pages: every promise of the policy is on them, once, under its own address."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from poststelle.application.occasion import Letterhead
from poststelle.core.policy import Language
from poststelle.faces.web import words
from poststelle.faces.web.headers import CONTENT_SECURITY_POLICY, HEADERS
from poststelle.faces.web.site.clauses import foreign_mark
from poststelle.faces.web.site.collation import german_order
from poststelle.faces.web.site.routes import every_document, is_html
from poststelle.faces.web.site.visit import visit_of
from poststelle.faces.web.words import CATALOGUE, CATALOGUES
from support.policies import SHIPPED, policy_folder
from support.web import NOW, a_certificate, a_house, an_edition, authorities, furnished, ids, links

PAGES = ("/kontakt", "/kontakt/fassungen", "/anliegen", "/telefonverzeichnis", "/barrierefreiheit", "/datenschutz")
IN_LANGUAGES = (*PAGES, *(f"/en{path}" for path in PAGES), "/leicht/kontakt", "/pruefen", "/en/pruefen")
TITLE = re.compile(r"<title>([^<]+)</title>")


def html(client, path):
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def test_every_clause_has_an_anchor_of_its_own_id_in_every_language():
    client = furnished()
    for path in ("/kontakt", "/en/kontakt", "/leicht/kontakt"):
        assert set(policy_folder().editions[0].policy.clauses) <= set(ids(html(client, path)))


@pytest.mark.parametrize(
    ("language", "begins"), [("de", "/kontakt/"), ("en", "/en/kontakt/"), ("leicht", "/leicht/kontakt/")]
)
def test_where_a_notice_says_a_clause_stands_it_stands_in_the_language_of_the_notice(language, begins):
    edition = policy_folder().editions[0]
    letterhead = Letterhead(edition.policy, edition.id, "/kontakt", "mx.example")
    client = furnished()
    for clause in edition.policy.clauses:
        path, _, anchor = letterhead.place(Language(language), clause).partition("#")
        assert path.startswith(begins)
        assert anchor in ids(html(client, path))


@pytest.mark.parametrize("path", IN_LANGUAGES)
def test_no_id_stands_twice_and_every_anchor_leads_somewhere(path):
    text = html(furnished(), path)
    assert [name for name, count in Counter(ids(text)).items() if count > 1] == []
    assert {link[1:] for link in links(text) if link.startswith("#")} <= set(ids(text))


def test_no_two_pages_share_a_title():
    client = furnished(authorities=authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2)))
    paths = (*IN_LANGUAGES, "/kontakt/fassung/2026-01-01", "/kontakt/fassung/2026-10-01", "/anliegen?q=hund", "/nichts")
    titles = [TITLE.search(client.get(path).content.decode())[1] for path in paths]
    assert [title for title, count in Counter(titles).items() if count > 1] == []


@pytest.mark.parametrize("path", IN_LANGUAGES)
def test_links_within_the_site_lead_to_pages(path):
    client = furnished()
    inside = {link.split("#")[0] for link in links(html(client, path)) if link.startswith("/")}
    assert {link: client.get(link).status_code for link in inside if client.get(link).status_code != 200} == {}


@pytest.mark.parametrize("path", [*IN_LANGUAGES, "/nichts", "/telefonverzeichnis.pdf", "/robots.txt"])
def test_every_answer_carries_the_security_headers(path):
    response = furnished().get(path)
    assert {name: response.headers[name] for name in HEADERS} == HEADERS
    assert "unsafe" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize("path", IN_LANGUAGES)
def test_no_page_sets_a_cookie_or_holds_inline_script_or_style(path):
    client = furnished()
    text = html(client, path)
    assert client.cookies == {}
    scripts = re.findall(r"<script\b([^>]*)>", text)
    assert [one for one in scripts if "src=" not in one and "application/ld+json" not in one] == []
    assert re.search(r"<style|\sstyle=|\son[a-z]+=", text) is None


def test_sheet_script_and_picture_of_a_page_weigh_less_than_60_kb_and_20_as_sent():
    client = furnished()
    wanted = re.findall(r'(?:src|href)="(/assets/[^"]+)"', html(client, "/kontakt"))
    sent = [client.get(path, headers={"accept-encoding": "gzip"}).content for path in ("/kontakt", *wanted)]
    assert len(wanted) >= 4
    assert sum(map(len, sent)) <= 20_000
    assert sum(len(client.get(path).content) for path in ("/kontakt", *wanted)) <= 60_000


def test_an_asset_is_kept_for_ever_and_unknown_under_another_hash():
    client = furnished()
    path = re.search(r'href="(/assets/[^"]+site\.css)"', html(client, "/kontakt"))[1]
    assert "immutable" in client.get(path).headers["Cache-Control"]
    assert client.get(path.replace(path.split("/")[2], "000000000000")).status_code == 404


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_policy_makes_a_whole_site(name):
    visit = visit_of(a_house(authorities=authorities(name=name)), "localhost", Language.DE)
    documents = dict(every_document(visit))
    assert "/kontakt" in documents
    assert [path for path, made in documents.items() if is_html(made) and b"<h1>" not in made.content] == []


def test_a_missing_translation_is_a_visible_gap_and_never_another_language():
    edition = policy_folder().editions[0]
    clause = edition.policy.clauses["email.simple"]
    text = clause.text.model_copy(update={"leicht": ""})
    clauses = {**edition.policy.clauses, "email.simple": clause.model_copy(update={"text": text})}
    gapped = replace(edition, policy=edition.policy.model_copy(update={"clauses": clauses}))
    client = furnished(authorities=authorities(gapped))
    block = html(client, "/leicht/kontakt").split('id="email.simple"')[1].split("</section>")[0]
    assert CATALOGUE["site.contact.gap"].leicht in block
    assert "Einfache E-Mails an die Verwaltung" not in block
    assert CATALOGUE["site.contact.gap"].leicht not in html(furnished(), "/leicht/kontakt")


def test_the_link_to_a_third_party_is_marked_and_the_authority_s_own_is_not():
    edition = policy_folder().editions[0]
    gazette = edition.policy.gazette.model_copy(update={"url": "https://www.bekanntmachungen.example/muenster"})
    foreign = replace(edition, policy=edition.policy.model_copy(update={"gazette": gazette}))
    assert "(Angebot eines Dritten)" in html(furnished(authorities=authorities(foreign)), "/kontakt")
    assert "(Angebot eines Dritten)" not in html(furnished(), "/kontakt")


@pytest.mark.parametrize(
    ("url", "is_marked"),
    [
        ("https://www.stadt-muenster.example/amtsblatt", False),
        ("https://www.stadt-muenster.exam/amtsblatt", True),
        ("https://muenster.example", True),
        ("/kontakt", False),
    ],
)
def test_our_own_host_is_ours_and_what_begins_like_it_is_not(url, is_marked):
    edition = policy_folder().editions[0]
    scope = edition.policy.scope.model_copy(update={"own_hosts": ()})
    known = authorities(replace(edition, policy=edition.policy.model_copy(update={"scope": scope})))
    visit = visit_of(a_house(authorities=known), "localhost", Language.DE)
    assert bool(foreign_mark(visit, url)) == is_marked


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("muenster", ["E-Mail", "S/MIME"]),
        ("generous", ["E-Mail", "S/MIME, OpenPGP"]),
        ("encrypted-only", ["S/MIME"]),
    ],
)
def test_each_address_is_labelled_by_what_it_takes(name, labels):
    card = html(furnished(authorities=authorities(name=name)), "/kontakt").split('id="kontakt"')[1].split("</dl>")[0]
    assert re.findall(r"<dt>([^<]+)</dt><dd><a class=\"break\"", card) == labels


def test_persons_are_listed_with_the_office_they_work_at():
    persons = html(furnished(), "/telefonverzeichnis").split('id="personen"')[1]
    assert re.findall(r'<th scope="col">([^<]+)', persons) == ["Name", "Amt oder Einrichtung", "Telefon", "E-Mail"]


def test_the_table_of_formats_lists_what_the_gateway_accepts():
    policy = policy_folder().editions[0].policy
    table = html(furnished(), "/kontakt").split('id="attachments.formats"')[1].split("</table>")[0]
    listed = set(re.findall(r"<code>\.(\w+)</code>", table))
    assert listed == {one.value for one in policy.email.accepted_formats}


def test_certificates_are_offered_with_size_fingerprint_and_expiry():
    shown = (a_certificate(), a_certificate(is_issuer=True))
    client = furnished(certificates=lambda _authority, _at: shown)
    text = html(client, "/kontakt")
    assert "AB:AB:AB" in text
    assert "1. Mai 2027" in text
    assert text.count("/zertifikate/") == 2
    got = client.get("/zertifikate/post@stadt-muenster.example.cer")
    assert got.content == a_certificate().content
    assert got.headers["Content-Type"] == "application/pkix-cert"
    assert "kein Zertifikat veröffentlicht" in html(furnished(), "/kontakt")


def test_the_edition_in_force_is_shown_and_the_former_one_says_that_it_is_not():
    editions = (an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"), an_edition("2027-01-01", 3, "40 MB"))
    client = furnished(authorities=authorities(*editions))
    assert "höchstens 30 MB" in html(client, "/kontakt")
    former = html(client, "/kontakt/fassung/2026-01-01")
    assert "höchstens 20 MB" in former
    assert "am 1. Oktober 2026 durch Fassung 2 ersetzt" in former
    assert "tritt am 1. Januar 2027 in Kraft" in html(client, "/kontakt/fassung/2027-01-01")
    assert client.get("/kontakt/fassung/2025-01-01").status_code == 404


def test_the_list_of_editions_says_what_each_changed():
    editions = (an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"))
    text = html(furnished(authorities=authorities(*editions)), "/kontakt/fassungen")
    assert "<del>20 MB</del>" in text
    assert "<ins>30 MB</ins>" in text


@pytest.mark.parametrize(
    ("day", "edition"),
    [
        ("2026-01-01", "2026-01-01"),
        ("2026-09-30", "2026-01-01"),
        ("2026-10-01", "2026-10-01"),
        ("2031-01-01", "2026-10-01"),
    ],
)
def test_any_day_leads_to_the_edition_of_that_day(day, edition):
    client = furnished(authorities=authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB")))
    response = client.get(f"/kontakt/fassungen?am={day}")
    assert (response.status_code, response.headers["Location"]) == (303, f"/kontakt/fassung/{edition}")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("2019-05-01", "Am 1. Mai 2019 war der Zugang noch nicht eröffnet"),
        ("morgen", "kein Datum"),
        ("9999-12-31", "kein Datum"),
        ("<b>", "&lt;b&gt;"),
    ],
)
def test_a_day_without_an_edition_is_answered_in_words(asked, said):
    assert said in html(furnished(), f"/kontakt/fassungen?am={asked}")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("Hund", "Hundesteuer"), ("strafzettel", "Bußgeldbescheid"), ("BUSSGELD", "Ordnungsamt"), ("36", "Ausländeramt"),
     ("auslaender", "Ausländeramt"), ("Personalausweiss", "Personalausweis"), ("eheschliessung", "Heiraten"), ("fuhrungszeugnis", "Führungszeugnis")],
)  # fmt: skip
def test_the_search_finds_by_name_keyword_number_and_likeness(asked, found):
    text = html(furnished(), f"/anliegen?q={asked}")
    assert found in text.split("<main")[1]
    assert "Treffer" in text


def test_what_is_searched_for_is_shown_as_text_only():
    assert "<script>x" not in html(furnished(), "/anliegen?q=<script>x")


def test_the_list_is_in_german_order():
    names = ["Zoo", "Äpfel", "Apfelbaum", "Straße", "Strasse", "Übung", "Uhr"]
    assert sorted(names, key=german_order) == ["Äpfel", "Apfelbaum", "Strasse", "Straße", "Übung", "Uhr", "Zoo"]


def test_invented_entries_are_marked_wherever_they_are_shown():
    client = furnished()
    for path in ("/anliegen", "/telefonverzeichnis"):
        row = html(client, path).split('id="standesamt"')[1][:300]
        assert "Beispiel" in row
    assert "Beispiel" not in html(client, "/telefonverzeichnis").split('id="ordnungsamt"')[1].split("</tr>")[0]


def test_the_page_of_an_authority_is_chosen_by_the_name_of_the_host():
    both = {**authorities().by_id, **authorities(name="strict").by_id}
    house = a_house(authorities=replace(authorities(), by_id=both))
    own = policy_folder("strict").editions[0].policy
    host = next(iter(own.scope.own_hosts), "") or own.page.base_url.split("/")[2]
    assert visit_of(house, f"{host}:443", Language.DE).authority.id == "strict"
    assert visit_of(house, "anything.example", Language.DE).authority.id == "muenster"


def test_every_word_has_german_and_english_and_stands_in_one_catalogue():
    assert len(CATALOGUE) == sum(map(len, CATALOGUES))
    assert [key for key, text in CATALOGUE.items() if not (text.de and text.en)] == []
    placeholders = {
        key: [set(re.findall(r"{(\w+)}", one)) for one in (text.de, text.en)] for key, text in CATALOGUE.items()
    }
    assert [key for key, (de, en) in placeholders.items() if de != en] == []


MADE_UP = ("site.nav", "site.block.", "site.retention.", "precheck.channel.")
"""Beginnings of the keys that are put together where they are used."""


def test_no_word_is_kept_that_no_page_says():
    folder = Path(words.__file__).parents[1]
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".html"} and path.parent.name != "words"]
    said = "".join(path.read_text(encoding="utf-8") for path in files)
    named = {key for key in CATALOGUE if f'"{key}"' in said}
    named |= {f"{key}-text" for key in named} | {key for key in CATALOGUE if key.startswith(MADE_UP)}
    assert set(CATALOGUE) - named == set()


def test_before_the_first_edition_the_site_is_unavailable_and_not_wrong():
    client = furnished(authorities=authorities(an_edition("2027-01-01", 1)))
    client.raise_request_exception = False
    assert client.get("/kontakt").status_code == 503
    assert NOW.year == 2026
