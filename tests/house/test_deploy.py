# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The examples in deploy/ agree with the program, with each other, and with systemd."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from poststelle.application.authorities import Authorities, Authority
from poststelle.application.readiness import refusals
from poststelle.application.settings import Settings, read_settings
from poststelle.compose.roles import ROLES
from poststelle.core.arrival import AuthorityId
from support.policies import policy_folder
from support.programs import require_program

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
DEPLOYED = sorted(set(ROLES) - {"maildrop"})
"""The mailboxes in folders are for demonstrations and tests."""
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
MAX_EXPOSURE = 2.0
"""Of ten, as systemd-analyze security counts; a unit without any protection has 9.6."""


def role_in(text: str) -> list[str]:
    return re.findall(r"serve(?:\", \")? ?--role(?:\", \")? ?([a-z]+)", text)


def test_every_role_has_a_unit_and_every_unit_a_role():
    assert sorted(role for unit in UNITS for role in role_in(unit.read_text())) == DEPLOYED
    for unit in UNITS:
        assert role_in(unit.read_text()) in ([unit.stem.removeprefix("poststelle-")], [])


def test_every_role_has_a_container():
    assert sorted(role_in((DEPLOY / "oci" / "compose.yaml").read_text())) == DEPLOYED


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The units with programs that are on this machine: systemd asks whether they can be run."""
    folder = tmp_path_factory.mktemp("units")
    for file in (*UNITS, *(DEPLOY / "systemd").glob("*.target"), *(DEPLOY / "systemd").glob("*.timer")):
        text = file.read_text().replace("/opt/poststelle/bin/poststelle", sys.executable)
        (folder / file.name).write_text(text.replace("/usr/sbin/postfix", sys.executable))
    return folder


def test_systemd_finds_nothing_to_say_of_the_units(units):
    program = require_program("systemd-analyze", "systemd")
    files = sorted(map(str, units.iterdir()))
    done = subprocess.run(
        [program, "verify", "--man=no", *files], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS])
def test_every_unit_gives_up_what_it_does_not_need(units, unit):
    program = require_program("systemd-analyze", "systemd")
    words = [program, "security", "--offline=true", "--no-pager", str(units / unit)]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout
    found = re.search(r"exposure level for .*?: ([0-9.]+)", said)
    assert found
    assert float(found[1]) <= MAX_EXPOSURE, said


@pytest.mark.parametrize("unit", [unit for unit in UNITS if role_in(unit.read_text())], ids=lambda unit: unit.stem)
def test_a_role_that_is_asked_to_end_keeps_its_inspectors_until_it_has(unit):
    """systemd would ask every process of a unit at once, and a message under way would lose worker and nursery."""
    assert "\nKillMode=mixed\n" in unit.read_text()


def test_only_the_keyholder_gets_the_passphrase():
    holding = [unit.stem for unit in UNITS if "key-passphrase" in unit.read_text()]
    assert holding == ["poststelle-keyholder"]


@pytest.fixture(scope="module")
def example() -> Settings:
    return read_settings((DEPLOY / "poststelle.toml").read_text(encoding="utf-8"), {})


def test_the_example_settings_may_take_mail(example):
    assert refusals(example) == ()


def test_the_example_settings_and_postfix_name_the_same_ports(example):
    master = (DEPLOY / "postfix" / "master.cf").read_text()
    main = (DEPLOY / "postfix" / "main.cf").read_text()
    assert f"smtpd_proxy_filter=127.0.0.1:{example.door.port}\n" in master
    assert f"127.0.0.1:{example.outbox.port} " in master
    assert f"check_policy_service inet:127.0.0.1:{example.recipients.port}\n" in main
    assert f"myhostname = {example.house.hostname}\n" in main


def test_postfix_waits_longer_than_the_gateway_takes_and_allows_what_the_gateway_does(example):
    main = dict(re.findall(r"(?m)^(\w+) = (.*)$", (DEPLOY / "postfix" / "main.cf").read_text()))
    assert int(main["smtpd_proxy_timeout"].rstrip("s")) > example.door.message_deadline_seconds
    folder = policy_folder("muenster")
    name = AuthorityId("muenster")
    city = Authorities({name: Authority(name, folder.editions, folder.directory)})
    assert int(main["message_size_limit"]) == city.advertised_size(datetime(2026, 11, 22, tzinfo=UTC))


def test_the_installation_page_names_every_file_it_needs():
    page = (DEPLOY.parent / "docs" / "operations" / "install.md").read_text(encoding="utf-8")
    for file in re.findall(r"`(deploy/[\w./-]+)`", page):
        assert (DEPLOY.parent / file).exists(), file
