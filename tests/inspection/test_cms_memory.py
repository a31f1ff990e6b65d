# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How often what lies in a large mail is held at once while its layers are opened; bytes are counted, the mail's own apart."""

import pytest

from poststelle.application.smime_case import truth_at
from poststelle.core.signature import Encryption, Signature
from support.certificates import NOW
from support.costs import held_bytes
from support.smime_parties import mail, parties

SIZE = 2_000_000
OVERHEAD_BYTES = 500_000
WHO = parties("rsa2048")


@pytest.mark.parametrize(
    ("is_streamed", "is_opaque", "times"),
    [(False, False, 2.0), (True, False, 2.1), (False, True, 2.8), (True, True, 2.8)],
    ids=["detached", "detached, streamed", "opaque", "opaque, streamed"],
)
def test_a_layer_is_held_with_what_it_is_opened_from_and_nothing_else(is_streamed, is_opaque, times):
    """Ciphertext beside plaintext; opaque ones are base64 inside the encryption, 1.37 of the content."""
    case = WHO.case(mail(WHO, SIZE, is_streamed=is_streamed, is_opaque=is_opaque))
    facts = truth_at(case, NOW)
    assert (facts.encryption, facts.signature) == (Encryption.OK, Signature.OK)
    assert held_bytes(lambda: truth_at(case, NOW)) <= times * SIZE + OVERHEAD_BYTES
