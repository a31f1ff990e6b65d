# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What machines read: the JSON twin and its schema, JSON-LD, vCard, feed, sitemap, security.txt, and the PDF."""

import io
import json
import re
from datetime import datetime
from xml.etree import ElementTree as ET

import pikepdf
import pypdfium2
import pytest

from poststelle.core.page import render
from poststelle.core.policy import Language
from poststelle.faces.web.site.twin import Twin
from support.policies import policy_folder
from support.web import BASE_URL, NOW, a_certificate, an_edition, authorities, furnished

TWIN = "/.well-known/zugangseroeffnung.json"


def test_the_twin_states_the_very_values_that_are_enforced():
    policy = policy_folder().editions[0].policy
    said = furnished().get(TWIN).json()
    assert said["channels"]["email"]["size_limit_bytes"] == policy.email.size.limit_bytes
    assert {one["extension"] for one in said["channels"]["email"]["formats"]} == {
        one.value for one in policy.email.accepted_formats
    }
    assert said["channels"]["bebpo"]["max_files"] == policy.bebpo.max_files
    assert {one["address"] for one in said["addresses"]} == {one.address for one in policy.addresses}
    assert said["safe_id"] == policy.mailbox.safe_id
    assert said["edition"]["sha256"] == policy_folder().editions[0].hash


def test_the_twin_holds_every_clause_in_the_words_of_the_page():
    policy = policy_folder().editions[0].policy
    clauses = furnished().get(TWIN).json()["clauses"]
    assert clauses.keys() == policy.clauses.keys()
    assert clauses["attachments.total"]["text"]["de"] == render(policy, "attachments.total", Language.DE, {})


def test_the_twin_holds_against_its_published_schema():
    client = furnished(certificates=lambda _authority, _at: (a_certificate(),))
    said = client.get(TWIN).json()
    schema = client.get(said["$schema"].removeprefix(BASE_URL)).json()
    assert Twin.model_validate(said).edition.number == 1
    assert set(schema["required"]) <= set(said) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_the_address_of_a_certificate_in_the_twin_serves_it():
    client = furnished(certificates=lambda _authority, _at: (a_certificate(),))
    (one,) = client.get(TWIN).json()["certificates"]
    assert client.get(one["url"].removeprefix(BASE_URL)).content == a_certificate().content


def test_the_page_names_the_office_for_search_engines_and_cannot_break_out_of_the_script():
    text = furnished().get("/kontakt").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)[1]
    said = json.loads(block)
    assert said["@type"] == "GovernmentOffice"
    assert said["address"]["postalCode"] == "48127"
    assert "<" not in block


def test_the_vcard_is_one_with_lines_ended_as_the_rfc_asks():
    response = furnished().get("/kontakt.vcf")
    lines = response.content.decode().split("\r\n")
    assert (lines[0], lines[1], lines[-2]) == ("BEGIN:VCARD", "VERSION:4.0", "END:VCARD")
    assert "ADR;TYPE=work:;;;Münster;;48127;Deutschland" in lines
    assert response.headers["Content-Disposition"] == 'attachment; filename="muenster.vcf"'


def test_the_feed_has_an_entry_for_each_edition_that_began_newest_first():
    editions = (an_edition("2026-01-01", 1), an_edition("2026-10-01", 2, "30 MB"), an_edition("2027-01-01", 3))
    feed = ET.fromstring(furnished(authorities=authorities(*editions)).get("/kontakt/fassungen.atom").content)
    entries = feed.findall("{*}entry")
    assert [one.find("{*}id").text for one in entries] == [
        f"{BASE_URL}/kontakt/fassung/2026-10-01",
        f"{BASE_URL}/kontakt/fassung/2026-01-01",
    ]
    assert "20 MB → 30 MB" in entries[0].find("{*}summary").text
    assert feed.find("{*}updated").text == entries[0].find("{*}updated").text


def test_the_sitemap_names_pages_that_exist_with_their_languages():
    client = furnished()
    places = [one.text for one in ET.fromstring(client.get("/sitemap.xml").content).findall(".//{*}loc")]
    assert len(places) == len(set(places))
    assert {place: client.get(place.removeprefix(BASE_URL)).status_code for place in places} == dict.fromkeys(
        places, 200
    )
    assert f"{BASE_URL}/leicht/kontakt" in places


def test_security_txt_expires_in_less_than_a_year():
    text = furnished().get("/.well-known/security.txt").content.decode()
    expires = datetime.fromisoformat(re.search(r"^Expires: (.+)$", text, re.MULTILINE)[1])
    assert 30 < (expires - NOW).days < 365
    assert "Contact: mailto:it-sicherheit@" in text


@pytest.mark.parametrize(("path", "lang"), [("/telefonverzeichnis.pdf", "de"), ("/en/telefonverzeichnis.pdf", "en")])
def test_the_directory_as_pdf_is_tagged_for_screen_readers(path, lang):
    content = furnished().get(path).content
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == lang
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "Münster" in metadata["dc:title"]


def test_the_pdf_holds_every_number_of_the_page():
    client = furnished()
    document = pypdfium2.PdfDocument(client.get("/telefonverzeichnis.pdf").content)
    text = " ".join(page.get_textpage().get_text_range() for page in document).replace("\r\n", " ")
    document.close()
    directory = policy_folder().directory
    assert [one.phone for one in (*directory.offices, *directory.persons) if one.phone not in text] == []
    invented = [one for one in (*directory.offices, *directory.persons) if one.is_demo]
    assert text.count("(Beispiel)") == len(invented)


def test_the_size_of_the_pdf_is_shown_as_it_is():
    client = furnished()
    size_kb = f"{len(client.get('/telefonverzeichnis.pdf').content) / 1024:.0f} KB"
    for path in ("/kontakt", "/telefonverzeichnis"):
        assert size_kb in client.get(path).content.decode()


def test_an_unchanged_page_is_not_sent_again():
    client = furnished()
    etag = client.get("/telefonverzeichnis.pdf").headers["ETag"]
    assert client.get("/telefonverzeichnis.pdf", headers={"if-none-match": etag}).status_code == 304
