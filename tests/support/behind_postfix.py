# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The production picture on loopback: Debian's Postfix with the shipped configuration, and every role behind it."""

import contextlib
import json
import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path

from poststelle.adapters.ready_files import ready
from poststelle.application.demonstration import as_toml
from poststelle.application.settings import Door, House, Malware, Outbox, Recipients, Sender, Settings, Spam
from support.command_line import poststelle
from support.gateway import POLICY, a_free_port, eventually, parsed
from support.postfix_server import Ports, PostfixServer

DOMAIN = "stadt-muenster.example"
HOSTNAME = f"mx.{DOMAIN}"
BASE_URL = f"https://poststelle.{DOMAIN}"
ROLES = ("door", "recipients", "outbox", "sequencer", "maildrop")
ROLES_BY_LMTP = ("door", "recipients", "maildrop")
"""Nothing is sent there: it would come back to the door."""
START_SECONDS = 60.0


@dataclass(frozen=True)
class Engines:
    """Who looks at the messages beside the gateway itself."""

    malware: Malware
    spam: Spam
    sender: Sender


PLAIN = Engines(Malware(engine="demo"), Spam(engine="demo"), Sender(mode="none"))


class Processes:
    """The roles, each a process of its own as systemd starts them."""

    def __init__(self, folder: Path, settings: Settings, mailboxes: int) -> None:
        self.folder, self.settings, self._mailboxes = folder, settings, mailboxes
        self._file = folder / "poststelle.toml"
        self._file.write_text(as_toml(settings), encoding="utf-8")
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def command(self, *words: str) -> str:
        """What a command of this installation prints."""
        return poststelle("--settings", str(self._file), *words).well()

    def start(self, *roles: str) -> None:
        for role in roles:
            # The mailboxes stand behind Postfix: they listen where Postfix delivers and not where the outbox sends.
            changes = {"POSTSTELLE_OUTBOX_PORT": str(self._mailboxes)} if role == "maildrop" else {}
            with (self.folder / f"{role}.log").open("ab") as log:
                self._running[role] = subprocess.Popen(
                    self._words("serve", "--role", role), stdout=log, stderr=log, env=os.environ | changes
                )
        for role in roles:
            eventually(lambda role=role: self._is_ready(role), START_SECONDS, f"{role} is at work")

    def end(self, *roles: str, by: signal.Signals = signal.SIGTERM) -> None:
        for role in roles:
            self._running[role].send_signal(by)
        for role in roles:
            self._running.pop(role).wait(30)

    def end_all(self) -> None:
        self.end(*reversed(self._running))

    def _words(self, *words: str) -> tuple[str, ...]:
        return (sys.executable, "-m", "poststelle", "--settings", str(self._file), *words)

    def _is_ready(self, role: str) -> bool:
        process = self._running[role]
        assert process.poll() is None, (self.folder / f"{role}.log").read_text()
        found = ready(self.settings.house.data, role)
        return found is not None and found.pid == process.pid


class Picture:
    """Postfix with the gateway behind it."""

    def __init__(self, postfix: PostfixServer, processes: Processes) -> None:
        self.postfix, self.processes = postfix, processes

    def client(self, address: str = "127.0.0.1", port: int = 0) -> smtplib.SMTP:
        """A mail server of the world at the door, from an address of its own."""
        port = port or self.postfix.ports.smtp
        return smtplib.SMTP("127.0.0.1", port, "mx.buerger.example", timeout=90, source_address=(address, 0))

    def mailbox(self, address: str) -> tuple[EmailMessage, ...]:
        """What arrived at a mailbox."""
        folder = self.processes.settings.house.data / "mailboxes" / address / "new"
        files = sorted(folder.glob("*"), key=lambda file: file.stat().st_mtime)
        return tuple(parsed(file.read_bytes()) for file in files)

    def arrived(self, address: str, message_id: str) -> EmailMessage:
        """The message about or with this Message-ID, once it is in the mailbox."""

        def look() -> EmailMessage | None:
            found = (one for one in self.mailbox(address) if message_id in (one["Message-ID"], one["In-Reply-To"]))
            return next(found, None)

        return eventually(look, what=f"{message_id} in {address}")

    def arrived_at(self, address: str) -> EmailMessage:
        """The first message in a mailbox."""
        return eventually(lambda: self.mailbox(address), what=f"mail in {address}")[0]

    def journal(self, reference: str) -> list[dict]:
        """Every entry about a message."""
        said = self.processes.command("journal", "show", reference, "--json")
        return [json.loads(line) for line in said.splitlines()]


@contextmanager
def picture(folder: Path, engines: Engines = PLAIN, *, lmtp: bool = False) -> Iterator[Picture]:
    """Everything started in the order of an installation, and ended in the reverse one."""
    ports = Ports(a_free_port(), a_free_port(), a_free_port(), a_free_port(), a_free_port())
    settings = Settings(
        house=House(data=folder / "data", policies=(POLICY,), mode="demo", hostname=HOSTNAME, base_url=BASE_URL),
        door=Door(port=ports.door, trusted_peers=(ip_network("127.0.0.1/32"),), lmtp=lmtp),
        malware=engines.malware,
        spam=engines.spam,
        sender=engines.sender,
        outbox=Outbox(port=ports.out, starttls="never"),
        recipients=Recipients(enabled=True, port=ports.policy),
    )
    processes = Processes(folder, settings, ports.mailboxes)
    postfix = PostfixServer(ports, _changes(ports, is_lmtp=lmtp))
    with contextlib.ExitStack() as stack:
        stack.callback(processes.end_all)
        processes.start(*(ROLES_BY_LMTP if lmtp else ROLES))
        processes.command("recipients", "write", str(postfix.folder / "recipients"))
        yield Picture(stack.enter_context(postfix), processes)


def _changes(ports: Ports, *, is_lmtp: bool) -> dict[str, str]:
    """What an operator changes in the example, and everybody's mail server played by one."""
    changes = {
        "relay_domains": f"{DOMAIN} {HOSTNAME}",
        "myhostname": HOSTNAME,
        "transport_maps": f"inline:{{ {{ {HOSTNAME} = smtp:[127.0.0.1]:{ports.door} }} }}",
        "default_transport": f"relay:[127.0.0.1]:{ports.mailboxes}",
    }
    if is_lmtp:
        changes |= {"relay_transport": f"lmtp:inet:127.0.0.1:{ports.door}", "smtpd_proxy_filter": ""}
    return changes
