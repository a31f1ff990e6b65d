# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which authority a command means: the one named with ``--authority``, the only one, or every one of them."""

from collections.abc import Callable, Collection, Iterable
from typing import TypeVar

from poststelle.core.arrival import AuthorityId
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import Listed

Entry = TypeVar("Entry")


def one_or_all(known: Collection[AuthorityId], named: str) -> tuple[AuthorityId, ...]:
    """The one named; all of them where none is. CommandError where it is not served here."""
    if named and named not in known:
        raise CommandError(f"there is no authority {named}", f"Known: {', '.join(known)}.", Exit.NOT_FOUND)
    return (AuthorityId(named),) if named else tuple(known)


def the_one(known: Collection[AuthorityId], named: str) -> AuthorityId:
    """The one named, or the only one. CommandError where there are several and none is named."""
    found = one_or_all(known, named)
    if len(found) > 1:
        raise CommandError("several authorities are served here", f"Add --authority: {', '.join(known)}.", Exit.USAGE)
    return found[0]


def listed(
    known: Collection[AuthorityId], named: str, entries: Callable[[AuthorityId], Iterable[Entry]]
) -> Listed[Entry]:
    """The entries of the one named or of all, in the order of the settings."""
    chosen = one_or_all(known, named)
    return Listed(tuple((name, entry) for name in chosen for entry in entries(name)), len(chosen) > 1)
