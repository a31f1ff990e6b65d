# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from collections.abc import Iterable
from dataclasses import replace

import pytest

from poststelle.application.delivery import MAX_MAILED_BYTES, Packing, Parcel, left_behind, note, pack, packing
from poststelle.core.arrival import Channel, Peer
from poststelle.core.egvp import EgvpFacts, EgvpParty, ProofOfOrigin
from poststelle.core.facts import Facts, File
from support.builders import RECEIVED_AT, a_file, a_text, an_inspection, some_facts, the_terms, the_verdict

EGVP = EgvpFacts(message_id="govapp_1", sender=EgvpParty("DE.Justiz.x", "Amtsgericht Musterstadt", "", "egvp_justiz"))
HALF = MAX_MAILED_BYTES // 2


def a_parcel(*files: File, origin: ProofOfOrigin = ProofOfOrigin.NONE) -> Parcel:
    facts: Facts = replace(some_facts(inspection=an_inspection(a_text(), *files, egvp=EGVP)), origin=origin)
    verdict = the_verdict(facts, terms=the_terms(channel=Channel.BEBPO))
    return Parcel("PS-1", verdict, facts, RECEIVED_AT, "mx.example", Peer("", protocol="EGVP"), None)


def test_an_egvp_message_is_never_passed_on_as_it_came():
    parcel = a_parcel(a_file())
    assert packing(parcel.verdict, parcel.facts) is Packing.REBUILT


@pytest.mark.parametrize("origin", list(ProofOfOrigin))
def test_the_office_reads_who_sent_it_and_how_far_that_is_proved(origin):
    said = note(a_parcel(a_file(), origin=origin))
    assert "Amtsgericht Musterstadt" in said
    assert f"Herkunftsnachweis: {origin.value}" in said
    assert "Schriftform" not in said


@pytest.mark.parametrize(
    ("sizes", "left"),
    [
        ((MAX_MAILED_BYTES,), ()),
        ((MAX_MAILED_BYTES + 1,), ("0.pdf",)),
        ((1000, MAX_MAILED_BYTES), ("1.pdf",)),
        ((HALF, HALF, HALF), ("2.pdf",)),
    ],
)
def test_what_no_mail_can_carry_waits_on_the_desk_and_is_named(sizes, left):
    parcel = a_parcel(*(a_file(f"{number}.pdf", size_bytes=size) for number, size in enumerate(sizes)))
    assert left_behind(parcel) == tuple((name,) for name in left)
    asked: list[tuple[tuple[str, ...], ...]] = []

    def rebuild(content: bytes, withheld: Iterable[tuple[str, ...]], note_text: str) -> bytes:
        asked.append(tuple(withheld))
        assert all(name in note_text for name in left)
        return content

    pack(b"Subject: x\r\n\r\n", parcel, rebuild)
    assert asked == [tuple((name,) for name in left)]


def test_what_is_withheld_takes_no_room():
    parcel = a_parcel(a_file("a.exe", size_bytes=MAX_MAILED_BYTES), a_file("b.pdf", size_bytes=MAX_MAILED_BYTES))
    kept_back = replace(parcel, verdict=replace(parcel.verdict, withheld=(("a.exe",),)))
    assert left_behind(kept_back) == ()
