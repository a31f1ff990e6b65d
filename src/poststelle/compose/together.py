# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""All roles together: forked from this process, which has loaded what they share and opened nothing.

The keyholder alone is a program started anew: whoever learns the memory layout of another role does not know its, and
it alone gets the secrets of the environment.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from typing import IO

from poststelle.adapters.forking import apart, fork, freeze
from poststelle.adapters.inspector_pool.common import HANDLE_VARIABLE, CommonNursery
from poststelle.adapters.logs import set_up
from poststelle.adapters.sealed_environment import recall, set_aside
from poststelle.adapters.supervisor import Child, Start, Supervisor
from poststelle.application.keyring import KeyRingError
from poststelle.application.policies import PolicyError
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings, SettingsError
from poststelle.compose import keyholding
from poststelle.compose.front import door_certificate
from poststelle.compose.keyholding import KEYHOLDER, SECRET_VARIABLES, SUPERVISED, end_with_supervisor
from poststelle.compose.parts import authorities, clock, records
from poststelle.compose.roles import make_keys, roles_of, start_role
from poststelle.compose.storage import BUCKET_VARIABLES, make_data_folder
from poststelle.core.arrival import Peer
from poststelle.core.codec import prepare
from poststelle.core.facts import Facts, Inspection
from poststelle.core.verdict import Verdict

SERVING = ("poststelle", "serve")
HOLDING = (keyholding.__name__,)
"""Programs of ours, as Python's ``-m`` takes them."""
NURSERY = "nursery"
BEARERS = frozenset({NURSERY, KEYHOLDER})
"""What a door that drains still needs for the messages it is judging."""
CANNOT_GO_ON = 4
"""Exit code of a role that lacks a part of the world; the same as a command's."""
_LOG = logging.getLogger("poststelle")


def run_all(settings: Settings) -> None:
    """Every role, each in a process of its own, under one supervisor. Blocks until asked to end."""
    set_up(settings.log.format)
    authorities(settings)  # what is wrong with policies is said once, before any role starts
    make_data_folder(settings)
    end_with_supervisor()
    sealed = set_aside(SECRET_VARIABLES)
    handles = () if sealed is None else (sealed,)
    apart("preparing", partial(_prepare, settings), keep=handles)
    _load_what_roles_share()
    freeze()
    Supervisor(_starts(settings, handles), bearers=BEARERS).run()


def run_one(settings: Settings, role: str) -> None:
    """One role in this process, which a supervisor may have started."""
    end_with_supervisor()
    recall()
    make_data_folder(settings)
    start_role(settings, role)


def serving_program(log: IO[bytes]) -> Child:
    """This program with all its roles as a child that ends with this process; the settings are named in the environment."""
    return _program(SERVING, log=log)


def _prepare(settings: Settings) -> None:
    """Keys and tables are there before the first role looks; what is wrong with policies or certificate refuses the start."""
    recall()
    authorities(settings)
    door_certificate(settings)
    make_keys(settings)
    with records(settings, clock()):
        pass


def _play(settings: Settings, role: str) -> None:
    """One role in a process of its own; why it cannot go on is a sentence, and not a place in our code."""
    try:
        start_role(settings, role)
    except (UnavailableError, KeyRingError, PolicyError, SettingsError) as error:
        _LOG.critical("role=%s event=cannot-go-on cause=%s", role, error)
        sys.exit(CANNOT_GO_ON)
    except OSError as error:
        told = f"{error.strerror}: {error.filename}" if error.filename else error.strerror
        _LOG.critical("role=%s event=cannot-go-on cause=%s", role, told, exc_info=True)
        sys.exit(CANNOT_GO_ON)


def _starts(settings: Settings, handles: tuple[int, ...]) -> Mapping[str, Start]:
    """How each role is started, in order; they end in the reverse order."""
    common = CommonNursery()
    os.environ[HANDLE_VARIABLE] = str(common.handle)
    forked = {
        name: partial(fork, name, partial(_play, settings, name), keep=(common.handle,)) for name in roles_of(settings)
    }
    return {
        NURSERY: common.start,
        **forked,
        KEYHOLDER: partial(_program, HOLDING, handles, without=BUCKET_VARIABLES | {HANDLE_VARIABLE}),
    }


def _program(
    program: tuple[str, ...],
    handles: tuple[int, ...] = (),
    log: IO[bytes] | None = None,
    without: AbstractSet[str] = frozenset(),
) -> Child:
    command = (sys.executable, "-m", *program)
    environment = {name: value for name, value in os.environ.items() if name not in without}
    environment[SUPERVISED] = str(os.getpid())
    return subprocess.Popen(command, env=environment, pass_fds=handles, stdout=log, stderr=log)  # noqa: S603 - ourselves


def _load_what_roles_share() -> None:
    """Import what roles would each import later, and build their codecs. Nothing that wants Django set up: roles differ."""
    import uvicorn  # noqa: F401, PLC0415 - as above

    prepare(Facts, Verdict, Peer, Inspection)
