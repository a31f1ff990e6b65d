# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Keys in a PKCS#11 token, with SoftHSM: opened, agreed, signed, refused in one shape, and missed when it is gone."""

import os
import subprocess
import sys
from functools import partial

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from poststelle.adapters.keyholder import HeldKey, KeyIndex
from poststelle.adapters.keyring import request_of, signer_of
from poststelle.adapters.pkcs11_token import PIN_VARIABLE, Token, find_pin
from poststelle.application.keyring import Generation, KeyRingError, KeyState
from poststelle.application.ports import NoContentKey, UnavailableError
from poststelle.inspection.cms.unwrap import unwrap
from support.certificates import Wish, authority, issued
from support.cms_maker import transported
from support.command_line import poststelle
from support.gateway import eventually, one_role
from support.softhsm import PIN, a_token
from support.steps import steps_of

CA = authority()
POST = issued(CA, Wish(name="post", email="post@stadt-muenster.example"))
CURVED = issued(CA, Wish(name="kurve", email="post@stadt-muenster.example", kind="p256"))
STRANGER = issued(CA, Wish(name="fremd", email="post@stadt-muenster.example", kind="rsa2048"))
CONTENT_KEY = bytes(range(32))
SHA256 = utils.Prehashed(hashes.SHA256())


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    with a_token(tmp_path_factory.mktemp("token") / "hsm") as running:
        running.put(POST, "01")
        running.put(CURVED, "02")
        yield running


@pytest.fixture(scope="module")
def inside(token):
    """The keys as the keyholder has them."""
    opened = Token(token.place, PIN)
    return {"rsa": opened.key("01", POST.der), "curve": opened.key("02", CURVED.der)}


@pytest.fixture
def index(inside) -> KeyIndex:
    def held(holder, key, state: KeyState) -> HeldKey:
        return HeldKey(Generation("post@stadt-muenster.example", state.value, state, holder.der), key)

    return KeyIndex((held(POST, inside["rsa"], KeyState.CURRENT), held(CURVED, inside["curve"], KeyState.RETIRED)))


@pytest.mark.parametrize("hashing", ["", "sha1", "sha256", "sha512"], ids=["v1.5", "OAEP", "OAEP 256", "OAEP 512"])
@pytest.mark.parametrize("key_bytes", [16, 24, 32])
def test_what_is_encrypted_to_the_token_s_key_is_opened(index, hashing, key_bytes):
    content_key = os.urandom(key_bytes)
    assert index.content_key(transported(POST, content_key, oaep=hashing), key_bytes) == content_key


@pytest.mark.parametrize("hashing", ["", "sha256"], ids=["v1.5", "OAEP"])
def test_what_is_spoilt_gets_a_key_of_the_right_length_and_always_the_same(index, hashing):
    good = transported(POST, CONTENT_KEY, oaep=hashing)
    bent = [good[:-9] + bytes((good[-9] ^ 1,)) + good[-8:], transported(POST, b"kurz", oaep=hashing)]
    highest = good[:-256] + b"\xff" * 256
    for entry in (*bent, highest):
        first, second = index.content_key(entry, 32), index.content_key(entry, 32)
        assert isinstance(first, bytes)
        assert (len(first), first == second, first == CONTENT_KEY) == (32, True, False)


def test_right_and_wrong_take_the_same_steps(index):
    good = transported(POST, CONTENT_KEY)
    bad = transported(POST, b"kurz")
    assert steps_of(lambda: index.content_key(good, 32)) == steps_of(lambda: index.content_key(bad, 32))
    good, bad = transported(POST, CONTENT_KEY, oaep="sha256"), transported(POST, b"kurz", oaep="sha256")
    assert steps_of(lambda: index.content_key(good, 32)) == steps_of(lambda: index.content_key(bad, 32))


def test_a_key_is_agreed_with_the_token_as_with_the_key_itself(token, inside, tmp_path):
    """An entry that OpenSSL made for the curve opens by both."""
    from support.smime_mails import MailProgram

    entity = b"Content-Type: text/plain\r\n\r\nGuten Tag\r\n"
    sealed = MailProgram(tmp_path).encrypted(entity, CURVED.der)
    entry = recipient_entry(sealed)
    by_key, by_token = (unwrap(key, entry, 32) for key in (CURVED.key, inside["curve"]))
    assert by_key == by_token
    spoilt = entry[:-1] + bytes((entry[-1] ^ 1,))
    assert len(unwrap(inside["curve"], spoilt, 32)) == 32


def recipient_entry(mail: bytes) -> bytes:
    import base64

    from asn1crypto import cms

    body = mail.partition(b"\r\n\r\n")[2]
    envelope = cms.ContentInfo.load(base64.b64decode(body))["content"]
    return envelope["recipient_infos"][0].dump()


def test_the_token_signs_what_the_certificate_verifies(index, inside):
    digest = os.urandom(32)
    signature = index.signature("post@stadt-muenster.example", digest)
    assert signature is not None
    POST.key.public_key().verify(signature, digest, padding.PKCS1v15(), SHA256)
    CURVED.key.public_key().verify(inside["curve"].sign(digest), digest, ec.ECDSA(SHA256))


def test_a_key_that_is_not_the_certificate_s_or_not_there_is_refused(token):
    opened = Token(token.place, PIN)
    with pytest.raises(KeyRingError, match="not that of the certificate"):
        opened.key("01", STRANGER.der)
    with pytest.raises(KeyRingError, match="no key 77"):
        opened.key("77", POST.der)
    assert in_a_keyholder(token, "01", pin="0000") == "UnavailableError"


@pytest.mark.parametrize(("key_id", "holder"), [("01", POST), ("02", CURVED)], ids=["rsa", "curve"])
def test_a_request_is_signed_in_the_token_for_a_key_without_certificate(token, key_id, holder):
    key = Token(token.place, PIN).own_key(key_id)
    request = x509.load_pem_x509_csr(request_of("post@stadt-muenster.example", "Stadt", key.public, key.sign))
    assert (request.is_signature_valid, request.public_key()) == (True, holder.key.public_key())
    named = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert named.get_values_for_type(x509.RFC822Name) == ["post@stadt-muenster.example"]


def test_a_request_signed_by_another_key_is_not_made(inside):
    with pytest.raises(KeyRingError, match="does not fit the key"):
        request_of("post@stadt-muenster.example", "", inside["rsa"].public, signer_of(STRANGER.key))


def test_a_method_the_key_does_not_have_is_named(index):
    assert index.content_key(b"\x30\x00", 32) is NoContentKey.UNSUPPORTED


def test_a_token_that_is_gone_is_the_world_failing_and_its_return_is_noticed(token):
    """In a process of its own: the module keeps what it knows of tokens as long as its process lives."""
    token.vanish()
    try:
        assert in_a_keyholder(token, "01") == "UnavailableError"
    finally:
        token.come_back()
    assert in_a_keyholder(token, "01") == "opened"


def in_a_keyholder(token, key_id: str, pin: str = PIN) -> str:
    program = (
        "import sys; from pathlib import Path\n"
        "from poststelle.adapters.pkcs11_token import *\n"
        "from poststelle.application.ports import UnavailableError\n"
        "token = Token(TokenPlace(Path(sys.argv[1]), sys.argv[2]), sys.argv[3])\n"
        "try: token._used(sys.argv[4], lambda key, content: content, b'')\n"
        "except UnavailableError as error: print(type(error).__name__)\n"
        "else: print('opened')\n"
    )
    words = (sys.executable, "-c", program, str(token.place.module), token.place.label, pin, key_id)
    done = subprocess.run(words, env={**os.environ, **token.environment}, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def test_the_pin_comes_from_a_credential_or_the_environment(tmp_path):
    (tmp_path / "poststelle-token-pin").write_text("42\n")
    assert find_pin({"CREDENTIALS_DIRECTORY": str(tmp_path), PIN_VARIABLE: "7"}) == "42"
    assert find_pin({PIN_VARIABLE: "7"}) == "7"
    with pytest.raises(KeyRingError, match="no PIN"):
        find_pin({})


def test_a_confined_keyholder_answers_with_a_key_of_the_token(token, tmp_path):
    """``keys import --token-key``, then the role itself: the whole way, confined, over its socket."""
    from poststelle.adapters.keyholder import KeyholderClient

    data = tmp_path / "data"
    file = tmp_path / "poststelle.toml"
    file.write_text(
        f'[house]\nallow_unscanned = true\ndata = "{data}"\n[keys]\ngenerate = false\npkcs11_module = "{token.place.module}"\n'
        f'pkcs11_token = "{token.place.label}"\npkcs11_folders = ["{token.folder}"]\n'
    )
    (tmp_path / "post.pem").write_bytes(POST.pem + CA.pem)
    command = partial(poststelle, "--settings", str(file), environment=token.environment)
    words = ("keys", "import", "post@stadt-muenster.example", str(tmp_path / "post.pem"), "--token-key", "01")
    command(*words).well()
    assert not list(data.rglob("key.p12"))
    (listed,) = command("keys", "list", "--json").rows
    assert listed["state"] == "current"
    renewed = issued(CA, Wish(name="post", email="post@stadt-muenster.example"))
    (tmp_path / "renewed.pem").write_bytes(renewed.pem)
    assert "next" in command("keys", "import", "post@stadt-muenster.example", str(tmp_path / "renewed.pem")).well()
    for whose in ((listed["generation"],), ("--token-key", "01")):
        words = ("keys", "csr", "post@stadt-muenster.example", *whose, "--organisation", "Stadt Münster")
        request = x509.load_pem_x509_csr(command(*words).well().encode())
        assert (request.is_signature_valid, request.public_key()) == (True, POST.key.public_key())
        assert request.subject.rfc4514_string() == "CN=post@stadt-muenster.example,O=Stadt Münster"
    refused = command("keys", "csr", "post@stadt-muenster.example", "--token-key", "77")
    assert (refused.code, "no key 77" in refused.err) == (3, True)
    log = tmp_path / "log"
    serve = (sys.executable, "-m", "poststelle", "--settings", str(file), "serve", "--role", "keyholder")
    with one_role(serve, log, token.environment) as role:
        client = KeyholderClient(data / "run" / "keyholder.sock")

        def opened() -> bool:
            try:
                return client.unwrap(transported(POST, CONTENT_KEY, oaep="sha256"), 32) == CONTENT_KEY
            except UnavailableError:
                assert role.poll() is None, log.read_text()
                return False

        assert eventually(opened, what=log.read_text())
        assert "confinement=rlimits,landlock,seccomp" in log.read_text()
        assert client.sign("post@stadt-muenster.example", bytes(32)) is not None
