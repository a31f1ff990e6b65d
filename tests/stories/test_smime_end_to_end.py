# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Encrypted and signed mail through the running gateway: what is decrypted, what is judged, and what nobody is told."""

import smtplib
import subprocess

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
from support.certificates import Wish, authority, issued
from support.gateway import Gateway, eventually
from support.posted import CA, POST
from support.programs import require_program
from support.smime_mails import TEXT, attached, bent, gcm, in_parts, message

ELSEWHERE = "stadtverwaltung@stadt-muenster.example"
ERIKA = issued(CA, Wish(email="erika@example.org"))
STRANGER = issued(authority("Fremde CA"), Wish(name="Fremd", email="erika@example.org"))


def test_the_first_start_makes_a_key_that_says_it_is_for_trying_out(gateway):
    ring = KeyFolder(gateway.folder / "keys").ring()
    assert (ring[0].address, ring[0].is_demo) == (POST, True)
    assert "key-made" in gateway.log
    held = [one.certificate for one in ring if one.state is not KeyState.DESTROYED]
    assert KeyholderClient(gateway.folder / "run" / "keyholder.sock").certificates() == tuple(held)


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
    entity = in_parts(TEXT, attached("antrag.txt", EICAR))
    posted = post(message(program.encrypted(entity, ours), to=POST))
    assert posted.code == 250
    assert posted.verdict.disposition is Disposition.DELETE
    assert not posted.view.is_content_kept
    assert not posted.notices


def test_a_macro_inside_ciphertext_becomes_a_task_and_never_a_notice(post, program, ours):
    entity = in_parts(TEXT, attached("antrag.docm", docm()))
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
    bad_macro = program.encrypted(in_parts(TEXT, attached("a.docm", docm())), ours)
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
        return gateway.poststelle("identities", *arguments).well()

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


def test_a_key_that_others_can_read_keeps_the_keyholder_from_starting(tmp_path):
    """Said in a sentence with a remedy, and nothing listens."""
    folder = tmp_path / "data"
    running = Gateway(folder)
    folder.mkdir()
    running._file.write_text(as_toml(running.settings), encoding="utf-8")
    running.poststelle("keys", "generate", POST).well()
    next(folder.rglob("key.p12")).chmod(0o444)
    done = subprocess.run(running.command("serve", "--role", "keyholder"), check=False, capture_output=True, timeout=60)
    assert done.returncode == 3
    assert b"can be read by others" in done.stderr
    assert b"chmod 0400" in done.stderr
    assert not (folder / "run" / "keyholder.sock").exists()


def test_a_notice_arrives_signed_by_the_address_whose_certificate_the_page_publishes(gateway, post, tmp_path):
    writer = "vera@example.org"
    post(message(in_parts(TEXT, attached("a.docm", docm())), writer, to=POST), writer)
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
