# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The check before sending says what the gateway will do: every synthetic citizen's message, asked at both."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from poststelle.application.synthetic.catalogue import SAMPLES
from poststelle.application.synthetic.sample import Stamp
from poststelle.core.reasons import Reason
from poststelle.faces.web.precheck import asking
from support.web import NOW, a_pool, furnished

NOT_CHECKED = frozenset(
    {
        Reason.MALWARE,
        Reason.MALWARE_SUSPECTED,
        Reason.SPAM,
        Reason.DMARC_REJECT,
        Reason.SENDER_UNAUTHENTICATED,
        Reason.ENCRYPTION_NOT_OFFERED,
        Reason.ENCRYPTION_REQUIRED,
        Reason.ENCRYPTION_UNREADABLE,
        Reason.SIGNATURE_INVALID,
        Reason.SIGNATURE_UNCHECKED,
    }
)
"""What depends on engines, on who sends, on keys or on registers."""
JUDGED = [sample for sample in SAMPLES if sample.expected.disposition is not None]


@pytest.fixture(scope="module")
def client():
    with a_pool() as pool:
        yield furnished(pool, precheck_limit_bytes=64 << 20)


@pytest.mark.parametrize("sample", JUDGED, ids=[sample.name for sample in JUDGED])
def test_the_check_objects_to_what_the_gateway_objects_to(client, sample):
    asking.QUOTA._buckets.clear()
    mail = SimpleUploadedFile("nachricht.eml", sample.write(sample, Stamp(NOW, "1")))
    answer = client.post("/api/v1/check", {"file": [mail]}).json()
    found = {Reason(one["code"]) for one in answer["objections"]} - NOT_CHECKED
    assert found == sample.expected.codes - NOT_CHECKED
    if not sample.expected.codes & NOT_CHECKED:
        assert answer["disposition"] == sample.expected.disposition
