# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The door as a role: open until SIGTERM or SIGINT, then drained."""

import asyncio
import signal
from collections.abc import Callable

from poststelle.adapters.smtp_door.door import Door, loop_factory

GRACE_SECONDS = 15.0
"""For transactions under way when the role is asked to end."""


def serve(make_door: Callable[[], Door], opened: Callable[[int], None], *, wants_uvloop: bool = False) -> None:
    """Run a door; ``opened`` is told the port. Blocks until asked to end. Main thread only."""
    with asyncio.Runner(loop_factory=loop_factory(wants_uvloop=wants_uvloop)) as runner:
        runner.run(_serve(make_door, opened))


async def _serve(make_door: Callable[[], Door], opened: Callable[[int], None]) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    door = make_door()
    await door.open()
    opened(door.port)
    await stopping.wait()
    await door.drain(GRACE_SECONDS)
