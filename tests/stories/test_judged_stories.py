# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every reply of the door as a dialogue with the whole front behind it: plain, over TLS, and as LMTP."""

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from poststelle.adapters.clamd import Clamd, ClamdAddress
from poststelle.application.policy_folder import PolicyFolder
from poststelle.application.ports import UnavailableError
from poststelle.core.policy import EncryptionStance, Policy, Told
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition
from support.builders import with_rule
from support.door_house import Client, server_tls
from support.front_house import Front
from support.policies import policy_folder
from support.records import open_records
from support.stories import Story, read_story, secure, tell

__all__ = ["open_records"]
STORIES = [read_story(path) for path in sorted((Path(__file__).parent / "judged").glob("*.story"))]
NEWEST = policy_folder().editions[-1]
CASES = [(story, variant) for story in STORIES for variant in story.variants]
TOLD = frozenset(
    "arrived accepted held refused malware-deleted deferred retry-recognised notice-suppressed notice-queued delivery-queued".split()
)
"""The entries a story tells: what the dialogue led to."""


class FullBlobs:
    """No room for another body."""

    def writer(self) -> None:
        raise UnavailableError("no space left on device")


def spam_is_refused():
    return policies(with_rule(NEWEST.policy, Reason.SPAM, Disposition.REFUSE, Told.SENDER))


def one_mailbox_wants_encryption():
    central, post = NEWEST.policy.addresses
    strict = post.model_copy(update={"encryption": EncryptionStance.REQUIRES})
    wanting = NEWEST.policy.model_copy(update={"addresses": (central, strict)})
    return policies(with_rule(wanting, Reason.ENCRYPTION_REQUIRED, Disposition.REFUSE, Told.SENDER))


def policies(newest: Policy) -> PolicyFolder:
    folder = policy_folder()
    return replace(folder, editions=(*folder.editions[:-1], replace(NEWEST, policy=newest)))


GIVEN = {
    "": dict,
    "the scanner is away": lambda: {"malware": Clamd(ClamdAddress(path="/nonexistent/clamd.sock"))},
    "the disk is full": lambda: {"blobs": FullBlobs()},
    "spam is refused": lambda: {"policies": spam_is_refused()},
    "one mailbox wants encryption": lambda: {"policies": one_mailbox_wants_encryption()},
    "another connection is open": lambda: {"max_per_address": 1},
}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    server_tls(folder)
    return folder / "door.pem"


@contextmanager
def told_to(story: Story, variant: str, opened):
    with ExitStack() as stack:
        if story.given == "another connection is open":
            stack.enter_context(Client(opened.port))
        client = stack.enter_context(Client(opened.port, is_greeted=False))
        if variant == "tls" and story.given != "another connection is open":
            client.keep(secure(client))
        tell(story, client, variant)
        yield


@pytest.mark.parametrize(("story", "variant"), CASES, ids=[f"{story.name}-{variant}" for story, variant in CASES])
def test_judged_story(story: Story, variant: str, open_records, tmp_path, certificate):
    front = Front(open_records(), tmp_path, is_lmtp=variant == "lmtp", **GIVEN[story.given]())
    front.certificate = certificate if variant == "tls" else None
    with front.opened() as opened, told_to(story, variant, opened):
        kinds = [kind for kind in opened.kinds() if kind in TOLD]
    assert kinds == list(story.journal)
