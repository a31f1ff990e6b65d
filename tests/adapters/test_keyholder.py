# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder over its socket: one question, one answer, and a shape that says nothing."""

import ctypes
import hashlib
import os
import resource
import socket
import struct
import threading
from contextlib import closing

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, utils

from poststelle.adapters.inspector_pool.confinement import confine, forbid_dumps, probe
from poststelle.adapters.keyholder import HeldKey, KeyholderClient, KeyholderServer, KeyIndex, Patience, Ring
from poststelle.adapters.keyholder.frames import for_whom
from poststelle.application.keyring import Generation, KeyRingError, KeyState
from poststelle.application.ports import NoContentKey, UnavailableError
from support.certificates import Wish, authority, issued
from support.cms_maker import agreed_by_montgomery, method, transported
from support.confined import BREAK_OUTS, said_by_a_child
from support.steps import steps_of

CA = authority()
POST = issued(CA, Wish(name="post", email="post@stadt.example"))
FORMER = issued(CA, Wish(name="frueher", email="post@stadt.example", kind="p256"))
STRANGER = issued(CA, Wish(name="fremd", email="fremd@example.org"))
NOBODY_S = issued(CA, Wish(name="niemand", email="niemand@example.org"))
X25519 = issued(CA, Wish(name="x25519", kind="x25519"))
CONTENT_KEY = bytes(range(32))
PR_GET_DUMPABLE = 3
FORKS = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
LIBC = ctypes.CDLL(None)


def held(holder, state: KeyState, owner: str = "", address: str = "post@stadt.example") -> HeldKey:
    return HeldKey(Generation(address, state.value, state, holder.der), holder.key, owner)


INDEX = KeyIndex((held(POST, KeyState.CURRENT), held(FORMER, KeyState.RETIRED)))


class Changing:
    """A ring whose stamp and keys a test sets."""

    def __init__(self) -> None:
        self.at = 0
        self.index: KeyIndex | None = INDEX
        self.fault: Exception | None = None
        self.loads = 0

    def stamp(self) -> int:
        return self.at

    def load(self) -> KeyIndex:
        self.loads += 1
        if self.fault is not None:
            raise self.fault
        if self.index is None:
            raise KeyRingError("nothing can be read")
        return self.index


@pytest.fixture
def ring() -> Changing:
    return Changing()


def answering(folder, ring: Changing, **how: object) -> KeyholderClient:
    """A client of a keyholder with this ring, at work in a thread."""
    path = folder / "run" / "keyholder.sock"
    server = KeyholderServer(path, Ring(ring.load, ring.stamp), **how)
    threading.Thread(target=server.run, daemon=True).start()
    return KeyholderClient(path, 5.0)


@pytest.fixture
def client(tmp_path, ring) -> KeyholderClient:
    return answering(tmp_path, ring, threads=2)


def raw(client: KeyholderClient, frame: bytes) -> bytes:
    with socket.socket(socket.AF_UNIX) as link:
        link.settimeout(5)
        link.connect(client._path)
        link.sendall(frame)
        return link.recv(1 << 16)


def asked(kind: bytes, content: bytes) -> bytes:
    return struct.pack("!cI", kind, len(content)) + content


@pytest.mark.parametrize("by_key_identifier", [False, True], ids=["issuer and serial", "key identifier"])
def test_a_key_is_found_by_either_name(client, by_key_identifier):
    entry = transported(POST, CONTENT_KEY, by_key_identifier=by_key_identifier)
    assert client.unwrap(entry, 32) == CONTENT_KEY


def test_a_stranger_s_entry_has_no_key_and_an_unknown_method_is_named(client):
    assert client.unwrap(transported(STRANGER, CONTENT_KEY), 32) is NoContentKey.NO_KEY
    entry = transported(POST, CONTENT_KEY).replace(
        method("1.2.840.113549.1.1.1")[2:], method("1.2.840.113549.1.1.9")[2:]
    )
    assert client.unwrap(entry, 32) is NoContentKey.UNSUPPORTED
    assert client.unwrap(agreed_by_montgomery(X25519, CONTENT_KEY), 32) is NoContentKey.NO_KEY


@pytest.mark.parametrize("garbage", [b"", b"\x30", b"\x30\x80", os.urandom(40)], ids=["empty", "cut", "open", "noise"])
def test_what_is_no_entry_is_answered_and_the_keyholder_lives_on(client, garbage):
    assert client.unwrap(garbage, 32) is NoContentKey.UNSUPPORTED
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY


def test_a_spoilt_entry_gets_a_key_all_the_same_and_always_the_same_one(client):
    entry = bytearray(transported(POST, CONTENT_KEY))
    entry[-1] ^= 1
    first, second = (client.unwrap(bytes(entry), 32) for _ in range(2))
    assert isinstance(first, bytes)
    assert len(first) == 32
    assert first == second != CONTENT_KEY


@pytest.mark.parametrize("key_bytes", [16, 24, 32])
def test_the_answer_is_as_long_whether_or_not_there_is_a_key(client, key_bytes):
    before = for_whom("")
    entries = (
        transported(POST, bytes(key_bytes)),
        transported(POST, b"kurz"),
        transported(STRANGER, CONTENT_KEY),
        b"x",
    )
    answers = [raw(client, asked(b"U", before + bytes((key_bytes,)) + entry)) for entry in entries]
    assert {len(answer) for answer in answers} == {5 + key_bytes}


@pytest.mark.parametrize(
    "frame",
    [
        asked(b"U", for_whom("") + b"\x07abc"),
        asked(b"U", b""),
        asked(b"X", b""),
        asked(b"S", for_whom("") + b"kurz"),
        b"U\xff\xff\xff\xff",
        asked(b"U", b"\x20" + transported(POST, CONTENT_KEY)),
        asked(b"S", b"\x07" * 32 + b"post@stadt.example"),
        asked(b"U", b"\x01\xffstadt"),
    ],
    ids=[
        "odd length",
        "nothing",
        "unknown",
        "short digest",
        "too long",
        "a key for nobody",
        "a signature for nobody",
        "a name cut short",
    ],
)
def test_what_nobody_asks_ends_the_connection_and_nothing_else(client, frame, caplog):
    assert raw(client, frame) == b""
    assert client.certificates() == (POST.der, FORMER.der)
    assert "question-broken" not in caplog.text


def test_only_the_current_key_signs(client):
    digest = hashlib.sha256(b"Rueckmeldung").digest()
    signature = client.sign("Post@Stadt.example", digest)
    assert signature is not None
    scheme = utils.Prehashed(hashes.SHA256())
    POST.key.public_key().verify(signature, digest, padding.PKCS1v15(), scheme)
    with pytest.raises(InvalidSignature):
        POST.key.public_key().verify(signature, bytes(32), padding.PKCS1v15(), scheme)
    assert client.sign("andere@stadt.example", digest) is None


@pytest.fixture
def shared(client, ring) -> KeyholderClient:
    """The keys of two authorities in one keyholder."""
    county = held(STRANGER, KeyState.CURRENT, "kreis", "post@kreis.example")
    ring.index, ring.at = KeyIndex((held(POST, KeyState.CURRENT, "stadt"), county)), 1
    return client


OWNERS = [("stadt", POST, "post@stadt.example"), ("kreis", STRANGER, "post@kreis.example")]


@pytest.mark.parametrize(("owner", "holder", "address"), OWNERS, ids=["stadt", "kreis"])
@pytest.mark.parametrize("asking", ["stadt", "kreis", "", "-", "kreisstadt"])
def test_an_authority_gets_what_its_own_keys_open_and_sign_and_of_another_s_nothing(
    shared, owner, holder, address, asking
):
    entry, digest = transported(holder, CONTENT_KEY), hashlib.sha256(b"Rueckmeldung").digest()
    opened, signature = shared.unwrap(entry, 32, asking), shared.signer(asking).sign(address, digest)
    assert opened == (CONTENT_KEY if asking == owner else NoContentKey.NO_KEY)
    assert (signature is not None) is (asking == owner)


def test_a_key_of_another_authority_is_answered_as_if_there_were_none(shared):
    """Byte for byte, so that nobody learns over the socket who has a key here."""
    entries = (transported(STRANGER, CONTENT_KEY), transported(NOBODY_S, CONTENT_KEY))
    foreign, unknown = (raw(shared, asked(b"U", for_whom("stadt") + b"\x20" + entry)) for entry in entries)
    assert foreign == unknown
    foreign, unknown = (
        raw(shared, asked(b"S", for_whom("stadt") + bytes(32) + address))
        for address in (b"post@kreis.example", b"niemand@stadt.example")
    )
    assert foreign == unknown


def test_who_asks_for_a_key_of_another_stands_in_the_log(shared, caplog):
    shared.unwrap(transported(NOBODY_S, CONTENT_KEY), 32, "stadt")
    assert caplog.text == ""
    shared.unwrap(transported(STRANGER, CONTENT_KEY), 32, "stadt")
    assert "event=foreign-key-refused authority='stadt'" in caplog.text


def test_a_certificate_that_two_authorities_hold_opens_for_both(ring, client):
    ring.index, ring.at = KeyIndex(held(POST, KeyState.CURRENT, owner) for owner in ("stadt", "kreis")), 1
    for asking, opened in (("stadt", CONTENT_KEY), ("kreis", CONTENT_KEY), ("land", NoContentKey.NO_KEY)):
        assert client.unwrap(transported(POST, CONTENT_KEY), 32, asking) == opened


def test_changed_keys_are_held_at_once(client, ring):
    ring.index, ring.at = KeyIndex((held(STRANGER, KeyState.CURRENT),)), 1
    assert client.unwrap(transported(STRANGER, CONTENT_KEY), 32) == CONTENT_KEY
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) is NoContentKey.NO_KEY
    assert ring.loads == 2  # at the start, and at the first question after the change


def test_keys_that_cannot_be_read_leave_the_former_ones(client, ring):
    ring.index, ring.at = None, 1
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY


def test_keys_that_could_not_be_read_are_tried_again(tmp_path, ring, caplog):
    """Rights that are mended leave no new stamp."""
    client = answering(tmp_path, ring, patience=Patience(unreadable_seconds=0.0))
    ring.fault, ring.at = PermissionError(13, "Permission denied", "key.p12"), 1
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY
    assert "keys-not-reloaded" in caplog.text
    ring.fault, ring.index = None, KeyIndex((held(STRANGER, KeyState.CURRENT),))
    assert client.unwrap(transported(STRANGER, CONTENT_KEY), 32) == CONTENT_KEY


def test_keys_that_cannot_be_read_are_not_tried_with_every_question(client, ring):
    ring.index, ring.at = None, 1
    for _ in range(5):
        assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY
    assert ring.loads == 2


def test_one_who_is_silent_holds_nobody_else(client):
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(client._path)
        assert [client.unwrap(transported(POST, CONTENT_KEY), 32) for _ in range(4)] == [CONTENT_KEY] * 4


@pytest.mark.parametrize("said", [b"", b"U", b"U\0\0\0\x10half"], ids=["nothing", "a letter", "half a question"])
def test_one_who_stops_speaking_is_hung_up_on(tmp_path, ring, said):
    client = answering(tmp_path, ring, threads=1, patience=Patience(idle_seconds=0.2))
    with socket.socket(socket.AF_UNIX) as silent:
        silent.settimeout(5)
        silent.connect(client._path)
        silent.sendall(said)
        assert silent.recv(1) == b""
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY


def test_a_bug_costs_one_answer_and_no_thread(tmp_path, ring, caplog):
    client = answering(tmp_path, ring, threads=1)
    ring.fault, ring.at = ZeroDivisionError("words"), 1
    with pytest.raises(UnavailableError):
        client.unwrap(transported(POST, CONTENT_KEY), 32)
    assert "question-broken" in caplog.text
    ring.fault = None
    assert client.unwrap(transported(POST, CONTENT_KEY), 32) == CONTENT_KEY


def test_the_first_start_ends_where_keys_cannot_be_read(tmp_path, ring):
    ring.index = None
    with pytest.raises(KeyRingError):
        KeyholderServer(tmp_path / "keyholder.sock", Ring(ring.load, ring.stamp))


def test_nobody_there_is_the_world_failing(tmp_path):
    with pytest.raises(UnavailableError, match="keyholder"):
        KeyholderClient(tmp_path / "none.sock").unwrap(b"", 32)


def test_others_cannot_open_the_socket(tmp_path, ring):
    path = tmp_path / "run" / "keyholder.sock"
    with closing(KeyholderServer(path, Ring(ring.load, ring.stamp))):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_socket_left_over_is_replaced_and_no_other_file(tmp_path, ring):
    path = tmp_path / "keyholder.sock"
    for _ in range(2):
        KeyholderServer(path, Ring(ring.load, ring.stamp)).close()
    path.unlink()
    path.write_text("precious")
    with pytest.raises(UnavailableError, match=f"{path}: .*in use"):
        KeyholderServer(path, Ring(ring.load, ring.stamp))
    assert path.read_text() == "precious"


def test_a_path_that_is_too_long_for_a_socket_is_named(tmp_path, ring):
    path = tmp_path / ("long" * 30) / "keyholder.sock"
    with pytest.raises(UnavailableError, match="too long"):
        KeyholderServer(path, Ring(ring.load, ring.stamp))


def test_a_process_of_another_user_is_not_answered(tmp_path, ring, caplog):
    """Even where somebody has opened the socket's mode: the kernel says who asks."""
    client = answering(tmp_path, ring, threads=1, users=frozenset({os.geteuid() + 1}))
    with pytest.raises(UnavailableError, match="keyholder: "):
        client.unwrap(transported(POST, CONTENT_KEY), 32)
    assert f"event=peer-refused process={os.getpid()} user={os.geteuid()}" in caplog.text


@FORKS
def test_neither_a_crash_nor_a_neighbour_gets_the_memory_of_a_process_without_dumps():
    def look() -> str:
        forbid_dumps()
        return f"{resource.getrlimit(resource.RLIMIT_CORE)} {LIBC.prctl(PR_GET_DUMPABLE)}"

    assert said_by_a_child(look) == "(0, 0) 0"


@FORKS
@pytest.mark.parametrize(
    ("mechanism", "attempt", "outcome"), BREAK_OUTS, ids=lambda part: getattr(part, "__name__", "")
)
def test_a_confined_keyholder_cannot(mechanism, attempt, outcome, tmp_path):
    missing = dict(probe().missing)
    if mechanism in missing:
        pytest.skip(f"this kernel has no {mechanism}: {missing[mechanism]}")

    def confined() -> str:
        confine((tmp_path,), accepts=True)
        attempt()
        return "done"

    assert said_by_a_child(confined) == outcome


@FORKS
def test_a_confined_keyholder_reads_its_keys_writes_none_and_answers(tmp_path):
    """What it keeps of its freedom: the folder of the keys, for reading; and the socket that listened before."""
    (tmp_path / "key.p12").write_bytes(b"key")
    path = tmp_path / "run" / "keyholder.sock"

    def confined() -> str:
        server = KeyholderServer(path, Ring(lambda: INDEX, lambda: 0), threads=1)
        confine((tmp_path,), accepts=True)
        read = (tmp_path / "key.p12").read_bytes()
        try:
            (tmp_path / "key.p12").write_bytes(b"other")
        except PermissionError:
            return f"{read!r} kept {server.held}"
        return "written"

    assert said_by_a_child(confined) == "b'key' kept 2"


OAEP_SPOILT = bytearray(transported(POST, CONTENT_KEY, oaep="sha256"))
OAEP_SPOILT[-1] ^= 1
SPOILT = bytearray(transported(POST, CONTENT_KEY))
SPOILT[-1] ^= 1


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (transported(POST, CONTENT_KEY), bytes(SPOILT)),
        (transported(POST, CONTENT_KEY), transported(POST, b"kurz")),
        (transported(POST, CONTENT_KEY, oaep="sha256"), bytes(OAEP_SPOILT)),
    ],
    ids=["padding", "length", "OAEP"],
)
def test_a_right_and_a_wrong_key_take_the_same_steps(good, bad):
    """The stand-in is always made, before the secret is used: nothing is done for a wrong key alone.

    How long the steps take is measured by ``python -m bench.keyholder_timing``.
    """
    assert steps_of(lambda: INDEX.content_key(good, 32)) == steps_of(lambda: INDEX.content_key(bad, 32))
    assert any(step.endswith("_stand_in") for step in steps_of(lambda: INDEX.content_key(good, 32)))
