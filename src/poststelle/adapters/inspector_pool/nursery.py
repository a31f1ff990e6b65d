# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The nursery: a process that has imported every inspector once and forks a worker from itself on demand.

It starts with an empty environment and no descriptor but the one to the pool, opens nothing, and reads no mail itself.
``python -m poststelle.adapters.inspector_pool.nursery FD`` is how the pool starts it, and with ``common`` behind that how the
supervisor does: then it forks such a process for each pool that asks. Nobody else starts it.
"""

import gc
import os
import signal
import socket
import sys
from contextlib import suppress

from poststelle.adapters.inspector_pool import worker
from poststelle.adapters.inspector_pool.common import COMMON
from poststelle.adapters.inspector_pool.confinement import Restraints
from poststelle.adapters.inspector_pool.frames import BrokenPeerError, Kind, receive_frame, send_frame
from poststelle.adapters.inspector_pool.warming import warm_up
from poststelle.adapters.inspector_pool.world import surroundings_of
from poststelle.inspection.cms.layer import Surroundings


def main() -> None:
    """Load everything, then serve one pool, or fork a process for each pool that asks."""
    link = socket.socket(fileno=int(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGHUP):  # of a terminal: who started us ends us
        signal.signal(number, signal.SIG_IGN)
    warm_up()
    restraints = Restraints()
    gc.freeze()
    if sys.argv[2:] == [COMMON]:
        _serve_all(link, restraints)
    else:
        _serve(link, restraints)


def _serve_all(common: socket.socket, restraints: Restraints) -> None:
    while handles := socket.recv_fds(common, 1, 1)[1]:
        _bury()
        if os.fork() == 0:
            common.close()
            try:
                _serve(socket.socket(fileno=handles[0]), restraints)
            finally:
                os._exit(0)
        os.close(handles[0])


def _serve(pool: socket.socket, restraints: Restraints) -> None:
    """Fork one worker for each JOB frame; its descriptor is the worker's end of a pair of its own.

    A WORLD frame says what workers born from now on are told of keys and trust.
    """
    surroundings = Surroundings(recipients=())
    with suppress(BrokenPeerError):
        while True:
            order = receive_frame(pool)
            _bury()
            if order.kind is Kind.WORLD:
                surroundings = surroundings_of(order.content)
                gc.freeze()
            elif order.handle is not None:
                _raise_one(pool, order.handle, surroundings, restraints)


def _bury() -> None:
    """Take leave of ended workers; their processor time is then counted as this process's children's."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _raise_one(pool: socket.socket, link_handle: int, surroundings: Surroundings, restraints: Restraints) -> None:
    pid = os.fork()
    if pid == 0:
        pool.close()
        with socket.socket(fileno=link_handle) as link:
            try:
                worker.serve(link, surroundings, restraints)
            finally:
                os._exit(0)
    os.close(link_handle)
    handle = os.pidfd_open(pid)
    send_frame(pool, Kind.ANSWER, str(pid).encode(), handle)
    os.close(handle)


if __name__ == "__main__":
    main()
