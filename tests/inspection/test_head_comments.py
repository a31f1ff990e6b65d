# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import pytest

from poststelle.inspection.head import read_mailboxes


@pytest.mark.parametrize(
    ("word", "value", "faults"),
    [
        ("Postfix's bounces", b"MAILER-DAEMON@h.example (Mail Delivery System)", ()),
        ("nested", b"a@b.example (x (y) z)", ()),
        ("before", b"(x) a@b.example", ()),
        ("inside the local part", b"a(x)@b.example", ("comment",)),
        ("inside the domain", b"a@b(x).example", ("comment",)),
        ("inside angle brackets", b"A <a@b.example(x)>", ("comment", "syntax")),
    ],
)
def test_a_comment_is_a_fault_only_inside_an_address(word, value, faults):
    assert read_mailboxes(value).faults == faults, word
