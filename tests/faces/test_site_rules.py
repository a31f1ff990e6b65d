# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which documents a site has, in which languages, and what is said where a text or a contact is missing."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from poststelle.core.policy import Language, Policy, Text
from poststelle.faces.web.site.export import MARKER, NotAnExportError, export
from poststelle.faces.web.site.twin import twin, vcard
from poststelle.faces.web.site.visit import Visit, visit_of
from poststelle.faces.web.templatetags.house import bytes_text
from support.policies import policy_folder
from support.web import BASE_URL, HOST, NOW, a_certificate, a_house, an_edition, authorities, furnished

SECURITY_TXT = "/.well-known/security.txt"


def muenster(**changes: object) -> Policy:
    return policy_folder().editions[0].policy.model_copy(update=changes)


def site_of(policy: Policy):
    """A client of the site under this policy."""
    return furnished(authorities=authorities(replace(policy_folder().editions[0], policy=policy)))


def exported(policy: Policy, folder: Path) -> set[str]:
    """The addresses that an export of this policy has."""
    known = authorities(replace(policy_folder().editions[0], policy=policy))
    export(replace(visit_of(a_house(authorities=known), "localhost", Language.DE), is_static=True), folder)
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def html(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_of_several_editions_one_is_in_force_and_one_is_to_come():
    known = authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2), an_edition("2027-01-01", 3))
    lines = html(furnished(authorities=known), "/kontakt/fassungen").split('<section class="edition-line"')[1:]
    said = [re.findall(r"gilt jetzt|gilt noch nicht", line) for line in lines]
    assert said == [["gilt noch nicht"], ["gilt jetzt"], []]


def alternates(text: str) -> dict[str, str]:
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text))


def test_programs_that_collect_pages_are_told_each_language_by_its_full_address():
    assert alternates(html(site_of(muenster()), "/en/kontakt")) == {
        "de": f"{BASE_URL}/kontakt",
        "en": f"{BASE_URL}/en/kontakt",
        "de-x-leicht": f"{BASE_URL}/leicht/kontakt",
    }


GERMAN_ONLY = muenster(languages=(Language.DE,))


def test_a_language_that_the_policy_does_not_list_has_no_page_anywhere(tmp_path):
    client = site_of(GERMAN_ONLY)
    assert client.get("/en/kontakt").status_code == 404
    assert client.get("/leicht/kontakt").status_code == 404
    sitemap = html(client, "/sitemap.xml")
    assert f"{BASE_URL}/kontakt<" in sitemap
    assert f"{BASE_URL}/en/" not in sitemap
    assert alternates(html(client, "/kontakt")) == {"de": f"{BASE_URL}/kontakt"}
    assert [name for name in exported(GERMAN_ONLY, tmp_path / "site") if name.startswith(("en/", "leicht/"))] == []


def test_the_sitemap_lists_pages_for_people_only():
    listed = re.findall(r"<loc>([^<]+)</loc>", html(site_of(muenster()), "/sitemap.xml"))
    assert f"{BASE_URL}/telefonverzeichnis" in listed
    assert [url for url in listed if re.search(r"\.\w+$", url.removeprefix(BASE_URL))] == []


def test_without_a_contact_for_security_there_is_no_file_that_names_one(tmp_path):
    silent = muenster(page=muenster().page.model_copy(update={"security_contact": ""}))
    assert site_of(silent).get(SECURITY_TXT).status_code == 404
    assert SECURITY_TXT.lstrip("/") not in exported(silent, tmp_path / "silent")
    assert SECURITY_TXT.lstrip("/") in exported(muenster(), tmp_path / "told")


def test_a_page_cannot_be_asked_for_another_edition_than_its_address_names():
    known = authorities(an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"))
    text = html(furnished(authorities=known), "/kontakt/fassung/2026-01-01?valid_from=2026-10-01")
    assert "höchstens 20 MB" in text


def test_a_page_takes_no_form_whether_or_not_it_is_protected():
    site_of(muenster())
    assert Client(enforce_csrf_checks=True, headers=HOST).post("/kontakt").status_code == 405


def test_a_name_cannot_end_the_script_that_states_it():
    named = muenster().contact.model_copy(update={"name": Text(de="Stadt </script><b>", en="City")})
    stated = html(site_of(muenster(contact=named)), "/kontakt").split('application/ld+json">')[1]
    assert stated.split("</script>")[0].rstrip().endswith("}")


def test_a_picture_is_described_in_german_where_the_language_has_no_words_for_it():
    described = muenster().contact.model_copy(update={"picture_alt": Text(de="Briefkasten", en="")})
    assert 'alt="Briefkasten"' in html(site_of(muenster(contact=described)), "/en/kontakt")


def test_why_something_is_kept_is_said_in_the_language_of_the_page():
    first, *others = muenster().retention
    told = first.model_copy(update={"because": Text(de="darum", en="therefore")})
    untold = others[0].model_copy(update={"because": Text(de="deshalb", en="")})
    client = site_of(muenster(retention=(told, untold)))
    assert "<td>darum</td>" in html(client, "/datenschutz")
    assert "<td>therefore</td>" in html(client, "/en/datenschutz")
    assert "<td>deshalb</td>" in html(client, "/en/datenschutz")


@pytest.mark.parametrize(("land", "is_named"), [("NW", True), ("BY", False)])
def test_the_authority_to_complain_to_is_that_of_the_land(land, is_named):
    contact = muenster().contact.model_copy(update={"land": land})
    for path in ("/datenschutz", "/barrierefreiheit"):
        assert ("Nordrhein-Westfalen" in html(site_of(muenster(contact=contact)), path)) == is_named


def test_an_export_goes_into_an_empty_folder_and_over_an_earlier_one_only(tmp_path):
    folder = tmp_path / "site"
    folder.mkdir()
    assert MARKER in exported(muenster(), folder)
    assert MARKER in exported(muenster(), folder)
    (folder / MARKER).unlink()
    with pytest.raises(NotAnExportError):
        exported(muenster(), folder)


@pytest.mark.parametrize("path", ["/kontakt", "/kontakt/fassungen", "/anliegen", "/telefonverzeichnis", "/datenschutz",
                                  "/barrierefreiheit", "/pruefen", "/nichts"])  # fmt: skip
def test_no_template_names_a_value_that_there_is_not(settings, path):
    (templates,) = settings.TEMPLATES
    settings.TEMPLATES = [{**templates, "OPTIONS": {**templates["OPTIONS"], "string_if_invalid": "NOTHING[%s]"}}]
    client = furnished(certificates=lambda _authority, _at: (a_certificate(),))
    assert re.findall(r"NOTHING\[[^]]*", html(client, path) + html(client, f"/en{path}")) == []


def visit(policy: Policy, **changes: object) -> Visit:
    known = authorities(replace(policy_folder().editions[0], policy=policy))
    return replace(visit_of(a_house(authorities=known), "localhost", Language.DE), **changes)


def test_an_exported_site_names_no_check_since_nobody_answers_there():
    assert twin(visit(muenster())).check == f"{BASE_URL}/api/v1/check"
    assert twin(visit(muenster(), is_static=True)).check is None


def test_a_language_without_a_text_is_left_out_for_programs():
    clause = muenster().clauses["email.spam"]
    gapped = clause.model_copy(update={"text": clause.text.model_copy(update={"leicht": ""})})
    said = twin(visit(muenster(clauses={**muenster().clauses, "email.spam": gapped}))).clauses
    assert set(said["email.spam"].text) == {"de", "en"}
    assert set(said["email.malware"].text) == {"de", "en", "leicht"}


def test_a_card_of_contacts_escapes_what_has_a_meaning_in_it_and_leaves_out_what_is_not_there():
    contact = muenster().contact.model_copy(update={"name": Text(de=r"A\B; C, D", en="A"), "fax_uri": ""})
    lines = vcard(visit(muenster(contact=contact))).content.decode().split("\r\n")
    assert r"FN:A\\B\; C\, D" in lines
    assert [line for line in lines if "fax" in line] == []
    assert "fax" in vcard(visit(muenster())).content.decode()


def test_the_contact_for_security_holds_for_less_than_a_year():
    (expires,) = re.findall(r"^Expires: (.*)$", html(site_of(muenster()), SECURITY_TXT), re.MULTILINE)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", expires)
    assert timedelta(0) < datetime.fromisoformat(expires) - NOW < timedelta(days=365)


@pytest.mark.parametrize(
    ("size_bytes", "german", "english"),
    [
        (0, "0 Bytes", "0 Bytes"),
        (1, "1 Byte", "1 Byte"),
        (1023, "1.023 Bytes", "1,023 Bytes"),
        (1024, "1 KB", "1 KB"),
        (1 << 20, "1 MB", "1 MB"),
        (24_536_678, "23,4 MB", "23.4 MB"),
    ],
)
def test_sizes_are_said_as_people_read_them(size_bytes, german, english):
    assert (bytes_text(size_bytes), bytes_text(size_bytes, Language.EN)) == (german, english)
