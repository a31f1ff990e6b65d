# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The command line of an installation with two authorities: whose each row is, and nothing of the other where one is named."""

import argparse
from datetime import timedelta

import pytest

from poststelle.faces.cli.frame import Exit
from poststelle.records.database import attach, detach
from support.cli_docs import commands
from support.desk_house import PASSWORD
from support.gateway import eventually
from support.two_authorities import CITY, COUNTY, PARTIES, other, send, two_authorities

LISTS = (
    "journal show",
    "keys list",
    "identities list",
    "consents list",
    "observe",
    "bypass",
    "users list",
    "recipients list",
    "person show",
    "person requests",
)
"""Show records of every authority, or of the one named."""
WORK_THROUGH_ALL = ("keys reopen",)
FOR_ONE = ("check", "inspect", "publish", "keys publish", "consents grant", "users add", "users grant", "person ask")
"""Are done for one authority, which has to be named where there are several."""
OF_THE_INSTALLATION = {
    "serve": "all run together",
    "demo": "an installation of its own",
    "policy lint": "reads the folder named",
    "policy schema": "the same for all",
    "policy show": "reads the folder named",
    "policy diff": "reads the folder named",
    "policy reference": "the same for all",
    "policy preview": "reads the folder named",
    "recipients write": "one Postfix takes mail for all",
    "keys generate": "the domain of the address says whose",
    "keys import": "the domain of the address says whose",
    "keys rotate": "the domain of the address says whose",
    "keys retire": "the domain of the address says whose",
    "keys csr": "the domain of the address says whose",
    "identities confirm": "the message says whose",
    "identities revoke": "the message says whose",
    "consents revoke": "the consent says whose",
    "person confirm": "the request says whose",
    "doctor": "one installation is well or not",
    "smime inspect": "files and keys are named in each row",
    "backup": "one database and one bucket",
    "verify": "one database and one bucket",
    "restore": "one database and one bucket",
    "journal verify": "one journal and one tree for all",
    "journal head": "one tree for all",
    "journal prove": "the reference says whose",
    "journal check-proof": "the proof says whose",
    "retention list": "terms of each authority, named in each line",
    "retention apply": "what is due is due",
    "support-report": "versions and counters, redacted",
    "users password": "an account may have roles at several",
    "users disable": "an account may have roles at several",
    "users enable": "an account may have roles at several",
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory, django_db_blocker):
    with two_authorities(tmp_path_factory.mktemp("two") / "data") as running, django_db_blocker.unblock():
        yield running


@pytest.fixture(scope="module")
def poststelle(gateway):
    """The command line; each authority has a message, an account, a consent, a checked signer, switches and a key."""
    database = attach(gateway.folder, "commands")
    run = gateway.poststelle
    for number, party in enumerate(PARTIES):
        whose = ("--authority", party.id)
        send(gateway, party.central, number, f"bote@{party.id}.example")
        add_entries(database, party.id)
        run("users", "add", f"user-{party.id}", "--role", "mailroom", *whose, stdin=f"{PASSWORD}\n").well()
        for switch in ("observe", "bypass"):
            run(switch, "on", "--why", f"why-{party.id}", *whose).well()
        run("keys", "generate", f"further@{party.domain}", "--kind", "p256").well()
        asking = (
            "person",
            "ask",
            f"bote@{party.id}.example",
            "--why",
            "asked",
            "--account",
            f"user-{party.id}",
            *whose,
        )
        run(*asking, stdin=f"{PASSWORD}\n").well()
    run("users", "grant", "user-muenster", "--role", "audit", "--authority", "strict").well()
    run("keys", "generate", "stray@nobody.example", "--kind", "p256").well()
    yield run
    detach(database)


def add_entries(database, authority):
    """One entry in each register, as the desk writes them; the county's policy foresees no consents."""
    from django.utils.timezone import now

    from poststelle.records.models import ConsentRow, IdentityRow

    IdentityRow.objects.using(database.alias).create(
        authority_id=authority, spki_sha256=authority.encode().hex().ljust(64, "0"), addresses='["x@x.example"]',
        state="verified", checked_by="user:1", checked_at=now(), person=f"person-{authority}",
    )  # fmt: skip
    ConsentRow.objects.using(database.alias).create(
        authority_id=authority, reference=f"C-{authority}", sender=f"sender@{authority}.example", formats='["heic"]',
        office="", valid_from=now(), valid_until=now() + timedelta(days=30), granted_by="user:1",
    )  # fmt: skip


@pytest.fixture(scope="module")
def references(poststelle):
    """The message of each, as its own journal knows it."""
    from poststelle.records.models import Message

    def found():
        known = Message.objects.using("commands").values_list("authority_id", "reference")
        return dict(known) if len(known) == len(PARTIES) else None

    return eventually(found, what="both messages")


def list_words(listing, references, party):
    """The words of the list, and what it needs beside."""
    further = {
        "journal show": (references[party.id],),
        "person show": (f"bote@{party.id}.example",),
        "observe": ("status",),
        "bypass": ("status",),
    }
    return (*listing.split(), *further.get(listing, ()))


def options(parser: argparse.ArgumentParser) -> set[str]:
    return {option for action in parser._actions for option in action.option_strings}


def test_every_command_says_how_it_is_with_several_authorities():
    """A new command fails here until somebody has decided."""
    known = {words.removeprefix("poststelle "): parser for words, parser, _ in commands()}
    decided = (*LISTS, *WORK_THROUGH_ALL, *FOR_ONE, *OF_THE_INSTALLATION)
    assert sorted(known) == sorted(decided)
    takes = {words for words, parser in known.items() if "--authority" in options(parser)}
    assert takes == set(decided) - set(OF_THE_INSTALLATION)


@pytest.mark.parametrize(
    "listing", [one for one in LISTS if one not in {"journal show", "users list", "recipients list", "person show"}]
)
def test_a_list_without_a_name_says_of_each_row_whose_it_is(poststelle, references, listing):
    words = list_words(listing, references, CITY)
    nobody = {"-"} if listing == "keys list" else set()
    assert {row["authority"] for row in poststelle(*words, "--json").rows} == {CITY.id, COUNTY.id} | nobody
    told = [line for line in poststelle(*words).out.splitlines() if not line.startswith(" ")]
    assert {line.partition(":")[0] for line in told} == {CITY.id, COUNTY.id} | nobody


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party.id)
@pytest.mark.parametrize("listing", [one for one in LISTS if one != "recipients list"])
def test_a_list_of_one_holds_nothing_of_the_other(poststelle, references, listing, party):
    words = (*list_words(listing, references, party), "--authority", party.id)
    found = poststelle(*words, "--json").rows
    assert found
    assert {row.get("authority", party.id) for row in found} == {party.id}
    for told in (str(found), poststelle(*words).out):
        for sign in (f"{other(party).id})", f".{other(party).id}", f"-{other(party).id}\n", other(party).domain):
            assert sign not in told, (sign, told)


@pytest.mark.parametrize("listing", LISTS)
def test_a_name_that_is_not_here_is_said_with_those_that_are(poststelle, references, listing):
    done = poststelle(*list_words(listing, references, CITY), "--authority", "elsewhere")
    assert (done.code, done.out) == (Exit.NOT_FOUND, "")
    assert "there is no authority elsewhere" in done.err
    assert "Known: muenster, strict." in done.err


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party.id)
def test_a_message_of_the_other_is_as_unknown_as_none(poststelle, references, party):
    theirs, none = (
        poststelle("journal", "show", reference, "--authority", party.id)
        for reference in (references[other(party).id], "PS-0000-0000-0000")
    )
    assert theirs.code == none.code == Exit.NOT_FOUND
    assert theirs.err == none.err.replace("PS-0000-0000-0000", references[other(party).id])
    (whose,) = {row["authority"] for row in poststelle("journal", "show", references[party.id], "--json").rows}
    assert whose == party.id


def test_accounts_are_listed_with_every_role_and_for_one_with_its_own(poststelle):
    def known(*words: str) -> dict[str, list[str]]:
        return {row["name"]: row["roles"] for row in poststelle("users", "list", *words, "--json").rows}

    both = ["mailroom (muenster)", "audit (strict)"]
    assert known() == {"user-muenster": both, "user-strict": ["mailroom (strict)"]}
    assert known("--authority", "muenster") == {"user-muenster": ["mailroom (muenster)"]}
    assert known("--authority", "strict") == {"user-muenster": ["audit (strict)"], "user-strict": ["mailroom (strict)"]}


def test_recipients_of_one_are_its_own_and_together_they_are_all(gateway, poststelle):
    def listed(*words: str) -> set[str]:
        return set(poststelle("recipients", "list", *words).well().split())

    city, county = (listed("--authority", party.id) for party in PARTIES)
    assert {one.rpartition("@")[2] for one in city} == {CITY.domain}
    assert {one.rpartition("@")[2] for one in county} == {COUNTY.domain}
    assert listed() == city | county | {f"@{gateway.settings.house.hostname}"}


@pytest.mark.parametrize(
    "words",
    [
        ("check", "{file}"),
        ("inspect", "--batch", "{file}"),
        ("publish", "--out", "{out}"),
        ("keys", "publish", "--out", "{out}"),
        ("consents", "grant", "--sender", "a@b.example", "--formats", "heic", "--until", "2027-01-31"),
        ("users", "add", "anna", "--role", "mailroom"),
        ("users", "grant", "user-strict", "--role", "audit"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nobody_guesses_for_which_of_two_something_is_done(poststelle, tmp_path, words):
    (tmp_path / "notiz.txt").write_text("{}\n")
    known = {"file": tmp_path / "notiz.txt", "out": tmp_path / "out"}
    done = poststelle(*(word.format(**known) for word in words))
    assert (done.code, done.out) == (Exit.USAGE, "")
    assert "Add --authority: muenster, strict." in done.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("party", PARTIES, ids=lambda party: party.id)
def test_the_site_and_the_certificates_of_one_name_nothing_of_the_other(poststelle, tmp_path, party):
    poststelle("publish", "--out", str(tmp_path / "site"), "--authority", party.id).well()
    poststelle("keys", "publish", "--out", str(tmp_path / "keys"), "--authority", party.id).well()
    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert any(party.name.encode() in file.read_bytes() for file in written)
    for file in written:
        for sign in (other(party).name, other(party).domain):
            assert sign not in file.name
            assert sign.encode() not in file.read_bytes(), file
