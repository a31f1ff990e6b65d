# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Honest messages of many programs by number: the same number gives the same message."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from support.ham_abroad import ABROAD_PROGRAMS
from support.ham_clients import CLIENTS
from support.ham_machines import MACHINES


@dataclass(frozen=True)
class Ham:
    """One honest message."""

    client: str
    number: int
    content: bytes
    is_bounce: bool = False
    """Sent from the null reverse-path."""
    is_plain: bool = True
    """Everything in it is on the page's list: nothing may be objected to."""


PROGRAMS = (*((name, write, False, True) for name, write in CLIENTS.items()), *MACHINES, *ABROAD_PROGRAMS)
"""Name, writer, whether it is a bounce, whether everything in it is on the page's list."""


def ham(count: int) -> Iterator[Ham]:
    """So many messages, every program in turn."""
    for number in range(count):
        name, write, is_bounce, is_plain = PROGRAMS[number % len(PROGRAMS)]
        yield Ham(name, number, write(random.Random(f"{name}{number}")), is_bounce, is_plain)
