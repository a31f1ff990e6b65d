# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Who is told, and how: a sender is never left without word, and nobody is written to who did not write to us.

What the sender hears is a function of what can be seen from outside. Objections from inside ciphertext reach a person
with a ready text, except towards an accepted signature that covers the whole message.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from poststelle.core.address import Address
from poststelle.core.arrival import Channel, Envelope
from poststelle.core.facts import AuthResult, Certainty, Facts, File, Head, Role, SenderFacts
from poststelle.core.matter import Matter, Terms
from poststelle.core.mitigation import ADVISORY, weight
from poststelle.core.reasons import Reason
from poststelle.core.rules import MAX_RECEIVED
from poststelle.core.signers import writes_as_signer
from poststelle.core.verdict import Disposition, Objection, SenderTold


class Silence(StrEnum):
    """Why no automatic notice may go out (RFC 3834, 2). The strings are public."""

    NULL_SENDER = "null-sender"
    NOT_INSPECTED = "not-inspected"
    AUTO_SUBMITTED = "auto-submitted"
    PRECEDENCE = "precedence"
    LIST = "list"
    ROLE_ADDRESS = "role-address"
    OWN_NOTICE = "own-notice"
    LOOP = "loop"
    OWN_ADDRESS = "own-address"
    MALWARE = "malware"
    SPAM = "spam"
    UNAUTHENTICATED = "unauthenticated"


BULK = frozenset({"bulk", "list", "junk"})
ROLE_NAMES = frozenset({"mailer-daemon", "noreply", "no-reply", "donotreply", "do-not-reply"})
ROLE_PREFIXES = (
    "owner-",
    "bounce-",
    "bounces-",
    "bounce+",
    "bounces+",
    "noreply+",
    "no-reply+",
    "prvs=",
    "srs0=mailer",
)
ROLE_SUFFIXES = ("-request", "-owner", "-bounce", "-bounces")


def _is_role(sender: Address | None) -> bool:
    local = sender.local.casefold() if sender else ""
    return local in ROLE_NAMES or local.startswith(ROLE_PREFIXES) or local.endswith(ROLE_SUFFIXES)


@dataclass(frozen=True, slots=True)
class _Case:
    """What the suppression table looks at."""

    facts: Facts
    envelope: Envelope
    own: frozenset[str]

    @property
    def head(self) -> Head | None:
        return self.facts.inspection.head if self.facts.inspection else None


def _of_head(test: Callable[[Head], bool]) -> Callable[[_Case], bool]:
    def asked(case: _Case) -> bool:
        return case.head is not None and test(case.head)

    return asked


SUPPRESSION: tuple[tuple[Silence, Callable[[_Case], bool]], ...] = (
    (Silence.NULL_SENDER, lambda case: case.envelope.sender is None),
    (Silence.NOT_INSPECTED, lambda case: case.head is None),
    (Silence.AUTO_SUBMITTED, _of_head(lambda head: head.auto_submitted not in ("", "no"))),
    (Silence.PRECEDENCE, _of_head(lambda head: head.precedence.casefold() in BULK)),
    (Silence.LIST, _of_head(lambda head: head.is_list)),
    (Silence.ROLE_ADDRESS, lambda case: _is_role(case.envelope.sender)),
    (Silence.OWN_NOTICE, _of_head(lambda head: head.own_notice)),
    (Silence.LOOP, _of_head(lambda head: head.received_count > MAX_RECEIVED)),
    (Silence.OWN_ADDRESS, lambda case: case.envelope.sender is not None and case.envelope.sender.key in case.own),
    (Silence.MALWARE, lambda case: any(not found.layer for found in case.facts.malware.found)),
    (Silence.SPAM, lambda case: bool(case.facts.spam.is_spam)),
    (Silence.UNAUTHENTICATED, lambda case: not is_sender_authenticated(case.facts, case.envelope)),
)
"""The suppression table, asked from the top. What was found inside ciphertext is left out on purpose."""


def may_notify(facts: Facts, envelope: Envelope, own: frozenset[str] = frozenset()) -> Silence | None:
    """Why no automatic notice may go to the envelope sender; None where one may. ``own`` holds our address keys."""
    case = _Case(facts, envelope, own)
    return next((silence for silence, applies in SUPPRESSION if applies(case)), None)


def is_sender_authenticated(facts: Facts, envelope: Envelope) -> bool:
    """The reverse-path is vouched for, so that a notice reaches who wrote: SPF pass, or aligned DKIM of its own domain.

    Aligned DKIM vouches for the From domain only. A reverse-path elsewhere could be anybody's, chosen to have our
    notice sent there.
    """
    if envelope.sender is None:
        return False
    if facts.sender.spf is AuthResult.PASS:
        return True
    inspection = facts.inspection
    domains = (
        {address.rpartition("@")[2].casefold() for address in inspection.head.from_addresses} if inspection else ()
    )
    return facts.sender.dkim_aligned and any(_related(envelope.sender.domain, domain) for domain in domains)


def _related(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}") or other.endswith(f".{one}")


def fails_authentication(sender: SenderFacts) -> bool:
    """DMARC fails, or SPF fails without an aligned DKIM pass; a bare SPF fail is often an honest forwarder."""
    return sender.dmarc is AuthResult.FAIL or (sender.spf is AuthResult.FAIL and not sender.dkim_aligned)


class Standing(StrEnum):
    """What the sender is, as to being told."""

    MACHINE = "machine"
    OURS = "ours"
    SUSPECT = "suspect"
    """An engine objects: whatever else is wrong, nothing is sent by itself."""
    FORGED = "forged"
    UNKNOWN = "unknown"
    KNOWN = "known"


_STANDINGS: dict[Silence | None, Standing] = {
    None: Standing.KNOWN,
    Silence.UNAUTHENTICATED: Standing.UNKNOWN,
    Silence.OWN_ADDRESS: Standing.OURS,
    Silence.MALWARE: Standing.SUSPECT,
    Silence.SPAM: Standing.SUSPECT,
}
"""Every other silence means a machine at the other end."""


def standing(matter: Matter, own: frozenset[str]) -> Standing:
    """What the sender of this message is."""
    silence = may_notify(_without_released(matter), matter.envelope, own)
    found = _STANDINGS.get(silence, Standing.MACHINE)
    failed = fails_authentication(matter.facts.sender)
    return Standing.FORGED if failed and found is not Standing.MACHINE else found


def _without_released(matter: Matter) -> Facts:
    """The facts without what a clerk has decided on already."""
    facts, released = matter.facts, matter.terms.released
    if Reason.SPAM in released:
        facts = replace(facts, spam=replace(facts.spam, is_spam=None))
    if Reason.MALWARE_SUSPECTED in released:
        exact = tuple(found for found in facts.malware.found if found.certainty is Certainty.EXACT)
        facts = replace(facts, malware=replace(facts.malware, found=exact))
    return facts


def own_addresses(matter: Matter) -> frozenset[str]:
    """The key of the reverse-path where it is an address of ours; else nothing."""
    return ours_among(matter.terms, matter.envelope.sender)


def ours_among(terms: Terms, sender: Address | None) -> frozenset[str]:
    """The key of this sender where it is an address of ours, by the policy or by the directory; else nothing."""
    if sender is None:
        return frozenset()
    listed = any(entry.address.casefold() == sender.key for entry in terms.policy.addresses)
    is_ours = listed or terms.directory.office_at(sender) is not None
    return frozenset({sender.key}) if is_ours else frozenset()


@dataclass(frozen=True, slots=True)
class Telling:
    """How the sender is told, of what, and whether that makes it a refusal."""

    told: SenderTold
    objections: frozenset[Objection]
    """What reply or notice may name."""
    is_refusal: bool = False
    """A notice could not be sent and nothing usable came: the answer in the dialogue says what a notice would have."""
    inside: bool = False
    """Objections from inside ciphertext wait for a person to tell them."""


_NOTHING: frozenset[Objection] = frozenset()


def tell(matter: Matter, raised: Iterable[Objection]) -> Telling:
    """How the sender hears of these objections, which are weighed already."""
    spoken = inside_may_be_told(matter)
    outside = tuple(entry for entry in raised if not entry.decrypted or spoken)
    inside = any(entry.told and weight(entry) is not Disposition.ACCEPT for entry in raised if entry.decrypted)
    strictest = max((weight(entry) for entry in outside), key=lambda found: found.severity, default=Disposition.ACCEPT)
    found = _outside(matter, outside, strictest)
    return Telling(found.told, found.objections, found.is_refusal, inside and not spoken)


def inside_may_be_told(matter: Matter) -> bool:
    """An accepted signature covers the whole message, and the reverse-path is the signer's own."""
    return matter.accepted_signature and writes_as_signer(matter.crypto, matter.envelope.sender)


def _outside(matter: Matter, outside: tuple[Objection, ...], strictest: Disposition) -> Telling:
    named = frozenset(entry for entry in outside if weight(entry).severity >= Disposition.NOTIFY.severity)
    wanted = frozenset(entry for entry in named if entry.told)
    if strictest is Disposition.REFUSE and not matter.answered:
        return Telling(SenderTold.REPLY, named)
    if not named:
        return Telling(SenderTold.NOBODY, _NOTHING)
    if strictest is Disposition.DELETE:
        return _silent_unless_policy_tells(matter, wanted)
    by_whom = standing(matter, own_addresses(matter))
    if _must_refuse(matter, by_whom, wanted):
        return Telling(SenderTold.REPLY, named, is_refusal=True)
    if strictest is Disposition.REFUSE:
        wanted = named  # refused for some recipients only: for these the notice rules
    if strictest is Disposition.HOLD:
        wanted = frozenset(entry for entry in wanted if entry.disposition is Disposition.HOLD)
    return _told(matter, by_whom, wanted)


def _silent_unless_policy_tells(matter: Matter, wanted: frozenset[Objection]) -> Telling:
    """Malware: told only where the authority's rule says so, and only to an authenticated sender."""
    deleted = frozenset(entry for entry in wanted if entry.disposition is Disposition.DELETE)
    silence = may_notify(matter.facts, matter.envelope, own_addresses(matter))
    proven = is_sender_authenticated(matter.facts, matter.envelope) and not fails_authentication(matter.facts.sender)
    if deleted and proven and silence is Silence.MALWARE and matter.terms.channel is Channel.EMAIL:
        return Telling(SenderTold.NOTICE, deleted)
    return Telling(SenderTold.NOBODY, _NOTHING)


def _told(matter: Matter, by_whom: Standing, wanted: frozenset[Objection]) -> Telling:
    if not wanted:
        return Telling(SenderTold.NOBODY, _NOTHING)
    if matter.terms.channel is Channel.BEBPO:
        return Telling(SenderTold.BY_HAND, wanted)
    told = HOW[by_whom]
    if told is SenderTold.BY_HAND and all(entry.code in ADVISORY for entry in wanted):
        return Telling(SenderTold.NOBODY, _NOTHING)
    return Telling(told, wanted if told is not SenderTold.NOBODY else _NOTHING)


HOW: dict[Standing, SenderTold] = {
    Standing.MACHINE: SenderTold.NOBODY,
    Standing.OURS: SenderTold.BY_HAND,
    Standing.SUSPECT: SenderTold.NOBODY,
    Standing.FORGED: SenderTold.BY_HAND,
    Standing.UNKNOWN: SenderTold.BY_HAND,
    Standing.KNOWN: SenderTold.NOTICE,
}
"""How a sender of this standing is told, once the message is accepted."""


def _must_refuse(matter: Matter, by_whom: Standing, wanted: frozenset[Objection]) -> bool:
    """A notice would be owed and must not be sent, and the dialogue is still open to say it."""
    grave = any(entry.code not in ADVISORY for entry in wanted)
    is_open = matter.terms.channel is Channel.EMAIL and not (matter.answered or matter.terms.released)
    if not grave or not is_open or matter.is_veiled:
        return False
    if by_whom is Standing.FORGED:
        return True
    may_be_anybody = by_whom in _REFUSABLE and not is_sender_authenticated(matter.facts, matter.envelope)
    return may_be_anybody and not is_anything_usable(matter, wanted)


_REFUSABLE = frozenset({Standing.UNKNOWN, Standing.SUSPECT})

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def is_anything_usable(matter: Matter, wanted: Iterable[Objection]) -> bool:
    """Text remains, or at least one file that nobody objects to."""
    objected = {entry.path for entry in wanted}
    if () in objected and any(entry.code is Reason.ENCRYPTION_REQUIRED for entry in wanted):
        return False
    files = matter.facts.inspection.files if matter.facts.inspection else ()
    return any(_is_usable(file) and not _is_within(file.path, objected) for file in files)


def _is_usable(file: File) -> bool:
    if file.role is Role.BODY:
        return file.size_bytes > 0 and file.text_sha256 != EMPTY_SHA256
    return not file.container and file.trimming is None


def _is_within(path: tuple[str, ...], objected: Iterable[tuple[str, ...]]) -> bool:
    return any(entry and path[: len(entry)] == entry for entry in objected)
