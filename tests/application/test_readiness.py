# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Where the store does not carry several doors, nothing starts, and the sentence names the key to change."""

import pytest

from poststelle.application.readiness import refusals
from poststelle.application.settings import Door, House, Settings, Store

POSTGRES = Store(database="postgresql://poststelle@db.stadt.example/poststelle")


def told(**sections: object) -> list[str]:
    return [found.sentence for found in refusals(Settings(house=House(mode="demo"), **sections))]


@pytest.mark.parametrize(
    ("sections", "sentence"),
    [
        ({"door": Door(processes=2)}, "several door processes would starve one another on one SQLite file"),
        ({"door": Door(processes=2, port=0), "store": POSTGRES}, "would each take a free port"),
        ({"store": Store(database="mysql://db/poststelle")}, "not the address of a PostgreSQL server"),
    ],
    ids=["doors on a file", "doors on no port", "another database"],
)
def test_what_the_store_does_not_carry_is_refused_at_the_start(sections, sentence):
    (found,) = told(**sections)
    assert sentence in found


@pytest.mark.parametrize(
    "sections",
    [{"door": Door(processes=4), "store": POSTGRES}, {"store": POSTGRES}, {"store": Store(bucket="post")}, {}],
    ids=["doors on a server", "one door on a server", "files in a bucket", "the default"],
)
def test_every_other_pair_is_taken(sections):
    assert told(**sections) == []
