# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What we sign, verified by OpenSSL, GnuPG and NSS, and by our own reading."""

import subprocess
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from email import policy as email_policy
from email.message import EmailMessage

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from poststelle.application.keyring import Generation, KeyState
from poststelle.application.ports import OutboxItem, UnavailableError
from poststelle.application.posting import Post
from poststelle.application.signing import signed
from poststelle.application.smime_case import Case, Form, truth_at
from poststelle.core.arrival import AuthorityId
from poststelle.core.signature import Chain, Coverage, FromMatch, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from support.builders import ordered
from support.certificates import DAY, NOW, Holder, Wish, authority, issued
from support.other_programs import Circle, Gnupg, Nss, at_work
from support.programs import require_program

POST = "post@stadt.example"
CA = authority("Signing CA")
RSA = issued(CA, Wish(name="Post", email=POST))
EC = issued(CA, Wish(name="Post EC", email=POST, kind="p256"))
ERIKA = issued(CA, Wish(name="Erika, who reads it"))


def generation(holder: Holder, state: KeyState = KeyState.CURRENT) -> Generation:
    return Generation(POST, "1", state, holder.der, (CA.der,))


class Signer:
    """The port, with the key at hand."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder

    def sign(self, address: str, digest: bytes) -> bytes | None:
        assert address == POST
        if self.holder is None:
            return None
        hashing = utils.Prehashed(hashes.SHA256())
        if isinstance(self.holder.key, ec.EllipticCurvePrivateKey):
            return self.holder.key.sign(digest, ec.ECDSA(hashing))
        return self.holder.key.sign(digest, padding.PKCS1v15(), hashing)


class Now:
    def now(self):
        return NOW


def letter(text: str = "Grüße aus der Poststelle.\n" * 30) -> bytes:
    message = EmailMessage(policy=email_policy.SMTP)
    message["From"], message["To"] = f"Stadt Münster <{POST}>", "erika@example.org"
    message["Subject"], message["Message-ID"] = (
        "Ihre Nachricht an die Stadt Münster, mit langem Betreff",
        "<1@stadt.example>",
    )
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(f"<p>{text}</p>", subtype="html", cte="quoted-printable")
    return message.as_bytes()


@dataclass
class Uses:
    """The port, as a list."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def signed(self, item: OutboxItem, address: str, certificate_sha256: str) -> None:
        self.seen.append((item.message_id, address, certificate_sha256))


def in_name_of(holder: Holder) -> bytes:
    return Post(lambda: (generation(holder),), lambda _authority: Signer(holder), Uses(), Now(), bytes).seal(
        ordered(letter())
    )


@pytest.mark.parametrize("holder", [RSA, EC], ids=["rsa", "ecdsa"])
def test_a_signed_letter_is_whole_good_and_from_the_address_it_names(holder) -> None:
    facts = truth_at(Case(in_name_of(holder), Form.MAIL, (), ChainChecker(Trust((CA.der,)))), NOW)
    assert (facts.signature, facts.chain, facts.from_match) == (Signature.OK, Chain.OK, FromMatch.MATCH)
    assert facts.coverage is Coverage.WHOLE


def test_the_letter_itself_is_not_changed() -> None:
    before, after = letter(), message_from_bytes(in_name_of(RSA), policy=email_policy.SMTP)
    plain = message_from_bytes(before, policy=email_policy.SMTP)
    for name in ("From", "To", "Subject", "Message-ID"):
        assert after[name] == plain[name]
    inner = after.get_payload(0)
    assert inner.get_content_type() == "multipart/alternative"
    assert [part.get_content() for part in inner.iter_parts()] == [part.get_content() for part in plain.iter_parts()]
    assert after.get_all("MIME-Version") == ["1.0"]
    assert all(len(line) <= 998 for line in in_name_of(RSA).split(b"\r\n"))


def test_without_a_key_in_use_it_leaves_as_it_is() -> None:
    late, old = generation(issued(CA, Wish(email=POST, end=NOW - DAY / 2))), generation(RSA, KeyState.RETIRED)
    stolen = replace(generation(RSA), is_compromised=True)
    plain = letter()
    for ring in ((), (late,), (old,), (stolen,)):
        uses = Uses()
        assert (
            Post(lambda ring=ring: ring, lambda _authority: Signer(RSA), uses, Now(), bytes).seal(ordered(plain))
            == plain
        )
        assert uses.seen == []


def test_each_use_of_the_key_is_said_before_the_letter_leaves() -> None:
    uses, item = Uses(), ordered(letter())
    leaving = Post(lambda: (generation(RSA),), lambda _authority: Signer(RSA), uses, Now(), bytes)
    for _ in range(2):
        leaving.seal(item)
    assert uses.seen == [(item.message_id, POST, generation(RSA).sha256)] * 2


def test_the_key_is_asked_for_in_the_name_of_the_authority_that_writes() -> None:
    asked: list[str] = []

    def signer(authority: str) -> Signer:
        asked.append(authority)
        return Signer(RSA)

    item = replace(ordered(letter()), authority=AuthorityId("kreis"))
    Post(lambda: (generation(RSA),), signer, Uses(), Now(), bytes).seal(item)
    assert asked == ["kreis"]


def test_what_cannot_be_recorded_does_not_leave() -> None:
    class Down:
        def signed(self, item: OutboxItem, address: str, certificate_sha256: str) -> None:
            raise UnavailableError("no database")

    with pytest.raises(UnavailableError):
        Post(lambda: (generation(RSA),), lambda _authority: Signer(RSA), Down(), Now(), bytes).seal(ordered(letter()))


@pytest.mark.parametrize("signer", [Signer(None), Signer(EC)], ids=["no-key", "another-key"])
def test_a_signature_by_any_other_key_never_leaves(signer) -> None:
    with pytest.raises(UnavailableError):
        signed(letter(), generation(RSA), signer, NOW)


@pytest.mark.parametrize("holder", [RSA, EC], ids=["rsa", "ecdsa"])
def test_openssl_verifies_it(tmp_path, holder) -> None:
    openssl = require_program("openssl", "openssl")
    (tmp_path / "ca.pem").write_bytes(CA.pem)
    mail = in_name_of(holder)
    said = subprocess.run(
        [openssl, "cms", "-verify", "-CAfile", str(tmp_path / "ca.pem"), "-purpose", "smimesign"],
        input=mail,
        capture_output=True,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    forged = subprocess.run(
        [openssl, "cms", "-verify", "-CAfile", str(tmp_path / "ca.pem")],
        input=mail.replace(b"Poststelle", b"Postkutsche", 1),
        capture_output=True,
        check=False,
    )
    assert forged.returncode != 0


def parts_of(mail: bytes) -> tuple[bytes, bytes]:
    """The bytes that were signed, and the signature."""
    boundary = b"--" + message_from_bytes(mail).get_boundary().encode()
    first = mail.split(b"\r\n" + boundary + b"\r\n")[1]
    return first, message_from_bytes(mail).get_payload(1).get_payload(decode=True)


@pytest.fixture(scope="module", params=[Gnupg, Nss], ids=["gnupg", "nss"])
def reader(request, tmp_path_factory):
    with at_work(request.param, tmp_path_factory.mktemp("r"), Circle(ERIKA, CA)) as found:
        yield found


def test_gnupg_and_nss_verify_it(reader) -> None:
    entity, signature = parts_of(in_name_of(RSA))
    assert reader.verifies(signature, entity)
    assert not reader.verifies(signature, entity.replace(b"Poststelle", b"Postkutsche"))
