# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One message, four authorities: what each shipped policy makes of it, and the sentence it cites."""

import pytest

from poststelle.core.address import Address
from poststelle.core.formats import Format
from poststelle.core.judgement import judge
from poststelle.core.reasons import Reason
from poststelle.core.register import Register
from poststelle.core.verdict import Disposition, SenderTold
from support.builders import (
    RECEIVED_AT,
    a_file,
    a_head,
    a_text,
    an_envelope,
    an_inspection,
    signed,
    some_facts,
    some_malware,
    the_terms,
)
from support.policies import policy_folder

DOMAINS = {
    "muenster": "stadt-muenster.example",
    "encrypted-only": "amt-sicher.example",
    "strict": "kreis-streng.example",
    "generous": "gemeinde-offen.example",
}


def verdict(authority, facts, local="post"):
    folder = policy_folder(authority)
    terms = the_terms(folder.editions[0].policy, directory=folder.directory)
    envelope = an_envelope(Address(local, DOMAINS[authority]))
    return judge(terms, facts, envelope, Register(), RECEIVED_AT).by_recipient[0]


PDF = a_file()
MACRO = a_file("formular.docx", Format.DOCX, Reason.MACRO)
OLE = a_file("formular.docx", Format.DOCX, Reason.OLE_OBJECT)
ZIP = a_file("anlagen.zip", Format.ZIP, container=True)
SEVENZIP = a_file("anlagen.7z", Format.SEVENZIP)
TIFF = a_file("scan.tif", Format.TIFF)


@pytest.mark.parametrize(
    ("authority", "file", "disposition", "clause"),
    [
        pytest.param("muenster", PDF, "accept", None, id="Münster takes a PDF"),
        pytest.param("muenster", MACRO, "notify", "attachments.macros", id="Münster withholds a macro"),
        pytest.param("muenster", OLE, "notify", "attachments.nonconforming", id="Münster withholds an embedded object"),
        pytest.param("muenster", ZIP, "accept", None, id="Münster opens a ZIP"),
        pytest.param("muenster", TIFF, "notify", "attachments.formats", id="Münster withholds a TIFF"),
        pytest.param("strict", PDF, "accept", None, id="the strict one takes a PDF"),
        pytest.param("strict", MACRO, "refuse", "attachments.macros", id="the strict one refuses a macro"),
        pytest.param("strict", OLE, "refuse", "attachments.objects", id="the strict one refuses an embedded object"),
        pytest.param("strict", ZIP, "refuse", "attachments.formats", id="the strict one refuses archives"),
        pytest.param("encrypted-only", PDF, "refuse", "smime.address", id="the encrypted-only one refuses plain text"),
        pytest.param("generous", TIFF, "accept", None, id="the generous one takes a TIFF"),
        pytest.param("generous", SEVENZIP, "hold", "email.check", id="the generous one has a person open a 7z"),
        pytest.param("generous", MACRO, "notify", "attachments.macros", id="the generous one withholds a macro, too"),
    ],
)
def test_each_authority_judges_by_its_own_page(authority, file, disposition, clause):
    judged = verdict(authority, some_facts(file))
    assert judged.disposition is Disposition(disposition)
    strictest = [entry.clause for entry in judged.objections if entry.disposition is judged.disposition]
    assert (clause in strictest) if clause else not judged.objections


@pytest.mark.parametrize("size_bytes", [20_971_520, 20_971_521], ids=["the limit itself", "one byte above"])
def test_the_limit_itself_is_accepted(size_bytes):
    judged = verdict("muenster", some_facts(a_file(size_bytes=size_bytes)))
    expected = Disposition.ACCEPT if size_bytes == 20_971_520 else Disposition.REFUSE
    assert judged.disposition is expected


def test_a_deletion_is_silent_in_muenster():
    judged = verdict("muenster", some_facts(PDF, malware=some_malware()))
    assert (judged.disposition, judged.sender_told) == (Disposition.DELETE, SenderTold.NOBODY)


def test_signed_and_encrypted_mail_is_taken_by_the_encrypted_only_authority():
    inspection = an_inspection(a_text(decrypted=True), crypto=signed(encrypted=True), head=a_head())
    judged = verdict("encrypted-only", some_facts(inspection=inspection))
    assert judged.disposition is not Disposition.REFUSE
    assert Reason.ENCRYPTION_REQUIRED not in {entry.code for entry in judged.objections}
