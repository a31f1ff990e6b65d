# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A checked signer whose certificate its issuer has revoked: the issuer is asked, and the next mail shows it."""

import shutil

import pytest

from poststelle.application.metrics import exposition, of_surroundings
from poststelle.compose.health_role import around
from poststelle.core.signature import Chain, Identity
from support.certificates import NOW
from support.gateway import eventually, one_role
from support.issuers import HOUR, answer, asked_at, certified, serving
from support.posted import CA, POST
from support.smime_mails import TEXT, message

SENDER = "mia@example.org"


@pytest.fixture
def issuer():
    with serving() as known:
        yield known


def asking(gateway, host: str):
    """The role that asks issuers, beside the running gateway."""
    hosts = {"POSTSTELLE_REVOCATION_HOSTS": f"{host},crl.nobody.example"}
    return one_role(gateway.command("serve", "--role", "revocation"), gateway.folder / "revocation.log", hosts)


@pytest.fixture
def trust(gateway):
    """The trust folder; as it was before for the stories after this one."""
    folder = gateway.folder / "trust"
    (folder / "watched").mkdir()
    yield folder
    for part in ("watched", "fetched"):
        shutil.rmtree(folder / part)


def test_the_issuer_of_a_checked_signer_is_asked_and_a_revocation_ends_the_trust(gateway, post, program, issuer, trust):
    signer, other = (certified(CA, name, asked_at(issuer.address(f"/{name}")), email=SENDER) for name in ("mia", "ute"))
    issuer.served = {"/mia": answer(signer, CA, revoked=True), "/ute": answer(other, CA)}
    (trust / "watched" / "ute.der").write_bytes(other.der)

    def seen():
        return post(message(program.signed(TEXT, signer), SENDER, to=POST), sender=SENDER)

    def fetched(number: int):
        eventually(lambda: len([*(trust / "fetched").glob("*.ocsp")]) == number, what=f"{number} answers are at hand")

    first = seen()
    with asking(gateway, issuer.host):
        fetched(1)
    assert issuer.asked == [("POST", "/ute")], "of the signer there is only what a mail brought"
    confirm = ("identities", "confirm", first.reference, "--person", "Mia Muster", "--method", "in-person")
    gateway.poststelle(*confirm).well()
    second = seen()
    assert (second.crypto.chain, second.verdict.accepted_signature) == (Chain.OK, True)
    with asking(gateway, issuer.host):
        fetched(2)
    assert issuer.asked == [("POST", "/ute"), ("POST", "/mia")]
    numbers = exposition(of_surroundings(around(gateway.settings, (), NOW + HOUR)))
    assert f'poststelle_revocation_age_seconds{{kind="ocsp"}} {2 * HOUR.total_seconds():.0f}' in numbers
    third = eventually(lambda: (posted := seen()).crypto.chain is not Chain.OK and posted, what="the answer counts")
    assert third.crypto.chain is Chain.REVOKED
    assert (third.verdict.identity, third.verdict.accepted_signature) == (Identity.VERIFIED, False)
