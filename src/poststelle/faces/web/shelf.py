# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the composition root lends the web face: one frozen value, put on the shelf once before the first request.

Django builds views from modules, not from objects, so they cannot be given anything in a constructor. The one
variable of this module is the whole concession to that: compose.py calls ``furnish`` once, views call ``lent``. What
is on the shelf are functions and values; nothing can be registered, replaced by name or looked up beyond it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from poststelle.application.authorities import Authorities
from poststelle.application.ports import Clock
from poststelle.core.arrival import AuthorityId
from poststelle.faces.web.desk.loans import DeskLoans
from poststelle.faces.web.loans import CheckFiles, Published


@dataclass(frozen=True, slots=True)
class WebHouse:
    """Everything the web face may use of the rest of the house, besides what it reads by records.queries."""

    authorities: Authorities
    clock: Clock
    check: CheckFiles
    """The check before sending: no scanner, no keyholder, no store behind it."""
    certificates: Callable[[AuthorityId, datetime], tuple[Published, ...]]
    """The certificates that are published at this moment; empty where there are none yet."""
    precheck_limit_bytes: int = 64 * 1024 * 1024
    """Largest upload that is looked at; above it only the size is judged."""
    is_demo: bool = False
    desk: DeskLoans | None = None
    """What the clerks' desk works with; without it there is no desk."""


class _Shelf:
    """Holds the one loan."""

    house: WebHouse | None = None


def furnish(house: WebHouse) -> None:
    """Lend this to the web face; called once by the composition root, and by tests for each of their houses."""
    _Shelf.house = house


def lent() -> WebHouse:
    """What was lent. RuntimeError where the web face was started without being furnished."""
    if _Shelf.house is None:
        raise RuntimeError("the web face was not furnished: compose.web_app() does that")
    return _Shelf.house
