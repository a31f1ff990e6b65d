# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What wears out or fills up while nobody looks: further examinations of ``poststelle doctor``.

Each takes what it needs as plain values and functions, so that it runs the same on every adapter.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from poststelle.application.health import Diagnosis, Health
from poststelle.application.vitals import JournalVitals, TablesState, Vitals

OLD_SIGNATURES = timedelta(days=2)
STALE_SIGNATURES = timedelta(days=7)
"""ClamAV's own clients warn after seven days."""
SOON_ENDING = timedelta(days=30)
LONG_WAITING = timedelta(hours=1)
LONG_UNSEQUENCED = timedelta(minutes=5)
CLOCK_TOLERANCE = timedelta(minutes=2)
_GROUP_OR_OTHERS = 0o077
_WRITABLE_BY_OTHERS = 0o022


def of_signatures(age: timedelta | None) -> Diagnosis:
    """How old the virus signatures are; ``age`` is None where the scanner states none."""
    part, remedy = "virus signatures", "Start clamav-freshclam and look into its log: new malware is not recognised."
    if age is None:
        return Diagnosis(part, Health.DOUBTFUL, "their age is not known", "Look into the scanner's own configuration.")
    told = (
        f"{age.days} days old" if age >= timedelta(days=2) else f"{max(0, int(age.total_seconds() // 3600))} hours old"
    )
    if age >= STALE_SIGNATURES:
        return Diagnosis(part, Health.BROKEN, told, remedy)
    return (
        Diagnosis(part, Health.DOUBTFUL, told, remedy) if age >= OLD_SIGNATURES else Diagnosis(part, Health.FINE, told)
    )


def of_certificate(file: Path, end: datetime | None, now: datetime) -> Diagnosis:
    """How long the door's TLS certificate holds; ``end`` is None where it cannot be read."""
    part, remedy = "door certificate", f"Renew it, put it under {file} and restart the door."
    if end is None:
        return Diagnosis(
            part, Health.BROKEN, f"{file} cannot be read as PEM", "Correct door.certificate or its rights."
        )
    told = f"until {end:%Y-%m-%d}, {(end - now).days} days"
    if end <= now:
        return Diagnosis(part, Health.BROKEN, f"expired on {end:%Y-%m-%d}", remedy)
    return Diagnosis(
        part,
        Health.DOUBTFUL if end <= now + SOON_ENDING else Health.FINE,
        told,
        remedy if end <= now + SOON_ENDING else "",
    )


def of_tables(found: TablesState) -> Diagnosis:
    """Whether the tables are those of this version."""
    if found.unknown:
        remedy = "Start that version again, or restore a backup: an older program must not write here."
        return Diagnosis("tables", Health.BROKEN, f"{found.kind}, of a later version ({min(found.unknown)})", remedy)
    if not found.are_there:
        remedy = "Start the gateway: its first role makes them."
        return Diagnosis("tables", Health.DOUBTFUL, f"{found.kind}, none yet", remedy)
    if found.missing:
        remedy = "Make a backup, then start the gateway: its first role brings them up to date."
        told = f"{found.kind}, of an earlier version ({min(found.missing)} is to come)"
        return Diagnosis("tables", Health.DOUBTFUL, told, remedy)
    return Diagnosis("tables", Health.FINE, f"{found.kind}, up to date")


def of_backlog(vitals: Vitals, now: datetime) -> Diagnosis:
    """Whether what is due goes out."""
    late = [one for one in vitals.authorities if _is_old(one.oldest_effect_at, now, LONG_WAITING)]
    given_up = sum(one.given_up for one in vitals.authorities)
    waiting = sum(sum(one.effects.values()) for one in vitals.authorities)
    capped = sum(one.capped for one in vitals.authorities)
    for_a_cap = f" ({capped} of them for a cap on notices)" if capped else ""
    told = f"{waiting} waiting{for_a_cap}, {given_up} given up"
    if late:
        names = ", ".join(f"{one.authority} since {one.oldest_effect_at:%Y-%m-%d %H:%M} UTC" for one in late)
        remedy = "Look at 'outgoing mail' here and at delivery-failed in the journal of the oldest message."
        return Diagnosis("outbox backlog", Health.DOUBTFUL, f"{told}; {names}", remedy)
    return Diagnosis("outbox backlog", Health.FINE, told)


def of_deferrals(vitals: Vitals) -> Diagnosis:
    """Whether mail was put off by our own fault today."""
    count = sum(one.deferred_today for one in vitals.authorities)
    if not count:
        return Diagnosis("deferrals", Health.FINE, "none within 24 hours")
    remedy = "'Vertagte Zustellversuche' on the desk names each attempt and its cause; the senders' servers try again."
    return Diagnosis("deferrals", Health.DOUBTFUL, f"{count} attempts answered 451 within 24 hours", remedy)


def of_journal(journal: JournalVitals, now: datetime) -> Diagnosis:
    """Whether the journal gets its places and its signed heads."""
    if _is_old(journal.waiting_since, now, LONG_UNSEQUENCED):
        remedy = "Start the sequencer (poststelle serve): receipts wait for it."
        return Diagnosis("journal", Health.BROKEN, f"{journal.waiting} entries wait for their place", remedy)
    unsigned = max(0, journal.leaves - journal.head_leaves)
    return Diagnosis(
        "journal", Health.FINE, f"{journal.leaves} entries, {unsigned} of them not under a signed head yet"
    )


def of_clock(journal: JournalVitals, now: datetime, is_synchronised: bool | None) -> Diagnosis:  # noqa: FBT001 - one fact
    """Whether the time can be right: what is written must not lie ahead of us. None: the kernel does not say."""
    if journal.newest_at is not None and journal.newest_at > now + CLOCK_TOLERANCE:
        told = f"the journal's newest entry is of {journal.newest_at:%Y-%m-%d %H:%M:%S} UTC, and it is {now:%H:%M:%S}"
        return Diagnosis(
            "clock", Health.BROKEN, told, "Set the clock by a time server; moments of receipt depend on it."
        )
    if is_synchronised is False:
        remedy = "Install chrony or systemd-timesyncd: moments of receipt and deadlines depend on it."
        return Diagnosis("clock", Health.DOUBTFUL, "not synchronised with a time server", remedy)
    return Diagnosis("clock", Health.FINE, f"{now:%Y-%m-%d %H:%M:%S} UTC")


def of_permissions(modes: Iterable[tuple[Path, int, bool]]) -> Diagnosis:
    """Whether others can read secrets or write anything; ``modes`` are (path, mode, is secret)."""
    bad = [
        (path, mode)
        for path, mode, is_secret in modes
        if mode & (_GROUP_OR_OTHERS if is_secret else _WRITABLE_BY_OTHERS)
    ]
    if not bad:
        return Diagnosis("permissions", Health.FINE, "secrets and data are ours alone")
    path, mode = bad[0]
    more = f", and {len(bad) - 1} more" if len(bad) > 1 else ""
    remedy = f"chmod go= {path}; what others could read counts as known to them."
    return Diagnosis("permissions", Health.BROKEN, f"{path} has mode {mode & 0o777:04o}{more}", remedy)


def of_port(part: str, place: str, state: str) -> Diagnosis:
    """Whether a port is ours: ``ours``, ``free``, ``taken`` by another program, or ``refused``."""
    if state == "ours":
        return Diagnosis(part, Health.FINE, f"listens on {place}")
    if state == "free":
        return Diagnosis(part, Health.DOUBTFUL, f"nobody listens on {place}", "Start it: poststelle serve.")
    if state == "taken":
        remedy = "Stop the other program (ss -ltnp names it), or choose another port in the settings."
        return Diagnosis(part, Health.BROKEN, f"another program listens on {place}", remedy)
    remedy = "Ports below 1024 need CAP_NET_BIND_SERVICE (the unit has it); else correct host and port."
    return Diagnosis(part, Health.BROKEN, f"{place} cannot be listened on", remedy)


def of_policy_faults(editions: tuple[str, ...], faults: tuple[str, ...]) -> Diagnosis:
    """Which editions there are, and what the lint has to say of them."""
    if faults:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        return Diagnosis("policies", Health.DOUBTFUL, f"{faults[0]}{more}", "poststelle policy lint DIR explains each.")
    return Diagnosis("policies", Health.FINE, ", ".join(editions))


def unless(part: str, remedy: str, examine: Callable[[], Diagnosis], *errors: type[Exception]) -> Diagnosis:
    """The diagnosis; where one of these errors comes in between, that is the diagnosis: the doctor always goes on."""
    try:
        return examine()
    except errors as error:
        return Diagnosis(part, Health.BROKEN, str(error), remedy)


def _is_old(since: datetime | None, now: datetime, patience: timedelta) -> bool:
    return since is not None and now - since > patience
