# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two authorities in one installation: neither sees, finds, decides or is told anything of the other's."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from poststelle.application.authorities import Authorities, Authority, overlaps
from poststelle.application.desk import chores, holds, moving
from poststelle.application.desk.acts import NotAllowedError
from poststelle.application.desk.lists import Sought, WorkList
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.metrics import exposition, of_tally, of_vitals
from poststelle.application.settings import House, Settings, SettingsError
from poststelle.application.switches import Flip, Switch
from poststelle.compose.parts import authorities
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId
from poststelle.faces.web.desk.deeds import DEEDS
from poststelle.faces.web.shelf import furnish, lent
from poststelle.faces.web.site.visit import authority_of
from poststelle.records.deferrals import deferred_attempts
from poststelle.records.queries import Wanted, counts, journal_of, message_by_reference, message_list, open_tasks
from poststelle.records.vitals import RecordedVitals
from poststelle.records.worklists import whereabouts, work_counts, work_list
from support.desk_house import MUENSTER, PASSWORD, desk_rig
from support.policies import POLICIES, policy_folder

STRICT = AuthorityId("strict")
OURS, THEIRS = "stadtverwaltung@stadt-muenster.example", "ordnungsamt@kreis-streng.example"
MAIL = (
    b"From: Erika <erika@buerger.example>\r\nTo: x@x.example\r\nSubject: Amt 32 - Geheimsache\r\n"
    b"Message-ID: <m@buerger.example>\r\n\r\nGuten Tag\r\n"
)


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    """Muenster's desk over a store in which a message of the other authority lies, too."""
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        folder = policy_folder("strict")
        other = Authority(STRICT, folder.editions, folder.directory)
        both = Authorities({**running.house.authorities.by_id, STRICT: other})
        running.house = replace(running.house, authorities=both)
        running.desk = replace(running.desk, authorities=both)
        furnish(replace(lent(), authorities=both))
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def theirs(rig):
    """The reference of the other authority's message."""
    return arrives(rig, STRICT, THEIRS)


def arrives(rig, authority: AuthorityId, to: str, content: bytes = MAIL) -> str:
    from poststelle.application.intake import accept
    from poststelle.core.arrival import Arrival, BlobKey, Channel, Envelope, Peer

    writer = rig.blobs.writer()
    writer.write(content)
    body = writer.finish()
    local, _, domain = to.partition("@")
    envelope = Envelope(Address("erika", "buerger.example"), (Address(local, domain),))
    at = rig.clock.now()
    arrival = Arrival(Channel.EMAIL, authority, envelope, BlobKey(body.key), body.size_bytes, at, Peer("192.0.2.7"))
    rig.clock.advance(seconds=61)
    return accept(arrival, body, rig.house).reference


def test_each_domain_belongs_to_its_own_authority_and_to_no_other(rig):
    at, both = datetime(2026, 3, 4, tzinfo=UTC), rig.house.authorities
    for address, owner in ((OURS, MUENSTER), (THEIRS, STRICT)):
        local, _, domain = address.partition("@")
        assert both.recipient(Address(local, domain), at)[1] == owner


def test_what_two_authorities_both_claim_is_a_fault_and_nothing_starts(rig, tmp_path):
    muenster, strict = rig.house.authorities.by_id.values()
    assert overlaps((muenster, strict)) == ()
    assert overlaps((muenster, muenster)) == ("two folders are of the authority muenster",)
    other = replace(muenster, id=AuthorityId("other"))
    assert overlaps((muenster, other)) == ("the domain stadt-muenster.example is of both muenster and other",)
    folder = POLICIES / "muenster"
    settings = Settings(house=House(data=tmp_path, policies=(folder, folder)))
    with pytest.raises(SettingsError, match="two folders are of the authority muenster"):
        authorities(settings)


def test_the_same_mail_to_both_is_two_messages_and_no_retry_of_the_other(rig, theirs):
    assert arrives(rig, MUENSTER, OURS) != theirs
    assert counts(rig.database, STRICT)["state:accepted"] == 1
    assert counts(rig.database, MUENSTER)["state:accepted"] == 1


@pytest.mark.parametrize("part", ["", "/druck", "/html", "/datei/0", "/datei/1"])
def test_a_guessed_reference_of_the_other_is_as_unknown_as_none(rig, theirs, part):
    paula = rig.client("paula")
    guessed, none = (paula.get(f"/desk/nachricht/{one}{part}") for one in (theirs, "PS-0000-0000-0000"))
    assert guessed.status_code == none.status_code == 404
    assert guessed.content == none.content.replace(b"PS-0000-0000-0000", theirs.encode())


@pytest.mark.parametrize("deed", sorted(DEEDS))
def test_no_deed_reaches_a_message_of_the_other(rig, theirs, deed):
    before = journal_of(rig.database, STRICT, theirs)
    answer = rig.client("paula").post(f"/desk/nachricht/{theirs}/tat/{deed}", {"grund": "x", "ziel": "ordnungsamt"})
    assert answer.status_code in {302, 403, 404}
    assert journal_of(rig.database, STRICT, theirs) == before
    assert not journal_of(rig.database, MUENSTER, theirs), "nor is anything noted about it here"


@pytest.mark.parametrize("act", ["gelesen", "uebernehmen", "erledigt", "umleiten"])
def test_no_act_on_many_reaches_it_either(rig, theirs, act):
    before = message_by_reference(rig.database, STRICT, theirs)
    rig.client("paula").post("/desk/auswahl", {"wahl": [theirs], "tat": act, "ziel": "ordnungsamt"})
    assert message_by_reference(rig.database, STRICT, theirs) == before


def test_lists_searches_counts_and_whereabouts_hold_our_own_only(rig, theirs):
    ours = arrives(rig, MUENSTER, OURS)
    viewer, database = rig.viewer("paula"), rig.database
    for sought in (Sought(), Sought(text="Geheimsache"), Sought(text=theirs), Sought(text="erika")):
        pages = [work_list(database, viewer, which, sought) for which in WorkList]
        pages.append(whereabouts(database, viewer, sought))
        assert {line.reference for page in pages for line in page.lines} <= {ours}
    assert work_counts(database, viewer)[WorkList.INBOX] == 1
    assert {line.reference for line in message_list(database, Wanted(MUENSTER))} == {ours}
    assert not [task for task in open_tasks(database, MUENSTER) if task.reference == theirs]
    assert not journal_of(database, MUENSTER, theirs)
    paula = rig.client("paula")
    for path in ("/desk/liste/posteingang?q=Geheimsache", f"/desk/verbleib?q={theirs}", "/desk/vertagt"):
        shown = paula.get(path).content.decode()
        assert f"/desk/nachricht/{theirs}" not in shown
        assert THEIRS not in shown


def test_an_attempt_put_off_at_the_other_is_not_ours_to_see(rig):
    from poststelle.application.ports import UnavailableError

    rig.inspector.is_away = True
    with pytest.raises(UnavailableError):
        arrives(rig, STRICT, THEIRS)
    rig.inspector.is_away = False
    ours = arrives(rig, MUENSTER, OURS)
    assert deferred_attempts(rig.database, rig.viewer("paula"), Sought()).lines == ()
    assert message_by_reference(rig.database, MUENSTER, ours).deferrals == ()


@pytest.mark.parametrize(
    "act",
    [
        chores.mark_read,
        chores.assign,
        lambda desk, viewer, reference: moving.route(desk, viewer, reference, office="ordnungsamt"),
        lambda desk, viewer, reference: holds.discard(desk, viewer, reference, "x"),
    ],
    ids=["read", "assign", "route", "discard"],
)
def test_the_acts_themselves_refuse_whatever_the_face_forgot(rig, theirs, act):
    almighty = Viewer("user:1", "x", MUENSTER, (Grant(Role.MAILROOM), Grant(Role.ADMIN)))
    with pytest.raises(NotAllowedError):
        act(rig.desk, almighty, theirs)


def test_a_role_at_the_other_gives_nothing_here(rig, theirs):
    from poststelle.records.accounts import Posting, add_account, grant_role

    ours = arrives(rig, MUENSTER, OURS)
    rig.accounts["sven"] = add_account(rig.database, "sven", PASSWORD, "Sven")
    grant_role(rig.database, "sven", Posting(STRICT, Grant(Role.MAILROOM)))
    sven = rig.client("sven")
    assert sven.get(f"/desk/nachricht/{theirs}").status_code == 200
    assert sven.get(f"/desk/nachricht/{ours}").status_code == 404
    assert "Kreis Strengen" in sven.get("/desk/liste/posteingang").content.decode()


def test_a_switch_at_the_other_changes_nothing_here(rig, theirs):
    rig.records.switches.flip([Flip(STRICT, Switch.OBSERVE, True, rig.clock.now(), "operator:root", "x")])
    assert rig.records.switches.on(MUENSTER) == frozenset()
    assert "Beobachtungsbetrieb" not in rig.client("paula").get("/desk/liste/posteingang").content.decode()


def test_numbers_name_the_authority_and_never_mix(rig):
    signs = RecordedVitals(rig.database, (MUENSTER, STRICT), rig.clock)
    arrives(rig, STRICT, THEIRS)
    from poststelle.records.sequencer import Sequencer

    Sequencer(rig.database, rig.database, rig.clock, "log").sequence()
    text = exposition((*of_vitals(signs.read(), rig.clock.now()), *of_tally(signs.tally())))
    assert 'poststelle_events_total{authority="strict",event="arrived"} 1' in text
    assert 'poststelle_events_total{authority="muenster"' not in text


def test_registers_are_each_authority_s_own(rig):
    from poststelle.records.models import ConsentRow, IdentityRow

    IdentityRow.objects.create(
        authority_id=STRICT, spki_sha256="a" * 64, addresses='["erika@buerger.example"]', state="verified",
        checked_by="user:1", checked_at=rig.clock.now(), person="Erika",
    )  # fmt: skip
    ConsentRow.objects.create(
        authority_id=STRICT, reference="C-1", sender="erika@buerger.example", formats='["rtf"]', office="",
        valid_from=rig.clock.now(), valid_until=rig.clock.now().replace(year=2027), granted_by="user:1",
    )  # fmt: skip
    ours, others = (rig.records.registers.register(one) for one in (MUENSTER, STRICT))
    assert (len(others.identities), len(others.consents)) == (1, 1)
    assert (ours.identities, ours.consents) == ((), ())


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("www.stadt-muenster.example", MUENSTER),
        ("www.kreis-streng.example:443", STRICT),
        ("WWW.KREIS-STRENG.EXAMPLE", STRICT),
    ],
)
def test_each_host_shows_its_own_page(rig, host, owner):
    assert authority_of(lent(), host, rig.clock.now()).id == owner
