# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a scanner of the whole message would miss is shown to it as well, and nothing twice."""

import base64
import io
import random
import zipfile

import pytest

from poststelle.application.synthetic.packages import zipped
from poststelle.inspection.egvp.message import inspect_and_show
from poststelle.inspection.message import inspect_message, look_within
from poststelle.inspection.requests import InspectionDialogue, Scan, Scanned
from poststelle.inspection.unseen import BUNDLE_BYTES, DECRYPTED, Unseen
from support.egvp_folders import a_folder
from support.hidden_mails import ATTACHED, BASE64, hiding, pdf_with
from support.mails import TEXT, mixed, part

PAYLOAD = b"Ganz harmlos. " * 20


def scans_of(message: bytes) -> list[Scan]:
    return asked_in(inspect_message(message))


def asked_in(dialogue: InspectionDialogue) -> list[Scan]:
    asked: list[Scan] = []
    try:
        request = next(dialogue)
        while True:
            asked.append(request)
            request = dialogue.send(Scanned())
    except StopIteration:
        return asked


def shown(scan: Scan) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(scan.content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


MISSED = hiding(PAYLOAD)


@pytest.mark.parametrize("kind", MISSED)
def test_what_the_scanner_cannot_unpack_is_shown_in_one_piece(kind):
    (scan,) = scans_of(MISSED[kind])
    assert PAYLOAD in shown(scan)
    assert scan.section == ""  # anybody can see it from outside


def test_what_a_pdf_in_a_bebpo_message_carries_is_shown_too():
    body = zipped(
        {**a_folder(), "attachments/Klage.pdf": pdf_with(PAYLOAD), "attachments/Anlage.pdf": pdf_with(PAYLOAD)}
    )
    (scan,) = asked_in(inspect_and_show(body, look_within(None)))
    assert shown(scan) == [PAYLOAD]


def test_of_an_ordinary_message_nothing_is_shown_again():
    assert scans_of(mixed(TEXT, part(base64.b64encode(PAYLOAD), BASE64, ATTACHED))) == []


def test_equal_contents_are_shown_once_and_the_decrypted_apart():
    unseen = Unseen()
    for content in (b"a", b"a", b"", b"b"):
        unseen.add(content, decrypted=False)
    unseen.add(b"c", decrypted=True)
    scans = list(unseen.scans())
    assert [(scan.section, shown(scan)) for scan in scans] == [("", [b"a", b"b"]), (DECRYPTED, [b"c"])]
    assert list(unseen.scans()) == []


def test_much_is_shown_before_it_fills_the_memory_and_air_is_not_kept():
    unseen = Unseen()
    unseen.add(bytes(50_000_000), decrypted=False)
    assert list(unseen.scans(BUNDLE_BYTES)) == []
    noise = random.Random(1).randbytes(BUNDLE_BYTES)
    unseen.add(noise, decrypted=False)
    (scan,) = unseen.scans(BUNDLE_BYTES)
    assert shown(scan) == [bytes(50_000_000), noise]
    assert list(unseen.scans(1)) == []
