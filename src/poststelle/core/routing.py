# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where a message belongs, and why: recipient address, then subject, then Aktenzeichen, then triage with suggestions.

A message that points to two offices goes to neither by itself. Kassenzeichen never route.
"""

from dataclasses import dataclass

from poststelle.core.address import Address
from poststelle.core.directory import Directory
from poststelle.core.policy import Policy
from poststelle.core.references import Aktenzeichen, Spotted, ours, spot
from poststelle.core.subject import Reading, read_subject, suggestions
from poststelle.core.verdict import Route

MAX_FOREIGN = 3


@dataclass(frozen=True, slots=True)
class Clues:
    """What of a message may say where it belongs."""

    subject: str
    aktenzeichen: tuple[str, ...] = ()
    """File references stated in structured data; they count like one in the subject."""


def find_route(directory: Directory, recipient: Address, clues: Clues, policy: Policy) -> Route:
    """The office and the reasons as (code, value) pairs; an empty office is triage in the mailroom."""
    spotted = spot(directory, clues.subject, policy.kassenzeichen)
    office = directory.office_at(recipient) or directory.office(_office_of_terms(policy, recipient))
    if office is not None:
        keyword = read_subject(directory, clues.subject).keyword
        because = (("recipient", str(recipient)), *_remarks(spotted))
        return Route(office.id, because, (), keyword, _reference_of(spotted, office.id), spotted.kassenzeichen)
    return _by_contents(directory, clues, spotted)


def _office_of_terms(policy: Policy, recipient: Address) -> str:
    """The office a listed address belongs to by the policy."""
    listed = (terms.office for terms in policy.addresses if terms.address.casefold() == recipient.key)
    return next(listed, "")


def _by_contents(directory: Directory, clues: Clues, spotted: Spotted) -> Route:
    reading = read_subject(directory, clues.subject)
    stated = tuple(known for text in clues.aktenzeichen for known in ours(directory, text))
    references = (*spotted.ours, *stated)
    named = tuple(
        dict.fromkeys([*([reading.office] if reading.office else []), *reading.conflict]
                      + [known.office for known in references])
    )  # fmt: skip
    if len(named) != 1 or reading.conflict:
        return _triage(directory, clues.subject, named, spotted)
    return _routed(named[0], reading, references, spotted)


def _routed(office: str, reading: Reading, references: tuple[Aktenzeichen, ...], spotted: Spotted) -> Route:
    because = list(reading.because)
    if references:
        because.append(("aktenzeichen", references[0].text))
        if references[0].unit:
            because.append(("unit", references[0].unit))
    return Route(
        office=office,
        because=(*because, *_remarks(spotted)),
        keyword=reading.keyword,
        aktenzeichen=references[0].text if references else "",
        kassenzeichen_seen=spotted.kassenzeichen,
    )


def _triage(directory: Directory, subject: str, named: tuple[str, ...], spotted: Spotted) -> Route:
    """Two offices are named both; where none is, what comes near is suggested."""
    near = suggestions(directory, subject) if not named else ()
    dated = tuple((known.office, known.text) for known in spotted.datelike) if not named else ()
    pointed = (*dated, *near)
    because = (
        *(("disagree", office) for office in named),
        *(("near", f"{office}={why}") for office, why in pointed),
        *_remarks(spotted),
    )
    suggested = tuple(dict.fromkeys(named or (office for office, _ in pointed)))
    return Route("", because or (("nothing", ""),), suggested, kassenzeichen_seen=spotted.kassenzeichen)


def _remarks(spotted: Spotted) -> tuple[tuple[str, str], ...]:
    foreign = tuple(("foreign-reference", text) for text in spotted.foreign[:MAX_FOREIGN])
    return (*foreign, ("kassenzeichen", "")) if spotted.kassenzeichen else foreign


def _reference_of(spotted: Spotted, office: str) -> str:
    return next((known.text for known in spotted.ours if known.office == office), "")
