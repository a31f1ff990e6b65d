# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import os
import shutil
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from poststelle.adapters.bebpo_door import BebpoDoor, DropFolder, DropSettings
from poststelle.adapters.bebpo_door.door import CLEAR_SECONDS, WAITS_SECONDS
from poststelle.adapters.bebpo_door.drop import DONE_SECONDS
from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.application.ports import Body, UnavailableError
from poststelle.inspection.egvp.container import unpack
from support.egvp_folders import a_folder, dropped, read_back, written


@dataclass
class HandSeconds:
    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Front:
    """A door on folders of its own, and what was handed in through it."""

    root: Path
    seconds: HandSeconds = field(default_factory=HandSeconds)
    settle_seconds: float = 10.0
    keep_done: bool = True
    bodies: list[bytes] = field(default_factory=list)
    times: list[datetime] = field(default_factory=list)
    trouble: Exception | None = None
    refuses: bytes = b"\0never\0"

    def __post_init__(self) -> None:
        self.drop = self.root / "drop"
        self.drop.mkdir(exist_ok=True)
        self.blobs = FileBlobs(self.root / "blobs", lambda _key: None)
        self.restart()

    def restart(self) -> None:
        """A new process on the same folders."""
        given = DropSettings(self.drop, self.root / "work", self.settle_seconds, 3600.0, self.keep_done)
        self.folder = DropFolder(given, self.seconds)
        self.door = BebpoDoor(self.folder, self.blobs, self._hand_in, self.seconds)

    def _hand_in(self, body: Body, written_at: datetime) -> None:
        content = body.inline if body.inline is not None else self.blobs.open(body.key).read()
        if self.trouble is not None and (self.refuses in content or self.refuses == b"\0never\0"):
            raise self.trouble
        self.bodies.append(content)
        self.times.append(written_at)

    def rounds(self, *pauses: float) -> int:
        """One round, and one more after each pause."""
        done = self.door.one_round()
        for pause in pauses:
            self.seconds.at += pause
            done += self.door.one_round()
        return done

    @property
    def claimed(self) -> list[Path]:
        return list((self.root / "work" / "claimed").glob("*/*"))

    @property
    def done(self) -> list[Path]:
        return list((self.root / "work" / "done").glob("*/*"))


@pytest.fixture
def front(tmp_path):
    made = Front(tmp_path)
    yield made
    made.folder.close()


def test_a_folder_that_stands_still_is_taken_in_whole_and_put_aside(front):
    files = a_folder()
    dropped(front.drop, "Nachricht 1", files)
    assert front.rounds() == 0
    assert front.rounds(10) == 1
    assert dict(unpack(front.bodies[0])) == files
    assert read_back(front.done[0]) == files
    assert list(front.drop.iterdir()) == front.claimed == []
    assert front.rounds(10, 10) == 0


def test_a_folder_still_being_copied_waits(front):
    files = list(a_folder().items())
    for path, content in files[:-1]:
        written(front.drop / "halb", {path: content})
        assert front.rounds(9) == 0
    assert front.rounds(600, 600) == 0, "MsgProps.xml has not come yet"
    written(front.drop / "halb", dict(files[-1:]))
    assert front.rounds(10) == 1


def test_an_unpacked_export_is_complete_with_its_numbered_papers(front):
    dropped(front.drop, "bea", {"4711.xml": b"<a/>", "klage.pdf": b"%PDF-"})
    assert front.rounds(10, 60) == 0
    written(front.drop / "bea", {"4711_export.html": b"<html/>"})
    assert front.rounds(0, 10) == 1


def test_msgprops_without_its_end_waits(front):
    files = a_folder()
    files["MsgProps.xml"] = files["MsgProps.xml"][:-30]
    dropped(front.drop, "halb", files)
    assert front.rounds(60, 60) == 0


def test_growing_attachments_keep_a_complete_looking_folder_waiting(front):
    place = dropped(front.drop, "wächst", a_folder())
    for size in range(1, 5):
        (place / "attachments" / "groß.pdf").write_bytes(b"x" * size)
        assert front.rounds(9) == 0
    assert front.rounds(10) == 1


def test_after_the_patience_a_broken_folder_is_taken_as_it_is(front):
    dropped(front.drop, "kaputt", {"attachments/a.pdf": b"%PDF-"})
    assert front.rounds(10, 3000) == 0
    assert front.rounds(600) == 1
    assert dict(unpack(front.bodies[0])) == {"attachments/a.pdf": b"%PDF-"}


@pytest.mark.parametrize(
    "lock", ["Nachricht.lock", ".Nachricht.lock", "Nachricht.lck", "Nachricht/.lock", "Nachricht/x.part"]
)
def test_a_lock_is_respected_as_long_as_it_is_there(front, lock):
    dropped(front.drop, "Nachricht", a_folder())
    (front.drop / lock).touch()
    assert front.rounds(10, 10, 7200) == 0
    (front.drop / lock).unlink()
    assert front.rounds(0, 10) == 1


def test_an_attachment_called_like_a_lock_is_no_lock(front):
    dropped(front.drop, "Nachricht", a_folder(attachments={"tür.lock": b"x"}))
    assert front.rounds(10) == 1


@pytest.mark.parametrize("name", [".halb", "~halb", "Thumbs.db"])
def test_what_desktops_and_copiers_leave_is_passed_over(front, name):
    (front.drop / name).write_bytes(b"x")
    assert front.rounds(10, 7200) == 0


def test_a_single_file_is_taken_as_it_is(front):
    (front.drop / "export.zip").write_bytes(b"PK\x03\x04...")
    assert front.rounds(10) == 1
    assert front.bodies == [b"PK\x03\x04..."]


def test_what_the_world_refuses_stays_claimed_and_is_tried_again(front):
    dropped(front.drop, "eins", a_folder())
    front.trouble = UnavailableError("scanner")
    assert front.rounds(10) == 0
    assert len(front.claimed) == 1
    front.trouble = None
    assert front.rounds(WAITS_SECONDS[0] / 2) == 0, "not before its time"
    assert front.rounds(WAITS_SECONDS[0]) == 1


def test_waits_grow_and_a_bug_of_ours_loses_nothing(front):
    dropped(front.drop, "eins", a_folder())
    front.trouble = ValueError("a bug")
    front.rounds(10)
    for wait in WAITS_SECONDS:
        assert front.rounds(wait) == 0
    front.trouble = None
    assert front.rounds(WAITS_SECONDS[-1]) == 1
    assert len(front.bodies) == 1


def test_one_message_in_trouble_holds_up_no_other(front):
    dropped(front.drop, "eins", a_folder(message_id="govapp_eins"))
    dropped(front.drop, "zwei", a_folder(message_id="govapp_zwei"))
    front.trouble, front.refuses = UnavailableError("too large for the scanner"), b"govapp_eins"
    assert front.rounds(10) == 1
    assert b"govapp_zwei" in front.bodies[0]


def test_after_a_crash_between_claim_and_record_the_message_is_taken_in(front):
    dropped(front.drop, "eins", a_folder())
    front.trouble = UnavailableError("as if we had died here")
    front.rounds(10)
    front.folder.close()
    front.trouble = None
    front.restart()
    assert front.rounds() == 1
    assert len(front.bodies) == 1
    assert len(front.done) == 1


def test_an_empty_room_of_a_crash_before_the_rename_goes(front):
    front.rounds()
    (front.root / "work" / "claimed" / "00000000000000000001-dead").mkdir()
    assert front.rounds() == 0
    assert not list((front.root / "work" / "claimed").iterdir())


def test_two_processes_never_work_on_one_folder(front):
    front.rounds()
    other = Front(front.root)
    with pytest.raises(UnavailableError, match="another process"):
        other.rounds()


def test_a_drop_folder_that_is_away_is_trouble_and_comes_back(front):
    front.rounds()
    front.drop.rename(front.root / "weg")
    with pytest.raises(UnavailableError):
        front.rounds()
    (front.root / "weg").rename(front.drop)
    assert front.rounds() == 0


def test_links_and_pipes_are_named_and_never_followed(front, tmp_path):
    (tmp_path / "geheim").write_text("geheim")
    place = dropped(front.drop, "eins", a_folder())
    (place / "attachments" / "link.pdf").symlink_to(tmp_path / "geheim")
    os.mkfifo(place / "attachments" / "rohr.pdf")
    assert front.rounds(10) == 1
    assert set(unpack(front.bodies[0]).unread) == {"attachments/link.pdf", "attachments/rohr.pdf"}
    assert b"geheim" not in front.bodies[0]


def test_a_message_that_is_a_link_is_never_followed(front, tmp_path):
    written(tmp_path / "anderswo", a_folder())
    (front.drop / "link").symlink_to(tmp_path / "anderswo")
    assert front.rounds(10, 3600) == 1
    assert unpack(front.bodies[0]).unread == ("link",)
    assert read_back(tmp_path / "anderswo") == a_folder()


def test_the_source_is_removed_only_where_that_is_wanted(tmp_path):
    front = Front(tmp_path, keep_done=False)
    dropped(front.drop, "eins", a_folder())
    assert front.rounds(10) == 1
    assert front.done == front.claimed == []
    front.folder.close()


def test_a_source_goes_when_it_was_kept_for_its_days_and_whatever_cannot_go_holds_up_nothing(front):
    for name in ("alt", "neu"):
        dropped(front.drop, name, a_folder())
    front.rounds(10)
    old = next(place.parent for place in front.done if place.name == "alt")
    os.utime(old, (time.time() - DONE_SECONDS - 60,) * 2)
    front.rounds(CLEAR_SECONDS - 20)
    assert len(front.done) == 2
    front.rounds(30)
    assert [place.name for place in front.done] == ["neu"]
    shutil.rmtree(front.root / "work" / "done")
    front.rounds(CLEAR_SECONDS)
    assert front.folder.is_open


@pytest.mark.parametrize("seconds", [0, -1, 2**31, 2**40])
def test_no_time_of_a_file_keeps_a_message_out(front, seconds):
    place = dropped(front.drop, "eins", a_folder())
    for path in (place, *place.rglob("*")):
        os.utime(path, (seconds, seconds))
    assert front.rounds(10) == 1


def test_names_of_any_kind_are_taken(front):
    names = ["Straße & Söhne (2)", "a" * 200, "-rf", "$(id)", "zwei\nZeilen", os.fsdecode(b"latin\xe4")]
    for name in names:
        dropped(front.drop, name, a_folder(message_id=f"govapp_{names.index(name)}"))
    assert front.rounds(10) == len(names)
    assert {place.name for place in front.done} == set(names)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=15)
@given(st.lists(st.sampled_from(["drop", "round", "pass", "crash", "fail", "heal"]), max_size=25))
def test_whatever_happens_every_message_is_handed_in_or_still_there(tmp_path_factory, steps):
    front = Front(tmp_path_factory.mktemp("front"))
    count = 0
    for step in steps:
        match step:
            case "drop":
                count += 1
                dropped(front.drop, f"n{count}", a_folder(message_id=f"govapp_{count}"))
            case "pass":
                front.seconds.at += 60
            case "crash":
                front.folder.close()
                front.restart()
            case "fail":
                front.trouble = UnavailableError("down")
            case "heal":
                front.trouble = None
            case _:
                front.door.one_round()
    front.trouble = None
    front.rounds(4000, 4000)
    assert len(front.bodies) == len(front.done) == count
    assert not front.claimed
    front.folder.close()
