# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The check before sending: the door's own verdict on all files as one message, in words, and nothing kept."""

import io
import json
import re
import tempfile
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from poststelle.core.arrival import Channel
from poststelle.faces.web.precheck import asking
from poststelle.faces.web.precheck.openapi import OPENAPI
from poststelle.faces.web.quota import Quota
from support.records import HandClock
from support.web import NOW, a_pool, furnished

TEXT = b"Sehr geehrte Damen und Herren,\r\nanbei mein Antrag.\r\n"
EXE = b"MZ" + bytes(300)


@pytest.fixture(scope="module")
def pool():
    with a_pool() as shared:
        yield shared


@pytest.fixture(autouse=True)
def fresh_quota():
    asking.QUOTA._buckets.clear()


def a_file(name="notiz.txt", content=TEXT):
    return SimpleUploadedFile(name, content, "application/octet-stream")


def a_zip(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def ask(pool, *files: SimpleUploadedFile, path="/api/v1/check", **fields: str):
    name = "file" if path.startswith("/api") else "datei"
    return furnished(pool).post(path, {name: list(files), **fields})


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1]))


def test_files_that_may_be_sent_are_told_so_with_the_address(pool):
    said = text_of(ask(pool, a_file(), path="/pruefen", amt="ordnungsamt"))
    assert "Ja, so können Sie das schicken." in said
    assert "ordnungsamt@stadt-muenster.example" in said
    assert "Amt 32 – Bußgeldstelle" in said


def test_each_file_is_told_its_fault_its_clause_and_its_remedy(pool):
    response = ask(pool, a_file(), a_file("programm.exe", EXE), path="/pruefen")
    said = text_of(response)
    assert "So bitte noch nicht." in said
    assert "programm.exe" in said
    assert "Das Dateiformat gehört nicht zu den zugelassenen." in said
    assert 'href="/kontakt#attachments.formats"' in response.content.decode()


def test_the_english_page_answers_in_english(pool):
    said = text_of(ask(pool, a_file("programm.exe", EXE), path="/en/pruefen"))
    assert "Not like this, please." in said
    assert "The file format" in said


def test_the_members_of_an_archive_are_judged_each(pool):
    answer = ask(pool, a_file("antrag.zip", a_zip(a_txt=TEXT, b_exe=EXE))).json()
    assert answer["verdict"] == "reject"
    assert {tuple(one["path"]): one["codes"] for one in answer["files"]}["antrag.zip", "b.exe"] == ["format"]


def states_of(response) -> dict[str, str]:
    """What is said of each file, by its name on the page."""
    html = response.content.decode()
    return dict(re.findall(r'<h3>([^<]+?) <span.*?<p class="state">(?:<[^>]+>)?(\S)', html, re.DOTALL))


def test_an_archive_is_not_called_fine_for_what_is_bad_in_it(pool):
    packed = a_file("antrag.zip", a_zip(a_txt=TEXT, b_zip=a_zip(c_exe=EXE)))
    assert states_of(ask(pool, packed, path="/pruefen")) == {
        "antrag.zip": "!",
        "antrag.zip › a.txt": "✓",
        "antrag.zip › b.zip": "!",
        "antrag.zip › b.zip › c.exe": "✗",
    }


def test_what_lies_in_an_archive_that_is_not_passed_on_is_not_called_fine(pool):
    packed = a_file("antrag.exe", EXE + a_zip(a_txt=TEXT))
    assert set(states_of(ask(pool, packed, path="/pruefen")).values()) == {"✗"}


@pytest.mark.parametrize(
    ("over_bytes", "shown"), [(0, "20 MB von höchstens 20 MB"), (1, "20,1 MB von"), (5 << 20, "25 MB von")]
)
def test_what_is_over_the_limit_is_never_shown_as_the_limit(pool, over_bytes, shown):
    files = [a_file("a.txt", b"a" * (10 << 20)), a_file("b.txt", b"b" * ((10 << 20) + over_bytes))]
    said = text_of(furnished(pool, precheck_limit_bytes=64 << 20).post("/pruefen", {"datei": files}))
    assert shown in said
    assert ("So bitte noch nicht." in said) == (over_bytes > 0)


def test_one_byte_is_one(pool):
    assert "(1 Byte)" in text_of(ask(pool, a_file("a.txt", b"a"), path="/pruefen"))


def test_the_limit_is_on_the_sum_of_the_files(pool):
    half = 11 * 1024 * 1024
    client = furnished(pool, precheck_limit_bytes=64 << 20)
    files = [a_file("a.txt", b"a" * half), a_file("b.txt", b"b" * half)]
    answer = client.post("/api/v1/check", {"file": files}).json()
    assert "size-total" in answer["codes"]
    assert answer["size_bytes"] == 2 * half
    alone = client.post("/api/v1/check", {"file": [a_file("a.txt", b"a" * half)]}).json()
    assert alone["verdict"] == "accept"


def test_the_channel_chosen_decides_the_rules(pool):
    big = b"a" * (21 << 20)
    client = furnished(pool, precheck_limit_bytes=64 << 20)
    by_channel = {
        channel: client.post("/api/v1/check", {"file": [a_file("a.txt", big)], "channel": channel.value}).json()
        for channel in Channel
    }
    assert {channel: one["verdict"] for channel, one in by_channel.items()} == {
        Channel.EMAIL: "reject",
        Channel.BEBPO: "accept",
    }


def test_two_files_of_one_name_stay_two(pool):
    answer = ask(pool, a_file("a.txt"), a_file("a.txt", EXE)).json()
    assert [one["path"] for one in answer["files"]] == [["a.txt"], ["a.txt (2)"]]
    assert answer["objections"][0]["path"] == ["a.txt (2)"]
    assert answer["name"] == "", "one file alone gives its name"


def test_a_whole_message_is_read_as_one(pool):
    mail = (
        b"From: erika@buerger.example\r\nTo: post@stadt-muenster.example\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nHallo\r\n--b\r\n'
        b'Content-Type: application/octet-stream; name="x.exe"\r\nContent-Transfer-Encoding: base64\r\n\r\nTVoAAAAA'
        b"\r\n--b--\r\n"
    )
    answer = ask(pool, a_file("antrag.eml", mail)).json()
    assert answer["format"] == "eml"
    assert ["x.exe"] in [one["path"] for one in answer["objections"]]


def test_a_message_saved_with_the_line_ends_of_unix_is_the_same_message(pool):
    mail = (
        b"From: erika@buerger.example\nTo: post@stadt-muenster.example\nSubject: Antrag\nMIME-Version: 1.0\n\nHallo\n"
    )
    by_unix, by_wire = (
        ask(pool, a_file("antrag.eml", content)).json() for content in (mail, mail.replace(b"\n", b"\r\n"))
    )
    assert by_unix == by_wire
    assert by_wire["verdict"] == "accept"


def test_a_message_among_other_files_is_one_attachment_of_several(pool):
    mail = b"From: erika@buerger.example\r\nSubject: Antrag\r\n\r\nHallo\r\n"
    paths = [tuple(one["path"]) for one in ask(pool, a_file("antrag.eml", mail), a_file("b.txt")).json()["files"]]
    assert ("antrag.eml",) in paths
    assert ("b.txt",) in paths


def test_encrypted_input_is_not_checkable_and_never_clean(pool):
    smime = (
        b"From: erika@buerger.example\r\nTo: post@stadt-muenster.example\r\nSubject: geheim\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name="smime.p7m"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nMIIBJgYJKoZIhvcNAQcDoIIBFzCCARMCAQAxADCCAQ==\r\n"
    )
    said = text_of(ask(pool, a_file("geheim.eml", smime), path="/pruefen"))
    assert "Ja, so können Sie" not in said


def test_the_pool_behind_the_check_has_no_keyholder_and_no_scanner(pool):
    assert pool._keyholder is None
    assert type(pool._scanner).__name__ == "NoScanner"


@pytest.mark.django_db
def test_nothing_is_stored_no_row_and_no_file(pool, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    tables = connection.introspection.table_names()

    def rows():
        with connection.cursor() as cursor:
            return {name: cursor.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in tables}

    before, temporary = rows(), set(Path(tempfile.gettempdir()).iterdir())
    assert ask(pool, a_file("gross.txt", b"a" * (2 << 20)), path="/pruefen").status_code == 200
    assert rows() == before
    assert list(tmp_path.iterdir()) == []
    left = {path for path in set(Path(tempfile.gettempdir()).iterdir()) - temporary if "upload" in path.name}
    assert left == set()


def test_no_cookie_is_set_and_no_answer_is_kept_by_a_cache(pool):
    response = ask(pool, a_file(), path="/pruefen")
    assert dict(response.cookies) == {}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/pruefen", "/api/v1/check"])
def test_without_a_file_the_form_says_what_to_do(path):
    response = furnished().post(path, {})
    assert response.status_code == 400
    assert "mindestens eine Datei" in response.content.decode()


def test_what_is_larger_than_the_page_takes_is_told_the_limit(pool):
    response = ask(pool, a_file("gross.txt", b"a" * (3 << 20) + b"b"), path="/pruefen")
    assert response.status_code == 413
    assert "höchstens 3 MB" in response.content.decode()


def test_what_is_as_large_as_the_page_takes_is_looked_at(pool):
    assert ask(pool, a_file("gross.txt", b"a" * (3 << 20))).status_code == 200


@pytest.mark.parametrize("fields", [{f"f{number}": "x" for number in range(600)}, {"channel": "x" * (300 << 10)}])
def test_a_form_of_too_many_or_too_large_fields_is_answered_politely(pool, fields):
    response = ask(pool, a_file(), **fields)
    assert (response.status_code, response.json()["error"]) == (400, "unreadable-form")


@pytest.mark.parametrize("count", [51, 101])
def test_more_than_fifty_files_are_refused(pool, count):
    response = ask(pool, *(a_file(f"{number}.txt") for number in range(count)))
    assert (response.status_code, response.json()["error"]) == (400, "too-many-files")
    assert "höchstens 50 Dateien" in response.json()["sentence"]


def test_fifty_files_are_taken(pool):
    assert ask(pool, *(a_file(f"{number}.txt") for number in range(50))).status_code == 200


def test_what_was_chosen_stays_chosen_where_nothing_could_be_checked(pool):
    html = furnished(pool).post("/pruefen", {"kanal": "bebpo", "amt": "ordnungsamt"}).content.decode()
    assert 'value="bebpo" checked' in html
    assert 'value="ordnungsamt" selected' in html
    assert "<title>Nichts geprüft:" in html


def test_a_form_that_broke_off_is_answered_politely():
    client = furnished()
    response = client.generic("POST", "/pruefen", b"--x\r\nnonsense", "multipart/form-data; boundary=")
    assert response.status_code == 400
    assert "kam unvollständig an" in response.content.decode()


def test_who_asks_too_often_is_told_when_to_come_back(pool):
    client, quota = furnished(pool), asking.QUOTA
    for _ in range(quota._burst):
        assert quota.take("127.0.0.1", NOW) == 0.0
    response = client.post("/api/v1/check", {"file": [a_file()]})
    assert response.status_code == 429
    assert response.headers["Retry-After"] == "16"


def test_the_quota_fills_again_with_time_and_counts_each_neighbourhood_alone():
    clock, quota = HandClock(NOW), Quota(burst=2, refill_seconds=10)
    assert [quota.take("192.0.2.1", clock.now()) for _ in range(3)] == [0.0, 0.0, 10.0]
    assert quota.take("192.0.2.2", clock.now()) == 0.0
    clock.advance(seconds=10)
    assert quota.take("192.0.2.1", clock.now()) == 0.0


def test_the_quota_forgets_so_that_a_flood_of_addresses_cannot_fill_the_memory():
    quota = Quota(burst=2, refill_seconds=10, most_addresses=100)
    for number in range(1000):
        quota.take(f"10.0.{number // 256}.{number % 256}", NOW)
    assert len(quota) <= 100


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "a\x00b.txt", "ä" * 300 + ".txt", "\u202efdp.exe", "<b>.txt", "CON"]
)
def test_no_file_name_breaks_the_page(pool, name):
    response = ask(pool, a_file(name), path="/pruefen")
    assert response.status_code in {200, 400}
    assert "<b>.txt" not in response.content.decode()


def test_the_answer_holds_against_the_published_description(pool):
    answer = ask(pool, a_file("antrag.zip", a_zip(a_txt=TEXT, b_exe=EXE))).json()
    schemas = furnished().get("/api/v1/openapi.json").json()["components"]["schemas"]
    assert schemas == json.loads(json.dumps(OPENAPI["components"]["schemas"]))
    described = {"Checked": [answer], "File": answer["files"], "Objection": answer["objections"]}
    for name, entries in described.items():
        for entry in entries:
            assert set(schemas[name]["required"]) <= set(entry) <= set(schemas[name]["properties"])
    assert answer["objections"]


def test_the_worker_s_death_is_our_fault_and_said_so(pool):
    class Lost:
        def inspect_file(self, content, name, deadline_seconds):
            from poststelle.application.ports import UnavailableError

            raise UnavailableError("no inspector was free in time")

    response = furnished(Lost()).post("/pruefen", {"datei": [a_file()]})
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "ausgelastet" in response.content.decode()


def test_the_temporary_files_of_the_request_are_closed(pool):
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        ask(pool, a_file("gross.txt", b"a" * (2 << 20)))
    assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1
