# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Secrets of the environment, taken out of a process before others are forked from it.

What a program is started with stays in its memory to the end, whatever it deletes later, and every fork has that memory
too. So the program starts itself anew without the secrets; they wait in a memory file for the one role that needs them.
"""

import json
import os
import sys
from collections.abc import Iterable
from typing import NoReturn

HANDLE_VARIABLE = "POSTSTELLE_SEALED"
"""Names the descriptor of the memory file, for this program started anew and for the role it is passed to."""


def set_aside(names: Iterable[str]) -> int | None:
    """The descriptor of what was set aside, None where nothing was there to hide.

    Where one of the names is set, this process begins once more without them and comes here again. Only at the start
    of a program: nothing that runs is waited for.
    """
    secret = {name: os.environ[name] for name in names if name in os.environ}
    if secret:
        _begin_anew(secret)
    return _handle()


def recall() -> None:
    """Put what was set aside back into the environment of this process; does nothing where nothing was."""
    handle = _handle()
    if handle is not None:
        os.environ.update(json.loads(os.pread(handle, os.fstat(handle).st_size, 0)))
        del os.environ[HANDLE_VARIABLE]
        os.close(handle)


def _begin_anew(secret: dict[str, str]) -> NoReturn:
    handle = os.memfd_create("sealed")
    os.set_inheritable(handle, True)
    os.write(handle, json.dumps(secret).encode())
    public = {name: value for name, value in os.environ.items() if name not in secret}
    command = [sys.executable, *sys.orig_argv[1:]]
    os.execve(sys.executable, command, {**public, HANDLE_VARIABLE: str(handle)})  # noqa: S606 - this very program


def _handle() -> int | None:
    named = os.environ.get(HANDLE_VARIABLE)
    return int(named) if named else None
