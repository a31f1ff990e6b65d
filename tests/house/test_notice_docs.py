# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The gallery of notices shows what is sent today, and what it shows is fit to be read by people."""

import re

from support.notice_docs import PAGE


def test_no_notice_shows_a_code_a_placeholder_or_an_internal_name():
    texts = re.findall(r"```text\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(texts) > 8
    for text in (re.sub(r"https:\S+", "", text) for text in texts):
        assert not re.search(r"\{|\}|None|email\.\w+|clamd|rspamd|muenster/", text), text
