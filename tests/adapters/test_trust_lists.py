# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The folder of trust lists: what is read from it, what is refused, and what the doctor says of it."""

from pathlib import Path

import pytest

from poststelle.adapters.trust_folder import TrustFolder
from poststelle.application.health import Health
from poststelle.application.key_health import of_trust_lists
from poststelle.application.keyring import KeyRingError
from support.certificates import DAY, NOW, authority
from support.trust_lists import Listed, a_trust_list, signed_list

CA = authority("Listed CA")


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    folder = tmp_path / "lists"
    folder.mkdir()
    return folder


def test_lists_are_read_noticed_when_they_change_and_give_no_anchor_for_mail(lists: Path) -> None:
    folder = TrustFolder(lists.parent)
    before = folder.stamp()
    assert folder.lists() == ()
    (lists / "de.xml").write_bytes(a_trust_list(Listed(CA)))
    (lists / "de-old.xml").write_bytes(a_trust_list(Listed(CA), issued=NOW - 200 * DAY))
    (lists / ".fetching").write_bytes(b"half")
    (one,) = folder.lists()
    assert (one.territory, one.issued_at) == ("DE", NOW - 30 * DAY)
    assert folder.stamp() != before
    assert folder.trust().roots == ()


def test_once_a_signer_of_lists_is_named_every_list_must_be_signed_by_one(lists: Path) -> None:
    folder, supervisor = TrustFolder(lists.parent), authority("Supervisor")
    (lists / "de.xml").write_bytes(signed_list(a_trust_list(Listed(CA)), supervisor))
    assert [one.is_verified for one in folder.lists()] == [False]
    assert "signatures unverified" in of_trust_lists(folder.lists, NOW).sentence
    before = folder.stamp()
    (lists.parent / "list-signers").mkdir()
    (lists.parent / "list-signers" / "de.pem").write_bytes(supervisor.pem)
    assert folder.stamp() != before
    assert [one.is_verified for one in folder.lists()] == [True]
    assert "signatures verified" in of_trust_lists(folder.lists, NOW).sentence
    (lists / "fr.xml").write_bytes(a_trust_list(Listed(CA), territory="FR"))
    with pytest.raises(KeyRingError, match=r"fr\.xml cannot be used: it is not signed"):
        folder.lists()


def test_a_file_that_is_no_list_is_named(lists: Path) -> None:
    (lists / "lotl.xml").write_bytes(a_trust_list())
    with pytest.raises(KeyRingError, match=r"lotl\.xml cannot be used: .*national lists"):
        TrustFolder(lists.parent).lists()


def test_the_doctor_counts_lists_names_the_oldest_and_those_outdated(lists: Path) -> None:
    folder = TrustFolder(lists.parent)
    none = of_trust_lists(folder.lists, NOW)
    assert (none.health, "none" in none.sentence) == (Health.FINE, True)
    (lists / "de.xml").write_bytes(a_trust_list(Listed(CA)))
    (lists / "at.xml").write_bytes(a_trust_list(Listed(CA), territory="AT", issued=NOW - 90 * DAY))
    fine = of_trust_lists(folder.lists, NOW)
    assert fine.health is Health.FINE
    assert f"2 lists, the oldest AT of {NOW - 90 * DAY:%Y-%m-%d}" in fine.sentence
    (lists / "at.xml").write_bytes(a_trust_list(Listed(CA), territory="AT", next_update=NOW - DAY))
    late = of_trust_lists(folder.lists, NOW)
    assert (late.health, late.sentence.endswith("outdated: AT")) == (Health.DOUBTFUL, True)
    (lists / "x.xml").write_bytes(b"<x/>")
    assert of_trust_lists(folder.lists, NOW).health is Health.BROKEN
