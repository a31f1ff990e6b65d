# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A door in a process of its own, to be measured from outside: ``python -m support.door_child FOLDER [uvloop]``.

Prints its port, accepts everything without judging it, and ends when its standard input is closed.
"""

import asyncio
import sys
from pathlib import Path

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.smtp_door import Door, DoorSettings, Known, Reception, loop_factory
from poststelle.core.arrival import AuthorityId
from poststelle.protocol.smtp import replies
from support.door_house import StandingClock


async def serve(folder: Path) -> None:
    door = Door(
        DoorSettings(host="127.0.0.1", port=0, hostname="mx.example.org", max_per_address=100),
        FileBlobs(folder, lambda _key: None),
        lambda _address: Known(AuthorityId("muenster")),
        Reception(lambda _arrival, _body: (replies.ACCEPTED,)),
        StandingClock(),
    )
    await door.open()
    print(door.port, flush=True)  # noqa: T201 - its only output
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await door.drain(1.0)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=loop_factory(wants_uvloop="uvloop" in sys.argv[2:])) as runner:
        runner.run(serve(Path(sys.argv[1])))
