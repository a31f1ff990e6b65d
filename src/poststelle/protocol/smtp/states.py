# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The states of a session and every way between them, as one table that can be printed. What is not in it is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a session stands. In the states marked as waiting nothing is read."""

    CONNECTED = "connected"
    GREETED = "greeted"
    READY = "ready"
    SENDER = "sender"
    SENDER_ASKED = "sender, asked"
    RECIPIENTS = "recipients"
    RECIPIENTS_ASKED = "recipients, asked"
    BODY = "body"
    VERDICT = "verdict"
    SECURING = "securing"
    CLOSED = "closed"


class Verb(StrEnum):
    """The commands known."""

    HELO = "HELO"
    EHLO = "EHLO"
    LHLO = "LHLO"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    RSET = "RSET"
    NOOP = "NOOP"
    VRFY = "VRFY"
    HELP = "HELP"
    QUIT = "QUIT"
    STARTTLS = "STARTTLS"
    XFORWARD = "XFORWARD"


class Signal(StrEnum):
    """What moves a session besides commands."""

    GREETING = "greeting sent"
    ACCEPTED = "recipient accepted"
    REFUSED = "recipient refused"
    END = "CRLF.CRLF"
    SPOILT_END = "CRLF.CRLF of a malformed or too big message"
    ANSWER = "message answered"
    SECURED = "TLS negotiated"
    FATAL = "out of step, too many errors, time-out, shutdown"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table."""

    state: State
    on: Verb | Signal
    after: State
    reply: str
    """What the client gets when all is well; for the reader, not for the machine."""


WAITING = frozenset({State.SENDER_ASKED, State.RECIPIENTS_ASKED, State.VERDICT, State.SECURING, State.CLOSED})
"""States in which nothing is read."""
IDLE = frozenset({State.CONNECTED, State.GREETED, State.READY})
"""States in which no transaction is under way."""
LAST_IN_GROUP = frozenset(
    {Verb.HELO, Verb.EHLO, Verb.LHLO, Verb.DATA, Verb.NOOP, Verb.VRFY, Verb.HELP, Verb.QUIT, Verb.STARTTLS}
)
"""Commands after which a client has to wait for the answer (RFC 2920, 3.1; RFC 3207, 4.2)."""

_COMMAND_STATES = (State.GREETED, State.READY, State.SENDER, State.RECIPIENTS)
_S, _V, _G = State, Verb, Signal

TRANSITIONS: tuple[Transition, ...] = (
    Transition(_S.CONNECTED, _G.GREETING, _S.GREETED, "220"),
    *(Transition(state, hello, _S.READY, "250") for state in _COMMAND_STATES for hello in (_V.HELO, _V.EHLO, _V.LHLO)),
    Transition(_S.READY, _V.STARTTLS, _S.SECURING, "220"),
    Transition(_S.SECURING, _G.SECURED, _S.GREETED, ""),
    Transition(_S.READY, _V.XFORWARD, _S.READY, "250"),
    Transition(_S.READY, _V.MAIL, _S.SENDER, "250"),
    Transition(_S.SENDER, _V.RCPT, _S.SENDER_ASKED, ""),
    Transition(_S.SENDER_ASKED, _G.ACCEPTED, _S.RECIPIENTS, "250"),
    Transition(_S.SENDER_ASKED, _G.REFUSED, _S.SENDER, "4xx or 5xx"),
    Transition(_S.RECIPIENTS, _V.RCPT, _S.RECIPIENTS_ASKED, ""),
    Transition(_S.RECIPIENTS_ASKED, _G.ACCEPTED, _S.RECIPIENTS, "250"),
    Transition(_S.RECIPIENTS_ASKED, _G.REFUSED, _S.RECIPIENTS, "4xx or 5xx"),
    Transition(_S.RECIPIENTS, _V.DATA, _S.BODY, "354"),
    Transition(_S.BODY, _G.END, _S.VERDICT, ""),
    Transition(_S.BODY, _G.SPOILT_END, _S.READY, "550 or 552"),
    Transition(_S.VERDICT, _G.ANSWER, _S.READY, "as judged; LMTP: one per recipient"),
    Transition(_S.GREETED, _V.RSET, _S.GREETED, "250"),
    *(Transition(state, _V.RSET, _S.READY, "250") for state in (_S.READY, _S.SENDER, _S.RECIPIENTS)),
    *(Transition(state, _V.NOOP, state, "250") for state in _COMMAND_STATES),
    *(Transition(state, _V.VRFY, state, "252") for state in _COMMAND_STATES),
    *(Transition(state, _V.HELP, state, "214") for state in _COMMAND_STATES),
    *(Transition(state, _V.QUIT, _S.CLOSED, "221") for state in _COMMAND_STATES),
    *(Transition(state, _G.FATAL, _S.CLOSED, "554 or 421") for state in _S if state is not _S.CLOSED),
)

NEXT: Mapping[tuple[State, Verb | Signal], State] = {(row.state, row.on): row.after for row in TRANSITIONS}
"""The table for the machine."""


def render_markdown() -> str:
    """The table for people, as docs/smtp-states.md shows it."""
    head = (
        "<!--\nSPDX-FileCopyrightText: 2026 The poststelle authors\nSPDX-License-Identifier: EUPL-1.2\n-->\n"
        "# The states of an SMTP or LMTP session\n\n"
        "Generated from `poststelle.protocol.smtp.states`; a test keeps it up to date. "
        "A command that has no row for the present state is answered with 503 5.5.1.\n\n"
        f"Nothing is read while a session is in: {_names(WAITING)}.\n"
        f"Nothing is lost when a session is closed in: {_names(IDLE)}.\n"
        f"Last in their group, nothing may follow before the answer: {_names(LAST_IN_GROUP)}.\n\n"
        "| state | on | next state | reply |\n|---|---|---|---|\n"
    )
    return head + "".join(f"| {row.state} | {row.on} | {row.after} | {row.reply} |\n" for row in TRANSITIONS)


def _names(members: frozenset[State] | frozenset[Verb]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(members))
