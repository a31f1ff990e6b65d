# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What must be so before the gateway may take mail, judged from the settings alone."""

from dataclasses import dataclass

from poststelle.application.settings import Settings

DATABASE_SCHEMES = ("postgresql://", "postgres://")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the gateway does not start, and what to do about it."""

    sentence: str
    remedy: str


def refusals(settings: Settings) -> tuple[Refusal, ...]:
    """Every reason not to start; empty where there is none."""
    return tuple(refusal for applies, refusal in _TABLE if applies(settings))


def _unscanned(settings: Settings) -> bool:
    return (
        settings.house.mode == "production"
        and settings.malware.engine in {"none", "demo"}
        and not settings.house.allow_unscanned
    )


def _half_a_key_pair(settings: Settings) -> bool:
    return (settings.door.certificate is None) != (settings.door.key is None)


def _opened_in_the_clear(settings: Settings) -> bool:
    return bool(settings.outbox.opened_relays) and settings.outbox.starttls != "required"


def may_deliver_opened(settings: Settings) -> bool:
    """Decrypted messages may go to the mail server that takes what we send: it is named, and TLS proves its name."""
    return settings.outbox.host in settings.outbox.opened_relays and not _opened_in_the_clear(settings)


def _nameless_header(settings: Settings) -> bool:
    return settings.sender.mode == "header" and not settings.sender.authserv_id


def _doors_on_a_file(settings: Settings) -> bool:
    return settings.door.processes > 1 and not settings.store.database


def _doors_on_no_port(settings: Settings) -> bool:
    return settings.door.processes > 1 and settings.door.port == 0


def _foreign_database(settings: Settings) -> bool:
    return bool(settings.store.database) and not settings.store.database.startswith(DATABASE_SCHEMES)


_TABLE = (
    (
        _unscanned,
        Refusal(
            "no virus scanner is configured, and production mode accepts nothing unscanned",
            "Set malware.engine to clamd, or house.allow_unscanned where another system has scanned before.",
        ),
    ),
    (
        _half_a_key_pair,
        Refusal("the door has a certificate without a key, or a key without a certificate", "Set both or neither."),
    ),
    (
        _opened_in_the_clear,
        Refusal(
            "outbox.opened_relays would let decrypted messages out without TLS that proves the server's name",
            'Set outbox.starttls to "required", or leave opened_relays empty.',
        ),
    ),
    (
        _foreign_database,
        Refusal(
            "store.database is not the address of a PostgreSQL server",
            "Write postgresql://user@host/name, or leave it empty for the SQLite file in the data folder.",
        ),
    ),
    (
        _doors_on_a_file,
        Refusal(
            "several door processes would starve one another on one SQLite file",
            "Set store.database to a PostgreSQL server, or door.processes to 1.",
        ),
    ),
    (
        _doors_on_no_port,
        Refusal("several door processes would each take a free port of their own", "Set door.port to a number."),
    ),
    (
        _nameless_header,
        Refusal(
            "sender.mode is header, and no authserv_id says whose results are believed",
            "Set sender.authserv_id to the name your mail server writes into Authentication-Results.",
        ),
    ),
)
