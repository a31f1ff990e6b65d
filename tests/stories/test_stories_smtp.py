# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every story, told to a running door: plain, over TLS, and as LMTP."""

from dataclasses import replace
from pathlib import Path

import pytest

from poststelle.application.ports import Body
from poststelle.core.arrival import Arrival
from poststelle.protocol.smtp.replies import ACCEPTED, Reply, reply
from support.blob_store import SpareBlobs
from support.door_house import DEFAULTS, Client, RunningDoor, each_loop, running_door, server_tls, trusting
from support.stories import Story, read_story, secure, tell

__all__ = ["each_loop"]
pytestmark = pytest.mark.usefixtures("each_loop")
STORIES = [read_story(path) for path in sorted(Path(__file__).parent.glob("*.story"))]
CASES = [(story, variant) for story in STORIES for variant in story.variants]
REFUSED = reply(
    550,
    "5.6.1",
    "Reference P-1",
    "A file has a format that cannot be taken",
    "https://stadt.example/zugang#formats",
)


@pytest.fixture(scope="module")
def tls(tmp_path_factory):
    return server_tls(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize(("story", "variant"), CASES, ids=[f"{story.name}-{variant}" for story, variant in CASES])
def test_story(story: Story, variant: str, tls):
    settings = trusting() if story.is_trusted else DEFAULTS
    settings = replace(settings, lmtp=variant == "lmtp", tls=tls if variant == "tls" else None)
    blobs = SpareBlobs()

    def judge(arrival: Arrival, body: Body) -> tuple[Reply, ...]:
        if b"Please refuse me" in blobs.content(body.key):
            return (REFUSED,)
        each = tuple(REFUSED if name.local == "abgelehnt" else ACCEPTED for name in arrival.envelope.recipients)
        return each if settings.lmtp else (ACCEPTED,) if ACCEPTED in each else (REFUSED,)

    with running_door(settings, judge, blobs) as house:
        with Client(house.port, is_greeted=False) as client:
            if variant == "tls":
                client.keep(secure(client))
            tell(story, client, variant)
        assert_stored(story, house)


def assert_stored(story: Story, house: RunningDoor) -> None:
    stored = []
    for arrival, body in house.arrivals:
        to = ", ".join(str(recipient) for recipient in arrival.envelope.recipients)
        stored.append((f"{arrival.envelope.sender or '<>'} -> {to}", house.blobs.content(body.key)))
    assert [envelope for envelope, _ in stored] == [envelope for envelope, _ in story.stored]
    for (envelope, content), (_, expected) in zip(stored, story.stored, strict=True):
        assert expected is None or content == expected, envelope
