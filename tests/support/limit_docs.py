# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/operations/limits.md: every time and every limit by its constant or setting. Run me to write it anew."""

from datetime import timedelta

from poststelle.adapters import asking, clamd, health_port, rounds, rspamd, submission, supervisor
from poststelle.adapters.inspector_pool import broker, confinement, raising, worker
from poststelle.adapters.keyholder import client, frames, server
from poststelle.adapters.recipients_service import ServiceSettings
from poststelle.adapters.smtp_door import DoorSettings, connection, serving
from poststelle.adapters.submission import Relay
from poststelle.application import house, outbox
from poststelle.application.settings import Settings
from poststelle.compose import keeping, outgoing, probing, roles, web
from poststelle.inspection import budget, image_tail, markup, ole, tnef, xmlparts
from poststelle.inspection.cms import ber
from poststelle.inspection.requests import MAX_UNWRAPS
from poststelle.protocol import policy_service
from poststelle.protocol.smtp import commands, session
from poststelle.protocol.smtp.session import SessionSettings
from support.programs import ROOT

PAGE = ROOT / "docs" / "operations" / "limits.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# Times and limits

What each process waits for, and how much it takes. Where a key of the settings stands, it decides and the number is its
default ([settings](../settings.md)); all others are fixed. Limits of what a message may hold are the policy's
([policy](../policy.md)) and the reader's ([mime](../mime.md)).

This page is made by `PYTHONPATH=src:tests python tests/support/limit_docs.py`.
"""

_DOOR = DoorSettings("", 0, "")
_SESSION = SessionSettings("", 0)
_RELAY = Relay("")
_ASKED = ServiceSettings()
_SET = Settings()
_FREE = "fixed"

Row = tuple[str, str, str]
"""What it is, how much, and the setting that decides."""


def seconds(number: float) -> str:
    """A time as people read it."""
    for unit, size in (("h", 3600), ("min", 60)):
        if number >= 2 * size and number % size == 0:
            return f"{number / size:g} {unit}"
    return f"{number:g} s"


def size(octets: int) -> str:
    """Octets as people read them."""
    for unit, power in (("GiB", 30), ("MiB", 20), ("KiB", 10)):
        if octets >= 1 << power and octets % (1 << power) == 0:
            return f"{octets >> power:,} {unit}"
    return f"{octets:,} octets"


def _span(time: timedelta) -> str:
    return seconds(time.total_seconds())


TABLES: dict[str, tuple[Row, ...]] = {
    "The door": (
        ("a command", seconds(_DOOR.command_timeout_seconds), _FREE),
        ("between two reads of a content", seconds(_DOOR.data_timeout_seconds), _FREE),
        (
            "a whole session; a message that is being judged is not cut off",
            seconds(_DOOR.session_timeout_seconds),
            _FREE,
        ),
        (
            "from the end of a content to the answer, all engines together; then 451",
            seconds(_SET.door.message_deadline_seconds),
            "door.message_deadline_seconds",
        ),
        ("fetching our last words", seconds(connection.LINGER_SECONDS), _FREE),
        ("connections at once; then 421", str(_SET.door.max_connections), "door.max_connections"),
        (
            "from one address, or one IPv6 network of 64 bits, trusted peers aside; then 421",
            str(_SET.door.max_per_address),
            "door.max_per_address",
        ),
        ("recipients of one message; then 452", str(_DOOR.max_recipients), _FREE),
        ("errors of one session; then 421", str(_SESSION.max_errors), _FREE),
        ("commands that move no message, between two messages; then 421", str(session.MAX_IDLE_COMMANDS), _FREE),
        ("a command line; MAIL and RCPT", f"{commands.LINE_OCTETS}; {commands.PATH_LINE_OCTETS} octets", _FREE),
        (
            "messages judged at once; others wait within their time",
            str(_SET.door.judging_threads),
            "door.judging_threads",
        ),
        ("a second attempt is recognised for", f"{house.RETRY_WINDOW.days} days", _FREE),
        ("content nobody finished is swept away, at a start of the door, after", seconds(keeping.SPOOL_SECONDS), _FREE),
    ),
    "Virus scanner and spam filter": (
        ("one question, with all before it", "what is left of the message's time", "door.message_deadline_seconds"),
        ("a reply of clamd", size(clamd.MAX_REPLY_BYTES), _FREE),
        ("clamd's version", seconds(clamd.VERSION_DEADLINE_SECONDS), _FREE),
        ("an answer of rspamd", size(rspamd.MAX_ANSWER_BYTES), _FREE),
    ),
    "The inspectors": (
        (
            "one try, of which a message has " + str(raising.TRIES),
            seconds(_SET.inspector.try_seconds),
            "inspector.try_seconds",
        ),
        ("the birth of a worker", seconds(raising.START_SECONDS), _FREE),
        ("workers of one pool", str(_SET.inspector.workers), "inspector.workers"),
        ("messages one worker looks into", str(_SET.inspector.messages_per_worker), "inspector.messages_per_worker"),
        ("processor time for one job", seconds(worker.CPU_SECONDS_PER_JOB), _FREE),
        ("memory of a worker", size(confinement.ADDRESS_SPACE_BYTES), _FREE),
        ("a decrypted layer, or a result", size(confinement.LARGEST_WRITE_BYTES), _FREE),
        ("layers of one message shown to the scanner", str(broker.MAX_SCANS), _FREE),
        ("content keys asked for one message", str(MAX_UNWRAPS), _FREE),
    ),
    "One attachment": (
        (
            "what is unpacked of it, all archives inside one another together",
            size(budget.MAX_EXPANDED_BYTES),
            _FREE,
        ),
        ("files in it; archives inside one another", f"{budget.MAX_MEMBERS:,}; {budget.MAX_DEPTH}", _FREE),
        ("one XML part of an Office document", size(xmlparts.MAX_PART_BYTES), _FREE),
        ("streams of one embedded OLE object", str(ole.MAX_STREAMS), _FREE),
        ("pieces of one picture, and fill bytes before its first scan", f"{image_tail.MAX_PIECES:,}", _FREE),
        ("properties in a winmail.dat; names of one file in it", f"{tnef.MAX_PROPERTIES:,}; {tnef.MAX_NAMES}", _FREE),
        ("files that an HTML page holds as addresses", f"{markup.MAX_ADDRESSES:,}", _FREE),
        ("references and escapes undone in one HTML page", f"{markup.MAX_STEPS:,}", _FREE),
        (
            "elements of a CMS structure; those that are no piece of a string; nesting",
            f"{ber.MAX_ELEMENTS:,}; {ber.MAX_OTHERS:,}; {ber.MAX_DEPTH}",
            _FREE,
        ),
    ),
    "The keyholder": (
        ("an answer, for who asks", seconds(client.ANSWER_SECONDS), _FREE),
        ("a connection that asks nothing", seconds(server.USUAL.idle_seconds), _FREE),
        ("questions at once", str(_SET.keys.threads), "keys.threads"),
        ("one question", size(frames.MAX_FRAME_BYTES), _FREE),
        ("keys that could not be read are tried again after", seconds(server.USUAL.unreadable_seconds), _FREE),
    ),
    "The outbox": (
        ("one reply of the mail server", seconds(_RELAY.timeout_seconds), _FREE),
        ("a reply's length", size(submission.LONGEST_REPLY_OCTETS), _FREE),
        (
            "a whole submission, the reply to the final dot included",
            f"{outgoing.WHOLE_OF_LEASE:g} of the lease",
            "outbox.lease_seconds",
        ),
        ("the reply to QUIT", seconds(submission.FAREWELL_SECONDS), _FREE),
        ("putting a message together anew", seconds(outgoing.REBUILD_SECONDS), _FREE),
        ("one attempt; then another worker may try", seconds(_SET.outbox.lease_seconds), "outbox.lease_seconds"),
        (
            "first and longest wait for another attempt",
            f"{_span(outbox.FIRST_RETRY)}; {_span(outbox.LONGEST_RETRY)}",
            _FREE,
        ),
        ("trying in all; then a task for a person", f"{_SET.outbox.give_up_hours} h", "outbox.give_up_hours"),
        ("effects at once", str(_SET.outbox.threads), "outbox.threads"),
    ),
    "The sequencer": (
        ("an entry waits for its place", seconds(roles.SEQUENCER_SECONDS), _FREE),
        (
            "the journal's head is signed, where there is something new; at least",
            f"every {_span(keeping.SIGN_EVERY)}; {_span(keeping.SIGN_AT_LEAST_EVERY)}",
            _FREE,
        ),
        ("bodies nobody refers to are looked for", f"every {_span(keeping.SWEEP_EVERY)}", _FREE),
        ("what is due for erasure is looked for", f"every {_span(keeping.ERASE_EVERY)}", _FREE),
    ),
    "The recipients service": (
        ("between two questions", seconds(_ASKED.idle_seconds), _FREE),
        ("one question, from its first octet to its last", seconds(_ASKED.question_seconds), _FREE),
        ("connections at once", str(_ASKED.max_connections), _FREE),
        ("a line; attributes", f"{size(policy_service.MAX_LINE_OCTETS)}; {policy_service.MAX_ATTRIBUTES}", _FREE),
    ),
    "Web and health port": (
        ("an upload to the check before sending", f"{_SET.web.precheck_limit_mb} MiB", "web.precheck_limit_mb"),
        ("the check before sending", seconds(web.CHECK_SECONDS), _FREE),
        ("connections at once", str(_SET.web.max_connections), "web.max_connections"),
        ("a silent probe of the health port", seconds(health_port.IDLE_SECONDS), _FREE),
        ("a part that is asked for `/readyz`", seconds(asking.PATIENCE_SECONDS), _FREE),
        ("free room below which the door is not ready", size(probing.NEEDED_FREE_BYTES), _FREE),
    ),
    "Starting and ending": (
        (
            "a role that ended is started again after",
            ", ".join(seconds(wait) for wait in supervisor.RESTART_SECONDS) + ", and so on",
            _FREE,
        ),
        ("a role that ran so long begins with the shortest wait again", seconds(supervisor.STEADY_SECONDS), _FREE),
        ("a round after one in which a part of the world was away", seconds(rounds.TROUBLE_SECONDS), _FREE),
        ("transactions under way when the door is asked to end", seconds(serving.GRACE_SECONDS), _FREE),
        ("all roles together; then they are ended", seconds(supervisor.DRAIN_SECONDS), _FREE),
    ),
}


def generated() -> str:
    """The whole page."""
    return HEAD + "".join(_table(name, rows) for name, rows in TABLES.items())


def _table(name: str, rows: tuple[Row, ...]) -> str:
    told = "".join(f"| {what} | {much} | {_key(key)} |\n" for what, much, key in rows)
    return f"\n## {name}\n\n| what | how much | setting |\n|---|---|---|\n{told}"


def _key(key: str) -> str:
    return "—" if key == _FREE else f"`{key}`"


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
