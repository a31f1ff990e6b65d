# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A key came late: the message is opened, judged under its own edition, and nobody is told what it held."""

import base64
from datetime import timedelta

import pytest

from poststelle.application.desk import chores, holds
from poststelle.application.desk.acts import UnusableError
from poststelle.application.desk.decryption import retry_decryption
from poststelle.application.desk.house import NotAllowedError
from poststelle.application.desk.lists import Sought, WorkList
from poststelle.application.desk.viewer import Role
from poststelle.application.ports import Inspected, UnavailableError
from poststelle.application.synthetic.packages import docm
from poststelle.core.facts import Certainty, MalwareFound
from poststelle.core.journal import EventKind
from poststelle.core.signature import Encryption
from poststelle.core.verdict import Disposition, SenderTold, TaskKind
from poststelle.inspection.cms.layer import Recipient, Surroundings
from poststelle.inspection.message import inspect_message
from poststelle.records.queries import journal_of, message_by_reference
from poststelle.records.worklists import work_list
from support.certificates import Wish, authority, issued
from support.cms_maker import Keyholder, cbc, driven, enveloped, transported
from support.desk_house import MUENSTER, desk_rig
from support.recorded import tasks_of
from support.smime_mails import TEXT, enclosed, message

POST = "post@stadt-muenster.example"
OURS = issued(authority(), Wish(name="post", email=POST))
KEY = bytes(32)


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        running.employ("poststelle", Role.MAILROOM)
        running.employ("pruefung", Role.AUDIT)
        yield running


def encrypted(entity: bytes) -> bytes:
    return message(enclosed(enveloped((transported(OURS, KEY),), cbc(entity, KEY))), to=POST)


def with_file(name: str, content: bytes) -> bytes:
    head = f'--b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename="{name}"\r\n'
    body = base64.encodebytes(content).replace(b"\n", b"\r\n")
    start = b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' + TEXT + b"\r\n"
    return start + head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n--b--\r\n"


def looking(rig, *found: MalwareFound, keyholder: Keyholder | None = None):
    """The inspection as of today, with the key."""

    def look(key, arrival):
        with rig.blobs.open(key) as body:
            around = Surroundings(arrival.received_at, None, (Recipient(OURS.read, is_current=True),))
            return Inspected(driven(inspect_message(body.read(), None, around), keyholder or Keyholder((OURS,))), found)

    return look


def seen(rig, reference: str):
    view = message_by_reference(rig.database, MUENSTER, reference)
    assert view is not None
    return view


def tasks(rig, reference: str) -> dict[str, str]:
    return {task.kind: task.state for task in tasks_of(rig.database, reference)}


def again(rig, reference: str, look=None) -> Encryption:
    return retry_decryption(rig.desk, rig.viewer("poststelle"), reference, look or looking(rig))


def test_the_message_opens_and_keeps_its_moment_of_receipt(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    before = seen(rig, reference)
    assert before.facts.inspection.crypto.encryption is Encryption.NO_KEY
    rig.clock.advance(days=3)
    assert again(rig, reference) is Encryption.OK
    after = seen(rig, reference)
    assert after.facts.inspection.crypto.encryption is Encryption.OK
    assert {verdict.judged_at for verdict in after.verdicts} == {before.line.received_at}
    assert tasks(rig, reference)[TaskKind.DECRYPTION] == "done"
    kinds = [line.leaf.kind for line in journal_of(rig.database, MUENSTER, reference)]
    assert kinds[-1] == EventKind.DECRYPTION_RETRIED


def test_a_macro_that_comes_to_light_is_withheld_and_told_by_a_person(rig):
    reference = rig.arrives(encrypted(with_file("antrag.docm", docm())), POST)
    notices = [effect.kind for effect in seen(rig, reference).effects]
    again(rig, reference)
    after = seen(rig, reference)
    assert after.verdicts[0].sender_told is SenderTold.NOBODY
    assert [effect.kind for effect in after.effects] == notices
    assert tasks(rig, reference)[TaskKind.FEEDBACK] == "open"
    assert ("smime.p7m", "antrag.docm") in after.verdicts[0].withheld


def test_malware_that_comes_to_light_takes_the_content_away(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    found = MalwareFound("Eicar", Certainty.EXACT, "1")
    again(rig, reference, looking(rig, found))
    after = seen(rig, reference)
    assert (after.line.state, after.is_content_kept) == ("deleted", False)
    assert after.verdicts[0].disposition is Disposition.DELETE
    assert "open" not in tasks(rig, reference).values()
    with pytest.raises(UnusableError):
        again(rig, reference)


def test_what_must_be_decided_waits_in_quarantine_whatever_became_of_the_ciphertext(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    rig.records.outbox.done(*rig.records.outbox.claim(1, timedelta(minutes=5)), "250 taken")
    chores.mark_done(rig.desk, rig.viewer("poststelle"), reference)
    assert seen(rig, reference).line.state == "delivered"
    again(rig, reference, looking(rig, MalwareFound("Heuristics.Odd", Certainty.HEURISTIC, "1")))
    waiting = work_list(rig.database, rig.viewer("poststelle"), WorkList.HOLD, Sought()).lines
    assert [line.reference for line in waiting] == [reference]
    holds.release(rig.desk, rig.viewer("poststelle"), reference, "")
    assert tasks(rig, reference)[TaskKind.DECIDE_HOLD] == "done"


def test_a_key_that_still_fails_leaves_everything_and_is_on_record(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    before, tasks_before = seen(rig, reference), tasks(rig, reference)
    assert again(rig, reference, looking(rig, keyholder=Keyholder())) is Encryption.NO_KEY
    after = seen(rig, reference)
    assert (after.facts, after.verdicts, tasks(rig, reference)) == (before.facts, before.verdicts, tasks_before)
    last = journal_of(rig.database, MUENSTER, reference)[-1].leaf
    assert (last.kind, dict(last.facts)["outcome"]) == (EventKind.DECRYPTION_RETRIED, "ENC_NO_KEY")


def test_an_absent_keyholder_changes_nothing(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    before = seen(rig, reference)

    def away(_key, _arrival):
        raise UnavailableError("keyholder")

    with pytest.raises(UnavailableError):
        again(rig, reference, away)
    assert seen(rig, reference) == before


def test_the_second_try_after_success_changes_nothing(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    again(rig, reference)
    once = seen(rig, reference)
    again(rig, reference)
    assert seen(rig, reference) == once


def test_who_may_not_work_may_not_try(rig):
    reference = rig.arrives(encrypted(TEXT), POST)
    with pytest.raises(NotAllowedError):
        retry_decryption(rig.desk, rig.viewer("pruefung"), reference, looking(rig))
