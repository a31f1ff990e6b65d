# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest

from poststelle.adapters.clamd import (
    NAME_RULES,
    UNOFFICIAL_IS_HEURISTIC,
    Clamd,
    ClamdAddress,
    certainty_of,
    signatures_at,
)
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.application.ports import UnavailableError
from poststelle.core.facts import Certainty
from support.clamd_server import (
    MARKER,
    STREAM_MAX_BYTES,
    UNWANTED_MARKER,
    ClamdServer,
    ScriptedClamd,
)
from support.gateway import a_free_port
from support.hidden_mails import hiding
from support.nurseries import a_nursery

DEADLINE_SECONDS = 20.0
SHORT_SECONDS = 0.3


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = ClamdServer(tmp_path_factory.mktemp("clamd"), a_free_port()).start()
    yield running
    running.stop()


@pytest.fixture
def clamd(server):
    return Clamd(ClamdAddress(path=server.socket_path))


@pytest.mark.parametrize(
    ("name", "certainty"),
    [
        ("Win.Test.EICAR_HDB-1", Certainty.EXACT),
        ("Doc.Downloader.Emotet-7", Certainty.EXACT),
        ("Sanesecurity.Jurlbl.1.UNOFFICIAL", Certainty.EXACT),
        ("Heuristics.Encrypted.PDF", Certainty.HEURISTIC),
        ("Heuristics.Phishing.Email.SpoofedDomain", Certainty.HEURISTIC),
        ("Heuristics.Limits.Exceeded.MaxScanSize", Certainty.HEURISTIC),
        ("PUA.Win.Packer.Upx-1", Certainty.UNWANTED),
        ("PUA.Hand.Marker.UNOFFICIAL", Certainty.UNWANTED),
        ("Win.PUA.Tool-1", Certainty.EXACT),
    ],
)
def test_the_name_says_how_sure_a_signature_is(name, certainty):
    assert certainty_of(name) is certainty


def test_unofficial_names_are_heuristic_where_configured():
    rules = (*NAME_RULES, UNOFFICIAL_IS_HEURISTIC)
    assert certainty_of("Sanesecurity.Jurlbl.1.UNOFFICIAL", rules) is Certainty.HEURISTIC
    assert certainty_of("PUA.Hand.Marker.UNOFFICIAL", rules) is Certainty.UNWANTED
    assert certainty_of("Win.Test.EICAR_HDB-1", rules) is Certainty.EXACT


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("unix:/run/clamav/clamd.ctl", ClamdAddress(path="/run/clamav/clamd.ctl")),
        ("tcp:127.0.0.1:3310", ClamdAddress(host="127.0.0.1", port=3310)),
        ("tcp:[::1]:3310", ClamdAddress(host="::1", port=3310)),
    ],
)
def test_addresses_are_read(text, address):
    assert ClamdAddress.of(text) == address


@pytest.mark.parametrize("text", ["", "unix:relative", "tcp:3310", "tcp:host:port", "http:host:80"])
def test_other_addresses_are_refused(text):
    with pytest.raises(ValueError, match="neither"):
        ClamdAddress.of(text)


@pytest.mark.parametrize(
    ("version", "built"),
    [
        ("ClamAV 1.4.6/27821/Sat Nov 21 08:25:09 2026", datetime(2026, 11, 21, 8, 25, 9, tzinfo=UTC)),
        ("ClamAV 1.4.6/27821/Tue Dec  1 08:25:09 2026", datetime(2026, 12, 1, 8, 25, 9, tzinfo=UTC)),
        ("ClamAV 1.4.6", None),
        ("something else", None),
    ],
)
def test_the_version_line_dates_the_database(version, built):
    assert signatures_at(version) == built


def test_a_marker_is_found_by_its_name(clamd):
    (found,) = clamd.scan(BytesIO(b"before " + MARKER + b" behind"), DEADLINE_SECONDS)
    assert found.name == "Hand.Marker.UNOFFICIAL"


LONG_MARKER = b"Ganz harmlos. " * 20 + MARKER


@pytest.mark.parametrize("kind", hiding(LONG_MARKER))
def test_what_clamd_cannot_unpack_is_found_because_it_is_shown_unpacked(clamd, kind):
    pool = InspectorPool(clamd, None, PoolSettings(workers=1), nursery=a_nursery())
    try:
        found = pool.inspect_message(BytesIO(hiding(LONG_MARKER)[kind]), DEADLINE_SECONDS).layers_found
    finally:
        pool.close()
    assert [(one.name, one.layer) for one in found] == [("Hand.Marker.UNOFFICIAL", "")]


def test_an_unwanted_program_is_not_called_malware(clamd):
    (found,) = clamd.scan(BytesIO(UNWANTED_MARKER), DEADLINE_SECONDS)
    assert found.certainty is Certainty.UNWANTED


def test_a_stream_over_the_daemons_limit_is_unavailable_never_clean(clamd):
    with pytest.raises(UnavailableError):
        clamd.scan(BytesIO(b"A" * (2 * STREAM_MAX_BYTES)), DEADLINE_SECONDS)


def test_a_marker_at_the_end_of_the_allowed_stream_is_found(clamd):
    content = b"A\n" * (STREAM_MAX_BYTES // 2 - 100) + MARKER
    assert clamd.scan(BytesIO(content), DEADLINE_SECONDS)


def test_hand_made_signatures_have_no_date(clamd):
    assert clamd.engine().startswith("ClamAV 1.")
    assert clamd.signature_age(datetime.now(UTC)) is None


def test_a_restarted_daemon_is_found_again_and_a_stopped_one_is_unavailable(tmp_path):
    server = ClamdServer(tmp_path, a_free_port()).start()
    clamd = Clamd(ClamdAddress(path=server.socket_path))
    assert clamd.scan(BytesIO(MARKER), DEADLINE_SECONDS)
    server.stop()
    with pytest.raises(UnavailableError):
        clamd.scan(BytesIO(MARKER), DEADLINE_SECONDS)
    server.start()
    assert clamd.scan(BytesIO(MARKER), DEADLINE_SECONDS)
    server.stop()


def test_silence_ends_at_the_deadline(tmp_path):
    with ScriptedClamd(tmp_path, None) as silent:
        begun = time.monotonic()
        with pytest.raises(UnavailableError, match="in time"):
            Clamd(ClamdAddress(path=silent.path)).scan(BytesIO(b"x"), SHORT_SECONDS)
        assert time.monotonic() - begun < 10 * SHORT_SECONDS


def test_a_daemon_that_stops_reading_ends_at_the_deadline(tmp_path):
    with ScriptedClamd(tmp_path, None) as silent, pytest.raises(UnavailableError, match="in time"):
        Clamd(ClamdAddress(path=silent.path)).scan(BytesIO(bytes(8 * 1024 * 1024)), SHORT_SECONDS)


@pytest.mark.parametrize(
    "answer",
    [
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: OK",
        b"stream:  FOUND\0",
        b"stream: \xff\xfe FOUND\0",
        b"",
        b"\0",
        b"x" * 20_000,
    ],
    ids=["limit", "error", "unknown", "cut", "nameless", "garbage", "hang-up", "empty", "endless"],
)
def test_every_other_answer_is_unavailable(tmp_path, answer):
    with ScriptedClamd(tmp_path, answer) as odd, pytest.raises(UnavailableError):
        Clamd(ClamdAddress(path=odd.path)).scan(BytesIO(b"x"), DEADLINE_SECONDS)


def test_a_refusal_in_the_middle_of_the_stream_is_unavailable(tmp_path):
    answer = b"INSTREAM size limit exceeded. ERROR\0"
    with ScriptedClamd(tmp_path, answer, swallow_bytes=300_000) as early, pytest.raises(UnavailableError):
        Clamd(ClamdAddress(path=early.path)).scan(BytesIO(bytes(8 * 1024 * 1024)), DEADLINE_SECONDS)


def test_a_daemon_that_hangs_up_at_once_is_unavailable(tmp_path):
    with ScriptedClamd(tmp_path, b"", swallow_bytes=0) as rude:
        clamd = Clamd(ClamdAddress(path=rude.path))
        for ask in (clamd.engine, lambda: clamd.scan(BytesIO(bytes(8 * 1024 * 1024)), DEADLINE_SECONDS)):
            with pytest.raises(UnavailableError):
                ask()


def test_nobody_listening_is_unavailable(tmp_path):
    with pytest.raises(UnavailableError):
        Clamd(ClamdAddress(path=str(tmp_path / "none.sock"))).scan(BytesIO(b"x"), DEADLINE_SECONDS)
    with pytest.raises(UnavailableError):
        Clamd(ClamdAddress(port=a_free_port())).engine()


def test_the_version_is_asked_once_in_a_while_and_dates_the_signatures(tmp_path):
    with ScriptedClamd(tmp_path, b"ClamAV 1.4.6/27821/Sat Nov 21 08:25:09 2026\0") as scripted:
        clamd = Clamd(ClamdAddress(path=scripted.path), version_seconds=60)
        age = clamd.signature_age(datetime(2026, 11, 23, 8, 25, 9, tzinfo=UTC))
        assert age == timedelta(days=2)
        assert clamd.engine() == "ClamAV 1.4.6/27821/Sat Nov 21 08:25:09 2026"
        assert scripted.connections == 1
