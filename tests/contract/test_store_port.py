# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What every implementation of Store, AttemptLog and JournalBook holds to."""

import base64
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from threading import Barrier

import pytest

from poststelle.application.ports import UnavailableError
from poststelle.application.settlement import Deferral, Earlier, Settlement
from poststelle.core.address import Address
from poststelle.core.arrival import Channel, Envelope, Peer
from poststelle.core.journal import Event, EventKind
from poststelle.core.judgement import judge
from poststelle.core.register import IdentityState
from poststelle.core.signature import Chain, Identity, ReplyKey
from poststelle.records.models import DeferralRow, IdentityRow, JournalLeaf, JournalValue, Message, OutboxRow
from poststelle.records.store import RecordsStore
from support.builders import a_hash, a_signer, an_envelope, an_inspection, checked, signed, some_facts, the_terms
from support.records import AUTHORITY, NOON, a_body, a_settlement, an_effect, file_blobs


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def records(request):
    return request.getfixturevalue(request.param)()


def messages(records):
    return Message.objects.using(records.database.alias)


def leaves(records):
    return JournalLeaf.objects.using(records.database.alias)


def test_what_is_settled_is_there(records):
    records.store.settle(a_settlement(reference="P-one"))
    message = messages(records).get()
    assert (message.reference, message.sender, message.received_at) == ("P-one", "erika@buerger.example", NOON)
    assert [leaf.kind for leaf in leaves(records).order_by("id")] == ["arrived", "accepted"]


def test_a_retry_is_found_by_its_fingerprint_with_the_answer_it_got(records):
    records.store.settle(a_settlement(reference="P-one", fingerprint="f", reply_code=550, reply_text="5.7.1 no"))
    earlier = records.store.find_retry(AUTHORITY, "f", NOON - timedelta(hours=1))
    assert (earlier.reference, earlier.received_at) == ("P-one", NOON)
    assert (earlier.reply_code, earlier.reply_text) == (550, "5.7.1 no")


@pytest.mark.parametrize(
    ("authority", "fingerprint", "since"),
    [("other", "f", NOON), (AUTHORITY, "g", NOON), (AUTHORITY, "f", NOON + timedelta(microseconds=1))],
    ids=["other authority", "other message", "too long ago"],
)
def test_no_retry_is_found_where_there_is_none(records, authority, fingerprint, since):
    records.store.settle(a_settlement(fingerprint="f"))
    assert records.store.find_retry(authority, fingerprint, since) is None


def test_of_several_earlier_attempts_the_latest_is_found(records):
    for hours, reference in ((2, "P-late"), (1, "P-early")):
        records.store.settle(
            a_settlement(reference=reference, fingerprint="f", received_at=NOON + timedelta(hours=hours))
        )
    assert records.store.find_retry(AUTHORITY, "f", NOON).reference == "P-late"


def test_of_attempts_side_by_side_one_is_settled_and_the_others_hear_of_it(records):
    """Judged at the same time at several nodes: none of them found an earlier one when it began."""
    start, store = Barrier(8), RecordsStore(records.database, records.database)

    def settle(number):
        settlement = a_settlement(reference=f"P-side-{number}", fingerprint="side", effects=(an_effect(),))
        start.wait()
        try:
            return store.settle(settlement, NOON)
        finally:
            records.database.close()

    with ThreadPoolExecutor(8) as pool:
        heard = tuple(pool.map(settle, range(8)))
    assert heard.count(None) == 1
    kept = messages(records).get()
    assert {earlier.reference for earlier in heard if earlier} == {kept.reference}
    assert OutboxRow.objects.using(records.database.alias).count() == 1


def test_of_attempts_in_one_commit_the_first_is_settled_and_the_others_hear_of_it(records):
    """Two attempts that met in the writer's queue: the tables hold neither yet."""
    twins = [a_settlement(reference=f"P-twin-{number}", fingerprint="twin", reply_text="ok") for number in range(3)]
    stranger = a_settlement(reference="P-stranger", authority="other", fingerprint="twin")
    heard = settled_in_one_commit(records, [*twins, stranger], NOON)
    assert heard == [None, Earlier("P-twin-0", NOON, 250, "ok"), Earlier("P-twin-0", NOON, 250, "ok"), None]
    assert sorted(messages(records).values_list("reference", flat=True)) == ["P-stranger", "P-twin-0"]


def settled_in_one_commit(records, settlements, since):
    """What each hears when all of them are written together."""
    jobs = []
    gathering = RecordsStore(records.database, Gathering(jobs))
    for settlement in settlements:
        gathering.settle(settlement, since)
    return list(records.database.run(lambda: jobs[0].work([job.item for job in jobs])))


@dataclass(frozen=True)
class Gathering:
    """Transactions that do nothing yet."""

    jobs: list

    def run(self, job):
        self.jobs.append(job)


def test_an_attempt_before_the_window_does_not_stop_another(records):
    records.store.settle(a_settlement(reference="P-one", fingerprint="f"))
    later = a_settlement(reference="P-two", fingerprint="f", received_at=NOON + timedelta(days=6))
    assert records.store.settle(later, NOON + timedelta(days=1)) is None
    assert messages(records).count() == 2


def test_settling_again_what_was_not_confirmed_is_no_other_attempt(records):
    settlement = a_settlement()
    records.store.settle(settlement, NOON)
    assert records.store.settle(settlement, NOON) is None


def test_settling_twice_changes_nothing(records):
    settlement = a_settlement(effects=(an_effect(),))
    records.store.settle(settlement)
    records.store.settle(settlement)
    assert messages(records).count() == 1
    assert leaves(records).count() == len(settlement.events)


def test_a_reference_given_to_another_message_is_a_fault_of_ours_and_never_lost_in_silence(records):
    records.store.settle(a_settlement(reference="P-one", fingerprint="f"))
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        records.store.settle(a_settlement(reference="P-one", fingerprint="g"))


def test_nothing_of_a_failed_settlement_stays(records):
    taken = an_effect("<taken@muster.example>")
    records.store.settle(a_settlement(effects=(taken,)))
    with pytest.raises(Exception, match=r"UNIQUE|unique"):
        records.store.settle(a_settlement(reference="P-failed", effects=(taken,)))
    assert not messages(records).filter(reference="P-failed").exists()
    assert not leaves(records).filter(reference="P-failed").exists()


def test_a_failing_settlement_takes_none_of_its_neighbours_with_it(records):
    taken = an_effect("<taken@muster.example>")
    records.store.settle(a_settlement(effects=(taken,)))
    good = [a_settlement() for _ in range(40)]
    bad = [a_settlement(effects=(taken,)) for _ in range(10)]
    mixed = [one for five in zip(*[iter(good)] * 4, bad, strict=True) for one in five]
    with ThreadPoolExecutor(16) as threads:
        outcomes = list(threads.map(lambda one: failure_of(records, one), mixed))
    assert [outcome is None for outcome in outcomes] == [True, True, True, True, False] * 10
    assert messages(records).count() == len(good) + 1


def failure_of(records, settlement):
    try:
        records.store.settle(settlement)
    except Exception as error:  # noqa: BLE001 - the kind is asserted elsewhere
        return error
    return None


def test_the_same_content_of_two_messages_is_stored_once(records, tmp_path):
    body = a_body(file_blobs(records, tmp_path))
    records.store.settle(a_settlement(body))
    records.store.settle(a_settlement(body))
    assert records.bodies.read_inline(body.key) == body.inline


def test_a_personal_value_stands_beside_the_leaf_and_can_be_erased(records):
    records.store.settle(a_settlement())
    values = JournalValue.objects.using(records.database.alias)
    assert values.get().value == "erika@buerger.example"
    values.all().delete()
    assert b"erika" not in b"".join(bytes(leaf.leaf) for leaf in leaves(records))


SIGNER = a_signer()


def signed_under(der: bytes, chain: Chain = Chain.OK) -> Settlement:
    """A message of the checked signer, which brought this certificate."""
    crypto = signed(signer=replace(SIGNER, certificate_sha256=sha256(der).hexdigest()), chain=chain)
    brought = ReplyKey(base64.b64encode(der).decode())
    crypto = replace(crypto, layers=(replace(crypto.layers[0], reply_key=brought),))
    facts = some_facts(inspection=an_inspection(crypto=crypto))
    verdicts = judge(the_terms(), facts, an_envelope(), checked(), NOON)
    known = tuple(replace(one, identity=Identity.VERIFIED) for one in verdicts.by_recipient)
    return a_settlement(facts=facts, verdicts=replace(verdicts, by_recipient=known))


@pytest.mark.parametrize("shown", [b"first", None], ids=["with its certificate", "without one"])
def test_the_latest_certificate_of_a_checked_key_is_noted_beside_the_check(records, shown):
    rows = IdentityRow.objects.using(records.database.alias)
    row = {"authority_id": AUTHORITY, "addresses": "[]", "checked_by": "paula", "checked_at": NOON}
    of_key = {**row, "spki_sha256": SIGNER.spki_sha256, "certificate": shown}
    states = (IdentityState.VERIFIED, IdentityState.PROPOSED)
    for number, state in enumerate(states):
        rows.create(id=number + 1, state=state.value, **of_key)
    rows.create(id=3, state=IdentityState.VERIFIED.value, **{**row, "spki_sha256": a_hash("another key")})
    for der, noted in ((b"first", None if shown else b"first"), (b"second", b"second"), (b"third", b"third")):
        records.store.settle(signed_under(der, Chain.REVOCATION_UNKNOWN if der == b"third" else Chain.OK))
        found = [one if one is None else bytes(one) for one in rows.order_by("id").values_list("renewed", flat=True)]
        assert found == [noted, None, None]


def test_a_deferral_is_recorded_with_its_events(records):
    event = Event(EventKind.DEFERRED, NOON, AUTHORITY, facts=(("cause", "scanner"),))
    envelope = Envelope(None, (Address("post", "muster.example"),))
    records.store.deferred(
        Deferral(Channel.EMAIL, AUTHORITY, envelope, Peer("192.0.2.7"), NOON, 7, "a" * 64, "f", "scanner", (event,))
    )
    row = DeferralRow.objects.using(records.database.alias).get()
    assert (row.sender, row.recipients, row.cause) == ("", '["post@muster.example"]', "scanner")
    assert leaves(records).get().kind == "deferred"


def test_events_of_their_own_are_journaled(records):
    records.store.append([Event(EventKind.WORKER_DIED, NOON, AUTHORITY), Event(EventKind.STARTED, NOON, AUTHORITY)])
    assert [leaf.kind for leaf in leaves(records).order_by("id")] == ["worker-died", "started"]


def test_texts_no_database_takes_are_stored_readably(records):
    records.store.settle(a_settlement(reference="P-odd", reply_text="a\0b\udc80c"))
    assert messages(records).get().reply_text == "a\N{REPLACEMENT CHARACTER}b?c"


def test_a_closed_store_says_so_and_takes_nothing(records):
    records.writer.close()
    with pytest.raises(UnavailableError):
        records.store.settle(a_settlement())
