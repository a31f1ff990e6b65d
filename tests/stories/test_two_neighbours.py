# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two authorities with the same rules behind one real gateway: what each says, signs, opens, counts and gets back is its own."""

import http.client
import json
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509 import RFC822Name, SubjectAlternativeName

from poststelle.adapters.keyring import KeyFolder
from poststelle.application.keyring import current
from poststelle.application.synthetic.packages import docm
from poststelle.core.signature import Encryption
from poststelle.records.database import attach, detach
from poststelle.records.queries import journal_of, message_by_reference
from support.egvp_folders import a_folder, dropped
from support.gateway import Gateway, eventually
from support.posted import REFERENCE
from support.recorded import message_list, open_tasks
from support.smime_mails import TEXT, MailProgram, attached, in_parts, message
from support.two_authorities import CITY, CITY_SAFE_ID, NEIGHBOUR, NEIGHBOUR_SAFE_ID, Party, twins, two_authorities

BOTH = (CITY, NEIGHBOUR)
SAFE_IDS = {CITY: CITY_SAFE_ID, NEIGHBOUR: NEIGHBOUR_SAFE_ID}
HOST = "mx.rechenzentrum.example"
"""Of neither: what all mail servers of the installation are called."""
SMALL_LIMIT = "5 MB"
FOREIGN = {CITY: ("nachbarn",), NEIGHBOUR: ("münster", "muenster", "m=c3=bcnster")}
"""What nobody reads who has to do with the one alone."""


@dataclass(frozen=True)
class Told:
    """What came of a message: of its sender's, the answer at the door; of ours, the record."""

    code: int
    text: str
    reference: str


@dataclass
class Installation:
    """The gateway, and its records."""

    gateway: Gateway
    records: object
    drop: object

    def hand_in(self, content: bytes, to: str, sender: str) -> Told:
        with self.gateway.session() as client:
            client.ehlo("mx.example.org")
            client.mail(sender)
            client.rcpt(to)
            code, said = client.data(content)
        found = REFERENCE.search(said.decode())
        return Told(code, said.decode(), found.group() if found else "")

    def kinds(self, party: Party, reference: str) -> list[str]:
        return [line.leaf.kind for line in journal_of(self.records, party.id, reference)]

    def certificate(self, party: Party) -> bytes:
        found = current(KeyFolder(self.gateway.folder / "keys").ring(), f"post@{party.domain}")
        assert found is not None
        return found.certificate


@pytest.fixture(scope="module")
def here(tmp_path_factory, django_db_blocker):
    place = tmp_path_factory.mktemp("neighbours")
    drop = place / "drop"
    drop.mkdir()
    folders = twins(place / "policies", ("per_sender_per_day = 5", "per_sender_per_day = 1"))
    (edition,) = (place / "policies" / NEIGHBOUR.id).glob("2026*.toml")
    edition.write_text(edition.read_text().replace('limit = "20 MB"', f'limit = "{SMALL_LIMIT}"', 1))
    waits = {"poll_seconds": 0.2, "settle_seconds": 0.2, "patience_seconds": 2.0}
    changes = {
        "house": {"policies": folders, "hostname": HOST},
        "bebpo": {"folder": drop, "trusted": True, **waits},
    }
    with two_authorities(place / "data", changes) as running, django_db_blocker.unblock():
        eventually(lambda: running.role("keyholder"), what="the keyholder is at work")
        records = attach(running.folder, "neighbours")
        yield Installation(running, records, drop)
        detach(records)


def vouched(here: Installation, entity: bytes, to: str, sender: str, number: int) -> bytes:
    """A message whose sender is proven, as the mail server before us says."""
    service, domain = here.gateway.settings.sender.authserv_id, sender.rpartition("@")[2]
    proof = (
        f"Authentication-Results: {service}; spf=pass smtp.mailfrom={sender}; "
        f"dmarc=pass (p=reject) header.from={domain}\r\nMessage-ID: <n{number}@{domain}>\r\n"
    )
    return proof.encode() + message(entity, sender, to=to)


def with_macro(here: Installation, party: Party, sender: str, number: int) -> Told:
    """A letter whose file cannot be processed: accepted, and its sender is owed a notice."""
    plain = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"
    to = f"stadtverwaltung@{party.domain}"
    told = here.hand_in(vouched(here, in_parts(plain, attached("antrag.docm", docm())), to, sender, number), to, sender)
    assert told.code == 250, told.text
    return told


def everything_said(notice) -> str:
    """Head and every text of a notice, decoded, without what names the installation."""
    head = "\n".join(f"{name}: {value}" for name, value in notice.items() if name != "Received")
    texts = (part.get_content() for part in notice.walk() if part.get_content_maintype() == "text")
    return "\n".join((head, *texts)).lower()


@pytest.mark.parametrize("party", BOTH, ids=lambda party: party.id)
def test_a_notice_is_written_linked_and_signed_by_the_authority_written_to(here, party):
    sender = f"notice@{party.id}.example.org"
    told = with_macro(here, party, sender, 1)
    (notice,) = eventually(lambda: here.gateway.mailbox(sender), what="the notice")
    (author,) = notice["From"].addresses
    assert author.addr_spec == f"post@{party.domain}"
    assert party.name in author.display_name
    assert notice["Reply-To"].addresses[0].addr_spec == f"stadtverwaltung@{party.domain}"
    said = everything_said(notice)
    assert told.reference.lower() in said
    assert f"https://{party.host}/kontakt/fassung/2026-01-01" in said
    assert not [sign for sign in FOREIGN[party] if sign in said]
    (signature,) = (part for part in notice.walk() if part.get_content_type() == "application/pkcs7-signature")
    certificates = pkcs7.load_der_pkcs7_certificates(signature.get_payload(decode=True))
    named = [one.extensions.get_extension_for_class(SubjectAlternativeName).value for one in certificates]
    assert [one.get_values_for_type(RFC822Name) for one in named] == [[f"post@{party.domain}"]]
    (verdict,) = message_by_reference(here.records, party.id, told.reference).verdicts
    assert verdict.edition == f"{party.id}/2026-01-01"
    assert "signing-used" in here.kinds(party, told.reference)


def test_what_one_refuses_for_its_limit_the_other_takes_and_each_links_to_its_own_page(here):
    big = in_parts(b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n", attached("plan.txt", b"Plan \r\n" * 900_000))
    answers = {}
    for party in BOTH:
        to = f"stadtverwaltung@{party.domain}"
        answers[party] = here.hand_in(vouched(here, big, to, "plan@example.org", 2), to, "plan@example.org")
    assert answers[CITY].code == 250
    assert answers[NEIGHBOUR].code == 552
    assert f"https://{NEIGHBOUR.host}/kontakt#" in answers[NEIGHBOUR].text
    assert CITY.domain not in answers[NEIGHBOUR].text


def test_what_is_counted_for_one_leaves_the_other_s_count_alone(here):
    """One notice a day to each sender: the second of the city waits, the neighbour's first goes."""
    sender = "viel@example.org"
    first, second = (with_macro(here, CITY, sender, number) for number in (3, 4))
    theirs = with_macro(here, NEIGHBOUR, sender, 5)
    eventually(lambda: "notice-sent" in here.kinds(NEIGHBOUR, theirs.reference), what="the neighbour's notice")
    eventually(lambda: "notice-waiting" in here.kinds(CITY, second.reference), what="the city's second waits")
    assert "notice-sent" in here.kinds(CITY, first.reference)
    assert "notice-waiting" not in here.kinds(NEIGHBOUR, theirs.reference)
    writers = sorted(notice["From"].addresses[0].addr_spec for notice in here.gateway.mailbox(sender))
    assert writers == [f"post@{party.domain}" for party in BOTH]
    waiting = {
        party: [task.message_id for task in open_tasks(here.records, party.id) if task.reason == "notice-cap"]
        for party in BOTH
    }
    assert waiting == {CITY: [second.reference], NEIGHBOUR: []}


def check(here: Installation, host: str, **fields: str) -> dict[str, object]:
    """The interface's answer to a text of six megabytes, asked under this name of the host."""
    role = here.gateway.role("web")
    assert role is not None
    named = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()
    )
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="plan.txt"\r\n\r\n'
    body = named.encode() + file.encode() + b"Plan \r\n" * 900_000 + b"\r\n--x--\r\n"
    link = http.client.HTTPConnection("127.0.0.1", role.port, timeout=60)
    try:
        link.request("POST", "/api/v1/check", body, {"Host": host, "Content-Type": "multipart/form-data; boundary=x"})
        return json.loads(link.getresponse().read())
    finally:
        link.close()


@pytest.mark.parametrize(
    ("party", "verdict"), [(CITY, "accept"), (NEIGHBOUR, "reject")], ids=lambda one: str(getattr(one, "id", one))
)
def test_the_check_before_sending_answers_by_the_policy_of_the_host_whatever_the_form_says(here, party, verdict):
    other = NEIGHBOUR if party is CITY else CITY
    found = check(here, party.host, authority=other.id, behoerde=other.id, edition=f"{other.id}/2026-01-01")
    assert (found["verdict"], found["edition"]) == (verdict, f"{party.id}/2026-01-01")
    assert all(str(one["clause_url"]).startswith(f"https://{party.host}/kontakt#") for one in found["objections"])
    assert not [sign for sign in FOREIGN[party] if sign in json.dumps(found, ensure_ascii=False).lower()]


@pytest.mark.parametrize("party", BOTH, ids=lambda party: party.id)
def test_what_is_encrypted_for_one_is_opened_for_that_one_alone(here, party, tmp_path):
    sealed = MailProgram(tmp_path).encrypted(TEXT, here.certificate(party))
    seen = {}
    for one in BOTH:
        to = f"post@{one.domain}"
        told = here.hand_in(vouched(here, sealed, to, "geheim@example.org", 6), to, "geheim@example.org")
        record = message_by_reference(here.records, one.id, told.reference)
        seen[one] = record.facts.inspection.crypto.encryption
    assert seen == {one: Encryption.OK if one is party else Encryption.NO_KEY for one in BOTH}


def test_a_bounce_is_a_task_of_the_authority_whose_delivery_it_was(here):
    to, office = f"stadtverwaltung@{NEIGHBOUR.domain}", f"ordnungsamt@intern.{NEIGHBOUR.domain}"
    told = here.hand_in(vouched(here, TEXT, to, "kurz@example.org", 7), to, "kurz@example.org")
    eventually(lambda: "delivered" in here.kinds(NEIGHBOUR, told.reference), what="delivered")
    back = f"bounce+{told.reference}@{HOST}"
    report = (
        f"From: MAILER-DAEMON@intern.{NEIGHBOUR.domain}\r\nTo: {back}\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; intern.example\r\n\r\n"
        f"Final-Recipient: rfc822; {office}\r\nAction: failed\r\nStatus: 5.2.2\r\n\r\n--b--\r\n"
    )
    with here.gateway.session() as client:
        client.sendmail("", [back], report)
    mine = [task for task in open_tasks(here.records, NEIGHBOUR.id) if task.message_id == told.reference]
    assert [task.reason for task in mine if task.kind == "delivery"] == ["bounced:5.2.2"]
    assert "bounced" in here.kinds(NEIGHBOUR, told.reference)
    assert here.kinds(CITY, told.reference) == []
    assert message_by_reference(here.records, CITY.id, told.reference) is None


def test_a_message_to_a_mailbox_of_justice_is_of_the_authority_with_that_safe_id(here):
    for party in BOTH:
        dropped(here.drop, party.id, a_folder(message_id=f"govapp_{party.id}", addressee_id=SAFE_IDS[party]))

    def ids(party: Party) -> set[str]:
        lines = message_list(here.records, party.id)
        views = [
            message_by_reference(here.records, party.id, line.reference) for line in lines if line.channel == "bebpo"
        ]
        return {view.message_id for view in views if view is not None}

    for party in BOTH:
        eventually(lambda party=party: ids(party), what="taken in")
    assert {party: ids(party) for party in BOTH} == {party: {f"govapp_{party.id}"} for party in BOTH}
