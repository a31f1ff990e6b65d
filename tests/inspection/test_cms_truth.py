# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace

import pytest

from poststelle.core.signature import (
    Chain,
    Coverage,
    CryptoNote,
    Encryption,
    FromMatch,
    Layer,
    LayerKind,
    Signature,
    Signer,
)
from poststelle.inspection.cms.truth import Sender, from_match, message_truth

ERIKA = Signer("k", "c", "CN=Erika", "CN=CA", "1", ("erika@example.org",), "", "")
FROM = Sender(("erika@example.org",))
SIGNED = Layer(
    LayerKind.SIGNED, "1", signature=Signature.OK, chain=Chain.OK, coverage=Coverage.WHOLE, signer=ERIKA
)  # fmt: skip
ENVELOPED = Layer(LayerKind.ENVELOPED, "1", encryption=Encryption.OK)
SEALED = Layer(LayerKind.AUTHENVELOPED, "1", encryption=Encryption.OK, notes=(CryptoNote.AUTHENTICATED,))
PART = replace(SIGNED, coverage=Coverage.PARTIAL)
BAD = replace(SIGNED, signature=Signature.BAD)


@pytest.mark.parametrize(
    ("layers", "encryption", "signature", "coverage"),
    [
        ((), Encryption.NONE, Signature.NONE, Coverage.NONE),
        ((SIGNED,), Encryption.NONE, Signature.OK, Coverage.WHOLE),
        ((ENVELOPED, SIGNED), Encryption.OK, Signature.OK, Coverage.WHOLE),
        ((SIGNED, ENVELOPED), Encryption.OK, Signature.OUTER_ONLY, Coverage.OUTER),
        ((SIGNED, ENVELOPED, SIGNED), Encryption.OK, Signature.OK, Coverage.WHOLE),
        ((BAD, ENVELOPED, SIGNED), Encryption.OK, Signature.OK, Coverage.WHOLE),
        ((SIGNED, ENVELOPED, BAD), Encryption.OK, Signature.BAD, Coverage.WHOLE),
        ((BAD, ENVELOPED), Encryption.OK, Signature.BAD, Coverage.OUTER),
        ((SIGNED, BAD), Encryption.NONE, Signature.BAD, Coverage.WHOLE),
        ((BAD, SIGNED), Encryption.NONE, Signature.OK, Coverage.WHOLE),
        ((PART,), Encryption.NONE, Signature.PARTIAL, Coverage.PARTIAL),
        ((SIGNED, PART), Encryption.NONE, Signature.OK, Coverage.WHOLE),
        ((ENVELOPED, PART), Encryption.OK, Signature.PARTIAL, Coverage.PARTIAL),
        ((replace(ENVELOPED, encryption=Encryption.PARTIAL),), Encryption.PARTIAL, Signature.NONE, Coverage.NONE),
        (
            (SIGNED, replace(ENVELOPED, encryption=Encryption.PARTIAL)),
            Encryption.PARTIAL,
            Signature.OK,
            Coverage.WHOLE,
        ),
        ((SIGNED, replace(ENVELOPED, encryption=Encryption.NO_KEY)), Encryption.NO_KEY, Signature.OUTER_ONLY, Coverage.OUTER),
        ((ENVELOPED, replace(SEALED, encryption=Encryption.FAILED)), Encryption.FAILED, Signature.NONE, Coverage.NONE),
    ],
)  # fmt: skip
def test_the_message_is_what_its_layers_make_it(layers, encryption, signature, coverage) -> None:
    truth = message_truth(layers, FROM)
    assert (truth.encryption, truth.signature, truth.coverage) == (encryption, signature, coverage)


def test_a_signature_around_ciphertext_keeps_its_own_truth_in_its_layer() -> None:
    truth = message_truth((SIGNED, ENVELOPED), FROM)
    assert (truth.layers[0].signature, truth.layers[0].coverage) == (Signature.OK, Coverage.OUTER)
    assert truth.reasons == ("SIG_OUTER_ONLY",)


def test_only_a_good_signature_inside_settles_an_open_cipher() -> None:
    assert CryptoNote.UNAUTHENTICATED in message_truth((ENVELOPED,), FROM).notes
    assert CryptoNote.UNAUTHENTICATED in message_truth((SIGNED, ENVELOPED), FROM).notes
    assert CryptoNote.UNAUTHENTICATED in message_truth((ENVELOPED, BAD), FROM).notes
    assert CryptoNote.UNAUTHENTICATED not in message_truth((ENVELOPED, SIGNED), FROM).notes
    assert message_truth((SEALED,), FROM).notes == (CryptoNote.AUTHENTICATED,)


def test_reasons_name_every_obstacle_outermost_first() -> None:
    revoked = replace(BAD, chain=Chain.REVOKED)
    truth = message_truth((revoked, replace(ENVELOPED, encryption=Encryption.NO_KEY)), FROM)
    assert truth.reasons == ("SIG_BAD", "CHAIN_REVOKED", "ENC_NO_KEY")
    assert message_truth((ENVELOPED, SIGNED), FROM).reasons == ()


@pytest.mark.parametrize(
    ("addresses", "named", "display", "expected"),
    [
        (("erika@example.org",), ("erika@example.org",), "", FromMatch.MATCH),
        (("erika@EXAMPLE.org",), ("erika@example.ORG",), "", FromMatch.MATCH),
        (("Erika@example.org",), ("erika@example.org",), "", FromMatch.MISMATCH),
        (("erika@münster.example",), ("erika@xn--mnster-3ya.example",), "", FromMatch.MATCH),
        (("erika@straße.example",), ("erika@xn--strae-oqa.example",), "", FromMatch.MATCH),
        (("erika@straße.example",), ("erika@strasse.example",), "", FromMatch.MISMATCH),
        (("erika@strasse.example",), ("erika@xn--strae-oqa.example",), "", FromMatch.MISMATCH),
        (("erika@example.org",), ("max@example.org", "erika@example.org"), "", FromMatch.MATCH),
        (("erika@example.org",), (), "", FromMatch.MISMATCH),
        ((), ("erika@example.org",), "", FromMatch.MISMATCH),
        (("erika@example.org", "max@example.org"), ("erika@example.org",), "", FromMatch.MISMATCH),
        (("erika@example.org.evil.example",), ("erika@example.org",), "", FromMatch.MISMATCH),
        (("erika",), ("erika",), "", FromMatch.MISMATCH),
        (("e@" + "a" * 999,), ("e@" + "a" * 999,), "", FromMatch.MISMATCH),
        (("erika@example.org",), ("erika@example.org",), "Erika Musterfrau", FromMatch.MATCH),
        (("erika@example.org",), ("erika@example.org",), "erika@example.org", FromMatch.MATCH),
        (("erika@example.org",), ("erika@example.org",), "chef@example.org", FromMatch.MISMATCH),
    ],
)
def test_from_is_one_address_named_by_the_certificate(addresses, named, display, expected) -> None:
    assert from_match(replace(ERIKA, emails=named), Sender(addresses, display)) is expected


def test_without_a_signer_there_is_nothing_to_compare() -> None:
    assert message_truth((ENVELOPED,), FROM).from_match is FromMatch.NOT_APPLICABLE
