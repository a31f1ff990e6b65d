# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How a part of the installation is, and what an operator can do about it: the examinations of ``poststelle doctor``.

Each takes what it needs as plain functions, so that it runs the same on every adapter.
"""

import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from poststelle.application.ports import Malware, UnavailableError
from poststelle.application.readiness import refusals
from poststelle.application.settings import Settings
from poststelle.application.switches import Flip
from poststelle.application.synthetic.teststrings import EICAR

SCAN_SECONDS = 5.0
LONG_CLAIMED_SECONDS = 600.0
"""After so long a claimed beBPo message is in trouble, not under way."""
LOW_DISK_BYTES = 2 << 30
ALL_MECHANISMS = frozenset({"rlimits", "landlock", "seccomp"})


class Health(StrEnum):
    """How a part of the installation is."""

    FINE = "fine"
    DOUBTFUL = "doubtful"
    """It works, and not as well as it could."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One part of the installation, how it is, and what to do about it."""

    part: str
    health: Health
    sentence: str
    remedy: str = ""


Examination = Callable[[], Diagnosis]


def of_settings(settings: Settings) -> Diagnosis:
    """Whether the gateway would start with these settings."""
    found = refusals(settings)
    if found:
        sentences, remedies = "; ".join(one.sentence for one in found), " ".join(one.remedy for one in found)
        return Diagnosis("settings", Health.BROKEN, sentences, remedies)
    return Diagnosis("settings", Health.FINE, f"mode {settings.house.mode}, data in {settings.house.data}")


def of_scanner(scanner: Malware, engine: str) -> Diagnosis:
    """Whether somebody looks for viruses, answers, and finds one; how old its signatures are is asked elsewhere.

    What is shown to it is the test file of EICAR, which every scanner knows: one that lost its signatures says of
    everything that it is clean, and no message would show it.
    """
    part = "virus scanner"
    if engine == "none":
        return Diagnosis(
            part,
            Health.BROKEN,
            "NONE: nothing is scanned for malware",
            "Install clamav-daemon and set malware.engine to clamd.",
        )
    if engine == "demo":
        return Diagnosis(
            part,
            Health.DOUBTFUL,
            "the demo scanner knows the EICAR test file and nothing else",
            "Set malware.engine to clamd before real mail comes in.",
        )
    try:
        found = scanner.scan(io.BytesIO(EICAR), SCAN_SECONDS)
    except UnavailableError as error:
        return Diagnosis(
            part,
            Health.BROKEN,
            f"does not answer: {error}",
            "Start clamav-daemon; until then every message is answered 451 and comes again.",
        )
    if not found:
        return Diagnosis(
            part,
            Health.BROKEN,
            f"calls the EICAR test file clean: it finds nothing ({scanner.engine()})",
            "Stop the door, let freshclam load the signatures, restart clamav-daemon, and look again.",
        )
    return Diagnosis(part, Health.FINE, scanner.engine())


def of_spam_filter(probe: Callable[[], object], engine: str, promised: frozenset[str] = frozenset()) -> Diagnosis:
    """Whether anybody rates advertising, and answers; and whether it is what the policies in force name."""
    part = "spam filter"
    if missed := promised - {engine}:
        return Diagnosis(
            part,
            Health.BROKEN,
            f"a policy in force names {', '.join(sorted(missed))}, and {engine} is asked",
            "Correct spam.engine in the settings, or `engine` under [spam] in the next edition.",
        )
    if engine in {"none", "demo"}:
        known = {
            "none": "NONE: nothing is rated",
            "demo": "the demo filter knows the GTUBE test string and nothing else",
        }
        return Diagnosis(part, Health.DOUBTFUL, known[engine], "Install rspamd and set spam.engine to rspamd.")
    try:
        probe()
    except UnavailableError as error:
        return Diagnosis(
            part,
            Health.BROKEN,
            f"does not answer: {error}",
            f"Start {engine}, or correct spam.host and spam.port; until then every message is answered 451.",
        )
    return Diagnosis(part, Health.FINE, engine)


def of_confinement(active: tuple[str, ...], missing: tuple[tuple[str, str], ...]) -> Diagnosis:
    """Which mechanisms hold hostile bytes in, and which the kernel lacks."""
    if set(active) >= ALL_MECHANISMS:
        return Diagnosis("inspector sandbox", Health.FINE, ", ".join(active))
    lacking = "; ".join(f"{name}: {why}" for name, why in missing)
    return Diagnosis(
        "inspector sandbox",
        Health.DOUBTFUL,
        f"not all mechanisms hold ({lacking})",
        "Use a kernel of 5.13 or later with Landlock and seccomp switched on.",
    )


def of_previews(active: tuple[str, ...], *, has_office: bool) -> Diagnosis:
    """What of a file clerks may look at; without a sandbox nothing is drawn."""
    if not set(active) >= ALL_MECHANISMS:
        return Diagnosis(
            "previews",
            Health.DOUBTFUL,
            "none: no sandbox holds hostile files in",
            "See inspector sandbox: previews come with it.",
        )
    if has_office:
        return Diagnosis("previews", Health.FINE, "PDF, pictures, text and Office documents")
    return Diagnosis(
        "previews",
        Health.FINE,
        "PDF, pictures and text; of Office documents the words only (LibreOffice and bubblewrap draw their pages)",
    )


def of_disk(free_bytes: int) -> Diagnosis:
    """Whether the data folder has room."""
    told = f"{free_bytes // (1 << 20)} MiB free"
    if free_bytes < LOW_DISK_BYTES:
        return Diagnosis("disk", Health.DOUBTFUL, told, "Make room: a full disk turns every message away with 452.")
    return Diagnosis("disk", Health.FINE, told)


def of_drop_folder(is_there: bool, claimed_seconds: tuple[float, ...]) -> Diagnosis:  # noqa: FBT001 - one fact of two
    """Whether the beBPo drop folder is there, and whether a claimed message has been waiting for long."""
    if not is_there:
        return Diagnosis(
            "beBPo drop folder",
            Health.BROKEN,
            "the folder is not there",
            "Mount it, or correct bebpo.folder; messages stay in the EGVP client meanwhile.",
        )
    late = sum(seconds > LONG_CLAIMED_SECONDS for seconds in claimed_seconds)
    if late:
        return Diagnosis(
            "beBPo drop folder",
            Health.BROKEN,
            f"{late} claimed messages cannot be taken in",
            "Look for event=put-off in the log; the messages lie in claimed/ and are tried again.",
        )
    return Diagnosis("beBPo drop folder", Health.FINE, f"{len(claimed_seconds)} messages under way")


def of_switches(read: Callable[[], tuple[Flip, ...]]) -> Diagnosis:
    """Whether a switch for hard days is on; ``read`` gives those that were ever set."""
    on = tuple(flip for flip in read() if flip.is_on)
    if not on:
        return Diagnosis("switches", Health.FINE, "observe and bypass are off")
    told = "; ".join(f"{flip.switch.value} for {flip.authority} since {flip.at:%Y-%m-%d %H:%M} UTC" for flip in on)
    names = " and ".join(dict.fromkeys(f"'poststelle {flip.switch.value} off'" for flip in on))
    return Diagnosis("switches", Health.DOUBTFUL, f"ON: {told}", f"The page's promises are not kept until {names}.")


def of_outbox(settings: Settings) -> Diagnosis:
    """Whether what is due goes out at all."""
    if settings.outbox.hold_back:
        return Diagnosis(
            "outbox",
            Health.DOUBTFUL,
            "holds everything back: notices and deliveries stay in the queue",
            "Set outbox.hold_back to false.",
        )
    return Diagnosis("outbox", Health.FINE, f"{settings.outbox.threads} at the same time")


def of_sender_checks(settings: Settings, look_up: Callable[[], object]) -> Diagnosis:
    """Whether anybody can be proven; ``look_up`` asks the name server something and raises UnavailableError."""
    part, chosen = "sender checks", settings.sender
    if chosen.mode == "none":
        return Diagnosis(
            part,
            Health.DOUBTFUL,
            "NONE: nobody is proven, so every notice is a task for a person, and nothing forged is turned away",
            "Set sender.mode to own, or to header where a mail server of yours checks before.",
        )
    if chosen.mode == "header":
        return Diagnosis(part, Health.FINE, f"believed: Authentication-Results of {chosen.authserv_id}")
    try:
        look_up()
    except UnavailableError as error:
        return Diagnosis(
            part,
            Health.DOUBTFUL,
            f"the name server does not answer ({error}): every sender counts as unproven",
            "Correct /etc/resolv.conf, or set sender.resolver to the address of one that answers.",
        )
    return Diagnosis(part, Health.FINE, "SPF, DKIM and DMARC by our own look-ups")


def of_relay(probe: Callable[[], None], place: str) -> Diagnosis:
    """Whether the mail server that takes what we send answers."""
    try:
        probe()
    except (OSError, UnavailableError) as error:
        return Diagnosis(
            "outgoing mail",
            Health.BROKEN,
            f"{place} does not answer: {error}",
            "Start it, or correct outbox.host and outbox.port; notices and deliveries wait meanwhile.",
        )
    return Diagnosis("outgoing mail", Health.FINE, place)
