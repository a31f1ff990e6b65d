# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A notice to a checked signer, from the running gateway into his mailbox: three programs open it, and nobody else."""

import base64
import subprocess
from email import message_from_bytes

import pytest

from poststelle.adapters.keyring import KeyFolder
from poststelle.application.keyring import current
from poststelle.application.synthetic.packages import docm
from support.certificates import Wish, issued
from support.gateway import eventually
from support.other_programs import Circle, Gnupg, Nss, at_work
from support.posted import CA, POST
from support.programs import require_program
from support.smime_mails import TEXT, Theirs, attached, in_parts, message

WRITER = "paula@example.org"
PAULA = issued(CA, Wish(name="Paula", email=WRITER))
MACRO = in_parts(TEXT, attached("bescheid.docm", docm()))


@pytest.fixture(scope="module")
def letter(gateway, post, program, ours):
    """The notice about a macro inside signed and encrypted mail of a checked signer; and what is on record of it."""

    def hand_in():
        return post(message(program.encrypted(program.signed(MACRO, PAULA), ours), WRITER, to=POST), WRITER)

    first = hand_in()
    confirm = ("identities", "confirm", first.reference, "--person", "Paula", "--method", "in-person")
    gateway.poststelle(*confirm).well()
    second = hand_in()
    assert second.verdict.accepted_signature

    def arrived() -> bytes | None:
        files = (gateway.folder / "mailboxes" / WRITER / "new").glob("*")
        mails = (file.read_bytes() for file in files)
        return next((one for one in mails if f"[{second.reference}]".encode() in one), None)

    return eventually(arrived, what="the notice about the checked mail"), second


def structure_of(mail: bytes) -> bytes:
    return base64.b64decode(message_from_bytes(mail).get_payload())


def halves(entity: bytes) -> tuple[bytes, bytes]:
    """What was signed inside, and the signature."""
    boundary = b"--" + message_from_bytes(entity).get_boundary().encode()
    signed = entity.split(b"\r\n" + boundary + b"\r\n")[1]
    return signed, message_from_bytes(entity).get_payload(1).get_payload(decode=True)


def test_nothing_of_it_can_be_read_on_the_way(letter) -> None:
    mail, posted = letter
    assert message_from_bytes(mail).get_content_type() == "application/pkcs7-mime"
    assert base64.b64encode(b"bescheid")[:10] not in mail
    assert b"bescheid" not in mail
    assert b"bescheid" not in structure_of(mail)
    assert posted.notices == ["notice"]


def test_openssl_opens_it_and_verifies_our_signature_inside(letter, tmp_path, ours) -> None:
    openssl = require_program("openssl", "openssl")
    for name, content in (("own.pem", PAULA.pem), ("own.key", PAULA.key_pem)):
        (tmp_path / name).write_bytes(content)
    decrypt = [openssl, "cms", "-decrypt", "-recip", tmp_path / "own.pem", "-inkey", tmp_path / "own.key"]
    opened = subprocess.run(decrypt, input=letter[0], capture_output=True, check=True).stdout
    verify = [openssl, "cms", "-verify", "-noverify", "-certsout", tmp_path / "signer.pem"]
    said = subprocess.run(verify, input=opened, capture_output=True, check=True).stdout
    assert b"bescheid.docm" in message_from_bytes(said).get_payload(0).get_payload(decode=True)
    assert base64.b64encode(ours)[:60] in (tmp_path / "signer.pem").read_bytes().replace(b"\n", b"")


@pytest.mark.parametrize("kind", [Gnupg, Nss], ids=["gnupg", "nss"])
def test_gnupg_and_nss_open_it_and_verify_our_signature_inside(letter, tmp_path, gateway, kind) -> None:
    ours = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert ours is not None
    with at_work(kind, tmp_path, Circle(PAULA, CA, (Theirs(ours.certificate),))) as program:
        entity = program.opened(structure_of(letter[0]))
        signed, signature = halves(entity)
        assert b"bescheid.docm" in message_from_bytes(signed).get_payload(0).get_payload(decode=True)
        assert program.verifies(signature, signed)


def test_each_use_of_the_signing_key_is_in_the_journal(letter, on_record) -> None:
    journal = eventually(
        lambda: "notice-sent" in (kinds := on_record(letter[1].reference).journal) and kinds, what="journaled"
    )
    assert journal.index("signing-used") < journal.index("notice-sent")
