# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Checks of the directory file by itself and together with the policy it serves."""

import re
from collections.abc import Iterator

from poststelle.core.directory_file import DirectoryFile, OfficeEntry
from poststelle.core.lint.fault import Fault, error, nearest, warning
from poststelle.core.lint.patterns import pattern_faults
from poststelle.core.lint.terms import twice
from poststelle.core.policy import Policy

_SUBJECT = re.compile(r"^(?:Amt (?P<number>\w+)|(?P<name>.+?)) – .+$")


def directory_faults(directory: DirectoryFile) -> Iterator[Fault]:
    """PS601 to PS607."""
    if not directory.offices:
        yield error("PS601", "offices", "no office at all: every message would wait in the mailroom")
    for doubled in twice(office.id for office in directory.offices):
        yield error("PS602", "offices", f'the id "{doubled}" stands twice')
    for doubled in twice(office.number for office in directory.offices if office.number):
        yield error("PS602", "offices", f'the number "{doubled}" stands twice')
    for doubled in twice(name for office in directory.offices for name in sorted(_names(office))):
        yield error("PS603", "offices", f'"{doubled}" names two offices; a subject line could mean either')
    yield from _patterns(directory)
    yield from _addresses(directory)
    yield from _references(directory)


def _names(office: OfficeEntry) -> set[str]:
    return {name.casefold() for name in (office.name, *office.synonyms)}


def _patterns(directory: DirectoryFile) -> Iterator[Fault]:
    for place, office in enumerate(directory.offices, start=1):
        for number, pattern in enumerate(office.aktenzeichen, start=1):
            key = f"offices[{place}].aktenzeichen[{number}]"
            yield from pattern_faults(key, pattern)
            if not (pattern.startswith("^") and pattern.endswith("$")):
                yield error("PS604", key, "a file reference is matched from ^ to $")


def _addresses(directory: DirectoryFile) -> Iterator[Fault]:
    published = [address.casefold() for office in directory.offices for address in office.addresses]
    for doubled in twice([*published, *(person.address.casefold() for person in directory.persons)]):
        yield error("PS605", "offices", f'"{doubled}" belongs to two')


def _references(directory: DirectoryFile) -> Iterator[Fault]:
    known = [office.id for office in directory.offices]
    persons = [(f"persons[{number}]", person.office) for number, person in enumerate(directory.persons, start=1)]
    services = [(f"services[{number}]", service.office) for number, service in enumerate(directory.services, start=1)]
    for key, office_id in (*persons, *services):
        if office_id not in known:
            yield error("PS606", f"{key}.office", f'there is no office "{office_id}"', nearest(office_id, known))
    for number, office in enumerate(directory.offices, start=1):
        if not office.addresses and not office.number:
            yield warning("PS607", f"offices[{number}]", f'"{office.name}" can be reached by name only')


def outside_faults(policy: Policy, directory: DirectoryFile) -> Iterator[Fault]:
    """PS701: the directory publishes no address the terms do not cover."""
    domains = policy.scope.domains if policy.scope else ()
    for number, office in enumerate(directory.offices, start=1):
        for address in office.addresses:
            if domains and address.rpartition("@")[2] not in domains:
                yield error("PS701", f"offices[{number}].addresses", f'"{address}" is outside the domains of the terms')
    for number, person in enumerate(directory.persons, start=1):
        if domains and person.address.rpartition("@")[2] not in domains:
            yield error(
                "PS701", f"persons[{number}].address", f'"{person.address}" is outside the domains of the terms'
            )


def office_faults(policy: Policy, directory: DirectoryFile) -> Iterator[Fault]:
    """PS702 to PS704: what the page says of offices is true of the directory."""
    yield from _examples(policy, directory)
    yield from _office_addresses(policy, directory)


def _examples(policy: Policy, directory: DirectoryFile) -> Iterator[Fault]:
    numbers = {office.number for office in directory.offices}
    names = {name for office in directory.offices for name in _names(office)}
    for place, example in enumerate(policy.subject.examples if policy.subject else (), start=1):
        match = _SUBJECT.match(example)
        if match is None:
            yield error("PS702", f"subject.examples[{place}]", f'"{example}" is not "office – keyword"')
        elif (match["number"] or "") not in numbers and (match["name"] or "").casefold() not in names:
            yield error("PS703", f"subject.examples[{place}]", f'"{example}" names no office of the directory')


def _office_addresses(policy: Policy, directory: DirectoryFile) -> Iterator[Fault]:
    known = [office.id for office in directory.offices]
    for number, terms in enumerate(policy.addresses, start=1):
        if terms.office and terms.office not in known:
            near = nearest(terms.office, known)
            yield error("PS704", f"addresses[{number}].office", f'there is no office "{terms.office}"', near)
