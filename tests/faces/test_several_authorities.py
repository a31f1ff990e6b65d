# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two authorities in one installation: neither sees, finds, decides or is told anything of the other's."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from email import message_from_string

import pytest

from poststelle.application.authorities import Authorities, Authority, overlaps, unplaced
from poststelle.application.desk import chores, holds, moving
from poststelle.application.desk.acts import NotAllowedError
from poststelle.application.desk.lists import Sought, WorkList
from poststelle.application.desk.viewer import Grant, Role, Viewer
from poststelle.application.metrics import exposition, of_tally, of_vitals
from poststelle.application.ports import UnavailableError
from poststelle.application.recipients import policy_action, published
from poststelle.application.settings import House, Settings, SettingsError
from poststelle.application.switches import Flip, Switch
from poststelle.application.synthetic.sample import Stamp, as_relayed
from poststelle.application.synthetic.teststrings import GTUBE
from poststelle.compose.parts import authorities
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId
from poststelle.faces.web.desk.deeds import DEEDS
from poststelle.faces.web.shelf import lent
from poststelle.records.deferrals import deferred_attempts
from poststelle.records.queries import journal_of, message_by_reference
from poststelle.records.vitals import RecordedVitals
from poststelle.records.worklists import whereabouts, work_counts, work_list
from support.desk_house import MUENSTER, SERVICE, sample
from support.policies import POLICIES
from support.recorded import message_list, open_tasks
from support.several import OURS, STRICT, THEIRS, arrives, employ_at, several_rig


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    """Muenster's desk over a store in which a message of the other authority lies, too."""
    with django_db_blocker.unblock(), several_rig(tmp_path) as running:
        running.employ("paula", Role.MAILROOM)
        yield running


@pytest.fixture
def theirs(rig):
    """The reference of the other authority's message."""
    return arrives(rig, STRICT, THEIRS)


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
    assert overlaps((muenster, other)) == (
        "the domain stadt-muenster.example is of both muenster and other",
        "the host www.stadt-muenster.example is of both muenster and other",
        f"the SAFE-ID {muenster.editions[0].policy.mailbox.safe_id} is of both muenster and other",
    )
    folder = POLICIES / "muenster"
    settings = Settings(house=House(data=tmp_path, policies=(folder, folder)))
    with pytest.raises(SettingsError, match="two folders are of the authority muenster"):
        authorities(settings)


def test_the_same_mail_to_both_is_two_messages_and_no_retry_of_the_other(rig, theirs):
    assert arrives(rig, MUENSTER, OURS) != theirs
    assert [line.state for line in message_list(rig.database, STRICT)] == ["accepted"]
    assert [line.state for line in message_list(rig.database, MUENSTER)] == ["accepted"]


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
    assert {line.reference for line in message_list(database, MUENSTER)} == {ours}
    assert not [task for task in open_tasks(database, MUENSTER) if task.message_id == theirs]
    assert not journal_of(database, MUENSTER, theirs)
    paula = rig.client("paula")
    for path in ("/desk/liste/posteingang?q=Geheimsache", f"/desk/verbleib?q={theirs}", "/desk/vertagt"):
        shown = paula.get(path).content.decode()
        assert f"/desk/nachricht/{theirs}" not in shown
        assert THEIRS not in shown


def test_an_attempt_put_off_at_the_other_is_not_ours_to_see(rig):
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
    ours = arrives(rig, MUENSTER, OURS)
    employ_at(rig, STRICT, "sven", Role.MAILROOM)
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
    assert lent().authorities.of_host(host, rig.clock.now()).id == owner


def first_day(authority: Authority, day: date) -> Authority:
    """The authority as if its only edition began on this day."""
    edition = authority.editions[0]
    return replace(
        authority, editions=(replace(edition, policy=edition.policy.model_copy(update={"valid_from": day})),)
    )


@pytest.mark.parametrize("comes_first", [True, False], ids=["comes first", "comes last"])
def test_an_authority_whose_access_is_not_open_yet_keeps_nobody_else_from_being_served(rig, comes_first):
    city, county = rig.house.authorities.by_id.values()
    waiting, at = first_day(county, date(2027, 1, 1)), rig.clock.now()
    order = (waiting, city) if comes_first else (city, waiting)
    both = Authorities({one.id: one for one in order})
    assert both.recipient(Address("stadtverwaltung", "stadt-muenster.example"), at)[1] == MUENSTER
    assert both.recipient(Address("x", "nobody.example"), at)[1] is None
    assert both.of_host("www.stadt-muenster.example", at).id == MUENSTER
    assert both.of_host("www.kreis-streng.example", at).id == STRICT
    assert both.advertised_size(at) >= Authorities({MUENSTER: city}).advertised_size(at)
    assert published(both, at) == published(Authorities({MUENSTER: city}), at)
    with pytest.raises(UnavailableError):
        both.recipient(Address("ordnungsamt", "kreis-streng.example"), at)


def test_one_of_several_that_does_not_say_where_its_page_is_is_a_fault(rig):
    city, county = rig.house.authorities.by_id.values()
    edition = county.editions[0]
    page = edition.policy.page.model_copy(update={"base_url": ""})
    homeless = replace(county, editions=(replace(edition, policy=edition.policy.model_copy(update={"page": page})),))
    said = f"{edition.id} names no page.base_url, and several authorities are served"
    assert unplaced((city, homeless)) == (said,)
    assert unplaced((city, county)) == unplaced((homeless,)) == ()


def test_links_lead_to_the_page_of_the_authority_that_writes_them(rig):
    both, at = rig.house.authorities, rig.clock.now()
    pages = {name: both.page_url(one.policy_at(at)) for name, one in both.by_id.items()}
    assert pages == {
        MUENSTER: "https://www.stadt-muenster.example/kontakt",
        STRICT: "https://www.kreis-streng.example/kontakt",
    }
    alone = Authorities({STRICT: both.by_id[STRICT]}, base_url="http://127.0.0.1:8025")
    assert alone.page_url(alone.by_id[STRICT].policy_at(at)) == "http://127.0.0.1:8025/kontakt"


def test_a_notice_owed_at_release_links_to_the_authority_s_own_page(rig):
    from poststelle.records.models import OutboxRow

    content = as_relayed(sample("rtf"), Stamp(rig.clock.now(), "held"), SERVICE)
    reference = rig.arrives(b"X-Probe: " + GTUBE + b"\r\n" + content, OURS, sender=sample("rtf").sender)
    assert not OutboxRow.objects.filter(reference=reference).exists()
    holds.release(rig.desk, rig.viewer("paula"), reference, "geprüft")
    letter = message_from_string(
        json.loads(OutboxRow.objects.get(reference=reference, kind="notice").payload)["message"]
    )
    (text, _) = letter.get_payload()
    said = text.get_payload(decode=True).decode()
    assert "https://www.stadt-muenster.example/kontakt/fassung/2026-01-01" in said
    assert "127.0.0.1" not in said


def test_postfix_is_told_the_page_of_whose_address_is_unknown(rig):
    asked = {"request": "smtpd_access_policy", "protocol_state": "RCPT"}
    for address, page in (
        ("x@kreis-streng.example", "https://www.kreis-streng.example/kontakt"),
        ("x@stadt-muenster.example", "https://www.stadt-muenster.example/kontakt"),
    ):
        said = policy_action({**asked, "recipient": address}, rig.house.authorities, rig.clock.now())
        assert said.startswith("550 5.1.1")
        assert said.endswith(page)
