# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The directory file: how offices, persons and services are written in TOML, and the directory made of it."""

from typing import Annotated

from pydantic import Field

from poststelle.core.address import Address
from poststelle.core.directory import Directory, Office, Person, Service
from poststelle.core.policy.access import MailAddress
from poststelle.core.policy.base import Model

OfficeId = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", examples=["ordnungsamt"])]


class UnitEntry(Model):
    """A unit inside an office."""

    number: str
    """Number of the unit, leading zeros kept."""
    name: str
    """Name of the unit."""


class OfficeEntry(Model):
    """One organisational unit (Amt, Dienststelle)."""

    id: OfficeId
    """Short ASCII name; never changed, since stored messages refer to it."""
    number: str = ""
    """Amtsziffer as the public knows it, leading zeros kept."""
    name: str
    """Name of the office; matched in subject lines."""
    name_en: str = ""
    """Name in English."""
    synonyms: tuple[str, ...] = ()
    """Former and colloquial names and abbreviations; matched like the name."""
    keywords: tuple[str, ...] = ()
    """Second halves of subject lines and words of the A-Z."""
    units: tuple[UnitEntry, ...] = ()
    addresses: tuple[MailAddress, ...] = ()
    """Published addresses of the office."""
    mailbox: MailAddress | None = None
    """Where its mail is delivered; absent: it works on the desk only."""
    aktenzeichen: tuple[str, ...] = ()
    """Regular expressions of its file references, from ^ to $; a group named unit gives the unit."""
    sealed: bool = False
    """True where the mailroom may see envelope facts only."""
    phone: str = ""
    """Telephone, as printed."""
    visit: str = ""
    """Where it is visited, as printed."""
    hours: str = ""
    """When it is open, as printed."""
    demo: bool = False
    """True where the entry is invented for a demonstration; shown wherever the entry is."""


class PersonEntry(Model):
    """An employee with an address of her own."""

    name: str
    """Name as listed."""
    address: MailAddress
    """Published address."""
    office: OfficeId
    """Office id."""
    phone: str = ""
    """Telephone, as printed."""
    demo: bool = False
    """True where the person is invented."""


class ServiceEntry(Model):
    """One entry of the A-Z."""

    name: str
    """What somebody wants, as listed in the A-Z."""
    name_en: str = ""
    """The same in English."""
    office: OfficeId
    """Office id."""
    keywords: tuple[str, ...] = ()
    """Further words under which it is looked for."""
    url: str = ""
    """Further information; may be a third party's."""
    demo: bool = False
    """True where the entry is invented."""


class DirectoryFile(Model):
    """Every office, person and service of one authority."""

    offices: tuple[OfficeEntry, ...] = ()
    persons: tuple[PersonEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()

    def directory(self) -> Directory:
        """The directory as the gateway uses it."""
        return Directory(
            tuple(_office(entry) for entry in self.offices),
            tuple(
                Person(entry.name, address(entry.address), entry.office, entry.phone, entry.demo)
                for entry in self.persons
            ),
            tuple(
                Service(entry.name, entry.office, entry.name_en, entry.keywords, entry.url, entry.demo)
                for entry in self.services
            ),
        )


def address(text: str) -> Address:
    """The address written as ``local@domain``."""
    local, _, domain = text.rpartition("@")
    return Address(local, domain)


def _office(entry: OfficeEntry) -> Office:
    return Office(
        id=entry.id,
        number=entry.number,
        name=entry.name,
        names_en=entry.name_en,
        synonyms=entry.synonyms,
        keywords=entry.keywords,
        units=tuple((unit.number, unit.name) for unit in entry.units),
        addresses=tuple(address(text) for text in entry.addresses),
        mailbox=address(entry.mailbox) if entry.mailbox else None,
        aktenzeichen=entry.aktenzeichen,
        sealed=entry.sealed,
        phone=entry.phone,
        is_demo=entry.demo,
        visit=entry.visit,
        hours=entry.hours,
    )
