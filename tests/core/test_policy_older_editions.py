# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The program learns new reason codes; editions that were made before are never changed, and go on judging their time."""

import hashlib

import pytest

from poststelle.application.policies import PolicyError
from poststelle.application.policy_folder import PolicyFolder, load_folder
from poststelle.core.matter import ruling
from poststelle.core.reasons import STANDS_IN, Reason
from poststelle.core.verdict import Disposition
from support.policies import EDITION_FILE, SHIPPED, policy_folder, policy_text

NEXT_FILE = "2027-01-01.toml"
OF_THE_FIRST_EDITIONS = frozenset(
    """
    activex binary dde dmarc-reject document-missing download-link empty encrypted encryption-not-offered
    encryption-required encryption-unreadable executable-part external-link file-name-too-long format
    from-count from-invalid img-bomb macro mail-loop malware malware-suspected mime-ambiguous not-inspected
    ole-object pdf-action pdf-embedded-file pdf-javascript pdf-launch pdf-rich-media pdf-xfa polyglot
    remote-template sender-unauthenticated signature-invalid signature-required signature-unchecked
    size-total spam timeout too-large too-many-files txt-encoding type-mismatch unreadable xml-dtd zip-bomb
    zip-depth zip-duplicate zip-encrypted zip-method zip-name zip-sfx zip-structure zip-symlink zip-too-many
    zip-traversal
    """.split()
)
"""Codes that every edition knows. What comes later needs an entry in STANDS_IN, and must not be added here."""


def before(*codes: Reason) -> bytes:
    """The shipped edition as it would have been made before these codes existed."""
    text = policy_text()
    for code in codes:
        text = text.replace(f', "{code}"', "").replace(f'"{code}", ', "")
        text = text.replace(
            f'[[bebpo.rules]]\nclause = "bebpo.safe-id"\nreasons = ["{code}"]\ndisposition = "hold"\ntell = ["mailroom"]\n',
            "",
        )
        assert f'"{code}"' not in text
    return text.encode()


def newest() -> bytes:
    return policy_text().replace("valid_from = 2026-01-01", "valid_from = 2027-01-01").encode()


def loaded(older: bytes) -> PolicyFolder:
    return load_folder("muenster", {EDITION_FILE: older, NEXT_FILE: newest()})


def test_a_superseded_edition_loads_as_it_was_written_when_the_program_has_learned_new_codes():
    older = before(*STANDS_IN)
    first, second = loaded(older).editions
    assert first.hash == hashlib.sha256(older).hexdigest()
    for terms in (first.policy.email, first.policy.bebpo):
        for code, stand_in in STANDS_IN.items():
            assert ruling(terms, code) == terms.rule_for(stand_in)
            assert ruling(terms, code).disposition is Disposition.HOLD
    assert second.policy.bebpo.rule_for(Reason.ADDRESSEE_FOREIGN).clause == "bebpo.safe-id", "the newest says it itself"


@pytest.mark.parametrize("code", STANDS_IN)
def test_the_newest_edition_must_name_every_code_itself(code):
    with pytest.raises(PolicyError, match=f'PS301 .*no rule governs the reason "{code}"'):
        load_folder("muenster", {EDITION_FILE: before(code)})


def test_a_superseded_edition_must_have_named_what_was_known_from_the_first_day():
    with pytest.raises(PolicyError, match=f'{EDITION_FILE}: PS301 .*"pdf-xfa"'):
        loaded(before(Reason.PDF_XFA))


def test_every_code_is_of_the_first_editions_or_has_one_that_stands_in_for_it():
    later = {code for code in Reason if code not in OF_THE_FIRST_EDITIONS}
    assert later == set(STANDS_IN), "say in core/reasons.py which older code stands in for a new one"
    for code in later:
        met = [code]
        while (stand_in := STANDS_IN.get(met[-1])) is not None:
            assert stand_in not in met
            met.append(stand_in)
        assert met[-1] in OF_THE_FIRST_EDITIONS


@pytest.mark.parametrize("authority", SHIPPED)
def test_what_stands_in_is_no_milder_than_what_the_newest_edition_says(authority):
    order = list(Disposition)
    policy = policy_folder(authority).editions[-1].policy
    for terms in (policy.email, policy.bebpo):
        for code, stand_in in STANDS_IN.items():
            meant, instead = terms.rule_for(code).disposition, terms.rule_for(stand_in).disposition
            assert order.index(instead) >= order.index(meant), (code, stand_in)
