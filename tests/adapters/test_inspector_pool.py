# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The pool with real workers: what a worker cannot do, and what becomes of a message when a worker misbehaves."""

import base64
import io
import os
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from poststelle.adapters.inspector_pool.broker import MAX_SCANS
from poststelle.adapters.inspector_pool.confinement import probe
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.inspector_pool.raising import Nursery
from poststelle.application.ports import UnavailableError
from poststelle.core.facts import Certainty, MalwareFound, Tier
from poststelle.core.reasons import Reason
from support.confined import (
    BREAK_OUTS,
    in_a_confined_child,
    list_the_working_folder,
    open_a_socket,
    open_a_unix_socket,
    read_secrets,
)
from support.gateway import children, eventually, is_running
from support.nurseries import a_nursery, nurseries_at_work

PLAIN = b"From: erika@buerger.example\r\nSubject: Antrag\r\n\r\nGuten Tag\r\n"
MACRO_NAMED = (
    b"From: erika@buerger.example\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: application/zip; name="a.zip"\r\n\r\nPK\x03\x04 nothing more\r\n'
)
FOUND = (MalwareFound("Test.Layer", Certainty.EXACT),)


class Scanner:
    """Finds the same in everything and remembers what it was shown; or is not there at all."""

    def __init__(self, *, absent: bool = False) -> None:
        self.shown: list[bytes] = []
        self.absent = absent

    def scan(self, content, deadline_seconds):
        if self.absent:
            raise UnavailableError("no scanner")
        assert deadline_seconds > 0
        self.shown.append(content.read())
        return FOUND

    def engine(self):
        return "test"


@contextmanager
def a_pool(oddities="", scanner=None, nursery=None, **settings: float):
    chosen = PoolSettings(**{"workers": 1, **settings})
    pool = InspectorPool(scanner or Scanner(), None, chosen, nursery=nursery or a_nursery(oddities))
    try:
        yield pool
    finally:
        pool.close()


def inspected(pool, content=PLAIN, deadline_seconds=30.0):
    return pool.inspect_message(io.BytesIO(content), deadline_seconds)


def the_nursery():
    """That of the pool; those of tests before may take a moment to end."""
    return eventually(lambda: len(found := nurseries_at_work()) == 1 and found, what="one nursery is at work")[0]


@contextmanager
def a_pool_alone(**settings: float):
    """A pool with a program of its own, as a process has that was started alone; and how to find that program."""
    before = set(children(os.getpid()))

    def program() -> int:
        (one,) = set(children(os.getpid())) - before
        return one

    with a_pool(nursery=Nursery(), **settings) as pool:
        yield pool, program


# ------------------------------------------------------------------------------------------- what a worker cannot do


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize(
    ("mechanism", "attempt", "outcome"), BREAK_OUTS, ids=lambda part: getattr(part, "__name__", "")
)
def test_a_confined_process_cannot(mechanism, attempt, outcome):
    missing = dict(probe().missing)
    if mechanism in missing:
        pytest.skip(f"this kernel has no {mechanism}: {missing[mechanism]}")
    assert in_a_confined_child(attempt) == outcome


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_file_of_ours_cannot_be_read_although_its_name_is_known(tmp_path):
    if "landlock" in dict(probe().missing):
        pytest.skip("this kernel has no Landlock: files are not closed to workers here")
    secret = tmp_path / "key.pem"
    secret.write_bytes(b"secret")
    assert in_a_confined_child(secret.read_bytes) == "PermissionError"
    assert secret.read_bytes() == b"secret"


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_what_is_tried_here_succeeds_outside():
    attempts = (open_a_socket, open_a_unix_socket, read_secrets, list_the_working_folder)
    assert all(attempt() is None for attempt in attempts)


@pytest.mark.parametrize("revision", [2, 3, 4, 6])
def test_a_pdf_that_only_its_owner_may_change_is_looked_into_by_a_confined_worker(revision):
    """Opening one with 256-bit keys takes random numbers, which a worker has without any other file."""
    made = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(
            made,
            encryption=pikepdf.Encryption(
                owner="nur ich", user="", R=revision, aes=revision > 3, metadata=revision > 3
            ),
        )
    with a_pool() as pool:
        (file,) = pool.inspect_file(made, "Bescheid.pdf", 30.0).files
    assert file.findings == ()


def test_one_file_is_tried_again_in_a_fresh_worker():
    with a_pool("dies,honest") as pool:
        assert pool.inspect_file(io.BytesIO(b"Guten Tag"), "a.txt", 30.0).files[0].findings == ()
    with a_pool("dies") as pool, pytest.raises(UnavailableError, match="could not do inspect-file: worker-died"):
        pool.inspect_file(io.BytesIO(b"Guten Tag"), "a.txt", 30.0)


def test_a_worker_says_what_confines_it():
    with a_pool() as pool:
        assert pool.confinement() == probe().active


def test_nursery_and_workers_have_no_environment_but_the_language():
    with a_pool_alone() as (pool, program):
        inspected(pool)
        environment = Path(f"/proc/{program()}/environ").read_bytes()
        assert environment == b"LANG=C.UTF-8\0"


def test_the_nursery_holds_no_descriptor_but_its_own():
    with a_pool_alone() as (pool, program), open("/etc/passwd", "rb"):  # noqa: PTH123 - must not be inherited
        inspected(pool)
        links = [str(entry.readlink()) for entry in Path(f"/proc/{program()}/fd").iterdir()]
        assert not any("passwd" in link for link in links)
        assert sum(link.startswith("socket:") for link in links) == 1


def test_a_worker_holds_no_descriptor_but_its_own():
    with a_pool_alone() as (pool, program), open("/etc/passwd", "rb"):  # noqa: PTH123 - must not be inherited
        inspected(pool)
        links = [str(entry.readlink()) for entry in Path(f"/proc/{the_worker(program)}/fd").iterdir()]
        assert sum(link.startswith("socket:") for link in links) == 1
        assert not any(link.startswith("/") and link != "/dev/null" for link in links[3:])


# ------------------------------------------------------------------------------------------------- which worker works


def the_worker(nursery=the_nursery):
    (worker,) = eventually(lambda: children(nursery()))
    return worker


def test_a_worker_serves_message_after_message():
    with a_pool() as pool:
        assert inspected(pool).inspection.tier is Tier.CLEAN
        first = the_worker()
        assert inspected(pool).inspection.head.subject == "Antrag"
        assert the_worker() == first


def test_a_worker_looks_into_file_after_file_until_one_is_odd():
    with a_pool() as pool:
        pool.inspect_file(io.BytesIO(b"Guten Tag"), "a.txt", 30.0)
        first = the_worker()
        pool.inspect_file(io.BytesIO(b"Guten Abend"), "b.txt", 30.0)
        assert the_worker() == first
        pool.inspect_file(io.BytesIO(b"%PDF-1.4 nothing"), "c.pdf", 30.0)
        eventually(lambda: not is_running(first), what="the worker is gone")


def test_a_worker_that_met_anything_odd_is_not_used_again():
    with a_pool() as pool:
        inspected(pool)
        first = the_worker()
        found = inspected(pool, MACRO_NAMED).inspection
        assert any(
            finding.code is Reason.ZIP_STRUCTURE or finding.code for file in found.files for finding in file.findings
        )
        eventually(lambda: not is_running(first), what="the worker is gone")
        inspected(pool)
        assert the_worker() != first


def test_a_worker_retires_after_its_share():
    with a_pool(messages_per_worker=2) as pool:
        inspected(pool)
        first = the_worker()
        inspected(pool)
        eventually(lambda: not is_running(first), what="the worker is gone")
        assert inspected(pool).inspection is not None


def test_a_worker_that_died_while_idle_is_replaced_without_a_remark():
    with a_pool() as pool:
        inspected(pool)
        first = the_worker()
        os.kill(first, 9)
        eventually(lambda: not is_running(first))
        again = inspected(pool)
        assert again.inspection is not None
        assert again.remarks == ()


def test_a_nursery_that_died_is_started_again():
    with a_pool_alone(messages_per_worker=1) as (pool, program):
        inspected(pool)
        first = program()
        os.kill(first, 9)
        eventually(lambda: not is_running(first))
        assert inspected(pool).inspection is not None
        assert program() != first


def test_closing_the_pool_leaves_no_process():
    with a_pool_alone() as (pool, program):
        inspected(pool)
        family = (program(), the_worker(program))
    eventually(lambda: not any(is_running(member) for member in family), what="nobody is left")


def test_a_file_is_handed_over_as_a_descriptor(tmp_path):
    path = tmp_path / "mail.eml"
    path.write_bytes(PLAIN)
    with a_pool() as pool, path.open("rb") as content:
        assert pool.inspect_message(content, 30.0).inspection.head.subject == "Antrag"


# ------------------------------------------------------------------------------------------ when a worker misbehaves

BROKEN = [
    "dies",
    "eats-memory",
    "spins",
    "says-nonsense",
    "promises-gigabytes",
    "sends-a-job",
    "scans-nothing",
    "answers-other-facts",
    "scans-a-pipe",
    "scans-without-end",
    "scans-beyond-the-limits",
    "answers-by-a-pipe",
    "answers-without-end",
    "answers-beyond-the-limits",
    "unwraps-with-a-file",
    "sends-a-job-with-a-file",
    "names-a-fault-with-a-file",
]


A_NURSERY = 1
"""Descriptors that a pool has besides, once it was asked for a worker."""


def open_descriptors() -> int:
    return len(tuple(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("oddity", BROKEN)
def test_a_lost_worker_is_replaced_once_and_the_message_is_looked_into(oddity):
    with a_pool(f"{oddity},honest") as pool:
        found = inspected(pool)
    assert found.remarks == ("worker-died",)
    assert found.inspection.head.subject == "Antrag"


@pytest.mark.parametrize("oddity", BROKEN)
def test_a_second_lost_worker_ends_the_looking_without_an_answer(oddity):
    with a_pool(oddity) as pool:
        before = open_descriptors()
        found = inspected(pool)
        assert open_descriptors() - before <= A_NURSERY
    assert found.inspection is None
    assert found.remarks == ("worker-died", "worker-died")


@pytest.mark.parametrize("oddity", ["hangs", "dribbles"])
def test_a_worker_that_takes_too_long_is_ended_in_time(oddity):
    with a_pool(oddity, try_seconds=0.4) as pool:
        found = inspected(pool)
    assert found.inspection is None
    assert found.remarks == ("timed-out", "timed-out")


def test_a_bug_in_an_inspector_is_named_and_tried_again():
    with a_pool("names-a-fault,honest") as pool:
        found = inspected(pool)
    assert found.inspection is not None
    assert found.remarks == ("worker-fault: ValueError at pdf.py:1",)


def test_workers_that_are_never_born_are_our_fault_and_not_the_messages():
    with a_pool("dies-unborn") as pool, pytest.raises(UnavailableError, match="no inspector can be started"):
        inspected(pool)


def test_the_deadline_of_the_message_holds_over_both_tries():
    with a_pool("hangs", try_seconds=25.0) as pool:
        found = inspected(pool, deadline_seconds=0.5)
    assert found.inspection is None


def test_where_every_worker_is_busy_nobody_waits_beyond_the_deadline():
    with a_pool("hangs", try_seconds=1.5) as pool:
        busy = threading.Thread(target=inspected, args=(pool,))
        busy.start()
        eventually(lambda: children(the_nursery()) if nurseries_at_work() else (), what="a worker at work")
        with pytest.raises(UnavailableError, match="no inspector was free"):
            inspected(pool, deadline_seconds=0.2)
        pool_children = children(the_nursery())
        assert len(pool_children) == 1
        busy.join()


class SlowNursery(Nursery):
    """Every birth but the first waits for leave."""

    def __init__(self) -> None:
        super().__init__()
        self.births = 0
        self.is_asked, self.may_go_on = threading.Event(), threading.Event()

    def raise_worker(self, world):
        self.births += 1
        if self.births > 1:
            self.is_asked.set()
            assert self.may_go_on.wait(20)
        return super().raise_worker(world)


def test_a_message_is_answered_while_a_worker_for_another_is_born():
    nursery = SlowNursery()

    class Waiting(Scanner):
        def scan(self, content, deadline_seconds):
            other.start()
            assert nursery.is_asked.wait(60)
            return super().scan(content, deadline_seconds)

    pool = InspectorPool(Waiting(), None, PoolSettings(workers=2), nursery=nursery)
    other = threading.Thread(target=inspected, args=(pool,))
    first = threading.Thread(target=inspected, args=(pool, signed_over(b"Content-Type: text/plain\r\n\r\nInnen\r\n")))
    first.start()
    first.join(60)
    was_answered = not first.is_alive()
    nursery.may_go_on.set()
    other.join()
    first.join()
    pool.close()
    assert was_answered


# --------------------------------------------------------------------------------------------------- what it asks for


def test_a_worker_that_asks_for_scans_without_end_is_lost():
    scanner = Scanner()
    with a_pool("scans-too-often", scanner) as pool:
        found = inspected(pool)
    assert found.inspection is None
    assert len(scanner.shown) == 2 * MAX_SCANS
    assert [entry.layer for entry in found.layers_found] == ["1"]


def test_a_layer_is_shown_to_the_scanner_and_what_it_finds_is_told():
    inner = b"Content-Type: text/plain\r\n\r\nInnen\r\n"
    scanner = Scanner()
    with a_pool(scanner=scanner) as pool:
        found = inspected(pool, signed_over(inner))
    assert found.inspection is not None
    assert scanner.shown == [inner]
    assert [entry.name for entry in found.layers_found] == ["Test.Layer"]


def signed_over(inner: bytes) -> bytes:
    """A message whose only part is an opaque signature over these bytes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Erika")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    building = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    building = building.serial_number(1).not_valid_before(start).not_valid_after(start.replace(year=2030))
    builder = pkcs7.PKCS7SignatureBuilder().set_data(inner)
    builder = builder.add_signer(building.sign(key, hashes.SHA256()), key, hashes.SHA256())
    sealed = builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary])
    head = (
        b"From: erika@buerger.example\r\nSubject: Antrag\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/pkcs7-mime; smime-type=signed-data\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    )
    return head + base64.encodebytes(sealed).replace(b"\n", b"\r\n")


def test_an_absent_scanner_is_the_worlds_failure_and_no_verdict():
    with a_pool("scans-too-often", Scanner(absent=True)) as pool, pytest.raises(UnavailableError, match="no scanner"):
        inspected(pool)
