# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every page that is made by a program is the one it makes today."""

import pytest

from support import cli_docs, limit_docs, mime_docs, notice_docs, reason_docs, settings_docs, smime_docs

MADE = (cli_docs, limit_docs, mime_docs, notice_docs, reason_docs, settings_docs, smime_docs)


@pytest.mark.parametrize("made", MADE, ids=[made.PAGE.name for made in MADE])
def test_the_page_is_up_to_date(made):
    run = f"run: PYTHONPATH=src:tests python tests/{made.__name__.replace('.', '/')}.py"
    assert made.PAGE.read_text(encoding="utf-8") == made.generated(), run


def test_every_setting_of_the_limits_is_one_and_stands_with_its_own_number():
    keys = {key for key, _, _ in settings_docs.every_key()}
    named = {key for rows in limit_docs.TABLES.values() for _, _, key in rows if "." in key}
    assert named <= keys
