# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is shown to strangers: no address, no name of the installation, no secret; and still something to read."""

from hypothesis import given
from hypothesis import strategies as st

from poststelle.application.redaction import choices_of, redacted, texts_of
from poststelle.application.settings import read_settings

SETTINGS = read_settings(
    '[house]\nhostname = "mx.stadt.example"\nbase_url = "https://www.stadt.example"\n[door]\nport = 25\n[malware]\nengine = "clamd"',
    {},
)
KNOWN = texts_of(SETTINGS, {"POSTSTELLE_KEY_PASSPHRASE": "open sesame", "HOME": "/home/somebody"})


def test_settings_show_choices_and_numbers_and_whether_texts_are_set():
    shown = choices_of(SETTINGS)
    assert (shown["door.port"], shown["malware.engine"], shown["house.hostname"]) == (25, "clamd", "set")
    assert shown["sender.authserv_id"] == "not set"
    assert "example" not in str(shown)


def test_names_and_secrets_of_the_installation_are_replaced_and_loopback_stays():
    text = "mx.stadt.example 127.0.0.1:25 10:31:07 open sesame 192.0.2.7 2001:db8::7 version 5.2.19"
    assert redacted(text, KNOWN) == "<set> 127.0.0.1:25 10:31:07 <set> <ip> <ip> version 5.2.19"


@given(st.emails(), st.ip_addresses(), st.text(alphabet="abc ,;:<>", max_size=9))
def test_no_address_survives_wherever_it_stands(email, ip, around):
    shown = redacted(f"x {around} <{email}> {around} {ip} end", ())
    assert email not in shown
    assert str(ip) not in shown or str(ip) in {"127.0.0.1", "::1", "0.0.0.0", "::"}
