# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The power goes right behind a 250: what was acknowledged is on the disk, and not only in the memory of the machine.

A killed process leaves to the kernel what it wrote; only a disk that loses what nobody flushed tells the difference.
"""

from contextlib import suppress
from pathlib import Path

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.core.arrival import BlobKey
from poststelle.records.models import Message
from support.front_house import PLAIN, Front
from support.power import disk

__all__ = ["disk"]
LARGE = PLAIN + (b"x" * 76 + b"\r\n") * 4_000


def kept(folder: Path, key: str) -> bytes | None:
    """What a door finds there after it swept the spool at its start; None where nothing is."""
    blobs = FileBlobs(folder / "blobs", lambda _key: None)
    blobs.sweep_spool()
    with suppress(KeyError), blobs.open(BlobKey(key)) as content:
        return content.read()
    return None


def test_what_was_acknowledged_is_there_after_the_power_went(open_records, disk):
    records = open_records(folder=disk.folder)
    with Front(records, disk.folder).opened() as front:
        disk.flush()
        assert front.send(LARGE).startswith("250")
        with disk.after_the_power_went() as found:
            messages = Message.objects.using(open_records(folder=found).database.alias)
            keys = list(messages.values_list("body_id", flat=True))
            assert len(keys) == 1
            assert kept(found, keys[0]) == LARGE


def test_a_body_keeps_its_name_on_a_disk_of_its_own_after_the_power_went(open_records, disk):
    """Where records and bodies share a disk, the flush of the record takes the name along."""
    with Front(open_records(), disk.folder).opened() as front:
        disk.flush()
        assert front.send(LARGE).startswith("250")
        with disk.after_the_power_went() as found:
            assert kept(found, front.messages()[0].body_id) == LARGE
