# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How the keys and the trust store are: examinations of the doctor, each a table from the gravest to the mildest."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby

from poststelle.application.health import Diagnosis, Health
from poststelle.application.keyring import WARN_BEFORE_EXPIRY, Generation, KeyRingError, KeyState, current
from poststelle.application.ports import UnavailableError
from poststelle.application.revocation_round import Fetched
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.trust_list import TrustList

_NEVER = datetime.min.replace(tzinfo=UTC)


def of_keys(read: Callable[[], tuple[Generation, ...]], addresses: tuple[str, ...], now: datetime) -> Diagnosis:
    """Whether every address that welcomes S/MIME has a current key that senders can use."""
    try:
        ring = read()
    except KeyRingError as error:
        return Diagnosis("keys", Health.BROKEN, error.sentence, error.remedy)
    faults = [fault for address in addresses for fault in key_faults(ring, address, now)]
    if not faults:
        ends = ", ".join(
            f"{one.address} until {one.not_after:%Y-%m-%d}" for one in ring if one.state is KeyState.CURRENT
        )
        return Diagnosis("keys", Health.FINE, ends or "no address welcomes S/MIME")
    return max(faults, key=lambda fault: list(Health).index(fault.health))


def key_faults(ring: tuple[Generation, ...], address: str, now: datetime) -> tuple[Diagnosis, ...]:
    """What is wrong with the current key of one address, the gravest first; empty where nothing is."""
    one = current(ring, address)
    if one is None:
        remedy = f"poststelle keys generate {address}, or keys import with a certificate of an issuer."
        return (Diagnosis("keys", Health.BROKEN, f"{address} has no current key", remedy),)
    replace = f"poststelle keys csr {address} …, then keys import and keys rotate."
    rows = (
        (one.is_compromised, Health.BROKEN, "is marked as compromised", replace),
        (one.not_after <= now, Health.BROKEN, f"expired on {one.not_after:%Y-%m-%d}", replace),
        (one.not_after <= now + WARN_BEFORE_EXPIRY, Health.DOUBTFUL, f"expires on {one.not_after:%Y-%m-%d}", replace),
        (one.is_self_signed, Health.DOUBTFUL, "has a certificate that nobody but us vouches for", replace),
    )
    return tuple(
        Diagnosis("keys", health, f"the key of {address} {sentence}", remedy)
        for applies, health, sentence, remedy in rows
        if applies
    )


def of_passphrase(source: str) -> Diagnosis:
    """Where the passphrase of the key files comes from: ``credential``, ``environment``, ``file``, or nowhere."""
    sentences = {
        "credential": (Health.FINE, "from a credential of the service manager", ""),
        "environment": (Health.FINE, "from the environment", ""),
        "file": (
            Health.DOUBTFUL,
            "lies beside the keys",
            "Give the keyholder a credential (LoadCredential=) and remove keys/passphrase; see docs/operations/keys.md.",
        ),
    }
    missing = (Health.DOUBTFUL, "there is none yet", "It is made with the first key, or given as a credential.")
    health, sentence, remedy = sentences.get(source, missing)
    return Diagnosis("key passphrase", health, sentence, remedy)


def of_trust(read: Callable[[], Trust]) -> Diagnosis:
    """Whether anybody's signatures can be believed at all."""
    try:
        trust = read()
    except KeyRingError as error:
        return Diagnosis("trust store", Health.BROKEN, error.sentence, error.remedy)
    if not trust.roots:
        return Diagnosis(
            "trust store",
            Health.DOUBTFUL,
            "no anchors: no signature is ever believed",
            "Put the certificates of the authorities you believe into trust/anchors under the data folder.",
        )
    told = f"{len(trust.roots)} anchors, {len(trust.intermediates)} intermediates, {len(trust.crls)} revocation lists"
    return Diagnosis("trust store", Health.FINE, told)


def of_trust_lists(read: Callable[[], tuple[TrustList, ...]], now: datetime) -> Diagnosis:
    """How many trust lists documents are held against, the oldest of them, and those whose next issue is overdue."""
    part = "trust lists"
    try:
        lists = read()
    except KeyRingError as error:
        return Diagnosis(part, Health.BROKEN, error.sentence, error.remedy)
    if not lists:
        return Diagnosis(part, Health.FINE, "none: of signed documents nobody says whether they are qualified")
    oldest = min(lists, key=lambda one: one.issued_at)
    how = "verified" if all(one.is_verified for one in lists) else "unverified"
    told = f"{len(lists)} lists, the oldest {oldest.territory} of {oldest.issued_at:%Y-%m-%d}; their signatures {how}"
    overdue = ", ".join(one.territory for one in lists if one.is_outdated(now))
    if overdue:
        remedy = "Fetch the present issue, verify it, and put it into trust/lists; see docs/operations/keys.md."
        return Diagnosis(part, Health.DOUBTFUL, f"{told}; outdated: {overdue}", remedy)
    return Diagnosis(part, Health.FINE, told)


def of_revocation(known: Iterable[Fetched], hosts: tuple[str, ...], now: datetime) -> Diagnosis:
    """Whether what issuers have revoked is known, and how old each list and answer is."""
    part, found = "revocation", tuple(known)
    if not hosts:
        return Diagnosis(part, Health.FINE, "nothing is fetched: revocation.hosts is empty")
    if not found:
        remedy = "Start the role revocation; name lists, or put certificates that name them into trust/."
        return Diagnosis(part, Health.DOUBTFUL, "nothing was fetched yet", remedy)
    told = "; ".join(_told(found, now))
    if stale(found, now):
        remedy = "Signers of these issuers are REVOCATION_UNKNOWN until a list comes; see docs/operations/keys.md."
        return Diagnosis(part, Health.BROKEN, told, remedy)
    doubtful = any(one.fault for one in found)
    remedy = "The lists at hand still hold; the next attempt comes by itself." if doubtful else ""
    return Diagnosis(part, Health.DOUBTFUL if doubtful else Health.FINE, told, remedy)


def stale(known: Iterable[Fetched], now: datetime) -> tuple[Fetched, ...]:
    """The sources of which nothing that is in force is at hand."""
    return tuple(one for one in known if one.until is None or one.until <= now)


def oldest_seconds(known: Iterable[Fetched], now: datetime) -> Mapping[str, float]:
    """For lists and for answers how old the oldest at hand is; a kind of which nothing is at hand is absent."""
    ages = sorted((one.kind.value, (now - one.since).total_seconds()) for one in known if one.since is not None)
    return dict(ages)


def _told(found: Iterable[Fetched], now: datetime) -> Iterator[str]:
    """A sentence for each address: of the many answers of one responder, on what ends first."""
    by_address = groupby(sorted(found, key=lambda one: (one.address, one.until or _NEVER)), lambda one: one.address)
    for _, group in by_address:
        first, *others = group
        fault = first.fault or next((one.fault for one in others if one.fault), "")
        more = f" (the first to end of {len(others) + 1})" if others else ""
        yield _aged(replace(first, fault=fault), now) + more


def _aged(one: Fetched, now: datetime) -> str:
    """A source with the age of what is at hand, and why the last attempt brought nothing."""
    fault = f" ({one.fault})" if one.fault else ""
    if one.since is None or one.until is None:
        return f"{one.address}: never fetched{fault}"
    hours = int((now - one.since).total_seconds() // 3600)
    state = "STALE since" if one.until <= now else "holds until"
    return f"{one.address}: {hours} h old, {state} {one.until:%Y-%m-%d %H:%M} UTC{fault}"


@dataclass(frozen=True, slots=True)
class KeyTerm:
    """How long a certificate in use still holds: for the desk's warnings, and a gauge for whoever watches."""

    address: str
    generation: str
    state: KeyState
    seconds_left: float
    """Below zero once it has ended."""

    @property
    def is_ending(self) -> bool:
        """Soon enough that somebody must act."""
        return self.seconds_left <= WARN_BEFORE_EXPIRY.total_seconds()


def key_terms(ring: Iterable[Generation], now: datetime) -> tuple[KeyTerm, ...]:
    """The certificates that senders are to use now or next."""
    used = (one for one in ring if one.state in {KeyState.CURRENT, KeyState.NEXT})
    return tuple(KeyTerm(one.address, one.name, one.state, (one.not_after - now).total_seconds()) for one in used)


def of_keyholder(held: Callable[[], int], wanted: int) -> Diagnosis:
    """Whether the keyholder answers, and holds every key of the ring."""
    try:
        count = held()
    except UnavailableError as error:
        remedy = "Start it (poststelle serve); until then encrypted mail is answered 451 and comes again."
        return Diagnosis("keyholder", Health.DOUBTFUL, str(error), remedy)
    if count < wanted:
        return Diagnosis("keyholder", Health.BROKEN, f"holds {count} of {wanted} keys", "Its log says why.")
    return Diagnosis("keyholder", Health.FINE, f"holds {count} keys")
