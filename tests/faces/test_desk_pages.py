# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk as a browser gets it: who sees what, from the outside, and what each form does."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from poststelle.application.desk import labels
from poststelle.application.desk.lists import TASKS, WorkList
from poststelle.application.desk.viewer import Role
from poststelle.application.key_health import KeyTerm
from poststelle.application.keyring import KeyState
from poststelle.core.document_signature import DocumentForm, DocumentSignature, Listing, ListStanding, Qualified
from poststelle.core.facts import Announced
from poststelle.core.signature import Chain, Encryption, Signature
from poststelle.core.verdict import TaskKind
from poststelle.faces.web.desk.deeds import DEEDS
from poststelle.faces.web.desk.files import announced_lines
from support.builders import a_file, a_signer, an_inspection, encrypted, signed
from support.desk_house import MUENSTER, PASSWORD, desk_rig

SECRET = "Mobbing im Amt 32"
SEALED = "personalrat@stadt-muenster.example"


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def paula(rig):
    return rig.client("paula")


def a_mail(subject: str, text: str = "Guten Tag", name: str = "") -> bytes:
    head = f"From: Erika Klein <erika@buerger.example>\r\nTo: x@stadt-muenster.example\r\nSubject: {subject}\r\n"
    head += "Date: Wed, 04 Mar 2026 09:00:00 +0100\r\nMessage-ID: <m@buerger.example>\r\nMIME-Version: 1.0\r\n"
    if not name:
        return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n".encode()
    return (
        f'{head}Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        f'{text}\r\n--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename="{name}"\r\n\r\n'
        "Liste\r\n--b--\r\n"
    ).encode()


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def rows(client, path):
    """References of the messages that a list shows."""
    return re.findall(r'<a href="/desk/nachricht/(PS-[\w-]+)" data-row', page(client, path))


def do(client, reference, deed, **fields: object):
    return client.post(f"/desk/nachricht/{reference}/tat/{deed}", fields)


# Signing in.


def test_nothing_of_the_desk_is_shown_before_signing_in(rig):
    reference = rig.sample_arrives("pdf-and-docx")
    paths = ["/desk/", "/desk/verbleib", *(f"/desk/liste/{one.value}" for one in WorkList)]
    paths += [f"/desk/nachricht/{reference}{part}" for part in ("", "/druck", "/html", "/datei/1", "/ansicht/1")]
    for path in paths:
        answer = Client().get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/desk/anmelden"), path
    for deed in DEEDS:
        assert Client().post(f"/desk/nachricht/{reference}/tat/{deed}").status_code == 302
    assert Client().post("/desk/auswahl").status_code == 302


def test_an_act_needs_the_form_s_token(rig):
    reference = rig.sample_arrives("gtube")
    careless = rig.client("paula", enforce_csrf_checks=False)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = careless.cookies
    assert do(strict, reference, "freigeben").status_code == 403
    assert do(careless, reference, "freigeben").status_code == 302


def test_five_failures_lock_the_name_for_a_while(rig):
    for _ in range(5):
        assert Client().post("/desk/anmelden", {"name": "paula", "kennwort": "falsch"}).status_code == 403
    refused = Client().post("/desk/anmelden", {"name": "PAULA", "kennwort": PASSWORD})
    assert "Zu viele Fehlversuche" in refused.content.decode()
    rig.clock.advance(minutes=16)
    assert Client().post("/desk/anmelden", {"name": "paula", "kennwort": PASSWORD}).status_code == 302


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "/kontakt", "/desk/verbleib"])
def test_after_signing_in_one_stays_at_the_desk(rig, target):
    answer = Client().post("/desk/anmelden", {"name": "paula", "kennwort": PASSWORD, "weiter": target})
    assert answer.headers["Location"] == (target if target == "/desk/verbleib" else "/desk/")


def test_an_account_without_a_role_sees_nothing(rig):
    from poststelle.records.accounts import add_account

    add_account(rig.database, "niemand", PASSWORD)
    assert rig.client("niemand").get("/desk/liste/posteingang").status_code == 403


def test_a_role_that_has_ended_ends_at_once(rig):
    today = rig.clock.now().date()
    rig.employ("petra", Role.AUDIT, valid_until=today)
    petra = rig.client("petra")
    assert page(petra, "/desk/liste/posteingang")
    rig.clock.advance(days=1)
    assert petra.get("/desk/liste/posteingang").status_code == 403


def test_pages_of_the_desk_are_kept_by_no_cache_and_framed_by_nobody(rig, paula):
    answer = paula.get(f"/desk/nachricht/{rig.sample_arrives('html-only')}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


# Who sees what.


@pytest.mark.parametrize(
    ("role", "office", "reads", "tracks"),
    [
        (Role.MAILROOM, "", True, True),
        (Role.CLERK, "ordnungsamt", True, True),
        (Role.CLERK, "sozialamt", False, False),
        (Role.LEAD, "ordnungsamt", True, True),
        (Role.LEAD, "sozialamt", False, False),
        (Role.AUDIT, "", True, True),
        (Role.ADMIN, "", False, True),
    ],
    ids=str,
)
def test_an_office_sees_its_own_messages_only(rig, role, office, reads, tracks):
    reference = rig.arrives(a_mail("Amt 32 - Fundbuero", "Mein Fahrrad ist grün", "liste.txt"), CENTRAL)
    rig.employ("otto", role, office)
    otto = rig.client("otto")
    listed = otto.get("/desk/liste/posteingang")
    assert (reference in listed.content.decode()) == reads
    assert (reference in rows(otto, "/desk/verbleib")) == tracks
    shown = otto.get(f"/desk/nachricht/{reference}")
    assert shown.status_code == (200 if tracks else 404)
    assert ("Fahrrad" in shown.content.decode()) == reads
    assert ("Fundbuero" in shown.content.decode()) == reads
    for part in ("/druck", "/html", "/datei/1", "/ansicht/1"):
        assert (otto.get(f"/desk/nachricht/{reference}{part}").status_code == 200) == reads, part


CENTRAL = "stadtverwaltung@stadt-muenster.example"


@pytest.mark.parametrize("role", [Role.MAILROOM, Role.AUDIT, Role.ADMIN])
def test_of_a_sealed_office_others_see_the_envelope_only(rig, role):
    reference = rig.arrives(a_mail(SECRET, "Vertraulich: Zimmer 12", "vorwurf.txt"), SEALED)
    rig.employ("otto", role)
    otto = rig.client("otto")
    seen = [otto.get(path).content.decode() for path in ("/desk/liste/posteingang", "/desk/verbleib")]
    answer = otto.get(f"/desk/nachricht/{reference}")
    seen.append(answer.content.decode())
    assert answer.status_code == 200
    assert reference in seen[1]
    assert not [word for text in seen for word in (SECRET, "Mobbing", "Vertraulich", "vorwurf") if word in text]
    for part in ("/druck", "/html", "/datei/1", "/ansicht/1"):
        assert otto.get(f"/desk/nachricht/{reference}{part}").status_code == 404, part


@pytest.mark.parametrize("text", ["Mobbing", "vorwurf", "Klein"], ids=["subject", "file name", "display name"])
def test_a_sealed_message_is_not_found_by_its_content(rig, paula, text):
    reference = rig.arrives(a_mail(SECRET, "x", "vorwurf.txt"), SEALED)
    rig.employ("vera", Role.CLERK, "personalrat")
    assert rows(paula, f"/desk/liste/posteingang?q={text}") == []
    assert rows(rig.client("vera"), f"/desk/liste/posteingang?q={text}") == [reference]
    assert rows(paula, "/desk/liste/posteingang?q=erika@buerger.example") == [reference]


def test_whoever_a_sealed_message_was_also_sent_to_reads_it(rig):
    reference = rig.arrives(a_mail(SECRET), SEALED, "ordnungsamt@stadt-muenster.example")
    rig.employ("arne", Role.CLERK, "ordnungsamt")
    assert SECRET in page(rig.client("arne"), f"/desk/nachricht/{reference}")
    assert SECRET not in page(rig.client("paula"), f"/desk/nachricht/{reference}")


@pytest.mark.parametrize("role", [Role.AUDIT, Role.LEAD, Role.ADMIN])
def test_who_only_reads_is_offered_no_form_and_may_send_none(rig, role):
    reference = rig.sample_arrives("gtube")
    rig.employ("otto", role, "ordnungsamt" if role is Role.LEAD else "")
    otto = rig.client("otto")
    assert "/tat/" not in page(otto, f"/desk/nachricht/{reference}")
    refused = {deed: do(otto, reference, deed, grund="x").status_code for deed in sorted(set(DEEDS) - _WANTING)}
    assert set(refused.values()) == {403}, refused
    assert rows(paula_of(rig), "/desk/liste/quarantaene") == [reference]


_WANTING = {"aufgabe", "geantwortet", "zustimmung", "erneut-pruefen"}
"""Deeds that ask for more fields before anything else, or are not offered here."""


def paula_of(rig):
    return rig.client("paula")


# Lists.


def test_every_message_stands_in_the_lists_it_belongs_to(rig, paula):
    where = {
        "subject-by-number": {"posteingang"},
        "no-clue": {"posteingang", "ungeklaert"},
        "gtube": {"quarantaene"},
        "docm": {"posteingang", "nicht-verarbeitbar"},
        "macro-of-a-stranger": {"posteingang", "nicht-verarbeitbar", "rueckmeldung"},
        "widerspruch-withheld": {"posteingang", "nicht-verarbeitbar", "fristverdacht"},
        "ambiguous": set(),
        "eicar": set(),
    }
    references = {rig.sample_arrives(name): name for name in where}
    found: dict[str, set[str]] = {name: set() for name in where}
    for which in WorkList:
        for reference in rows(paula, f"/desk/liste/{which.value}"):
            found[references[reference]].add(which.value)
    assert found == where
    assert {references[one] for one in rows(paula, "/desk/verbleib")} == set(where)


def test_every_kind_of_task_has_a_name_and_a_list():
    listed = {kind for kinds in TASKS.values() for kind in kinds}
    assert listed | {TaskKind.DECIDE_HOLD} == set(TaskKind)
    assert {kind.value for kind in TaskKind} == set(labels.TASKS)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Wohngeld", {"docm"}),
        ("q=formular.docm", {"docm"}),
        ("q=%25", set()),
        ("q=%00", {"docm", "subject-by-number"}),
        ("amt=ordnungsamt", {"subject-by-number"}),
        ("kanal=bebpo", set()),
        ("von=2026-03-05", set()),
        ("bis=2026-03-04", {"docm", "subject-by-number"}),
        ("von=gestern&vor=irgendwann", {"docm", "subject-by-number"}),
        ("von=0001-01-01&bis=9999-12-31", {"docm", "subject-by-number"}),
        (f"vor=0001-01-01T00:00%2B05:00~1&vor=2026-03-04T23:00~{'9' * 30}", {"docm", "subject-by-number"}),
        (f"vor=2026-03-04T23:00~{'9' * 5000}", {"docm", "subject-by-number"}),
    ],
)
def test_filters_are_addresses(rig, paula, query, found):
    names = {rig.sample_arrives(name): name for name in ("subject-by-number", "docm")}
    assert {names[one] for one in rows(paula, f"/desk/liste/posteingang?{query}")} == found


def test_pages_follow_one_another_without_gap_or_twin(rig, paula):
    references = [rig.arrives(a_mail(f"Amt 32 - Nr {number}"), CENTRAL) for number in range(53)]
    first = page(paula, "/desk/liste/posteingang")
    older = re.search(r'href="([^"]+)" rel="next"', first)[1].replace("&amp;", "&")
    assert [*rows(paula, "/desk/liste/posteingang"), *rows(paula, older)] == references[::-1]


def test_several_messages_are_marked_at_once(rig, paula):
    references = [rig.sample_arrives(name) for name in ("subject-by-number", "docm", "gtube")]
    answer = paula.post("/desk/auswahl", {"wahl": references, "tat": "erledigt", "zurueck": "/desk/liste/posteingang"})
    assert answer.headers["Location"] == "/desk/liste/posteingang"
    said = page(paula, "/desk/liste/erledigt")
    assert "2 Nachrichten erledigt." in said
    assert set(rows(paula, "/desk/liste/erledigt")) == set(references[:2])
    assert rows(paula, "/desk/liste/quarantaene") == references[2:]


def test_nobody_marks_what_another_office_has(rig):
    reference = rig.sample_arrives("subject-by-number")
    rig.employ("sofie", Role.CLERK, "sozialamt")
    rig.client("sofie").post("/desk/auswahl", {"wahl": [reference], "tat": "erledigt"})
    assert rows(rig.client("paula"), "/desk/liste/posteingang") == [reference]


# One message.


def test_a_message_shows_why_what_helps_and_the_published_sentence(rig, paula):
    shown = page(paula, f"/desk/nachricht/{rig.sample_arrives('docm')}")
    for part in ("Die Datei enthält Makros.", "ohne Makros", "/kontakt/fassung/2026-01-01#attachments.macros"):
        assert part in shown
    assert "Rückmeldungen an den Absender" in shown


@pytest.mark.parametrize(
    ("announced", "came", "is_here"),
    [("Schreiben 1", "Schreiben 1.pdf", True), ("an\u200btrag.pdf", "antrag.pdf", True), ("a.pdf", "a.docx", False)],
    ids=["without an extension", "an invisible sign", "another format"],
)
def test_a_document_that_the_rule_finds_is_not_called_missing(announced, came, is_here):
    seen = an_inspection(a_file(came), announced=(Announced(announced, "xjustiz"),))
    assert [line.is_here for line in announced_lines(seen)] == [is_here]


def test_the_history_names_each_sentence_by_its_heading_and_stands_after_the_tasks(rig, paula):
    shown = page(paula, f"/desk/nachricht/{rig.sample_arrives('macro-of-a-stranger')}")
    before, after = shown.split('id="h-history"')
    assert 'id="h-tasks"' in before
    assert '<a href="/kontakt/fassung/2026-01-01#attachments.macros" class="clause-link">Keine Makros</a>' in after


def test_opening_marks_as_read_for_those_who_work(rig, paula):
    reference = rig.sample_arrives("subject-by-number")
    rig.employ("petra", Role.AUDIT)
    page(rig.client("petra"), f"/desk/nachricht/{reference}")
    assert "ungelesen:" in page(paula, "/desk/liste/posteingang")
    page(paula, f"/desk/nachricht/{reference}")
    assert "ungelesen:" not in page(paula, "/desk/liste/posteingang")


def test_an_accepted_file_is_saved_and_a_withheld_one_stays(rig, paula):
    reference = rig.sample_arrives("macro-of-a-stranger")
    shown = page(paula, f"/desk/nachricht/{reference}")
    numbers = [int(one) for one in re.findall(r"/datei/(\d+)", shown)]
    assert len(numbers) == 1
    answer = paula.get(f"/desk/nachricht/{reference}/datei/{numbers[0]}")
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    others = [paula.get(f"/desk/nachricht/{reference}/datei/{one}").status_code for one in (0, 1, 2, 3, 99)]
    assert others.count(200) == 1


def test_a_file_is_looked_at_as_pictures_and_words_made_anew(rig, paula):
    reference = rig.sample_arrives("pdf-and-docx")
    numbers = re.findall(
        rf'href="/desk/nachricht/{reference}/ansicht/(\d+)"', page(paula, f"/desk/nachricht/{reference}")
    )
    assert len(numbers) == 2
    shown = page(paula, f"/desk/nachricht/{reference}/ansicht/{numbers[0]}")
    assert '<img src="data:image/png;base64,' in shown
    assert 'alt="Seite 1 von 1' in shown
    assert '<h2 id="h-words">Text</h2>' in shown


def test_a_withheld_file_can_be_looked_at_and_not_be_fetched(rig, paula):
    reference = rig.sample_arrives("rtf")
    (number,) = re.findall(r"/ansicht/(\d+)", page(paula, f"/desk/nachricht/{reference}"))
    assert paula.get(f"/desk/nachricht/{reference}/datei/{number}").status_code == 404
    assert "kann hier nicht angezeigt werden" in page(paula, f"/desk/nachricht/{reference}/ansicht/{number}")


@pytest.mark.parametrize("asked", ["0", "-1", "x", "9" * 40, "²", ""])
def test_whatever_page_is_asked_for_the_first_is_shown(rig, paula, asked):
    reference = rig.sample_arrives("pdf-and-docx")
    answer = paula.get(f"/desk/nachricht/{reference}/ansicht/1", {"seite": asked})
    assert answer.status_code == 200
    assert "Seite 1 von 1" in answer.content.decode()


def test_nothing_is_shown_of_a_held_message_or_of_no_file(rig, paula):
    held, open_one = rig.sample_arrives("gtube"), rig.sample_arrives("pdf-and-docx")
    for path in (f"{held}/ansicht/1", f"{open_one}/ansicht/0", f"{open_one}/ansicht/99", "PS-0000-0000-0000/ansicht/1"):
        assert paula.get(f"/desk/nachricht/{path}").status_code == 404


def test_no_file_leaves_a_held_message(rig, paula):
    held = rig.arrives(
        a_mail("XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X", "x", "liste.txt"), CENTRAL
    )
    assert rows(paula, "/desk/liste/quarantaene") == [held]
    assert paula.get(f"/desk/nachricht/{held}/datei/1").status_code == 404
    do(paula, held, "freigeben")
    assert paula.get(f"/desk/nachricht/{held}/datei/1").status_code == 200


def test_a_hold_is_released_in_the_browser(rig, paula):
    reference = rig.sample_arrives("gtube")
    assert do(paula, reference, "freigeben", grund="Preisausschreiben").status_code == 302
    shown = page(paula, f"/desk/nachricht/{reference}")
    assert "Freigegeben." in shown
    assert "Preisausschreiben" in shown
    do(paula, reference, "freigeben")
    assert "inzwischen jemand anders" in page(paula, f"/desk/nachricht/{reference}")


@pytest.mark.parametrize("is_encrypted", [True, False], ids=["encrypted", "only signed"])
def test_what_was_opened_here_and_goes_to_no_mailbox_says_so(rig, paula, is_encrypted):
    shown = page(paula, f"/desk/nachricht/{rig.signed_arrives(signed(encrypted=is_encrypted, signer=a_signer()))}")
    assert ("geht an kein Postfach" in shown) is is_encrypted
    assert ("Zustellung an ordnungsamt@" in shown) is not is_encrypted


def test_every_truth_of_a_signature_is_its_own_line(rig, paula):
    signer = a_signer(emails=("erika.mustermann@buerger.example",))
    reference = rig.signed_arrives(signed(signer=signer))
    shown = page(paula, f"/desk/nachricht/{reference}")
    lines = re.findall(r"<dt>([^<]+)</dt><dd><span class=\"mark", shown)
    assert lines[:6] == ["Verschlüsselung", "Signatur", "Zertifikat", "Absenderadresse", "Umfang", "Identität"]
    assert "noch nicht akzeptiert" in shown
    do(paula, reference, "identitaet", person="Erika Mustermann", weg="in-person")
    shown = page(paula, f"/desk/nachricht/{reference}")
    assert "Die Identität wurde einmalig geprüft." in shown
    do(paula, reference, "identitaet-widerrufen", grund="Schlüssel verloren")
    assert "wurde widerrufen" in page(paula, f"/desk/nachricht/{reference}")


def test_what_a_trust_list_says_of_a_signed_document_is_shown_and_kept_with_the_message(rig, paula):
    until = "2026-01-31"
    listing = Listing(
        Qualified.YES,
        ListStanding.GRANTED,
        Chain.OK,
        "Muster CA",
        "2020-01-01",
        "DE",
        "2025-08-01",
        until,
        is_outdated=True,
    )
    document = DocumentSignature(
        ("antrag.pdf",), DocumentForm.PDF, Signature.OK, Chain.UNTRUSTED, signer=a_signer(), listing=listing
    )
    rig.inspector.documents = (document,)
    shown = page(paula, f"/desk/nachricht/{rig.sample_arrives('subject-by-number')}")
    assert "Nach der Vertrauensliste ist das Zertifikat qualifiziert" in shown
    assert f"Vertrauensliste DE, ausgestellt am 2025-08-01, nächste Ausgabe bis {until}." in shown
    assert "Die Signatur der Liste ist hier nicht geprüft" in shown
    assert "Diese Liste ist veraltet" in shown


def test_the_register_shows_who_was_checked_and_what_became_of_it(rig, paula):
    signer = a_signer(emails=("erika.mustermann@buerger.example",))
    reference = rig.signed_arrives(signed(signer=signer))
    assert "Noch niemand ist geprüft." in page(paula, "/desk/signaturen")
    do(paula, reference, "identitaet", person="Erika Mustermann", weg="known-voice", fingerabdruck="0000")
    assert "nicht der Fingerabdruck" in page(paula, f"/desk/nachricht/{reference}")
    heard = signer.certificate_sha256[:32]
    do(paula, reference, "identitaet", person="Erika Mustermann", weg="known-voice", fingerabdruck=heard)
    shown = page(paula, "/desk/signaturen")
    assert "Erika Mustermann" in shown
    assert "bekannte Stimme" in shown
    do(paula, reference, "identitaet-widerrufen", grund="Schlüssel verloren")
    shown = page(paula, "/desk/signaturen")
    assert "widerrufen" in shown
    assert "Erika Mustermann" in shown
    rig.employ("arno", Role.AUDIT)
    assert rig.client("arno").get("/desk/signaturen").status_code == 404


def test_a_certificate_that_ends_is_said_to_those_who_see_the_whole_authority(rig, paula):
    from dataclasses import replace

    from poststelle.faces.web import shelf

    def term(days: float) -> KeyTerm:
        return KeyTerm("post@stadt-muenster.example", "1", KeyState.CURRENT, days * 86_400)

    rig.employ("klara", Role.CLERK, "ordnungsamt")
    house = shelf.lent()
    for days, said in ((60, ""), (30, "läuft am 03.04.2026 ab"), (-1, "ist am 03.03.2026 abgelaufen")):
        shelf.furnish(replace(house, desk=replace(house.desk, key_terms=lambda days=days: (term(days),))))
        shown = page(paula, "/desk/liste/posteingang")
        assert (said in shown) if said else ("Zertifikat" not in shown)
        assert "Zertifikat" not in page(rig.client("klara"), "/desk/liste/posteingang")


def test_a_message_that_could_not_be_opened_is_offered_to_be_tried_again(rig, paula):
    from dataclasses import replace

    from poststelle.faces.web import shelf

    closed = rig.signed_arrives(encrypted(Encryption.NO_KEY))
    opened = rig.sample_arrives("subject-by-number")
    assert "erneut-pruefen" not in page(paula, f"/desk/nachricht/{closed}")  # nobody lent the means here
    tried = []
    house = shelf.lent()
    shelf.furnish(replace(house, desk=replace(house.desk, look_again=lambda *asked: tried.append(asked))))
    assert "erneut-pruefen" in page(paula, f"/desk/nachricht/{closed}")
    assert "erneut-pruefen" not in page(paula, f"/desk/nachricht/{opened}")
    do(paula, closed, "erneut-pruefen")
    assert tried == [("muenster", closed, rig.viewer("paula").account)]


def test_the_ready_text_names_the_files_and_opens_in_the_mail_program(rig, paula):
    shown = page(paula, f"/desk/nachricht/{rig.sample_arrives('macro-of-a-stranger')}")
    ready = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", shown, re.DOTALL)[1]
    assert "formular.docm" in ready
    assert 'href="mailto:otto@ohne-nachweis.example?subject=AW%3A' in shown


def test_a_notice_that_could_not_go_is_to_be_written_by_hand_and_says_so(rig, paula):
    reference = rig.sample_arrives("docm")
    for item in rig.records.outbox.claim(9, timedelta(minutes=5)):
        rig.records.outbox.failed(item, "550 5.6.7 no SMTPUTF8", None)
    shown = page(paula, f"/desk/nachricht/{reference}")
    assert "Die automatische Rückmeldung konnte dem Absender nicht zugestellt werden." in shown
    assert re.search(r"<textarea[^>]*readonly[^>]*>Guten Tag", shown)
    assert "Rückmeldung an den Absender aufgegeben." in shown
    assert reference in rows(paula, f"/desk/liste/{WorkList.FEEDBACK.value}")


def test_a_first_attempt_that_we_put_off_is_shown(rig, paula):
    from poststelle.application.ports import UnavailableError

    content = a_mail("Amt 32 - Frist")
    rig.inspector.is_away = True
    with pytest.raises(UnavailableError):
        rig.arrives(content, CENTRAL)
    rig.inspector.is_away = False
    assert "Erster Zustellversuch 04.03.2026" in page(paula, f"/desk/nachricht/{rig.arrives(content, CENTRAL)}")


def test_every_attempt_that_we_put_off_is_evidence_whether_or_not_it_was_repeated(rig, paula):
    import hashlib

    from poststelle.application.ports import UnavailableError

    never, twice = a_mail("Amt 32 - nie wieder"), a_mail("Amt 32 - Frist")
    rig.inspector.is_away = True
    for content, sender in (
        (never, "frist@kanzlei.example"),
        (twice, "erika@buerger.example"),
        (twice, "erika@buerger.example"),
    ):
        with pytest.raises(UnavailableError):
            rig.arrives(content, CENTRAL, sender=sender)
    rig.inspector.is_away = False
    reference = rig.arrives(twice, CENTRAL)
    shown = page(paula, "/desk/vertagt")
    assert shown.count("von uns vertagt") == 3
    assert shown.count("Bisher nicht wiederholt") == 1
    assert shown.count(reference) == 4, "a link with its text for each of both attempts"
    assert hashlib.sha256(never).hexdigest() in shown
    assert "frist@kanzlei.example" in shown
    assert "nie wieder" not in shown, "envelopes only"
    found = page(paula, f"/desk/vertagt?q={hashlib.sha256(never).hexdigest()}")
    assert found.count("von uns vertagt") == 1
    case = page(paula, f"/desk/nachricht/{reference}")
    assert case.count("Erster Zustellversuch 04.03.2026") == 1
    assert case.count("Weiterer Zustellversuch 04.03.2026") == 1


def test_deferred_attempts_are_for_those_who_see_the_whole_authority(rig):
    rig.employ("otto", Role.CLERK, "ordnungsamt")
    rig.employ("anna", Role.ADMIN)
    assert rig.client("otto").get("/desk/vertagt").status_code == 404
    assert "/desk/vertagt" not in page(rig.client("otto"), "/desk/liste/posteingang")
    assert page(rig.client("anna"), "/desk/vertagt")


def test_a_switch_for_hard_days_stands_on_every_page_until_it_is_off(rig, paula):
    from poststelle.application.switches import Flip, Switch

    assert "Notschalter" not in page(paula, "/desk/liste/posteingang")
    for is_on in (True, False):
        rig.records.switches.flip([Flip(MUENSTER, Switch.BYPASS, is_on, rig.clock.now(), "operator:root", "drill")])
        for path in ("/desk/liste/posteingang", "/desk/verbleib", "/desk/tasten"):
            assert ("Notschalter seit 04.03.2026" in page(paula, path)) == is_on, path


def test_hostile_names_and_subjects_are_shown_as_text(rig, paula):
    reference = rig.arrives(a_mail("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>.txt"), CENTRAL)
    for path in ("/desk/liste/posteingang", f"/desk/nachricht/{reference}", f"/desk/nachricht/{reference}/druck"):
        shown = page(paula, path)
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown


def test_the_html_of_a_message_has_a_policy_of_its_own(rig, paula):
    answer = paula.get(f"/desk/nachricht/{rig.sample_arrives('html-only')}/html")
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'")
    assert "allow-" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize("path", ["/desk/liste/unsinn", "/desk/nachricht/PS-0000", "/desk/nachricht/PS-0000/html"])
def test_what_there_is_not_is_not_found(paula, path):
    assert paula.get(path).status_code == 404


def test_the_history_says_why_a_sender_was_not_told(rig, paula):
    shown = page(paula, f"/desk/nachricht/{rig.sample_arrives('mailing-list')}")
    assert "Keine automatische Rückmeldung: die Nachricht " in shown
