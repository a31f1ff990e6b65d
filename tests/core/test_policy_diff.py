# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from poststelle.core.edition_diff import changes
from support.policies import policy_folder

OLD = policy_folder().editions[0].policy


def test_an_edition_does_not_differ_from_itself():
    assert changes(OLD, OLD) == ()


def test_a_changed_limit_is_one_line_with_both_values():
    size = OLD.email.size.model_copy(update={"limit": "30 MB"})
    new = OLD.model_copy(update={"email": OLD.email.model_copy(update={"size": size})})
    assert [str(change) for change in changes(OLD, new)] == ["~ email.size.limit: 20 MB → 30 MB"]


def test_an_inserted_address_does_not_shift_the_others():
    first = OLD.addresses[0].model_copy(update={"id": "neu", "address": "neu@stadt-muenster.example"})
    new = OLD.model_copy(update={"addresses": (first, *OLD.addresses)})
    found = changes(OLD, new)
    assert found
    assert {change.key.split("]")[0] for change in found} == {"addresses[neu"}
    assert all(str(change).startswith("+ ") for change in found)


def test_a_dropped_section_is_listed_as_gone():
    found = changes(OLD, OLD.model_copy(update={"gazette": None}))
    assert "- gazette.name: Amtsblatt der Stadt Münster" in [str(change) for change in found]
