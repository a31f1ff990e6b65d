# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One gateway that serves two authorities: Münster and the strict county, or Münster and a neighbour with the same rules."""

import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from support.gateway import Gateway, eventually
from support.policies import POLICIES

SENDER = "erika@buerger.example"
FOLDERS = (str(POLICIES / "muenster"), str(POLICIES / "strict"))
_NONE: Mapping[str, Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Party:
    """What is one authority's own, as others see it."""

    id: str
    name: str
    domain: str
    host: str

    @property
    def central(self) -> str:
        return f"stadtverwaltung@{self.domain}"


CITY = Party("muenster", "Stadt Münster", "stadt-muenster.example", "www.stadt-muenster.example")
COUNTY = Party("strict", "Kreis Strengen", "kreis-streng.example", "www.kreis-streng.example")
PARTIES = (CITY, COUNTY)


def other(party: Party) -> Party:
    """The neighbour in the same installation."""
    return COUNTY if party is CITY else CITY


NEIGHBOUR = Party("nachbarn", "Stadt Nachbarn", "stadt-nachbarn.example", "www.stadt-nachbarn.example")
CITY_SAFE_ID = "DE.Justiz.79c99486-99a8-4456-a132-cfeba5e955dd.832b"
NEIGHBOUR_SAFE_ID = "DE.Justiz.11111111-2222-4333-8444-555555555555.9999"


def twins(place: Path, *changes: tuple[str, str]) -> tuple[str, str]:
    """Münster's folder and its neighbour's, who says the same in another name; both with these changes, by text."""
    for party in (CITY, NEIGHBOUR):
        folder = place / party.id
        folder.mkdir(parents=True)
        for file in (POLICIES / "muenster").glob("*.toml"):
            text = file.read_text(encoding="utf-8")
            for old, new in changes:
                text = text.replace(old, new)
            (folder / file.name).write_text(text if party is CITY else _renamed(text), encoding="utf-8")
    return str(place / CITY.id), str(place / NEIGHBOUR.id)


def _renamed(text: str) -> str:
    text = text.replace(CITY_SAFE_ID, NEIGHBOUR_SAFE_ID).replace(CITY.domain, NEIGHBOUR.domain)
    return text.replace('authority = "muenster"', 'authority = "nachbarn"').replace("Münster", "Nachbarn")


@contextmanager
def two_authorities(folder: Path, changes: Mapping[str, Mapping[str, object]] = _NONE) -> Iterator[Gateway]:
    """The gateway at work, every face of it."""
    known = {"house": {"policies": FOLDERS}, "health": {"enabled": True, "port": 0}, **changes}
    with Gateway(folder, changes=known) as running:
        eventually(lambda: running.role("health") and running.role("web"), what="every face")
        yield running


def get(gateway: Gateway, role: str, path: str, host: str = "127.0.0.1") -> str:
    """A page, asked for under this name of the host."""
    found = gateway.role(role)
    assert found is not None
    request = urllib.request.Request(f"http://127.0.0.1:{found.port}{path}", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read().decode()


def send(gateway: Gateway, to: str, number: int, sender: str = SENDER) -> None:
    """A plain letter."""
    head = f"From: {sender}\r\nTo: {to}\r\nSubject: Amt 32\r\nMessage-ID: <{number}@b.example>\r\n"
    with gateway.session() as client:
        client.sendmail(sender, [to], f"{head}\r\nHallo\r\n")
