# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The command that makes accounts for the desk."""

import io
import json
import sys
from datetime import date

import pytest

from poststelle.application.desk.viewer import Grant, Role
from poststelle.application.ports import UnavailableError
from poststelle.compose.operator import operator
from poststelle.compose.users import desk_of
from poststelle.core.arrival import AuthorityId
from poststelle.faces.cli import users
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.program import _parser
from poststelle.records.accounts import Posting, accounts, ensure_demo_users, grant_role
from poststelle.records.queries import journal_of
from support.desk_house import MUENSTER, PASSWORD, desk_rig, the_authorities
from support.policies import policy_folder


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        yield running


@pytest.fixture
def typed():
    """What stands on stdin."""
    before, sys.stdin = sys.stdin, io.StringIO(f"{PASSWORD}\n")
    yield sys.stdin
    sys.stdin = before


def call(rig, *words: str):
    return users.run(_parser().parse_args(["users", *words]), desk_of(the_authorities().by_id, rig.database, rig.clock))


def test_an_account_signs_in_with_its_role(rig, typed):
    assert call(rig, "add", "paula", "--role", "mailroom", "--full-name", "Paula Post") == Exit.OK
    rig.accounts["paula"] = 1
    assert rig.client("paula").get("/desk/liste/posteingang").status_code == 200
    assert rig.viewer("paula").name == "Paula Post"


def test_roles_are_listed_for_people_and_machines(rig, typed, capsys):
    call(rig, "add", "arne", "--role", "clerk", "--office", "ordnungsamt")
    call(rig, "grant", "arne", "--role", "audit", "--until", "2026-03-04")
    call(rig, "list", "--json")
    row = json.loads(capsys.readouterr().out)
    assert row["roles"] == ["audit (muenster)", "clerk ordnungsamt (muenster)"]
    rig.accounts["arne"] = 1
    assert set(rig.viewer("arne").grants) == {Grant(Role.CLERK, "ordnungsamt"), Grant(Role.AUDIT)}
    rig.clock.advance(days=1)
    assert rig.clock.now().date() == date(2026, 3, 5)
    assert rig.viewer("arne").grants == (Grant(Role.CLERK, "ordnungsamt"),)


def test_who_was_given_which_role_and_by_whom_is_in_the_journal(rig, typed):
    call(rig, "add", "arne", "--role", "clerk", "--office", "ordnungsamt", "--until", "2026-12-31")
    call(rig, "disable", "arne")
    call(rig, "enable", "arne")
    typed.seek(0)
    call(rig, "password", "arne")
    lines = journal_of(rig.database, MUENSTER, "")
    kinds = ["role-granted", "account-disabled", "account-enabled", "password-set"]
    assert [line.leaf.kind for line in lines] == kinds
    role = {"account": "user:1", "role": "clerk", "office": "ordnungsamt", "until": "2026-12-31"}
    assert (dict(lines[0].leaf.facts), lines[0].values) == (role, (("name", "arne"),))
    assert {line.leaf.actor for line in lines} == {operator()}


def test_a_role_is_journaled_where_it_was_granted_and_a_lock_wherever_there_is_one(rig, typed):
    call(rig, "add", "arne", "--role", "audit")
    grant_role(rig.database, "arne", Posting(AuthorityId("strict"), Grant(Role.AUDIT)))
    call(rig, "grant", "arne", "--role", "mailroom")
    assert journal_of(rig.database, AuthorityId("strict"), "") == ()
    call(rig, "disable", "arne")
    assert [line.leaf.kind for line in journal_of(rig.database, AuthorityId("strict"), "")] == ["account-disabled"]


class NoTime:
    """A clock that is away."""

    def now(self):
        raise UnavailableError("clock")


def test_no_role_is_granted_that_the_journal_does_not_know_of(rig, typed):
    call(rig, "add", "arne", "--role", "audit")
    grant = _parser().parse_args(["users", "grant", "arne", "--role", "mailroom"])
    with pytest.raises(UnavailableError):
        users.run(grant, desk_of(the_authorities().by_id, rig.database, NoTime()))
    (line,) = accounts(rig.database)
    assert [posting.grant.role for posting in line.postings] == [Role.AUDIT]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["add", "kurt", "--role", "clerk"], Exit.USAGE),
        (["add", "kurt", "--role", "clerk", "--office", "raumfahrtamt"], Exit.NOT_FOUND),
        (["grant", "niemand", "--role", "mailroom"], Exit.SETTINGS),
        (["add", "kurt", "--role", "mailroom", "--authority", "anderswo"], Exit.NOT_FOUND),
        (["disable", "niemand"], Exit.SETTINGS),
    ],
    ids=["no office", "unknown office", "unknown account", "unknown authority", "nobody to disable"],
)
def test_what_cannot_be_done_changes_nothing(rig, typed, capsys, words, code):
    with pytest.raises(CommandError) as refused:
        call(rig, *words)
    assert refused.value.exit_code == code
    assert journal_of(rig.database, MUENSTER, "") == ()
    call(rig, "list")
    assert capsys.readouterr().out == ""


def test_a_weak_password_is_refused(rig, typed):
    sys.stdin = io.StringIO("kurz\n")
    with pytest.raises(CommandError, match="too short"):
        call(rig, "add", "kurt", "--role", "mailroom")


def test_a_disabled_account_is_out_at_once(rig):
    rig.employ("paula", Role.MAILROOM)
    paula = rig.client("paula")
    call(rig, "disable", "paula")
    assert paula.get("/desk/liste/posteingang").status_code != 200
    call(rig, "enable", "paula")
    assert rig.client("paula").get("/desk/liste/posteingang").status_code == 200


def test_the_demonstration_has_an_account_for_each_role_and_renews_its_password(rig):
    directory = policy_folder().directory
    first = ensure_demo_users(rig.database, MUENSTER, directory)
    second = ensure_demo_users(rig.database, MUENSTER, directory)
    assert [one.name for one in first] == [one.name for one in second]
    assert {one.password for one in first}.isdisjoint({one.password for one in second})
    rig.accounts["poststelle"] = 1
    assert rig.viewer("poststelle").grants == (Grant(Role.MAILROOM),)


@pytest.mark.parametrize("name", ["", " paula", "paula post", "paula\n", "x" * 151, "\x1b[31mpaula"])
def test_a_name_that_nobody_could_sign_in_with_is_not_taken(rig, typed, name):
    with pytest.raises(CommandError):
        call(rig, "add", "--role", "mailroom", "--", name)


def test_a_period_that_ends_before_it_begins_is_not_taken(rig, typed):
    words = ("add", "petra", "--role", "audit", "--from", "2026-03-05", "--until")
    with pytest.raises(CommandError, match="before the first") as refused:
        call(rig, *words, "2026-03-04")
    assert refused.value.exit_code is Exit.USAGE
    assert call(rig, *words, "2026-03-05") == Exit.OK


def test_a_day_that_is_none_is_told_by_an_example(rig, capsys):
    with pytest.raises(SystemExit):
        call(rig, "grant", "petra", "--role", "audit", "--until", "2026-13-01")
    assert "2026-13-01 is no date such as 2026-12-31" in capsys.readouterr().err
