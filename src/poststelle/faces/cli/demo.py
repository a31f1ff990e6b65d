# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle demo``: the whole gateway on this machine, synthetic citizens who write to it, and what became of it."""

import argparse
import itertools
import re
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.application.caps import WAITING
from poststelle.application.demonstration import Ports, as_toml, demo_settings
from poststelle.application.ports import Submitted, UnavailableError
from poststelle.application.settings import Settings
from poststelle.application.synthetic.catalogue import QUICK, SAMPLES
from poststelle.application.synthetic.comparing import Became, differences
from poststelle.application.synthetic.sample import Sample, Stamp
from poststelle.core.verdict import Verdicts
from poststelle.faces.cli.demo_table import Account, Row, closing, head, line, summary
from poststelle.faces.cli.frame import Exit

if TYPE_CHECKING:
    from poststelle.records.queries import EffectLine, MessageView

TRICKLE_SECONDS = 20.0
"""Between two messages once all have been sent."""
EFFECTS_SECONDS = 60.0
"""How long the demonstration waits for what the outbox has to send."""
RETRY_SECONDS, RETRIES = 0.5, 120
"""A minute: the supervisor has a killed role back long before."""
_REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")


@dataclass(frozen=True, slots=True)
class Stage:
    """A running gateway, and what the story may do with it."""

    settings: Settings
    stopped: threading.Event
    await_roles: Callable[[], None]
    """Returns when every role is at work. UnavailableError where they are not in time."""
    send: Callable[[Sample, Stamp], Submitted]
    """Hands a message in by the SMTP door."""
    sealed: Callable[[], tuple[Sample, ...]]
    """Signed and encrypted messages; there once the gateway has its keys."""
    drop: Callable[[], tuple[str, ...]]
    """Puts beBPo messages into the watched folder; the names of their folders."""
    view: "Callable[[str], MessageView | None]"
    """What is on record under a reference."""
    accounts: tuple[Account, ...]
    """Who can sign in at the desk."""
    now: Callable[[], datetime]


Story = Callable[[Stage], int]


@dataclass(frozen=True, slots=True)
class Demonstrate:
    """What the composition root lends this command."""

    run: Callable[..., int]
    """(settings, their text, story, fresh=…): runs every role and the story, and gives the story's exit code."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    ports = Ports()
    parser = commands.add_parser("demo", help="run everything on this machine, with synthetic citizens who write mail")
    parser.add_argument("--data", type=Path, default=Path("var/demo"), metavar="DIR", help="data folder (var/demo)")
    parser.add_argument("--policy", type=Path, default=Path("policies/muenster"), metavar="DIR", help="policy folder")
    parser.add_argument("--keep", action="store_true", help="go on with what the data folder holds")
    parser.add_argument("--once", action="store_true", help="end after the table; exit code 1 where a promise fails")
    parser.add_argument("--quick", action="store_true", help="one message for each kind of outcome")
    parser.add_argument("--door-port", type=int, default=ports.door, metavar="PORT", help="SMTP door (%(default)s)")
    parser.add_argument("--mail-port", type=int, default=ports.maildrop, metavar="PORT", help="mailboxes (%(default)s)")
    parser.add_argument("--web-port", type=int, default=ports.web, metavar="PORT", help="page and desk (%(default)s)")
    parser.set_defaults(command="demo")


def run(arguments: argparse.Namespace, demonstrate: Demonstrate) -> int:
    """Start everything, send everything, print what became of it; then go on until asked to end."""
    settings = demo_settings(
        arguments.data.absolute(),
        arguments.policy.absolute(),
        Ports(arguments.door_port, arguments.mail_port, arguments.web_port),
    )
    samples = QUICK if arguments.quick else SAMPLES

    def story(stage: Stage) -> int:
        return _tell(stage, samples, ends=arguments.once)

    return demonstrate.run(settings, as_toml(settings), story, fresh=not arguments.keep)


def _tell(stage: Stage, samples: tuple[Sample, ...], *, ends: bool) -> int:
    print("poststelle: die Vorführung startet …", flush=True)
    stage.await_roles()
    serial = f"{stage.now():%Y%m%d%H%M%S}"
    rows = tuple(_rows(stage, (*samples, *stage.sealed()), serial))
    if stage.stopped.is_set():
        return Exit.OK
    print(summary(rows), flush=True)
    print(
        f"beBPo: {len(stage.drop())} Nachrichtenordner übergeben; einem fehlt ein angekündigtes Dokument.", flush=True
    )
    if not ends:
        print(closing(stage.settings, rows, stage.accounts), flush=True)
        _trickle(stage, samples, serial)
    return Exit.OK if rows and all(row.is_kept for row in rows) else Exit.OBJECTIONS


def _rows(stage: Stage, samples: Iterable[Sample], serial: str) -> "Iterable[Row]":
    """Hand everything in first, then look: the outbox works meanwhile."""
    sent = []
    for number, sample in enumerate(samples, start=1):
        if stage.stopped.is_set():
            return
        _progress(f"{number} gesendet: {sample.title[:60]}")
        sent.append((sample, _handed_in(stage, sample, serial)))
    _progress("")
    print(head(), flush=True)
    for sample, answers in sent:
        row = _row(stage, sample, answers)
        print(line(row), flush=True)
        yield row


def _progress(words: str) -> None:
    """One line that the next one overwrites; nothing where nobody watches."""
    if sys.stdout.isatty():
        print(f"\r{words:<79}\r", end="", flush=True)


def _handed_in(stage: Stage, sample: Sample, serial: str) -> tuple[Submitted, ...]:
    stamp = Stamp(stage.now(), serial)
    return tuple(_answered(stage, sample, stamp) for _ in range(sample.times))


def _answered(stage: Stage, sample: Sample, stamp: Stamp) -> Submitted:
    """The final answer. While the door is away the citizen's mail server tries again, until the demonstration ends."""
    for _ in range(RETRIES):
        try:
            answer = stage.send(sample, stamp)
        except UnavailableError as error:
            answer = Submitted(0, str(error))
        if answer.is_accepted or answer.is_permanent or stage.stopped.wait(RETRY_SECONDS):
            return answer
    return answer


def _row(stage: Stage, sample: Sample, answers: tuple[Submitted, ...]) -> Row:
    named = (_REFERENCE.search(answer.text) for answer in answers)
    references = tuple(match.group() for match in named if match)
    view = _settled(stage, references[0]) if references else None
    became = Became(
        tuple(answer.code for answer in answers),
        references,
        Verdicts(view.verdicts) if view is not None and view.verdicts else None,
    )
    effects = view.effects if view is not None else ()
    return Row(sample, became, effects, (*differences(sample.expected, became), *_unsent(sample, effects)))


def _unsent(sample: Sample, effects: "Iterable[EffectLine]") -> tuple[str, ...]:
    """Nothing but what is expected left the house, and all of it arrived."""
    late = (effect for effect in effects if effect.state != "done" and not _is_capped(effect))
    open_ones = tuple(f"{effect.kind}: {effect.state} {effect.remark}" for effect in late)
    kinds = {effect.kind for effect in effects}
    wanted = sample.expected.kinds
    return (*open_ones, *(f"hinausgegangen: {sorted(kinds)} statt {sorted(wanted)}" for _ in range(kinds != wanted)))


def _is_capped(effect: "EffectLine") -> bool:
    """It waits because this sender, or everybody, was told enough for now: a promise kept."""
    return effect.state == "open" and effect.remark.startswith(WAITING)


def _settled(stage: Stage, reference: str) -> "MessageView | None":
    """The message once everything it sends is sent, or as it stands when patience ends."""
    view = stage.view(reference)
    for _ in range(int(EFFECTS_SECONDS / 0.1)):
        if (
            view is None
            or all(effect.state != "open" or _is_capped(effect) for effect in view.effects)
            or stage.stopped.wait(0.1)
        ):
            break
        view = stage.view(reference)
    return view


def _trickle(stage: Stage, samples: tuple[Sample, ...], serial: str) -> None:
    small = tuple(sample for sample in samples if not sample.is_large)
    for number, sample in enumerate(itertools.cycle(small), start=1):
        if stage.stopped.wait(TRICKLE_SECONDS):
            return
        answers = _handed_in(stage, sample, f"{serial}.{number}")
        if stage.stopped.is_set():
            return
        print(line(_row(stage, sample, answers)), flush=True)
