# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One command, one page: what happened to a message, the published sentences word for word, and whether that is proven."""

from pathlib import Path

import pytest

from poststelle.adapters.journal_key import PUBLIC_NAME, open_journal_key
from poststelle.application.desk import holds
from poststelle.application.desk.viewer import Role
from poststelle.core.page import render
from poststelle.core.policy import Language
from support.command_line import poststelle
from support.desk_house import SERVICE, desk_rig
from support.policies import POLICIES, policy_folder

EDITION = policy_folder().editions[0]


def show(folder: Path, reference: str) -> tuple[int, str]:
    settings = folder.parent / "poststelle.toml"
    settings.write_text(f'[house]\ndata = "{folder}"\nmode = "demo"\npolicies = ["{POLICIES / "muenster"}"]\n')
    done = poststelle("--settings", str(settings), "journal", "show", reference)
    return done.code, " ".join(done.said.split())


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "data").mkdir(mode=0o700)
    return tmp_path / "data"


@pytest.fixture
def rig(folder, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(folder) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def sign(rig, folder):
    from poststelle.records.sequencer import JournalKey, Sequencer

    def signed() -> None:
        key = open_journal_key(folder)
        sequencer = Sequencer(rig.database, rig.database, rig.clock, SERVICE)
        sequencer.sequence()
        sequencer.sign_head(JournalKey(key.key_id, key.sign))

    return signed


def test_the_page_tells_what_happened_on_which_sentence_and_that_it_is_proven(rig, folder, sign):
    reference = rig.sample_arrives("docm")
    sign()
    code, page = show(folder, reference)
    assert code == 0
    assert "eingegangen am 4. März 2026 um 09:00:00 Uhr über E-Mail" in page
    assert f"„{render(EDITION.policy, 'attachments.macros', Language.DE, {})}“" in page
    assert f"SHA-256 der Fassung {EDITION.id}: {EDITION.hash}" in page
    assert "Nachgerechnet: Unterschrift, Wege und Angaben stimmen." in page


def test_a_person_s_act_stands_there_with_name_and_reason(rig, folder, sign):
    reference = rig.sample_arrives("gtube")
    holds.release(rig.desk, rig.viewer("paula"), reference, "Gewinnspiel der Stadt")
    sign()
    assert "Paula Test: Aus der Quarantäne freigegeben." in (page := show(folder, reference)[1])
    assert "Begründung: Gewinnspiel der Stadt" in page


def test_what_was_changed_afterwards_is_no_proof(rig, folder, sign):
    from poststelle.records.models import JournalValue

    reference = rig.sample_arrives("docm")
    sign()
    JournalValue.objects.using(rig.database.alias).filter(key="sender").update(value="max@buerger.example")
    code, page = show(folder, reference)
    assert code == 1
    assert "ACHTUNG, der Beweis gilt nicht: entry 0 does not say this sender." in page


def test_before_a_head_covers_it_the_page_says_so(rig, folder):
    code, page = show(folder, rig.sample_arrives("docm"))
    assert code == 0
    assert "steht noch unter keinem signierten Kopf" in page


def test_without_the_public_key_nothing_is_called_proven(rig, folder, sign):
    reference = rig.sample_arrives("docm")
    sign()
    (folder / PUBLIC_NAME).unlink()
    code, page = show(folder, reference)
    assert code == 1
    assert "Nachgerechnet" not in page


def test_where_nothing_was_ever_kept_nothing_is_made(folder):
    code, said = show(folder, "PS-7K3M-Q9XA-2WEF")
    assert (code, list(folder.iterdir())) == (4, []), said
