# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A key was added: every message that waited for one is looked into again, each as if somebody had asked at the desk."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from poststelle.application.desk.acts import NotAllowedError, OvertakenError, UnusableError
from poststelle.application.desk.decryption import Look, retry_decryption
from poststelle.application.desk.house import DeskHouse
from poststelle.application.desk.viewer import Viewer
from poststelle.core.arrival import AuthorityId
from poststelle.core.signature import Encryption


@dataclass(frozen=True, slots=True)
class Reopened:
    """What came of it."""

    tried: int
    opened: int


def reopen(
    house: DeskHouse,
    waiting: Iterable[tuple[AuthorityId, str]],
    viewer: Callable[[AuthorityId], Viewer],
    look: Look,
) -> Reopened:
    """Try each. A message that has moved on meanwhile is left alone; UnavailableError ends it, to be begun again later."""
    tried = opened = 0
    for authority, reference in waiting:
        try:
            outcome = retry_decryption(house, viewer(authority), reference, look)
        except (NotAllowedError, OvertakenError, UnusableError):
            continue
        tried += 1
        opened += outcome is Encryption.OK
    return Reopened(tried, opened)
