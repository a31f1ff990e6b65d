# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What cannot be meant is a fault of the settings, all of them at once and by key, before anything starts with it."""

import pytest

from poststelle.application.settings import SettingsError, read_settings
from poststelle.compose.keeping import SPOOL_SECONDS

WRONG = {
    "a port of clamd beyond all ports": ("[malware]\nport = 99999", "malware.port: "),
    "no port of rspamd": ("[spam]\nport = 0", "spam.port: "),
    "a port of the name server beyond all": ("[sender]\nresolver_port = 65536", "sender.resolver_port: "),
    "a time without end": ("[door]\nmessage_deadline_seconds = inf", "door.message_deadline_seconds: "),
    "a deadline beyond the sweep of what nobody finished": (
        f"[door]\nmessage_deadline_seconds = {SPOOL_SECONDS}",
        "door.message_deadline_seconds: ",
    ),
    "a time that is no number": ("[store]\ntimeout_seconds = nan", "store.timeout_seconds: "),
    "a time beyond every time-out": ("[inspector]\ntry_seconds = 1e12", "inspector.try_seconds: "),
    "an empty label": ('[outbox]\nhost = "mail..stadt.example"', "outbox.host: no host has such a name"),
    "a label that is too long": (f'[malware]\nhost = "{"a" * 64}.example"', "malware.host: no host has such a name"),
    "a blank in a host": ('[spam]\nhost = "rspamd .example"', "spam.host: no host has such a name"),
    "a line end in a host": ('[door]\nhost = "127.0.0.1\\n"', "door.host: no host has such a name"),
    "our name with an umlaut": ('[house]\nhostname = "büro.stadt.example"', "house.hostname: not the name of a host"),
    "our name with a blank": ('[house]\nhostname = "mx stadt"', "house.hostname: not the name of a host"),
    "our name with a command": ('[house]\nhostname = "mx\\r\\nQUIT"', "house.hostname: not the name of a host"),
    "no name of ours": ('[house]\nhostname = ""', "house.hostname: not the name of a host"),
    "no policy": ("[house]\npolicies = []", "house.policies: "),
    "a network with host bits": (
        '[door]\ntrusted_peers = ["10.0.0.1/8"]',
        "door.trusted_peers.0: input is not a valid IPv4",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_meant_is_a_fault_by_its_key(case):
    text, sentence = WRONG[case]
    with pytest.raises(SettingsError) as told:
        read_settings(text, {})
    assert told.value.faults[0].startswith(sentence), told.value.faults


def test_every_fault_is_told_at_once():
    with pytest.raises(SettingsError) as told:
        read_settings('[door]\nport = 65536\nmax_connections = 0\n[house]\nhostname = ""\n[nonsense]\n', {})
    assert [fault.partition(":")[0] for fault in told.value.faults] == [
        "house.hostname",
        "door.port",
        "door.max_connections",
        "nonsense",
    ]


def test_a_section_that_is_no_table_is_a_fault_also_where_the_environment_adds_to_it():
    with pytest.raises(SettingsError, match="door: "):
        read_settings("door = 25", {"POSTSTELLE_DOOR_PORT": "2525"})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "", "mail.stadt.example.", "büro.stadt.example"])
def test_every_way_to_write_a_host_is_taken(host):
    assert read_settings(f'[outbox]\nhost = "{host}"', {}).outbox.host == host
