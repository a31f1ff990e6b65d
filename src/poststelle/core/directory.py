# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The authority's offices and persons: who can be written to, and where a message belongs."""

from dataclasses import dataclass

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
    """Every office and person of one authority."""

    offices: tuple[Office, ...]
    persons: tuple[Person, ...] = ()
    services: tuple[Service, ...] = ()

    def office(self, office_id: str) -> Office | None:
        """The office with this id."""
        return next((office for office in self.offices if office.id == office_id), None)

    def office_at(self, address: Address) -> Office | None:
        """The office that is written to at this address, or whose employee is."""
        for office in self.offices:
            if any(known.key == address.key for known in office.addresses):
                return office
        person = next((person for person in self.persons if person.address.key == address.key), None)
        return self.office(person.office) if person else None
