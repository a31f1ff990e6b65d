# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Encrypted and signed mail through the running gateway: what is decrypted, what is judged, and what nobody is told."""

import base64
import os
import re
import smtplib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from poststelle.adapters.keyholder import KeyholderClient
from poststelle.adapters.keyring import KeyFolder
from poststelle.application.demonstration import as_toml
from poststelle.application.keyring import KeyState, current
from poststelle.application.synthetic.packages import docm
from poststelle.application.synthetic.teststrings import EICAR
from poststelle.core.signature import Chain, CryptoNote, Encryption, FromMatch, Identity, Signature
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from poststelle.records.database import attach, detach
from poststelle.records.queries import MessageView, journal_of, message_by_reference
from support.certificates import Wish, authority, issued
from support.gateway import Gateway, children, eventually
from support.memory import found_in_memory, traces_of_key, traces_of_text
from support.programs import require_program
from support.smime_mails import TEXT, MailProgram, bent, gcm, message

POST = "post@stadt-muenster.example"
ELSEWHERE = "stadtverwaltung@stadt-muenster.example"
REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")
CA = authority("Vertraute CA")
ERIKA = issued(CA, Wish(email="erika@example.org"))
STRANGER = issued(authority("Fremde CA"), Wish(name="Fremd", email="erika@example.org"))


@dataclass(frozen=True)
class Posted:
    """The answer at the door, and what is on record."""

    code: int
    text: str
    view: MessageView
    journal: tuple[str, ...]

    @property
    def crypto(self):
        return self.view.facts.inspection.crypto

    @property
    def verdict(self):
        return self.view.verdicts[0]

    @property
    def tasks(self) -> set[str]:
        return {task.kind for task in self.view.tasks}

    @property
    def notices(self) -> list[str]:
        return [effect.kind for effect in self.view.effects if effect.kind != "deliver"]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    folder = tmp_path_factory.mktemp("smime")
    anchors = folder / "trust" / "anchors"
    anchors.mkdir(parents=True)
    (anchors / "ca.pem").write_bytes(CA.pem)
    with Gateway(folder) as running:
        eventually(lambda: running.role("keyholder"), what="the keyholder is at work")
        yield running


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "smime")
        yield database
        detach(database)


@pytest.fixture(scope="module")
def ours(gateway) -> bytes:
    """The certificate that senders encrypt to."""
    found = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert found is not None
    return found.certificate


@pytest.fixture
def program(tmp_path) -> MailProgram:
    return MailProgram(tmp_path)


@pytest.fixture
def post(gateway, records):
    def posted(content: bytes, sender: str = "erika@example.org", to: str = POST) -> Posted:
        with gateway.session() as client:
            client.ehlo("mx.example.org")
            client.mail(sender)
            client.rcpt(to)
            code, said = client.data(content)
        text = said.decode()
        reference = REFERENCE.search(text)
        assert reference, text
        view = message_by_reference(records, "muenster", reference.group())
        assert view is not None
        journal = tuple(line.leaf.kind for line in journal_of(records, "muenster", reference.group()))
        return Posted(code, text.replace(reference.group(), "REF"), view, journal)

    return posted


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n"


def attached(name: str, content: bytes) -> bytes:
    head = f'Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    return (
        head.encode()
        + b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content).replace(b"\n", b"\r\n")
    )


def test_the_first_start_makes_a_key_that_says_it_is_for_trying_out(gateway):
    ring = KeyFolder(gateway.folder / "keys").ring()
    assert [(one.address, one.state, one.is_demo) for one in ring] == [(POST, KeyState.CURRENT, True)]
    assert "key-made" in gateway.log
    assert KeyholderClient(gateway.folder / "run" / "keyholder.sock").certificates() == (ring[0].certificate,)


def test_the_keyholder_is_confined_and_its_socket_is_its_own(gateway):
    assert "confinement=rlimits,landlock,seccomp" in gateway.log
    assert (gateway.folder / "run" / "keyholder.sock").stat().st_mode & 0o777 == 0o600


def test_an_encrypted_mail_is_opened_judged_and_routed(post, program, ours):
    posted = post(message(program.encrypted(TEXT, ours), to=POST))
    assert posted.code == 250
    assert posted.crypto.encryption is Encryption.OK
    assert CryptoNote.UNAUTHENTICATED in posted.crypto.notes
    assert posted.verdict.disposition is Disposition.ACCEPT
    assert posted.verdict.route.office == "ordnungsamt"
    assert posted.journal.count("unwrap-used") == 1
    assert all(file.decrypted for file in posted.view.facts.inspection.files if file.path[-1] == "text.txt")


def test_gcm_with_oaep_is_opened_and_authenticated(post, ours):
    posted = post(message(gcm(TEXT, ours), to=POST))
    assert posted.crypto.encryption is Encryption.OK
    assert posted.crypto.notes == (CryptoNote.AUTHENTICATED,)


@pytest.mark.parametrize("opaque", [False, True], ids=["detached", "opaque"])
def test_a_signature_is_verified_and_waits_for_the_identity_check(post, program, opaque):
    posted = post(message(program.signed(TEXT, ERIKA, opaque=opaque), to=POST))
    crypto = posted.crypto
    assert (crypto.signature, crypto.chain, crypto.from_match) == (Signature.OK, Chain.OK, FromMatch.MATCH)
    assert posted.verdict.identity is Identity.UNCHECKED
    assert TaskKind.CHECK_IDENTITY in posted.tasks


def test_a_signer_nobody_vouches_for_is_not_trusted(post, program):
    posted = post(message(program.signed(TEXT, STRANGER), to=POST))
    assert posted.crypto.chain is Chain.UNTRUSTED


def test_signed_then_encrypted_counts_and_encrypted_then_signed_does_not(post, program, ours):
    inside = post(message(program.encrypted(program.signed(TEXT, ERIKA), ours), to=POST)).crypto
    outside = post(message(program.signed(program.encrypted(TEXT, ours), ERIKA), to=POST)).crypto
    assert (inside.encryption, inside.signature, inside.chain) == (Encryption.OK, Signature.OK, Chain.OK)
    assert (outside.encryption, outside.signature) == (Encryption.OK, Signature.OUTER_ONLY)


def test_malware_inside_ciphertext_is_found_and_deleted(post, program, ours):
    entity = mixed(TEXT, attached("antrag.txt", EICAR))
    posted = post(message(program.encrypted(entity, ours), to=POST))
    assert posted.code == 250
    assert posted.verdict.disposition is Disposition.DELETE
    assert not posted.view.is_content_kept
    assert not posted.notices


def test_a_macro_inside_ciphertext_becomes_a_task_and_never_a_notice(post, program, ours):
    entity = mixed(TEXT, attached("antrag.docm", docm()))
    plain = post(message(entity, to=ELSEWHERE), to=ELSEWHERE)
    veiled = post(message(program.encrypted(entity, ours), to=POST))
    assert plain.verdict.sender_told is SenderTold.NOTICE
    assert plain.notices
    assert veiled.verdict.sender_told is SenderTold.NOBODY
    assert not veiled.notices
    assert TaskKind.FEEDBACK in veiled.tasks
    assert veiled.verdict.withheld


def test_reply_and_notices_are_the_same_whether_or_not_the_ciphertext_is_good(post, program, ours):
    """The content decides nothing that a sender can see: good, macro inside, broken inside, broken key, no MIME."""
    good = program.encrypted(TEXT, ours)
    bad_macro = program.encrypted(mixed(TEXT, attached("a.docm", docm())), ours)
    variants = [good, bad_macro, bent(good), bent(good, -3), bent(good, -200), program.encrypted(b"\0\1" * 500, ours)]
    seen = [post(message(one, to=POST)) for one in variants]
    assert {(one.code, one.text) for one in seen} == {(250, seen[0].text)}
    assert [one.notices for one in seen] == [[]] * len(variants)


def test_mail_for_somebody_elses_key_is_told_of_since_anybody_can_see_it(post, program):
    posted = post(message(program.encrypted(TEXT, ERIKA.der), to=POST))
    assert posted.code == 250
    assert posted.crypto.encryption is Encryption.NO_KEY
    assert posted.journal.count("unwrap-used") == 0
    assert TaskKind.DECRYPTION in posted.tasks or posted.notices


def test_without_the_keyholder_the_mail_comes_again_and_is_then_taken(gateway, post, program, ours):
    mail = message(program.encrypted(TEXT, ours), to=POST)
    socket = gateway.folder / "run" / "keyholder.sock"
    aside = socket.with_name("aside")
    socket.rename(aside)
    with gateway.session() as client:
        client.ehlo("mx.example.org")
        client.mail("erika@example.org")
        client.rcpt(POST)
        assert client.data(mail)[0] == 451
    aside.rename(socket)
    posted = post(mail)
    assert (posted.code, posted.crypto.encryption) == (250, Encryption.OK)
    assert posted.view.deferrals


def test_a_killed_keyholder_comes_back_by_itself(gateway, post, program, ours):
    gateway.kill("keyholder")
    mail = message(program.encrypted(TEXT, ours), to=POST)

    def taken():
        try:
            return post(mail)
        except (AssertionError, smtplib.SMTPException):
            return None

    assert eventually(taken).crypto.encryption is Encryption.OK


def test_a_checked_signer_is_accepted_until_revoked(gateway, post, program):
    """The identity check is recorded on the command line, and the next message of the same key counts."""
    signer = issued(CA, Wish(name="Max", email="max@example.org"))

    def seen():
        mail = message(program.signed(TEXT, signer), "max@example.org", to=POST)
        return post(mail, sender="max@example.org")

    def told(*arguments: str) -> str:
        return subprocess.run(
            gateway.command("identities", *arguments), capture_output=True, check=True
        ).stdout.decode()

    first = seen()
    assert (first.verdict.identity, first.verdict.accepted_signature) == (Identity.UNCHECKED, False)
    told("confirm", first.view.line.reference, "--person", "Max Muster", "--method", "in-person")
    second = seen()
    assert (second.verdict.identity, second.verdict.accepted_signature) == (Identity.VERIFIED, True)
    assert "Max Muster" in told("list")
    told("revoke", first.view.line.reference, "--why", "Karte verloren")
    assert seen().verdict.identity is Identity.REVOKED


def test_an_unsigned_mail_of_one_who_always_signs_is_flagged(post, program):
    signer = issued(CA, Wish(name="Ute", email="ute@example.org"))
    assert post(message(program.signed(TEXT, signer), "ute@example.org", to=POST), sender="ute@example.org").code == 250

    def flagged():
        forged = message(TEXT, "ute@example.org", to=POST, proven=False)
        return "unsigned-known-signer" in post(forged, sender="ute@example.org").verdict.flags

    assert eventually(flagged)


def test_a_rotated_key_opens_new_mail_and_old_mail(gateway, post, program, ours):
    def keys(*arguments: str) -> None:
        subprocess.run(gateway.command("keys", *arguments), capture_output=True, check=True)

    keys("generate", POST, "--kind", "p256")
    keys("rotate", POST)
    fresh = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert fresh is not None
    eventually(
        lambda: post(message(program.encrypted(TEXT, fresh.certificate), to=POST)).crypto.encryption is Encryption.OK
    )
    old = post(message(program.encrypted(TEXT, ours), to=POST)).crypto
    assert (old.encryption, CryptoNote.OLD_KEY in old.notes) == (Encryption.OK, True)


def test_a_key_that_others_can_read_keeps_the_keyholder_from_starting(tmp_path):
    """Said in a sentence with a remedy, and nothing listens."""
    folder = tmp_path / "data"
    running = Gateway(folder)
    folder.mkdir()
    running._file.write_text(as_toml(running.settings), encoding="utf-8")
    subprocess.run(running.command("keys", "generate", POST), capture_output=True, check=True)
    next(folder.rglob("key.p12")).chmod(0o444)
    done = subprocess.run(running.command("serve", "--role", "keyholder"), check=False, capture_output=True, timeout=60)
    assert done.returncode == 3
    assert b"can be read by others" in done.stderr
    assert b"chmod 0400" in done.stderr
    assert not (folder / "run" / "keyholder.sock").exists()


# ---------------------------------------------------------------------------------- who has what in memory, after all this


@pytest.fixture(scope="module")
def marks(gateway):
    """Words of encrypted and plain mail that went through the door."""
    subject, inside, plain = (f"{name}-{os.urandom(8).hex()}" for name in ("Betreffmarke", "Innenmarke", "Klarmarke"))
    ours = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert ours is not None
    head = b"Content-Type: text/plain\r\n\r\n"
    sealed = MailProgram(gateway.folder).encrypted(head + f"{inside} {inside}\r\n".encode(), ours.certificate)
    with gateway.session() as client:
        for entity in (sealed, head + plain.encode() + b"\r\n"):
            client.ehlo("mx.example.org")
            client.mail("erika@example.org")
            client.rcpt(POST)
            assert client.data(message(entity, to=POST, subject=f"Amt 32 - {subject}"))[0] == 250
    return traces_of_text(subject, inside, plain, "Amt 32: bitte um", "erika@example.org")


@pytest.fixture(scope="module")
def secrets(gateway) -> dict[bytes, str]:
    """What nobody but the keyholder may ever have had: the private keys, and the passphrase of their files."""
    folder = KeyFolder(gateway.folder / "keys")
    passphrase = (folder.root / "passphrase").read_bytes().strip()
    keys = [folder.key(one, passphrase) for one in folder.ring()]
    return {passphrase: "passphrase"} | {piece: name for key in keys for piece, name in traces_of_key(key).items()}


def family(gateway: Gateway, role: str) -> tuple[int, ...]:
    """The process of a role, its nurseries and their workers."""
    at_work = eventually(lambda: gateway.role(role), what=role)
    nurseries = children(at_work.pid)
    return (at_work.pid, *nurseries, *(worker for nursery in nurseries for worker in children(nursery)))


def seen(pid: int, wanted) -> set[bytes]:
    """As the administrator everything; a process without dumps shows nothing to anybody else, which is an answer too."""
    try:
        return found_in_memory(pid, wanted)
    except PermissionError:
        assert os.geteuid() != 0
        return set()


def test_the_keyholder_never_had_mail_in_its_memory(gateway, marks):
    assert seen(gateway.role("keyholder").pid, marks) == set()


def test_nobody_else_ever_had_a_private_key_or_the_passphrase_in_memory(gateway, marks, secrets):
    looked_at = [(role, pid) for role in ("door", "outbox", "web", "sequencer") for pid in family(gateway, role)]
    assert len(looked_at) > 6
    for role, pid in looked_at:
        assert {secrets[one] for one in seen(pid, secrets)} == set(), (role, pid)


def test_the_same_look_finds_keys_and_mail_where_they_belong(gateway, marks, secrets):
    """Else the two claims above would say nothing."""
    holder, expected = gateway.role("keyholder").pid, {"p, little", "passphrase"}
    assert os.geteuid() != 0 or expected <= {secrets[one] for one in seen(holder, secrets)}
    assert any(seen(pid, marks) for pid in family(gateway, "door"))


def test_the_running_keyholder_is_confined_and_leaves_no_core(gateway):
    place = Path(f"/proc/{gateway.role('keyholder').pid}")
    status = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines() if ":\t" in line)
    assert (status["Seccomp"].strip(), status["NoNewPrivs"].strip()) == ("2", "1")
    limits = [line.split() for line in (place / "limits").read_text().splitlines()]
    assert [line[4:6] for line in limits if line[:3] == ["Max", "core", "file"]] == [["0", "0"]]


def test_a_notice_arrives_signed_by_the_address_whose_certificate_the_page_publishes(gateway, post, tmp_path):
    writer = "vera@example.org"
    post(message(mixed(TEXT, attached("a.docm", docm())), writer, to=POST), writer)
    (notice,) = eventually(lambda: gateway.mailbox(writer), what="the notice arrived")
    assert notice["From"].addresses[0].addr_spec == POST
    assert notice.get_content_type() == "multipart/signed"
    (file,) = (gateway.folder / "mailboxes" / writer / "new").glob("*")
    signer = tmp_path / "signer.pem"
    openssl = require_program("openssl", "openssl")
    verify = [openssl, "cms", "-verify", "-noverify", "-in", str(file), "-signer", str(signer)]
    said = subprocess.run(verify, capture_output=True, check=False)
    assert said.returncode == 0, said.stderr
    now = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert now is not None
    assert x509.load_pem_x509_certificate(signer.read_bytes()).public_bytes(Encoding.DER) == now.certificate
