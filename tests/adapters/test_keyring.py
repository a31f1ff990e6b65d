# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The key ring on disk: what is refused, what follows what, and what is published."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from poststelle.adapters.keyring import (
    KeyFolder,
    KeyKind,
    LoadedKey,
    find_passphrase,
    make_once,
    new_key,
    own_passphrase,
    private_key_of,
    self_signed,
)
from poststelle.application.health import Health
from poststelle.application.key_health import key_faults
from poststelle.application.keyring import (
    TRANSITIONS,
    Generation,
    KeyRingError,
    KeyState,
    checked_transition,
    published,
    recipients,
)
from poststelle.compose.web import secret_file
from support.certificates import Holder, Wish, authority, issued
from support.programs import OF_A_CHILD, require_program

POST = "post@stadt.example"
NOW = datetime.now(UTC)
SECRET = b"ein Satz, den niemand kennt"
CA = authority()


def loaded(address: str = POST, days: int = 365, at: datetime = NOW) -> LoadedKey:
    key = new_key(KeyKind.P256)
    return LoadedKey(key, self_signed(address, key, at, days), ())


def bought(wish: Wish | None = None) -> LoadedKey:
    holder: Holder = issued(CA, wish or Wish(email=POST, kind="p256"))
    return LoadedKey(holder.key, holder.der, (CA.der,))


@pytest.fixture
def folder(tmp_path) -> KeyFolder:
    return KeyFolder(tmp_path / "keys")


def test_the_first_key_is_current_and_the_second_waits(folder):
    states = [folder.add(POST, loaded(), NOW, SECRET).state for _ in range(2)]
    assert states == [KeyState.CURRENT, KeyState.NEXT]
    assert [one.name[-2:] for one in folder.ring()] == ["-1", "-2"]


def test_what_was_written_is_read_back_with_its_key(folder):
    written = folder.add(POST.upper(), bought(), NOW, SECRET)
    assert folder.ring() == (written,)
    assert written.chain == (CA.der,)
    assert folder.key(written, SECRET).public_key() == written.x509.public_key()


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o600 | 0o010], ids=["group reads", "others read", "group executes"])
def test_a_key_that_others_can_read_is_refused(folder, mode):
    written = folder.add(POST, loaded(), NOW, SECRET)
    file = folder.root / written.address / written.name / "key.p12"
    assert file.stat().st_mode & 0o777 == 0o400
    file.chmod(mode)
    with pytest.raises(KeyRingError, match="can be read by others") as raised:
        folder.key(written, SECRET)
    assert "chmod 0400" in raised.value.remedy


def test_a_wrong_passphrase_is_named_with_its_file(folder):
    written = folder.add(POST, loaded(), NOW, SECRET)
    with pytest.raises(KeyRingError, match=r"key\.p12: the PKCS#12 file cannot be opened"):
        folder.key(written, b"falsch")


def test_a_certificate_of_another_key_is_not_taken_in(folder):
    with pytest.raises(KeyRingError, match="not for this key"):
        folder.add(POST, LoadedKey(new_key(KeyKind.P256), loaded().certificate, ()), NOW, SECRET)


def test_an_exchanged_key_file_is_noticed(folder):
    one, other = (folder.add(POST, loaded(), NOW, SECRET) for _ in range(2))
    files = [folder.root / POST / generation.name / "key.p12" for generation in (one, other)]
    files[0].unlink()
    files[1].rename(files[0])
    with pytest.raises(KeyRingError, match="not the key of the certificate"):
        folder.key(one, SECRET)


@pytest.mark.parametrize("address", ["../post@stadt.example", "post", "a b@stadt.example", ""])
def test_what_is_no_address_makes_no_folder(folder, address):
    with pytest.raises(KeyRingError, match="no mail address"):
        folder.add(address, loaded(), NOW, SECRET)


def test_a_destroyed_key_leaves_its_certificate_only(folder):
    folder.add(POST, loaded(), NOW, SECRET)
    retired = folder.change(folder.ring()[0], KeyState.RETIRED)
    gone = folder.change(retired, KeyState.DESTROYED)
    assert folder.ring() == (gone,)
    assert not list(folder.root.rglob("key.p12"))
    assert recipients(folder.ring()) == ()


def test_every_change_is_noticed_by_the_stamp(folder):
    before = folder.stamp()
    written = folder.add(POST, loaded(), NOW, SECRET)
    added = folder.stamp()
    folder.change(written, KeyState.RETIRED)
    assert len({before, added, folder.stamp()}) == 3


@given(st.lists(st.sampled_from(KeyState), max_size=8))
def test_no_walk_leads_back_to_a_key_in_use(walk):
    state, was_retired = KeyState.NEXT, False
    for wanted in walk:
        generation = Generation(POST, "1", state, b"")
        if wanted in TRANSITIONS[state]:
            checked_transition(generation, wanted)
            state = wanted
        else:
            with pytest.raises(KeyRingError):
                checked_transition(generation, wanted)
        was_retired = was_retired or state in {KeyState.RETIRED, KeyState.DESTROYED}
        assert not (was_retired and state in {KeyState.NEXT, KeyState.CURRENT})


def test_the_current_certificate_is_published_with_its_issuers(folder):
    folder.add(POST, bought(), NOW, SECRET)
    folder.add(POST, loaded(), NOW, SECRET)
    own, issuer = published(folder.ring())
    assert (own.file_name, own.is_issuer, own.is_self_signed) == ("post@stadt.example.cer", False, False)
    assert (issuer.file_name, issuer.is_issuer, issuer.content) == ("aussteller-1.crt", True, CA.der)
    assert [one.file_name for one in published(folder.ring(), early=True)] == [
        "post@stadt.example.cer",
        "aussteller-1.crt",
        "post@stadt.example.next.cer",
    ]


def test_a_compromised_key_is_no_longer_published_and_still_opens_mail(folder):
    marked = folder.mark_compromised(folder.add(POST, loaded(), NOW, SECRET))
    assert published((marked,)) == ()
    assert len(recipients((marked,))) == 1


@pytest.mark.parametrize(
    ("days", "health", "said"),
    [(-1, Health.BROKEN, "expired on"), (0, Health.BROKEN, "expired on"), (10, Health.DOUBTFUL, "expires on")],
    ids=["yesterday", "this moment", "in ten days"],
)
def test_the_end_of_a_certificate_is_told_in_time(folder, days, health, said):
    folder.add(POST, loaded(days=400), NOW, SECRET)
    end = folder.ring()[0].not_after
    fault = key_faults(folder.ring(), POST, end - timedelta(days=days))[0]
    assert (fault.health, said in fault.sentence) == (health, True)


def test_a_bought_certificate_with_time_left_is_fine(folder):
    folder.add(POST, bought(Wish(email=POST, kind="p256", end=NOW + timedelta(days=90))), NOW, SECRET)
    assert key_faults(folder.ring(), POST, NOW) == ()


def test_the_credential_comes_before_the_environment_and_the_file(tmp_path):
    (tmp_path / "poststelle-key-passphrase").write_text("aus dem Dienst\n")
    own = own_passphrase(tmp_path, {})
    assert (own.source, own_passphrase(tmp_path, {})) == ("file", own)
    environment = {"POSTSTELLE_KEY_PASSPHRASE": "aus der Umgebung"}
    assert find_passphrase(tmp_path, environment).source == "environment"
    found = find_passphrase(tmp_path, {**environment, "CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert (found.secret, found.source) == (b"aus dem Dienst", "credential")


def test_an_empty_passphrase_is_none_and_protects_nothing(tmp_path):
    (tmp_path / "passphrase").touch(0o400)
    with pytest.raises(KeyRingError, match="passphrase is empty"):
        own_passphrase(tmp_path, {})


ON_A_FULL_DISK = """
import resource, sys
from pathlib import Path
from poststelle.adapters.keyring import own_passphrase
from poststelle.compose.web import secret_file
resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
for make in (lambda: own_passphrase(Path(sys.argv[1]) / "keys", {}), lambda: secret_file(Path(sys.argv[1]))):
    try:
        make()
    except OSError as error:
        print(type(error).__name__)
"""


def test_a_secret_is_there_whole_or_not_at_all(tmp_path):
    """Half of one, of a start on a full disk, would be taken for the whole by every later start."""
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(tmp_path)]
    done = subprocess.run(command, env=OF_A_CHILD, capture_output=True, text=True, check=True)
    assert done.stdout == "OSError\nOSError\n"
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []
    assert len(own_passphrase(tmp_path / "keys", {}).secret) > 40
    assert len(secret_file(tmp_path).read_text()) > 60


def test_who_is_second_takes_the_secret_of_the_first(tmp_path):
    for content in (b"first", b"second"):
        make_once(tmp_path / "secret", content, 0o400)
    assert (tmp_path / "secret").read_bytes() == b"first"
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o400
    assert len(list(tmp_path.iterdir())) == 1


def test_a_passphrase_that_others_can_read_is_refused_and_none_is_ever_printed(tmp_path):
    own = own_passphrase(tmp_path, {})
    assert own.secret.decode() not in repr(own)
    (tmp_path / "passphrase").chmod(0o444)
    with pytest.raises(KeyRingError, match="can be read by others"):
        find_passphrase(tmp_path, {})


@pytest.mark.parametrize("legacy", [(), ("-certpbe", "PBE-SHA1-3DES", "-keypbe", "PBE-SHA1-3DES", "-macalg", "sha1")])
def test_files_of_other_programs_are_read(tmp_path, legacy):
    openssl = require_program("openssl", "openssl")
    holder = issued(CA, Wish(email=POST))
    for name, content in (("c.pem", holder.pem), ("k.pem", holder.key_pem), ("ca.pem", CA.pem)):
        (tmp_path / name).write_bytes(content)
    made = subprocess.run(
        [
            openssl,
            "pkcs12",
            "-export",
            "-in",
            "c.pem",
            "-inkey",
            "k.pem",
            "-certfile",
            "ca.pem",
            "-passout",
            "pass:x",
            *legacy,
        ],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    ).stdout
    read = private_key_of(made, b"x")
    assert (read.certificate, read.chain) == (holder.der, (CA.der,))
