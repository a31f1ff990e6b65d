# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Settings from the environment: one value, several, none."""

import pytest

from poststelle.application.settings import read_settings


@pytest.mark.parametrize(
    ("word", "written", "hosts"),
    [
        ("one", "crl.example", ("crl.example",)),
        ("several, with blanks", "crl.example, ocsp.example", ("crl.example", "ocsp.example")),
        ("none", "", ()),
    ],
)
def test_a_list_holds_what_commas_part(word, written, hosts):
    assert read_settings("", {"POSTSTELLE_REVOCATION_HOSTS": written}).revocation.hosts == hosts, word


def test_a_comma_in_a_single_value_is_part_of_it():
    assert read_settings("", {"POSTSTELLE_SENDER_AUTHSERV_ID": "a,b"}).sender.authserv_id == "a,b"
