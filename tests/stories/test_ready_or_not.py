# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A gateway on every server it can have: each is taken away in turn, readiness names it alone, and it comes back."""

import os
import signal
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from support.clamd_server import ClamdServer
from support.gateway import Gateway, a_free_port, eventually
from support.nodes import new_shared
from support.postgres import new_postgres_server
from support.rspamd_server import RspamdServer
from support.s3 import new_s3_server

OK = (200, "ok\n")
SECONDS = 60.0


class Servers:
    """Everything a gateway may depend on, each of its own, so that it can be stopped."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.clamd = ClamdServer(Path(tempfile.mkdtemp(prefix="poststelle-cl-")), a_free_port())
        self.rspamd = RspamdServer(folder / "rspamd", a_free_port())
        for server in (self.clamd, self.rspamd):
            server.start()
            stack.callback(server.stop)
        self.postgres, self.s3 = new_postgres_server(stack), new_s3_server(stack)
        self.shared = new_shared(self.postgres, self.s3)
        changes = {
            "store": self.shared.store,
            "health": {"enabled": True, "port": 0},
            "malware": {"engine": "clamd", "socket": self.clamd.socket_path},
            "spam": {"engine": "rspamd", "host": "127.0.0.1", "port": self.rspamd.port},
        }
        self.gateway = Gateway(folder / "data", changes=changes, environment=self.shared.environment)


@pytest.fixture(scope="module")
def servers(tmp_path_factory, django_db_blocker) -> Iterator[Servers]:
    with django_db_blocker.unblock(), ExitStack() as stack:
        found = Servers(stack, tmp_path_factory.mktemp("ready"))
        with found.gateway:
            eventually(lambda: found.gateway.role("health"), what="the health port")
            yield found


def readyz(servers: Servers, role: str = "") -> tuple[int, str]:
    health = servers.gateway.role("health")
    assert health is not None
    address = f"http://127.0.0.1:{health.port}/readyz{role and '/'}{role}"
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def frozen(find: Callable[[Servers], int]) -> tuple[Callable[[Servers], None], Callable[[Servers], None]]:
    """A process that stands still: its socket takes connections, and nobody answers."""
    return (
        lambda servers: os.kill(find(servers), signal.SIGSTOP),
        lambda servers: os.kill(find(servers), signal.SIGCONT),
    )


def role(name: str) -> Callable[[Servers], int]:
    return lambda servers: servers.gateway.role(name).pid


AWAY = {
    "database": (lambda servers: servers.postgres.stop(), lambda servers: servers.postgres.restart()),
    "bucket": (lambda servers: servers.s3.freeze(), lambda servers: servers.s3.thaw()),
    "virus scanner": frozen(lambda servers: servers.clamd.process.pid),
    "spam filter": (lambda servers: servers.rspamd.stop(), lambda servers: servers.rspamd.start()),
    "keyholder": frozen(role("keyholder")),
    "door": frozen(role("door")),
}


@pytest.mark.parametrize("part", AWAY)
def test_what_is_away_is_named_and_nothing_else_and_comes_back(servers, part):
    take_away, bring_back = AWAY[part]
    eventually(lambda: readyz(servers) == OK, SECONDS, "ready before")
    take_away(servers)
    try:
        eventually(lambda: readyz(servers) == (503, f"missing: {part}\n"), SECONDS, f"{part} is missed")
    finally:
        bring_back(servers)
    eventually(lambda: readyz(servers) == OK, SECONDS, f"{part} is found again")


def test_a_role_is_told_of_its_own_parts_only(servers):
    eventually(lambda: readyz(servers, "sequencer") == OK, SECONDS, "ready before")
    servers.clamd.stop()
    try:
        eventually(lambda: readyz(servers, "door") == (503, "missing: virus scanner\n"), SECONDS, "the door needs it")
        assert [readyz(servers, name) for name in ("sequencer", "web", "outbox")] == [OK] * 3
    finally:
        servers.clamd.start()
    assert readyz(servers, "nobody")[0] == 404


def test_the_outbox_needs_the_mail_server_behind_us(servers):
    eventually(lambda: readyz(servers, "outbox") == OK, SECONDS, "ready before")
    os.kill(servers.gateway.pid, signal.SIGSTOP)  # the supervisor would start it again
    try:
        os.kill(servers.gateway.role("maildrop").pid, signal.SIGKILL)
        eventually(lambda: readyz(servers, "outbox") == (503, "missing: mail server\n"), SECONDS, "it is missed")
        assert readyz(servers) == OK, "mail is taken in all the same"
    finally:
        os.kill(servers.gateway.pid, signal.SIGCONT)
    eventually(lambda: readyz(servers, "outbox") == OK, SECONDS, "it is found again")


def test_the_bebpo_door_needs_its_drop_folder_and_the_mail_door_does_not(servers):
    folder = servers.gateway.settings.bebpo.folder
    eventually(lambda: readyz(servers, "bebpo") == (503, "missing: drop folder\n"), SECONDS, "it was never made")
    assert readyz(servers) == OK
    folder.mkdir()
    eventually(lambda: readyz(servers, "bebpo") == OK, SECONDS, "it is found")


def test_a_storm_of_probes_is_answered_and_the_gateway_goes_on(servers):
    eventually(lambda: readyz(servers) == OK, SECONDS, "ready before")
    with ThreadPoolExecutor(16) as storm:
        assert set(storm.map(lambda _: readyz(servers), range(200))) == {OK}
