# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reading the parts of a package opens nothing but the part."""

import pytest

from poststelle.inspection.budget import Budget
from poststelle.inspection.xmlparts import read_pieces

ELEMENTS = {"one tree": 1, "many trees": 1_200_000}


@pytest.mark.parametrize("size", ELEMENTS)
def test_what_a_document_type_names_is_never_opened(size, tmp_path):
    named = tmp_path / "outer.dtd"
    named.write_text("no document type at all: reading it would end in an error")
    part = f'<!DOCTYPE a SYSTEM "{named}"><a>{"<b>x</b>" * ELEMENTS[size]}</a>'
    pieces = list(read_pieces(part.encode(), Budget()))
    assert pieces[-1].has_doctype
    assert not any(piece.has_subset for piece in pieces)
    assert (len(pieces) > 1) == (size == "many trees")


@pytest.mark.parametrize("address", ["http://www.example.org/a.dtd", "//server/a.dtd", "file:///etc/passwd", "a.dtd"])
def test_a_document_type_from_elsewhere_does_not_keep_from_reading(address):
    (piece,) = read_pieces(f'<!DOCTYPE a PUBLIC "b" "{address}"><a/>'.encode(), Budget())
    assert piece.has_doctype
