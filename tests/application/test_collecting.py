# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Which waiting notices go together: those that would have left alike, sealed to the same key or not at all."""

import base64
import json
from dataclasses import replace

import pytest

from poststelle.application.collecting import collector
from poststelle.application.desk.acts import Case
from poststelle.application.notices import Letterhead
from poststelle.application.ports import OutboxItem
from poststelle.application.posting import SEAL_TO
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Peer
from poststelle.core.facts import Facts
from poststelle.core.judgement import judge
from poststelle.core.register import Register
from poststelle.core.signature import ReplyKey
from support.builders import (
    RECEIVED_AT,
    SENDER,
    a_head,
    a_macro_file,
    a_text,
    an_envelope,
    an_inspection,
    checked,
    default_policy,
    signed,
    some_facts,
    the_terms,
)
from support.certificates import Wish, authority, issued
from support.records import HandClock

MUSTER = AuthorityId("muster")
CA = authority("Collecting CA")
OWNERS = {base64.b64encode(issued(CA, Wish(name=one)).der).decode(): one for one in ("Erikas", "Ottos")}
CERTIFICATES = {owner: certificate for certificate, owner in OWNERS.items()}


def plain() -> Facts:
    return some_facts(a_macro_file())


def sealed(owner: str = "Erikas", *, takes_gcm: bool = False) -> Facts:
    """Of an accepted signature, whose mail brought this certificate."""
    crypto = signed(encrypted=True)
    outer, inner = crypto.layers
    crypto = replace(crypto, layers=(outer, replace(inner, reply_key=ReplyKey(CERTIFICATES[owner], takes_gcm))))
    return some_facts(inspection=an_inspection(a_text(), a_macro_file(), head=a_head(), crypto=crypto))


def a_case(reference: str, facts: Facts, register: Register) -> Case:
    arrival = Arrival(Channel.EMAIL, MUSTER, an_envelope(), BlobKey("0" * 64), 1, RECEIVED_AT, Peer("::1"))
    verdicts = judge(the_terms(), facts, arrival.envelope, register, RECEIVED_AT).by_recipient
    return Case(reference, "accepted", arrival, None, facts, verdicts, ("32",), (), frozenset(), frozenset())


def collected(*all_facts: Facts, register: Register | None = None):
    """What goes together of notices about these messages, and what is asked of its sealing."""
    known = checked() if register is None else register
    cases = {f"P-{number}": a_case(f"P-{number}", facts, known) for number, facts in enumerate(all_facts)}
    items = [
        OutboxItem(number, MUSTER, "notice", name, f"<{name}.notice@mx>", 1, "t", "{}", str(SENDER))
        for number, name in enumerate(cases)
    ]
    letterhead = Letterhead(default_policy(), "muster/2026-01-01", "https://stadt.example/kontakt", "mx.stadt.example")
    found = collector(lambda _authority, name: cases.get(name), lambda _arrival: letterhead, HandClock())(items)
    if found is None:
        return None
    order = json.loads(found.effect.payload)
    assert order["references"] == [item.reference for item in found.items]
    return order["references"], OWNERS.get(order.get(SEAL_TO)), order.get("gcm")


@pytest.mark.parametrize(
    ("word", "messages", "expected"),
    [
        ("none is sealed", (plain(), plain()), (["P-0", "P-1"], None, None)),
        ("all are sealed to one key", (sealed(), sealed()), (["P-0", "P-1"], "Erikas", False)),
        ("with GCM", (sealed(takes_gcm=True), sealed(takes_gcm=True)), (["P-0", "P-1"], "Erikas", True)),
        ("a plain one waits", (sealed(), plain(), sealed()), (["P-0", "P-2"], "Erikas", False)),
        ("sealed ones wait", (plain(), sealed(), plain()), (["P-0", "P-2"], None, None)),
        ("another key waits", (sealed(), sealed("Ottos"), sealed()), (["P-0", "P-2"], "Erikas", False)),
        ("the first goes alone", (sealed(), plain(), plain()), None),
    ],
)
def test_notices_go_together_that_would_have_left_alike(word, messages, expected) -> None:
    assert collected(*messages) == expected, word


def test_a_signer_who_is_not_checked_is_written_to_in_the_clear() -> None:
    assert collected(sealed(), sealed(), register=Register()) == (["P-0", "P-1"], None, None)
