# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What GnuPG and NSS make, read by us: both sign and encrypt in ways that our own maker and OpenSSL do not."""

import pytest

from poststelle.application.smime_case import Case, Form, GivenKey, truth_at
from poststelle.core.signature import Chain, Encryption, LayerKind, Signature
from poststelle.inspection.cms.chain import ChainChecker, Trust
from support.certificates import NOW, Wish, authority, issued
from support.cms_maker import ENTITY
from support.other_programs import Circle, Gnupg, Nss, at_work

CA = authority("Other programs' CA", "rsa2048")
ERIKA = issued(CA, Wish(name="Erika Extern"))
POST = issued(CA, Wish(name="Post Extern", email="post@example.org"))
CIRCLE = Circle(ERIKA, CA, (POST,))


def said(structure: bytes, detached: bytes | None = None):
    keys = (GivenKey(POST.key, POST.read),)
    return truth_at(Case(structure, Form.STRUCTURE, keys, ChainChecker(Trust((CA.der,))), detached), NOW)


@pytest.fixture(scope="module")
def gnupg(tmp_path_factory):
    with at_work(Gnupg, tmp_path_factory.mktemp("g"), CIRCLE) as found:
        yield found


@pytest.mark.parametrize("cipher", ["AES", "AES256", "3DES"])
def test_what_gnupg_encrypts_opens(gnupg, cipher) -> None:
    words = ("--encrypt", "--cipher-algo", cipher, "-r", "post@example.org", "in")
    assert said(gnupg.run(*words, content=ENTITY)).encryption is Encryption.OK


@pytest.mark.parametrize("detached", [False, True], ids=["opaque", "detached"])
def test_what_gnupg_signs_holds(gnupg, detached) -> None:
    words = ("--sign", *(("--detach-sign",) if detached else ()), "-u", "erika@example.org", "in")
    facts = said(gnupg.run(*words, content=ENTITY), ENTITY if detached else None)
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)


@pytest.fixture(scope="module")
def nss(tmp_path_factory) -> Nss:
    return Nss(tmp_path_factory.mktemp("nss"), CIRCLE)


@pytest.mark.parametrize(
    "more", [(), ("-H", "SHA384"), ("-G",), ("-P",)], ids=["plain", "sha384", "time", "capabilities"]
)
def test_what_nss_signs_holds(nss, more) -> None:
    facts = said(nss.made("-S", "-N", "own", *more, content=ENTITY))
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)
    facts = said(nss.made("-S", "-T", "-N", "own", *more, content=ENTITY), ENTITY)
    assert (facts.signature, facts.chain) == (Signature.OK, Chain.OK)


def test_what_nss_encrypts_opens_and_a_signature_inside_is_read(nss) -> None:
    assert said(nss.made("-E", "-r", "post@example.org", content=ENTITY)).encryption is Encryption.OK
    facts = said(nss.made("-E", "-r", "post@example.org", content=nss.made("-S", "-N", "own", "-G", content=ENTITY)))
    assert [layer.kind for layer in facts.layers] == [LayerKind.ENVELOPED, LayerKind.SIGNED]
    assert (facts.encryption, facts.signature, facts.chain) == (Encryption.OK, Signature.OK, Chain.OK)


def test_what_nss_puts_in_a_bag_is_a_bag(nss) -> None:
    assert said(nss.made("-O", "-r", "post@example.org", content=ENTITY)).signature is Signature.CERTS_ONLY
