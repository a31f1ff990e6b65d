# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The authority's offices and persons: who can be written to, and where a message belongs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from poststelle.core.address import Address


@dataclass(frozen=True, slots=True)
class Office:
    """One organisational unit (Amt, Dienststelle). Numbers are data: leading zeros are kept."""

    id: str
    number: str
    name: str
    names_en: str = ""
    synonyms: tuple[str, ...] = ()
    """Former and colloquial names, abbreviations; matched like the name."""
    keywords: tuple[str, ...] = ()
    """Services and subjects the office is known for; keywords of the subject line and words of the A-Z."""
    units: tuple[tuple[str, str], ...] = ()
    """(unit number, name) pairs."""
    addresses: tuple[Address, ...] = ()
    """Published addresses at which the office is written to."""
    mailbox: Address | None = None
    """Where its mail is delivered; None means it works on the desk only."""
    aktenzeichen: tuple[str, ...] = ()
    """Regular expressions of its file references, anchored; a group ``unit`` names the unit."""
    sealed: bool = False
    """The mailroom sees envelope facts only."""
    phone: str = ""
    is_demo: bool = False
    """Facts invented for the demonstration, marked as such wherever shown."""
    visit: str = ""
    """Where the office is visited, as printed."""
    hours: str = ""
    """When it is open, as printed."""

    @property
    def title(self) -> str:
        """Number and name, such as Amt 32 Ordnungsamt."""
        return f"Amt {self.number} {self.name}" if self.number else self.name


@dataclass(frozen=True, slots=True)
class Service:
    """One entry (Anliegen) of the A-Z: what somebody wants, and the office that does it."""

    name: str
    office: str
    """Office id."""
    name_en: str = ""
    keywords: tuple[str, ...] = ()
    """Further words under which it is looked for."""
    url: str = ""
    """Further information, where there is a page for it; may be a third party's."""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """An employee with an address of her own."""

    name: str
    address: Address
    office: str
    phone: str = ""
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """Every office and person of one authority. Of two that claim the same id or address the first counts."""

    offices: tuple[Office, ...]
    persons: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()
    _by_id: Mapping[str, Office] = field(init=False, repr=False, compare=False)
    _by_address: Mapping[str, Office | None] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Looked up at every RCPT and for every verdict, and a city has thousands of persons.
        by_id = {office.id: office for office in reversed(self.offices)}
        of_persons = {person.address.key: by_id.get(person.office) for person in reversed(self.persons)}
        of_offices = {address.key: office for office in reversed(self.offices) for address in office.addresses}
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_by_address", of_persons | of_offices)

    def __hash__(self) -> int:
        """Soon computed: what the grammar makes of a directory is remembered by it."""
        return hash(tuple(self._by_id))

    def office(self, office_id: str) -> Office | None:
        """The office with this id."""
        return self._by_id.get(office_id)

    def office_at(self, address: Address) -> Office | None:
        """The office that is written to at this address, or whose employee is."""
        return self._by_address.get(address.key)
