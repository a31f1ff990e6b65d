# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The stage of the demonstration: every role under a supervisor, and a client at the door with a view of the records."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from poststelle.adapters.ready_files import ready
from poststelle.adapters.submission import Relay, SmtpSubmission, Tls
from poststelle.adapters.supervisor import DRAIN_SECONDS, Supervisor
from poststelle.application.demonstration import DROP_FOLDER
from poststelle.application.ports import Submitted, UnavailableError
from poststelle.application.settings import SETTINGS_VARIABLE, Settings
from poststelle.application.synthetic.bebpo import demonstration_folders
from poststelle.application.synthetic.sample import Sample, Stamp, as_relayed
from poststelle.application.synthetic.vouched import Issuer, issuer, vouched_samples
from poststelle.compose.keys import published_certificates
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.roles import roles_of
from poststelle.compose.together import serving_program
from poststelle.faces.cli.demo import Stage, Story
from poststelle.faces.cli.demo_table import Account
from poststelle.records.opening import Records

if TYPE_CHECKING:
    from poststelle.records.queries import MessageView

MARKER = ".poststelle-demo"
"""Lies in every data folder a demonstration made: only such a folder is ever emptied."""
START_SECONDS = 60.0
GATEWAY_DRAIN_SECONDS = DRAIN_SECONDS + 5.0
"""The gateway has a supervisor of its own, which waits for its roles."""
LOG_NAME = "poststelle.log"
SETTINGS_NAME = "poststelle.toml"


def demonstrate(settings: Settings, settings_text: str, story: Story, *, fresh: bool) -> int:
    """Run every role and the story beside them; the story's exit code. Ends with the story, or when asked to."""
    folder = settings.house.data
    _prepare(folder, settings_text, fresh=fresh)
    vouching = issuer(clock().now())
    _trust(settings, vouching)
    os.environ[SETTINGS_VARIABLE] = str((folder / SETTINGS_NAME).absolute())
    stopped = threading.Event()
    with (
        records(settings, clock()) as (book, _),
        (folder / LOG_NAME).open("ab") as log,
        _in_parallel(lambda: _play(_Play(settings, book, stopped, vouching), story)) as (is_over, result),
    ):
        try:
            _supervisor(log).run(lambda: not is_over())
        finally:
            stopped.set()
        return result()


def _prepare(folder: Path, settings_text: str, *, fresh: bool) -> None:
    if fresh and (folder / MARKER).is_file():
        shutil.rmtree(folder)
    elif fresh and folder.is_dir() and any(folder.iterdir()):
        raise UnavailableError(f"{folder} is not empty and not of a demonstration; name another folder with --data")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / MARKER).touch()
    (folder / SETTINGS_NAME).write_text(settings_text, encoding="utf-8")
    (folder / DROP_FOLDER).mkdir(mode=0o700, exist_ok=True)  # the beBPo role watches it from its first moment


@contextmanager
def _in_parallel(play: Callable[[], int]) -> Iterator[tuple[Callable[[], bool], Callable[[], int]]]:
    with ThreadPoolExecutor(1, thread_name_prefix="story") as pool:
        future = pool.submit(play)
        yield future.done, future.result


def _supervisor(log: IO[bytes]) -> Supervisor:
    def tell(line: str) -> None:
        log.write(line.encode() + b"\n")
        log.flush()

    return Supervisor({"gateway": lambda: serving_program(log)}, tell, GATEWAY_DRAIN_SECONDS)


@dataclass(frozen=True, slots=True)
class _Play:
    """What the story needs of a running gateway."""

    settings: Settings
    book: Records
    stopped: threading.Event
    vouching: Issuer


def _play(play: _Play, story: Story) -> int:
    settings, book, stopped = play.settings, play.book, play.stopped

    def await_roles() -> None:
        for _ in range(int(START_SECONDS / 0.05)):
            if all(ready(settings.house.data, role) for role in roles_of(settings)) or stopped.wait(0.05):
                return
        log = settings.house.data / LOG_NAME
        raise UnavailableError(f"the gateway did not start within {START_SECONDS:.0f} s; see {log}")

    try:
        return story(_stage(play, await_roles))
    finally:
        book.database.close()  # this thread's connection


def _stage(play: _Play, await_roles: Callable[[], None]) -> Stage:
    settings, book, stopped = play.settings, play.book, play.stopped
    return Stage(
        settings=settings,
        stopped=stopped,
        await_roles=await_roles,
        send=_sender(settings),
        sealed=lambda: vouched_samples(play.vouching, _our_certificate(settings)),
        drop=lambda: _drop(settings),
        view=_view(settings, book),
        accounts=_accounts(settings, book),
        now=clock().now,
    )


def _trust(settings: Settings, vouching: Issuer) -> None:
    """Believe the issuer of the demonstration, before the first role reads whom to believe."""
    anchors = settings.house.data / "trust" / "anchors"
    anchors.mkdir(mode=0o700, parents=True, exist_ok=True)
    (anchors / "vorfuehrung.pem").write_bytes(vouching.certificate.public_bytes(Encoding.PEM))


def _our_certificate(settings: Settings) -> x509.Certificate:
    """What the page publishes for S/MIME: citizens encrypt to it."""
    ours = next(one for one in published_certificates(settings, bool) if not one.is_issuer)
    return x509.load_der_x509_certificate(ours.content)


def _accounts(settings: Settings, book: Records) -> tuple[Account, ...]:
    from poststelle.records.accounts import ensure_demo_users  # noqa: PLC0415 - needs Django set up

    authority = next(iter(authorities(settings).by_id.values()))
    made = ensure_demo_users(book.database, authority.id, authority.directory)
    return tuple(Account(one.name, one.password, one.what) for one in made)


def _drop(settings: Settings) -> tuple[str, ...]:
    """Export beBPo messages as the client would: each into a folder beside, moved in as a whole."""
    drop = settings.bebpo.folder
    if drop is None:
        return ()
    folders = demonstration_folders()
    for name, files in folders.items():
        making = settings.house.data / f".{name}"
        for path, content in files.items():
            (making / path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            (making / path).write_bytes(content)
        making.rename(drop / name)
    return tuple(folders)


def _sender(settings: Settings) -> Callable[[Sample, Stamp], Submitted]:
    relay = Relay(settings.door.host, settings.door.port, Tls.NONE, settings.house.hostname)
    door = SmtpSubmission(relay)

    def send(sample: Sample, stamp: Stamp) -> Submitted:
        return door.submit(sample.sender, sample.recipients, as_relayed(sample, stamp, settings.sender.authserv_id))

    return send


def _view(settings: Settings, book: Records) -> "Callable[[str], MessageView | None]":
    from poststelle.records.queries import message_by_reference  # noqa: PLC0415 - needs Django set up

    ids = tuple(authorities(settings).by_id)

    def view(reference: str) -> "MessageView | None":
        found = (message_by_reference(book.database, name, reference) for name in ids)
        return next((message for message in found if message is not None), None)

    return view
