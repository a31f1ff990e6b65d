# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A draft edition shows what senders would meet, before it is in force."""

from dataclasses import replace
from email import message_from_bytes
from email.policy import SMTP

from poststelle.application.preview import REFERENCE, preview
from poststelle.application.references import reference
from support.policies import policy_folder

PAGE = "https://www.stadt-muenster.example/kontakt"


def shown(limit: str = "20 MB", **changes: object):
    folder = policy_folder("muenster")
    edition = folder.editions[-1]
    size = edition.policy.email.size.model_copy(update={"limit": limit, **changes})
    email = edition.policy.email.model_copy(update={"size": size})
    draft = replace(edition, policy=edition.policy.model_copy(update={"email": email}))
    return preview(draft, folder.directory, PAGE, draft.valid_from_at)


def text(limit: str = "20 MB") -> str:
    return message_from_bytes(shown(limit).notice, policy=SMTP).get_body(("plain",)).get_content()


def test_a_larger_limit_announces_a_larger_size():
    assert shown("25 MB").size_bytes > shown("20 MB").size_bytes == 56_000_000


def test_the_refusal_names_the_clause_on_the_page():
    assert shown().refusal.startswith("552-5.3.4 ")
    assert f"{PAGE}#attachments.total" in shown().refusal


def test_the_notice_states_the_limit_of_the_draft():
    assert "25 MB" in text("25 MB")
    assert "25 MB" not in text("20 MB")


def test_the_notice_names_file_reason_and_remedy():
    assert "Antrag.docm" in text()
    assert "Makros" in text()


def test_what_names_a_message_is_shown_in_the_form_of_a_real_one():
    assert len(REFERENCE) == len(reference(lambda _most: 0))
    assert REFERENCE in shown().refusal
    assert REFERENCE in text()


def test_the_remedy_is_that_of_the_format():
    assert "als Word-Dokument (.docx) ohne Makros" in text()


def test_a_limit_on_the_whole_message_is_met_as_well():
    assert shown(basis="message").refusal.startswith("552-5.3.4 ")
