# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The Münster edition keeps the promises of the page it is modelled on, and every shipped edition can be enforced."""

import json
import re

import pytest

from poststelle.application.policies import policy_schema
from poststelle.application.policy_folder import folder_faults
from poststelle.core.address import Address
from poststelle.core.arrival import Channel
from poststelle.core.formats import Format
from poststelle.core.page import gateway_names, page_values, render, render_title
from poststelle.core.policy import EncryptionStance, Language, SignatureStance, SizeUnit, Told, advertised_size
from poststelle.core.reasons import Reason
from poststelle.core.verdict import Disposition
from support.policies import ROOT, SHIPPED, policy_folder, policy_text

MUENSTER = policy_folder().editions[0].policy

PROMISES = {
    "S1": ("contact.post", "contact.phone", "contact.visit"),
    "S2": ("directory.phone",),
    "S3": ("contact.115",),
    "S4": ("gazette.organ",),
    "S5": ("services.az",),
    "S6": ("access.legal-basis",),
    "S7": ("email.simple", "smime.address", "signature.advanced", "bebpo.mailbox"),
    "S8": ("scope.domains",),
    "S9": ("email.spam",),
    "S10": ("email.malware",),
    "S11": ("email.malware-silence",),
    "S12": ("attachments.formats",),
    "S13": ("attachments.consent",),
    "S14": ("attachments.macros",),
    "S15": ("attachments.list-updated",),
    "S16": ("attachments.archives",),
    "S17": ("attachments.total",),
    "S18": ("attachments.total",),
    "S19": ("attachments.nonconforming",),
    "S20": ("feedback.missing-unreadable",),
    "S21": ("email.simple",),
    "S22": ("email.offices",),
    "S23": ("email.insecure", "form.signature"),
    "S24": ("smime.address",),
    "S25": ("smime.decryption",),
    "S26": ("smime.method", "smime.certificates"),
    "S27": ("smime.no-help",),
    "S28": ("signature.advanced",),
    "S29": ("signature.identity",),
    "S30": ("bebpo.mailbox",),
    "S31": ("bebpo.safe-id",),
    "S32": ("subject.office",),
    "S33": ("subject.aktenzeichen",),
    "S34": ("subject.kassenzeichen",),
}


@pytest.mark.parametrize("promise", PROMISES)
@pytest.mark.parametrize("language", Language)
def test_every_promise_of_the_page_is_said_in_every_language(promise, language):
    for clause_id in PROMISES[promise]:
        assert render(MUENSTER, clause_id, language, {}).strip()
        assert render_title(MUENSTER, clause_id, language).strip()


@pytest.mark.parametrize("authority", SHIPPED)
def test_no_shipped_policy_has_an_error(authority):
    folder = ROOT / "policies" / authority
    faults = folder_faults(authority, {path.name: path.read_bytes() for path in folder.glob("*.toml")})
    assert {fault.code for fault in faults} <= {"PS506"}, "OpenPGP is offered by the generous one, and warned of"


def test_the_bench_policy_is_the_muenster_one_for_another_domain():
    folder = ROOT / "bench" / "policy"
    files = {path.name: path.read_bytes() for path in folder.glob("*.toml")}
    assert folder_faults("bench", files) == ()
    expected = policy_text().replace("stadt-muenster.example", "stadt.example")
    expected = expected.replace('authority = "muenster"', 'authority = "stadt"')
    assert files["2026-01-01.toml"].decode() == expected


@pytest.mark.parametrize("authority", SHIPPED)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_rests_on_a_published_sentence(authority, channel, reason):
    policy = policy_folder(authority).editions[0].policy
    assert policy.channel(channel).rule_for(reason).clause in policy.clauses


@pytest.mark.parametrize("authority", SHIPPED)
@pytest.mark.parametrize("language", Language)
def test_a_rendered_clause_has_no_brace_left(authority, language):
    policy = policy_folder(authority).editions[0].policy
    for clause_id in policy.clauses:
        assert not re.search(r"[{}]", render(policy, clause_id, language, {}))


def test_twenty_megabytes_are_20_971_520_bytes():
    assert MUENSTER.email.size.limit_bytes == 20_971_520
    assert MUENSTER.email.size.basis == "attachments"
    assert "20 MB" in render(MUENSTER, "attachments.total", Language.DE, {})
    assert "20.971.520" in render(MUENSTER, "attachments.total", Language.DE, {})
    assert "20,971,520" in render(MUENSTER, "attachments.total", Language.EN, {})


def test_the_closed_list_is_the_eleven_formats_and_zip():
    listed = "pdf txt bmp jpg png docx odt xlsx ods pptx odp"
    assert [accepted.value for accepted in MUENSTER.email.formats] == listed.split()
    assert MUENSTER.email.accepted_formats - set(MUENSTER.email.formats) == {Format.ZIP}


def test_malware_is_deleted_in_silence_and_suspicion_is_held():
    malware = MUENSTER.email.rule_for(Reason.MALWARE)
    assert malware.disposition is Disposition.DELETE
    assert Told.SENDER not in malware.tell
    assert MUENSTER.email.rule_for(Reason.MALWARE_SUSPECTED).disposition is Disposition.HOLD


def test_nothing_is_refused_or_deleted_in_the_bebpo_channel():
    dispositions = {rule.disposition for rule in MUENSTER.bebpo.rules}
    assert not dispositions & {Disposition.REFUSE, Disposition.DELETE}
    assert (MUENSTER.bebpo.size.limit_bytes, MUENSTER.bebpo.max_files, MUENSTER.bebpo.max_name_chars) == (
        200 * 1024 * 1024,
        1000,
        90,
    )


@pytest.mark.parametrize(
    ("address", "stance"),
    [
        pytest.param("post", EncryptionStance.ACCEPTS, id="the address with the certificate"),
        pytest.param("POST", EncryptionStance.ACCEPTS, id="letter case does not matter"),
        pytest.param("stadtverwaltung", EncryptionStance.DECRYPT, id="the simple address"),
        pytest.param("ordnungsamt", EncryptionStance.DECRYPT, id="an office"),
    ],
)
def test_encryption_is_promised_at_one_address_and_tried_at_all(address, stance):
    assert MUENSTER.encryption_at(Address(address, "stadt-muenster.example")) is stance


def test_the_encrypted_only_authority_refuses_plain_text_at_every_address():
    policy = policy_folder("encrypted-only").editions[0].policy
    for local in ("post", "ordnungsamt"):
        address = Address(local, "amt-sicher.example")
        assert policy.encryption_at(address) is EncryptionStance.REQUIRES
    assert policy.signature_at(Address("post", "amt-sicher.example")) is SignatureStance.REQUIRES
    assert policy.email.rule_for(Reason.ENCRYPTION_REQUIRED).disposition is Disposition.REFUSE


def test_the_strict_authority_opens_no_archive_and_wants_pdf_for_form_bound_acts():
    email = policy_folder("strict").editions[0].policy.email
    assert email.archives is None
    assert Format.ZIP not in email.accepted_formats
    assert email.form_bound is not None
    assert email.form_bound.formats == (Format.PDF,)
    assert email.rule_for(Reason.OLE_OBJECT).disposition is Disposition.REFUSE
    assert (email.size.limit_bytes, email.size.soft_limit_bytes, email.size.unit) == (
        10_000_000,
        5_000_000,
        SizeUnit.DECIMAL,
    )


def test_the_generous_authority_takes_7z_and_tells_everybody_of_a_virus():
    email = policy_folder("generous").editions[0].policy.email
    assert email.archives is not None
    assert (Format.SEVENZIP in email.accepted_formats, email.archives.manual_check_days) == (True, 3)
    assert {Told.SENDER, Told.RECIPIENT} <= set(email.rule_for(Reason.MALWARE).tell)
    assert email.size.limit_bytes == 100 * 1024 * 1024


@pytest.mark.parametrize(
    ("authority", "size"),
    [
        pytest.param("muenster", 56_000_000, id="three layers of base64 where S/MIME is taken"),
        pytest.param("strict", 10_000_000, id="a limit on the message as sent is advertised as it is"),
    ],
)
def test_the_advertised_size_lets_every_honest_message_in(authority, size):
    assert advertised_size(policy_folder(authority).editions[0].policy) == size


def test_without_smime_one_layer_of_base64_is_enough():
    plain = tuple(terms.model_copy(update={"encryption": EncryptionStance.DECRYPT}) for terms in MUENSTER.addresses)
    assert advertised_size(MUENSTER.model_copy(update={"addresses": plain})) == 30_000_000


def test_certificate_facts_come_from_the_running_gateway():
    assert "certificate.post.sha256" in gateway_names(MUENSTER)
    assert "derzeit nicht verfügbar" in render(MUENSTER, "smime.certificates", Language.DE, {})
    said = render(MUENSTER, "smime.certificates", Language.DE, {"certificate.post.sha256": "AB:CD"})
    assert "AB:CD" in said


def test_a_missing_translation_is_a_gap_and_never_another_language():
    text = MUENSTER.clauses["email.spam"].text.model_copy(update={"en": ""})
    clause = MUENSTER.clauses["email.spam"].model_copy(update={"text": text})
    policy = MUENSTER.model_copy(update={"clauses": {**MUENSTER.clauses, "email.spam": clause}})
    assert render(policy, "email.spam", Language.EN, {}) == ""


def test_values_hold_no_markup_and_no_placeholder():
    for language in Language:
        for name, text in page_values(MUENSTER, language).items():
            assert not re.search(r"[{}<>]", text), name


def test_offices_other_than_32_and_36_are_marked_as_invented():
    directory = policy_folder().directory
    assert {office.number for office in directory.offices if not office.is_demo} == {"32", "36"}
    assert sum(office.sealed for office in directory.offices) == 6
    assert len(directory.offices) >= 12
    assert all(person.is_demo for person in directory.persons)


@pytest.mark.parametrize(
    ("subject", "is_one"),
    [
        pytest.param("01 0123456789 01 000", True, id="groups as printed"),
        pytest.param("4711.0815.0001.2", True, id="dotted groups"),
        pytest.param("510012345678901", True, id="one long number"),
        pytest.param("Zahlung zu 510012345678901.", True, id="at the end of a sentence"),
        pytest.param("36.22.1041", False, id="a file reference"),
        pytest.param("36.22.510012345678", False, id="a long file reference"),
        pytest.param("DE02120300000000202051", False, id="an IBAN"),
        pytest.param("02 51/4 92-0", False, id="a telephone number"),
        pytest.param("Bescheid vom 12.05.2026", False, id="a date"),
    ],
)
def test_kassenzeichen_are_told_from_other_numbers(subject, is_one):
    assert MUENSTER.kassenzeichen is not None
    assert any(re.search(pattern, subject) for pattern in MUENSTER.kassenzeichen.patterns) is is_one


def test_the_schema_of_both_files_is_plain_json_that_forbids_unknown_keys():
    for kind in ("policy", "directory"):
        schema = json.loads(json.dumps(policy_schema(kind)))
        assert schema["additionalProperties"] is False
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
