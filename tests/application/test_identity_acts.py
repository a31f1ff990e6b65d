# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The one-time identity check as people do it: by telephone, by two people, and after a renewal of the certificate."""

import base64
import email
import email.policy
import json
from dataclasses import replace
from hashlib import sha256

import pytest

from poststelle.application.authorities import Authorities, Authority
from poststelle.application.desk import identities
from poststelle.application.desk.acts import UnusableError
from poststelle.application.desk.identities import IdentityForm
from poststelle.application.desk.viewer import Role
from poststelle.core.fingerprint import groups
from poststelle.core.register import IdentityState
from poststelle.core.signature import Chain, Identity, ReplyKey
from support.builders import a_hash, a_signer, signed
from support.desk_house import MUENSTER, desk_rig, the_authorities

ERIKA = "erika.mustermann@buerger.example"
SIGNER = a_signer(emails=(ERIKA,))
IN_PERSON = IdentityForm("Erika Mustermann", "in-person")
READ_OUT = " ".join(groups(SIGNER.certificate_sha256)[:8])


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        for name in ("paula", "karl"):
            running.employ(name, Role.MAILROOM)
        yield running


def wanting_four_eyes() -> Authorities:
    """The same authorities under a policy that wants a second person."""
    known = the_authorities().by_id[MUENSTER]
    editions = tuple(
        replace(edition, policy=edition.policy.model_copy(update={"signatures": stricter(edition.policy.signatures)}))
        for edition in known.editions
    )
    return Authorities({MUENSTER: Authority(MUENSTER, editions, known.directory)})


def stricter(signatures):
    return signatures.model_copy(update={"four_eyes": True})


def identity_of_next(rig) -> Identity:
    """What the gateway makes of Erika's next message."""
    reference = rig.signed_arrives(signed(signer=SIGNER))
    return rig.desk.book.case(MUENSTER, reference).verdicts[0].identity


def kinds(rig, reference) -> list[str]:
    from poststelle.records.queries import journal_of

    return [line.leaf.kind for line in journal_of(rig.database, MUENSTER, reference)]


def open_tasks(rig, reference) -> list[str]:
    return [task.kind for task in rig.desk.book.case(MUENSTER, reference).tasks if task.is_open]


def test_by_telephone_the_fingerprint_is_typed_as_it_was_read_out(rig):
    reference = rig.signed_arrives(signed(signer=SIGNER))
    paula = rig.viewer("paula")
    for heard in ("", "1234", " ".join(groups(a_hash("another certificate"))[:8])):
        with pytest.raises(UnusableError):
            identities.confirm(rig.desk, paula, reference, IdentityForm("Erika", "known-voice", heard=heard))
    assert identity_of_next(rig) is Identity.UNCHECKED
    identities.confirm(rig.desk, paula, reference, IdentityForm("Erika", "known-voice", heard=READ_OUT))
    assert identity_of_next(rig) is Identity.VERIFIED


def test_under_four_eyes_the_first_check_changes_nothing_and_the_second_person_s_does(rig):
    reference = rig.signed_arrives(signed(signer=SIGNER))
    desk = replace(rig.desk, authorities=wanting_four_eyes())
    assert identities.confirm(desk, rig.viewer("paula"), reference, IN_PERSON) is IdentityState.PROPOSED
    assert identity_of_next(rig) is Identity.UNCHECKED
    assert "check-identity" in open_tasks(rig, reference)
    with pytest.raises(UnusableError, match="zweite Person"):
        identities.confirm(desk, rig.viewer("paula"), reference, IN_PERSON)
    assert identities.confirm(desk, rig.viewer("karl"), reference, IN_PERSON) is IdentityState.VERIFIED
    assert identity_of_next(rig) is Identity.VERIFIED
    assert "check-identity" not in open_tasks(rig, reference)
    assert [kind for kind in kinds(rig, reference) if kind.startswith("identity")] == [
        "identity-proposed",
        "identity-checked",
    ]


def test_a_revocation_ends_a_proposal_too(rig):
    reference = rig.signed_arrives(signed(signer=SIGNER))
    desk = replace(rig.desk, authorities=wanting_four_eyes())
    identities.confirm(desk, rig.viewer("paula"), reference, IN_PERSON)
    identities.revoke(desk, rig.viewer("karl"), reference, "Karte verloren")
    assert identity_of_next(rig) is Identity.REVOKED
    assert identities.confirm(desk, rig.viewer("paula"), reference, IN_PERSON) is IdentityState.PROPOSED
    assert identity_of_next(rig) is Identity.REVOKED


def test_a_renewed_certificate_keeps_the_check_and_is_on_record(rig):
    first = rig.signed_arrives(signed(signer=SIGNER))
    identities.confirm(rig.desk, rig.viewer("paula"), first, IN_PERSON)
    rig.clock.advance(seconds=60)
    renewed = replace(SIGNER, certificate_sha256=a_hash("the next certificate"))
    reference = rig.signed_arrives(signed(signer=renewed))
    verdict = rig.desk.book.case(MUENSTER, reference).verdicts[0]
    assert (verdict.identity, "certificate-renewed" in verdict.flags) == (Identity.VERIFIED, True)
    assert "identity-renewed" in kinds(rig, reference)
    rig.clock.advance(seconds=60)
    assert "identity-renewed" not in kinds(rig, rig.signed_arrives(signed(signer=renewed)))


def test_another_key_of_the_same_person_is_nobody_s_yet(rig):
    first = rig.signed_arrives(signed(signer=SIGNER))
    identities.confirm(rig.desk, rig.viewer("paula"), first, IN_PERSON)
    other = rig.signed_arrives(signed(signer=replace(SIGNER, spki_sha256=a_hash("another key"))))
    assert rig.desk.book.case(MUENSTER, other).verdicts[0].identity is Identity.NEW_KEY
    assert "check-identity" in open_tasks(rig, other)


def test_the_notice_says_how_and_never_names_a_fingerprint(rig):
    """Whoever reads the sender's mail could read it out; what counts is what the sender's own program shows."""
    from poststelle.records.models import OutboxRow

    reference = rig.signed_arrives(signed(signer=SIGNER))
    row = OutboxRow.objects.using(rig.database.alias).get(reference=reference, kind="notice")
    written = email.message_from_string(json.loads(row.payload)["message"], policy=email.policy.default)
    body = written.get_body(preferencelist=("plain",))
    assert body is not None
    text = "".join(body.get_content().split())
    assert "Fingerabdruck" in text
    assert not any(secret in text.lower() for secret in (SIGNER.certificate_sha256[:8], SIGNER.spki_sha256[:8]))


# --------------------------------------------------------------------------- the certificate, for asking its issuer


def bringing(der: bytes, shown: bytes | None = None, key: str = "key of erika"):
    """A signature that brought this certificate, and the fingerprint of it or of another one."""
    fingerprint = sha256(der if shown is None else shown).hexdigest()
    crypto = signed(signer=replace(SIGNER, certificate_sha256=fingerprint, spki_sha256=a_hash(key)))
    return replace(crypto, layers=(replace(crypto.layers[0], reply_key=ReplyKey(base64.b64encode(der).decode())),))


def asked_on(rig, *authorities: str) -> tuple[bytes, ...]:
    from poststelle.records.signers import checked_certificates

    return checked_certificates(rig.database, authorities or (MUENSTER,))


def test_the_certificate_of_a_checked_signer_is_kept_until_the_check_is_revoked(rig):
    reference = rig.signed_arrives(bringing(b"DER of Erika"))
    assert asked_on(rig) == ()
    identities.confirm(rig.desk, rig.viewer("paula"), reference, IN_PERSON)
    assert asked_on(rig) == (b"DER of Erika",)
    assert asked_on(rig, "nachbarstadt") == ()
    rig.clock.advance(seconds=60)
    identities.revoke(rig.desk, rig.viewer("paula"), reference, "Karte verloren")
    assert asked_on(rig) == ()


def test_a_check_that_waits_for_a_second_person_makes_nobody_ask(rig):
    reference = rig.signed_arrives(bringing(b"DER of Erika"))
    desk = replace(rig.desk, authorities=wanting_four_eyes())
    identities.confirm(desk, rig.viewer("paula"), reference, IN_PERSON)
    assert asked_on(rig) == ()
    identities.confirm(desk, rig.viewer("karl"), reference, IN_PERSON)
    assert asked_on(rig) == (b"DER of Erika",)


def test_of_a_renewed_certificate_the_one_checked_last_is_asked_on(rig):
    for der in (b"first", b"renewed"):
        identities.confirm(rig.desk, rig.viewer("paula"), rig.signed_arrives(bringing(der)), IN_PERSON)
    identities.confirm(rig.desk, rig.viewer("paula"), rig.signed_arrives(bringing(b"other", key="other")), IN_PERSON)
    assert asked_on(rig) == (b"other", b"renewed")


@pytest.mark.parametrize("chain", [Chain.OK, Chain.REVOCATION_UNKNOWN])
def test_a_certificate_renewed_for_a_checked_key_is_asked_on_with_its_first_message(rig, chain):
    identities.confirm(rig.desk, rig.viewer("paula"), rig.signed_arrives(bringing(b"first")), IN_PERSON)
    for der in (b"first", b"second", b"third", b"third"):
        rig.signed_arrives(replace(bringing(der), chain=chain))
    assert asked_on(rig) == (b"first", b"third")
    rig.signed_arrives(bringing(b"stranger's", key="stranger"))
    assert asked_on(rig) == (b"first", b"third")
    rig.clock.advance(seconds=60)
    identities.revoke(rig.desk, rig.viewer("paula"), rig.signed_arrives(bringing(b"first")), "Karte verloren")
    rig.signed_arrives(bringing(b"fourth"))
    assert asked_on(rig) == ()


def test_an_entry_without_its_certificate_gets_it_from_the_next_message(rig):
    identities.confirm(rig.desk, rig.viewer("paula"), rig.signed_arrives(signed(signer=SIGNER)), IN_PERSON)
    assert asked_on(rig) == ()
    rig.signed_arrives(bringing(b"brought later"))
    assert asked_on(rig) == (b"brought later",)


@pytest.mark.parametrize(
    "crypto",
    [signed(signer=SIGNER), bringing(b"another", shown=b"shown"), bringing(bytes(16 * 1024 + 1))],
    ids=["none was kept", "not the one shown", "larger than any honest one"],
)
def test_an_identity_counts_without_a_certificate_too(rig, crypto):
    reference = rig.signed_arrives(crypto)
    assert identities.confirm(rig.desk, rig.viewer("paula"), reference, IN_PERSON) is IdentityState.VERIFIED
    assert asked_on(rig) == ()
