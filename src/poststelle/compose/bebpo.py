# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The beBPo door: the drop folder of the settings before the same house that takes mail."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from poststelle.adapters.bebpo_door import BebpoDoor, DropFolder, DropSettings
from poststelle.adapters.inspector_pool.pool import InspectorPool
from poststelle.adapters.no_engines import NoScanner
from poststelle.application.handover import Handover, arrival_of
from poststelle.application.house import House
from poststelle.application.intake import accept
from poststelle.application.ports import Body
from poststelle.application.settings import Settings
from poststelle.application.steps import opened
from poststelle.compose.front import house
from poststelle.compose.parts import inspectors

VIEW_SECONDS = 60.0


@contextmanager
def bebpo_door(settings: Settings, folder: Path) -> Iterator[BebpoDoor]:
    """The door in front of a house of its own."""
    chosen = settings.bebpo
    work = settings.house.data / "bebpo"
    drop = DropFolder(DropSettings(folder, work, chosen.settle_seconds, chosen.patience_seconds, chosen.keep_done))
    with house(settings) as front:
        viewers = inspectors(settings, NoScanner(), 1)
        patient = replace(front, deadline_seconds=chosen.message_deadline_seconds)
        try:
            yield BebpoDoor(
                drop, front.books.blobs, lambda body, at: take_in(patient, viewers, body, at, trusted=chosen.trusted)
            )
        finally:
            drop.close()
            viewers.close()


def take_in(front: House, viewers: InspectorPool, body: Body, written_at: datetime, *, trusted: bool) -> None:
    """One packed message on the road of every message; there is nobody to answer."""
    with opened(body, front.books.blobs) as content:
        view = viewers.door_view(content, VIEW_SECONDS)
    handover = Handover(body, view, written_at, trusted)
    accept(arrival_of(handover, front.authorities, front.clock.now()), body, front)
