# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every synthetic citizen's message, judged without a process or a socket, becomes what the page promises."""

import io
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest

from poststelle.adapters.demo_scanner import DemoScanner
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.senderauth import HeaderSenderAuth
from poststelle.application.authorities import Authorities, Authority, Standing
from poststelle.application.synthetic.catalogue import QUICK, SAMPLES
from poststelle.application.synthetic.comparing import Became, differences
from poststelle.application.synthetic.sample import Sample, Stamp, as_relayed
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.core.facts import Facts, MalwareFacts
from poststelle.core.judgement import judge
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, Verdicts
from poststelle.inspection.extraction import drive_alone
from poststelle.inspection.message import inspect_message

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
SERVICE = "mx.stadt-muenster.example"
STAMP = Stamp(AT, "probe")
MUENSTER = AuthorityId("muenster")


@lru_cache(maxsize=1)
def the_authorities() -> Authorities:
    folder = read_folder(Path("policies/muenster"))
    return Authorities({MUENSTER: Authority(MUENSTER, folder.editions, folder.directory)})


def address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    return Address(local, domain.lower())


def judged(sample: Sample) -> Verdicts:
    content = as_relayed(sample, STAMP, SERVICE)
    sender = address(sample.sender) if sample.sender else None
    envelope = Envelope(sender, tuple(address(recipient) for recipient in sample.recipients))
    arrival = Arrival(Channel.EMAIL, MUENSTER, envelope, BlobKey("0" * 64), len(content), AT, Peer("192.0.2.1"))
    scanner, body = DemoScanner(), io.BytesIO(content)
    found, _ = scanner.scan(body, 1), body.seek(0)
    spam = scanner.rate(body, arrival, 1)
    body.seek(0)
    inspection = drive_alone(inspect_message(content))
    domain = sample.sender.rpartition("@")[2]
    results = HeaderSenderAuth(SERVICE).check(body, arrival, domain)
    facts = Facts(inspection, MalwareFacts("demo", found), spam, results)
    return judge(the_authorities().terms_for(arrival), facts, envelope, Register(), AT)


def code(verdicts: Verdicts, sample: Sample) -> int:
    """The reply's code is settled elsewhere: here only whether it is a refusal."""
    return sample.expected.reply if verdicts.refused_for_all == (sample.expected.reply != 250) else 0


JUDGED = tuple(sample for sample in SAMPLES if sample.expected.disposition is not None)


@pytest.mark.parametrize("sample", JUDGED, ids=lambda sample: sample.name)
def test_every_message_becomes_what_is_expected(sample):
    verdicts = judged(sample)
    assert differences(sample.expected, Became((code(verdicts, sample),), (), verdicts)) == ()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_only_addresses_that_are_not_ours_end_before_a_verdict(sample):
    standings = {the_authorities().recipient(address(one), AT)[0] for one in sample.recipients}
    assert (standings == {Standing.KNOWN}) == (sample.expected.disposition is not None or sample.expected.reply == 552)


def test_names_are_unique_and_become_part_of_a_message_id():
    names = [sample.name for sample in SAMPLES]
    assert len(set(names)) == len(names)
    assert all(name.replace("-", "").isalnum() and name.isascii() for name in names)


def test_two_stamps_make_two_messages_and_one_stamp_makes_one():
    sample = SAMPLES[0]
    assert sample.write(sample, STAMP) == sample.write(sample, STAMP)
    assert sample.write(sample, STAMP) != sample.write(sample, Stamp(AT, "other"))


def test_the_quick_ones_show_every_disposition():
    assert {sample.expected.disposition for sample in QUICK} == {None, *Disposition}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_lines_end_in_crlf_as_smtp_wants_them(sample):
    if sample.name == "far-too-large":
        return
    content = as_relayed(sample, STAMP, SERVICE)
    assert content.count(b"\n") == content.count(b"\r\n") == content.count(b"\r")
