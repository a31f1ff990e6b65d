# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The key that signs the journal's heads."""

import stat
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from poststelle.adapters.journal_key import PRIVATE_NAME, PUBLIC_NAME, open_journal_key
from poststelle.application.ports import UnavailableError


def test_the_first_start_makes_a_key_that_nobody_else_may_read(tmp_path):
    open_journal_key(tmp_path)
    assert stat.S_IMODE((tmp_path / PRIVATE_NAME).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {PRIVATE_NAME, PUBLIC_NAME}


def test_later_starts_use_the_same_key(tmp_path):
    first, later = open_journal_key(tmp_path), open_journal_key(tmp_path)
    assert first.key_id == later.key_id
    load_pem_public_key((tmp_path / PUBLIC_NAME).read_bytes()).verify(later.sign(b"head"), b"head")


def test_of_many_that_start_at_once_all_use_one_key(tmp_path):
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda _: open_journal_key(tmp_path).key_id, range(8)))
    assert len(set(keys)) == 1


def test_a_key_that_others_may_read_is_refused(tmp_path):
    open_journal_key(tmp_path)
    (tmp_path / PRIVATE_NAME).chmod(0o640)
    with pytest.raises(UnavailableError, match="chmod 600"):
        open_journal_key(tmp_path)


def test_a_file_that_holds_no_key_is_refused_and_not_replaced(tmp_path):
    (tmp_path / PRIVATE_NAME).write_bytes(b"nothing")
    (tmp_path / PRIVATE_NAME).chmod(0o600)
    with pytest.raises(UnavailableError, match="no key"):
        open_journal_key(tmp_path)
    assert (tmp_path / PRIVATE_NAME).read_bytes() == b"nothing"
