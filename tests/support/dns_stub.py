# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A DNS server on loopback that knows the zone it was given and nothing else; no query leaves the machine."""

import socket
import threading
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from poststelle.adapters.senderauth import Dns, DnsSettings

TTL_SECONDS = 60


def txt(text: str) -> str:
    """A TXT record's data, cut into strings of 255 octets as DNS wants it."""
    return " ".join(
        '"' + text[at : at + 255].replace("\\", "\\\\").replace('"', '\\"') + '"' for at in range(0, len(text), 255)
    )


class DnsStub:
    """``zone`` maps (name, type) to record data; ``silent`` names get no answer, ``failing`` ones SERVFAIL."""

    def __init__(
        self,
        zone: dict[tuple[str, str], list[str]],
        silent: frozenset[str] = frozenset(),
        failing: frozenset[str] = frozenset(),
    ) -> None:
        self.zone = {(name.lower(), kind): data for (name, kind), data in zone.items()}
        self.names = {name for name, _ in self.zone}
        self.silent = silent
        self.failing = failing
        self.asked: list[tuple[str, str]] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, daemon=True)

    def dns(self, **settings: float) -> Dns:
        values = {"seconds_each": 0.5, "seconds_together": 5.0} | settings
        return Dns(DnsSettings(servers=("127.0.0.1",), port=self.port, **values))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(timeout=5)
        self._socket.close()

    def _run(self) -> None:
        while True:
            wire, peer = self._socket.recvfrom(65535)
            if not wire:
                return
            answer = self._answer(wire)
            if answer is not None:
                self._socket.sendto(answer, peer)

    def _answer(self, wire: bytes) -> bytes | None:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        response.flags |= dns.flags.RA
        data = self.zone.get((name, kind), [])
        if name in self.failing:
            response.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.names:
            response.set_rcode(dns.rcode.NXDOMAIN)
        elif data:
            response.answer.append(dns.rrset.from_text_list(question.name, TTL_SECONDS, "IN", kind, data))
        return response.to_wire(max_size=65535)
