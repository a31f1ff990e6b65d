# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The signature of a trust list: of another program's making, of our own, and bent in every way that is known."""

from pathlib import Path

import pytest
from cryptography import x509

from poststelle.inspection.trust_list_signature import ListSignatureError, check_list_signature
from poststelle.inspection.trust_list_xml import read_trust_list
from support.certificates import DER, Wish, authority, issued
from support.trust_lists import C14N, DS, MORE, TRANSFORMS, Listed, a_trust_list, signed_list

ASSETS = Path(__file__).parents[1] / "assets"
CA = authority("Listed CA")
SUPERVISOR = authority("Supervisor", "rsa2048")
CURVED = authority("Curved supervisor")
WEAK = issued(CURVED, Wish(name="Weak supervisor", kind="rsa1024"))
PLAIN = a_trust_list(Listed(CA))
SIGNED = signed_list(PLAIN, SUPERVISOR)


@pytest.mark.parametrize("name", ["rsa", "ecdsa", "pss"])
def test_what_another_program_signed_as_xades_is_verified(name) -> None:
    content = (ASSETS / f"trust-list-{name}.xml").read_bytes()
    signer = x509.load_pem_x509_certificate((ASSETS / f"trust-list-{name}.pem").read_bytes()).public_bytes(DER)
    assert read_trust_list(content).territory == "DE"
    check_list_signature(content, (SUPERVISOR.der, signer))
    with pytest.raises(ListSignatureError, match="changed"):
        check_list_signature(content.replace(b"granted", b"withdrawn", 1), (signer,))
    with pytest.raises(ListSignatureError, match="none of the certificates"):
        check_list_signature(content, (SUPERVISOR.der,))


@pytest.mark.parametrize("holder", [SUPERVISOR, CURVED], ids=["rsa", "ecdsa"])
def test_a_remark_changes_nothing_and_anything_else_does(holder) -> None:
    content = signed_list(PLAIN, holder)
    check_list_signature(content, (holder.der,))
    check_list_signature(content.replace(b"<TSPService>", b"<!-- a remark --><TSPService>", 1), (holder.der,))
    for before, after in ((b"granted", b"granteD"), (b"<TSPService>", b"<TSPService x='1'>"), (b"DE<", b"FR<")):
        with pytest.raises(ListSignatureError):
            check_list_signature(content.replace(before, after, 1), (holder.der,))


END, BEGIN = PLAIN.rindex(b"</"), PLAIN.index(b">", PLAIN.index(b"<TrustServiceStatusList")) + 1


def cut(content: bytes) -> tuple[bytes, bytes]:
    """The signature, and the list without it."""
    start, end = content.index(b"<ds:Signature "), content.index(b"</ds:Signature>") + len(b"</ds:Signature>")
    return content[start:end], content[:start] + content[end:]


@pytest.mark.parametrize("place", [BEGIN, END], ids=["first", "last"])
def test_text_behind_the_signature_is_part_of_what_was_signed(place) -> None:
    spaced = PLAIN[:place] + b"\n " + PLAIN[place:]
    signature, _ = cut(signed_list(spaced, SUPERVISOR))
    check_list_signature(spaced[:place] + signature + spaced[place:], (SUPERVISOR.der,))
    with pytest.raises(ListSignatureError, match="changed"):
        check_list_signature(PLAIN[:place] + signature + PLAIN[place:], (SUPERVISOR.der,))


def test_prefixes_that_the_signer_keeps_are_kept() -> None:
    content = PLAIN.replace(b"<TrustServiceStatusList", b"<TrustServiceStatusList xmlns:odd='urn:odd'", 1)
    check_list_signature(signed_list(content, SUPERVISOR, prefixes="odd"), (SUPERVISOR.der,))


def test_nothing_that_a_document_type_declares_stands_in_a_list() -> None:
    declared = b"<!DOCTYPE TrustServiceStatusList [<!ENTITY word 'granted'>]>"
    signed = signed_list(PLAIN, SUPERVISOR)
    start = signed.index(b"<TrustServiceStatusList")
    with pytest.raises(ListSignatureError, match="no canonical form"):
        check_list_signature(
            signed[:start] + declared + signed[start:].replace(b"granted", b"&word;"), (SUPERVISOR.der,)
        )


def below(content: bytes) -> bytes:
    """The signature moved from the root into another element."""
    signature, rest = cut(content)
    return rest.replace(b"</SchemeInformation>", signature + b"</SchemeInformation>", 1)


def twice(content: bytes) -> bytes:
    signature, _ = cut(content)
    return content.replace(signature, signature * 2, 1)


FORGED = a_trust_list(Listed(authority("Forger's CA")))


@pytest.mark.parametrize(
    ("word", "content", "why"),
    [
        ("unsigned", PLAIN, "not signed"),
        ("moved", below(SIGNED), "no signature of its own"),
        ("twice", twice(SIGNED), "or several"),
        ("by a stranger", signed_list(FORGED, CURVED), "none of the certificates"),
        ("over another list", signed_list(FORGED, SUPERVISOR, over=PLAIN), "changed after"),
        ("over a part", signed_list(PLAIN, SUPERVISOR, uri="#part"), "not over the whole"),
        ("over the whole twice", signed_list(PLAIN, SUPERVISOR, references=2), "not over the whole"),
        ("nothing by a filter", signed_list(PLAIN, SUPERVISOR, transforms=(*TRANSFORMS, f"{DS}xpath")), "transformed"),
        ("without taking itself out", signed_list(PLAIN, SUPERVISOR, transforms=(C14N,)), "transformed"),
        ("in another canonical form", signed_list(PLAIN, SUPERVISOR, canonicalization=f"{C14N}11"), "another form"),
        ("with a weak digest", signed_list(PLAIN, SUPERVISOR, digest=f"{DS}sha1"), "method that is not read"),
        ("with a weak method", signed_list(PLAIN, SUPERVISOR, method=f"{DS}rsa-sha1"), "none of the certificates"),
        (
            "our key as a password",
            signed_list(PLAIN, SUPERVISOR, method=f"{MORE}hmac-sha256"),
            "none of the certificates",
        ),
        ("not base64", SIGNED.replace(b"<ds:SignatureValue>", b"<ds:SignatureValue>*", 1), "cannot be read"),
        ("no xml", SIGNED[:-30], "no XML"),
    ],
)
def test_no_other_form_of_signature_is_one(word, content, why) -> None:
    with pytest.raises(ListSignatureError, match=why):
        check_list_signature(content, (SUPERVISOR.der,))


def test_a_signer_with_a_weak_key_has_signed_nothing() -> None:
    with pytest.raises(ListSignatureError, match="none of the certificates"):
        check_list_signature(signed_list(PLAIN, WEAK), (WEAK.der, b"no certificate"))
