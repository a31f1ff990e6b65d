# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The check before sending: the very same inspection and judge as at the door, with an assumed envelope.

Knows no scanner, no keyholder and no store. What depends on them (malware, spam, encrypted content) is not checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from poststelle.core.address import Address
from poststelle.core.arrival import Envelope
from poststelle.core.facts import AuthResult, Facts, File, Inspection, MalwareFacts, SenderFacts, SpamFacts, Tier
from poststelle.core.formats import Format
from poststelle.core.judgement import judge
from poststelle.core.matter import Terms
from poststelle.core.reasons import MEMBER_PREFIX
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, Verdict

ASSUMED_SENDER = Address("absender", "pruefung.example")
"""An authenticated human being without a DMARC record: the check must not depend on who asks."""
_NO_ENGINE = "none"


@dataclass(frozen=True, slots=True)
class Checked:
    """What would become of it, and why. ``inspection`` is None where it could not be looked into."""

    inspection: Inspection | None
    verdict: Verdict

    @property
    def is_accepted(self) -> bool:
        """Nothing is objected to that would keep any of it from being processed."""
        return self.verdict.disposition is Disposition.ACCEPT

    @property
    def codes(self) -> tuple[str, ...]:
        """Every reason code once, in the order of the objections, members of archives marked as such."""
        files = {file.path: file for file in self.inspection.files} if self.inspection else {}
        named = (
            MEMBER_PREFIX * is_member(objection.path, files) + objection.code.value
            for objection in self.verdict.objections
        )
        return tuple(dict.fromkeys(named))


def conclude(inspection: Inspection | None, terms: Terms, at: datetime) -> Checked:
    """The verdict on an inspected message for one ordinary recipient of this authority."""
    facts = Facts(
        inspection,
        MalwareFacts(_NO_ENGINE),
        SpamFacts(_NO_ENGINE, None),
        SenderFacts(spf=AuthResult.PASS, spf_aligned=True, source="assumed"),
    )
    envelope = Envelope(ASSUMED_SENDER, (ordinary_recipient(terms),))
    return Checked(inspection, judge(terms, facts, envelope, Register(), at).by_recipient[0])


def as_simple_mail(inspection: Inspection) -> Inspection:
    """One inspected file as the only attachment of a well-formed e-mail from the assumed sender."""
    head = replace(inspection.head, from_fields=1, from_addresses=(str(ASSUMED_SENDER),))
    return replace(inspection, head=head)


def ordinary_recipient(terms: Terms) -> Address:
    """The first address that the policy opens: the one for simple e-mail."""
    local, _, domain = terms.policy.addresses[0].address.rpartition("@")
    return Address(local, domain)


def is_member(path: tuple[str, ...], files: Mapping[tuple[str, ...], File]) -> bool:
    """The file lies inside another that came as a file, such as an archive."""
    return len(path) > 1 and path[:-1] in files and files[path[:-1]].container


def file_codes(file: File, checked: Checked) -> tuple[str, ...]:
    """The reason codes of this file alone."""
    return tuple(dict.fromkeys(entry.code.value for entry in checked.verdict.objections if entry.path == file.path))


def is_message_name(name: str) -> bool:
    """What comes under this name is read as a whole message, not as one attachment."""
    return name.casefold().endswith(f".{Format.EML.value}")


def format_of(name: str, inspection: Inspection | None) -> str:
    """The format of what was checked: told by content for a file, ``eml`` for a message."""
    if is_message_name(name):
        return Format.EML.value
    return inspection.files[0].format.value if inspection and inspection.files else Format.UNKNOWN.value


UNINSPECTED_TIER = Tier.REFUSE
"""What is said of the structure of something that could not be looked into."""
