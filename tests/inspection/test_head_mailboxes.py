# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Names with commas nobody quoted: honest where no address hides in them, a fault where one might."""

import pytest

from poststelle.inspection.head import MAX_ADDRESS_BYTES, read_mailboxes


@pytest.mark.parametrize(
    ("value", "display"),
    [
        (b"Mustermann, Erika <e@b.example>", "Mustermann, Erika"),
        ("Müller, Dr. Jürgen, Amt 3 <e@b.example>".encode("latin-1"), "Müller, Dr. Jürgen, Amt 3"),
        (b"Firma; Abteilung <e@b.example>", "Firma, Abteilung"),
    ],
)
def test_words_before_a_comma_belong_to_the_name(value, display):
    found = read_mailboxes(value)
    assert (found.addresses, found.faults, found.display) == (("e@b.example",), (), display)


@pytest.mark.parametrize(
    ("word", "value", "faults"),
    [
        ("of one mailbox", b"Chefs: Erika <e@b.example>;", ("group",)),
        ("of a bare address", b"Chefs: e@b.example;", ("group",)),
        ("with an address for a name", b"chef@stadt.example: Erika <e@b.example>", ("group",)),
        ("with a quoted address for a name", b'"chef@stadt.example": Erika <e@b.example>;', ("group",)),
        ("with an encoded word for a name", b"=?utf-8?Q?chef=40stadt.example?=: Erika <e@b.example>", ("group",)),
        ("empty", b"undisclosed:;", ("group",)),
        ("a colon in an unquoted name", b"Amt 32: Erika <e@b.example>", ()),
        ("a colon in a quoted name", b'"Amt 32: Erika;" <e@b.example>', ()),
        ("a colon in a comment", b"e@b.example (Amt: 32;)", ()),
    ],
)
def test_a_group_is_no_mailbox(word, value, faults):
    assert read_mailboxes(value).faults == faults, word


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        (b"chef@stadt.example, Erika <e@b.example>", 2),
        (b'"chef@stadt.example", Erika <e@b.example>', 2),
        (b"=?utf-8?Q?chef=40stadt.example?=, Erika <e@b.example>", 1),
        (b"Mustermann, e@b.example", 1),
        (b"Erika <e@b.example>, Mustermann", 1),
        (b"scanner", 0),
    ],
)
def test_what_could_be_taken_for_a_second_address_is_no_name(value, addresses):
    found = read_mailboxes(value)
    assert len(found.addresses) == addresses
    assert addresses == 2 or found.faults


@pytest.mark.parametrize("angle", [b"%s", b"Erika <%s>"])
def test_what_is_longer_than_any_address_is_a_fault_and_is_not_searched_for_one(angle):
    too_long = b"e@b.example " + b"a@" * MAX_ADDRESS_BYTES
    found = read_mailboxes(angle % too_long)
    assert "syntax" in found.faults
    assert not any(found.addresses)
