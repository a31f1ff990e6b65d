# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every address of the web face, tried with what belongs to the other authority: as unknown as what nobody has.

The addresses are those of the URL configuration and the fields those that the views read, so that a new one is tried as
well, or fails here until it is said what stands in its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, get_resolver

from poststelle.application.desk.lists import WorkList
from poststelle.application.desk.viewer import Role
from poststelle.application.ports import UnavailableError
from poststelle.faces.web.desk.deeds import DEEDS
from poststelle.faces.web.loans import Published
from poststelle.faces.web.shelf import furnish, lent
from support.desk_house import MUENSTER
from support.policies import ROOT
from support.several import OURS, STRICT, THEIRS, arrives, employ_at, several_rig

ROUTES: dict[str, URLPattern] = {
    str(entry.pattern): entry for entry in get_resolver("poststelle.faces.web.urls").url_patterns
}
DESK = sorted(route for route in ROUTES if route.startswith("desk"))
PUBLIC = sorted(set(ROUTES) - set(DESK))
SECRET = b"From: Geheim <geheim@verschwiegen.example>\r\nTo: x@x.example\r\nSubject: Amt 32 - Kreisgeheimnis\r\n\r\nNur hier\r\n"
SIGNS = ("geheimnis", "verschwiegen", "kreis-streng", "kreis strengen", "nur hier", "vertraute person")
ROLES = [
    (Role.MAILROOM, ""),
    (Role.ADMIN, ""),
    (Role.AUDIT, ""),
    (Role.CLERK, "ordnungsamt"),
    (Role.LEAD, "ordnungsamt"),
]
"""The offices of both have the same ids: a clerk of one Ordnungsamt is nobody at the other."""


@dataclass(frozen=True)
class Ids:
    """By what records are named: of the other authority, or made up."""

    reference: str
    consent: str
    task: str
    authority: str
    certificate: str

    @property
    def parameters(self) -> dict[str, tuple[str, ...]]:
        """What stands in the place of each parameter of an address."""
        return {
            "reference": (self.reference,),
            "consent": (self.consent,),
            "number": ("0", "1"),
            "deed": tuple(DEEDS),
            "name": (*(which.value for which in WorkList), "style.css"),
            "bundle": ("site",),
            "valid_from": ("2026-01-01",),
            "file_name": (self.certificate,),
        }

    @property
    def fields(self) -> dict[str, str]:
        """What stands in each field of a form and of a query."""
        said = ("grund", "an", "person", "weg", "fingerabdruck", "entscheidung", "format", "ueberall", "bis", "von")
        return {
            "aufgabe": self.task,
            "wahl": self.reference,
            "q": self.reference,
            "absender": "",
            "behoerde": self.authority,
            "amt": "ordnungsamt",
            "ziel": "ordnungsamt",
            "tat": "umleiten",
            "empfaenger": "0",
            "zurueck": f"/desk/liste/posteingang?q={self.reference}",
            "weiter": f"/desk/nachricht/{self.reference}",
            "name": "niemand",
            "kennwort": "geraten",
            "seite": "1",
            "kanal": "email",
            "channel": "email",
            "vor": "",
            "lang": "de",
            **dict.fromkeys(said, "x"),
        }

    def addresses(self, route: str) -> Iterator[str]:
        """Every address of this route with these in the place of its parameters."""
        names = re.findall(r"<(?:\w+:)?(\w+)>", route)
        pattern = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        for values in product(*(self.parameters[name] for name in names)):
            yield "/" + pattern.format(**dict(zip(names, values, strict=True)))

    def hidden(self, text: str) -> str:
        """The text without these, and without what is drawn by lot."""
        text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
        for one in (self.reference, self.consent, self.task, self.authority, self.certificate):
            text = text.replace(one, "…")
        return text


MADE_UP = Ids("PS-0000-0000-0000", "C-NOBODY", "999999", "nirgendwo", "niemand@nirgendwo.example.cer")


@pytest.fixture
def rig(tmp_path, django_db_blocker, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with django_db_blocker.unblock(), several_rig(tmp_path) as running:
        for role, office in ROLES:
            running.employ(role.value, role, office)
        employ_at(running, STRICT, "sven", Role.MAILROOM)
        yield running


@pytest.fixture
def theirs(rig) -> Ids:
    """One record of each kind that the other authority has."""
    from poststelle.records.models import ConsentRow, IdentityRow, TaskRow

    reference, at = arrives(rig, STRICT, THEIRS, SECRET), rig.clock.now()
    ConsentRow.objects.create(
        authority_id=STRICT, reference="C-KREIS", sender="wer@verschwiegen.example", formats='["rtf"]', office="",
        valid_from=at, valid_until=at.replace(year=2027), granted_by="user:1",
    )  # fmt: skip
    IdentityRow.objects.create(
        authority_id=STRICT, spki_sha256="a" * 64, addresses='["wer@verschwiegen.example"]', state="verified",
        checked_by="user:1", checked_at=at, person="Vertraute Person",
    )  # fmt: skip
    task = TaskRow.objects.create(
        id=424242, authority_id=STRICT, message_id=reference, kind="feedback", state="open", reason="x", text_key="feedback",
        office="ordnungsamt", created_at=at,
    )  # fmt: skip
    return Ids(reference, "C-KREIS", str(task.pk), STRICT, "post@kreis-streng.example.cer")


def kept(authority: str) -> dict[str, list[dict[str, object]]]:
    """Every row of this authority in every table that names one."""
    tables = [one for one in apps.get_models() if "authority_id" in {field.name for field in one._meta.get_fields()}]
    return {one.__name__: list(one.objects.filter(authority_id=authority).order_by("pk").values()) for one in tables}


def asked(client: Client, method: str, path: str, ids: Ids) -> tuple[list[tuple[str, int]], str]:
    """Where the request led to, and what was read there."""
    answer = getattr(client, method)(path, ids.fields, follow=True)
    steps = [(ids.hidden(place), code) for place, code in answer.redirect_chain]
    return [*steps, ("", answer.status_code)], answer.content.decode("utf-8", "replace")


def test_every_field_that_a_view_of_the_desk_reads_is_filled_in():
    code = "".join(file.read_text() for file in (ROOT / "src/poststelle/faces/web/desk").glob("*.py"))
    read = set(re.findall(r'(?:form|posted|POST|GET|entered)\.get(?:list)?\("(\w+)"', code))
    read |= set(re.findall(r'\.get\("(\w+)"', (ROOT / "src/poststelle/faces/web/desk/asked.py").read_text()))
    assert read
    assert read <= set(MADE_UP.fields), read - set(MADE_UP.fields)


@pytest.mark.parametrize("route", DESK)
def test_no_address_of_the_desk_tells_the_other_s_records_from_none(rig, theirs, route):
    from poststelle.records.accounts import signed_in

    before = kept(STRICT)
    assert any(before.values())
    pairs = tuple(zip(theirs.addresses(route), MADE_UP.addresses(route), strict=True))
    for (role, _), method in product(ROLES, ("get", "post")):
        signed_in(rig.database, MADE_UP.fields["name"])  # whose failures to sign in would else be locked out
        client = rig.client(role.value)
        for path, none in pairs:
            (steps, shown), (made_up, nothing) = (
                asked(client, method, where, ids) for where, ids in ((path, theirs), (none, MADE_UP))
            )
            assert steps == made_up, (role, method, path)
            assert theirs.hidden(shown) == MADE_UP.hidden(nothing), (role, method, path)
            assert not [sign for sign in SIGNS if sign in theirs.hidden(shown).lower()], (role, method, path)
    assert kept(STRICT) == before, "nor is anything of theirs changed, or noted in their journal"


@pytest.mark.parametrize("deed", DEEDS)
def test_no_deed_at_a_message_of_ours_reaches_a_record_of_theirs(rig, theirs, deed):
    ours, before = arrives(rig, MUENSTER, OURS), kept(STRICT)
    for role, _ in ROLES:
        _, shown = asked(rig.client(role.value), "post", f"/desk/nachricht/{ours}/tat/{deed}", theirs)
        assert not [sign for sign in SIGNS if sign in shown.lower()], role
    assert kept(STRICT) == before


def test_who_works_for_the_other_does_see_them(rig, theirs):
    """Or the claims above would hold of an empty house."""
    sven = rig.client("sven")
    shown = "".join(
        asked(sven, "get", path, theirs)[1]
        for route in ("desk/nachricht/<str:reference>", "desk/signaturen", "desk/zustimmungen")
        for path in theirs.addresses(route)
    ).lower()
    assert all(sign in shown for sign in ("geheimnis", "verschwiegen", "vertraute person"))
    before = kept(STRICT)
    asked(sven, "post", f"/desk/nachricht/{theirs.reference}/tat/aufgabe", theirs)
    asked(sven, "post", f"/desk/zustimmungen/{theirs.consent}/widerrufen", theirs)
    after = kept(STRICT)
    changed = {name for name in after if after[name] != before[name]}
    assert {"TaskRow", "ConsentRow", "JournalLeaf"} <= changed


HOSTS = {
    "www.stadt-muenster.example": (MUENSTER, "stadt münster", ("kreis strengen", "kreis-streng")),
    "www.kreis-streng.example": (STRICT, "kreis strengen", ("stadt münster", "stadt-muenster")),
}


@pytest.fixture
def checked(rig) -> list[str]:
    """For which authority the check before sending was asked; each authority publishes a certificate."""
    whose: list[str] = []

    def check(question):
        whose.append(question.authority)
        raise UnavailableError("no inspector")

    def certificates(authority, _at):
        domain = {MUENSTER: "stadt-muenster", STRICT: "kreis-streng"}[authority]
        until = rig.clock.now().replace(year=2027)
        return (Published("post", False, f"post@{domain}.example.cer", b"\x30\x00", "ab" * 32, until),)

    furnish(replace(lent(), check=check, certificates=certificates))
    return whose


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("route", PUBLIC)
def test_no_public_address_at_one_host_shows_or_checks_by_the_other(rig, theirs, checked, route, host):
    owner, _, foreign = HOSTS[host]
    domain = "kreis-streng" if owner == MUENSTER else "stadt-muenster"
    neighbour = replace(
        theirs, authority=STRICT if owner == MUENSTER else MUENSTER, certificate=f"post@{domain}.example.cer"
    )
    client = Client(headers={"host": host})
    for path in neighbour.addresses(route):
        for method in ("get", "post"):
            upload = {"file": SimpleUploadedFile("a.txt", b"Guten Tag")} if method == "post" else {}
            answer = getattr(client, method)(path, {**neighbour.fields, "authority": neighbour.authority, **upload})
            shown = neighbour.hidden(answer.content.decode("utf-8", "replace")).lower()
            assert not [sign for sign in foreign if sign in shown], (method, path)
            assert not [
                sign for sign in foreign if sign in str(answer.headers).lower().replace(neighbour.certificate, "")
            ]
    assert set(checked) == ({owner} if "pruefen" in route or route == "api/v1/check" else set())


@pytest.mark.parametrize("host", HOSTS)
def test_each_host_shows_its_own_authority_and_certificate(rig, checked, host):
    _, name, (_, foreign) = HOSTS[host]
    client = Client(headers={"host": host})
    assert name in client.get("/kontakt").content.decode().lower()
    certificates = {
        domain: client.get(f"/zertifikate/post@{domain}.example.cer").status_code
        for domain in ("stadt-muenster", "kreis-streng")
    }
    assert certificates == {domain: 404 if domain == foreign else 200 for domain in certificates}
