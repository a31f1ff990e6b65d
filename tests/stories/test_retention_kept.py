# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A gateway keeps its terms by itself: what is due when it starts is erased, and its journal holds and says so."""

import sqlite3
from contextlib import closing

from poststelle.records.target import FILE_NAME
from support.gateway import Gateway, eventually

OFFICE = "stadtverwaltung@stadt-muenster.example"
MAIL = f"From: erika@buerger.example\r\nTo: {OFFICE}\r\nSubject: Amt 32\r\nMessage-ID: <1@buerger.example>\r\n\r\nGuten Tag\r\n"
LONG_AGO = "2026-01-02 09:00:00"
"""Under the first edition, and over its term of 180 days."""


def asked(gateway: Gateway, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(gateway.folder / FILE_NAME, timeout=30)) as opened, opened:
        return opened.execute(statement).fetchall()


def test_what_is_over_its_term_is_erased_without_being_asked(tmp_path):
    gateway = Gateway(tmp_path / "data")
    with gateway:
        with gateway.session() as client:
            client.sendmail("erika@buerger.example", [OFFICE], MAIL)
        eventually(lambda: asked(gateway, "SELECT 1 FROM records_message WHERE state = 'delivered'"), what="delivered")
    asked(gateway, f"UPDATE records_message SET received_at = '{LONG_AGO}'")
    asked(gateway, "UPDATE records_taskrow SET state = 'done'")
    asked(gateway, "UPDATE records_outboxrow SET state = 'done'")
    assert (
        "message, 180 days (muenster/2026-01-01): 1 due, 0 stay for now"
        in gateway.poststelle("retention", "list").well()
    )
    ((reference,),) = asked(gateway, "SELECT reference FROM records_message")
    with gateway:
        eventually(
            lambda: "content-erased" in gateway.poststelle("journal", "show", str(reference), "--json").well(),
            what="erased",
        )
    assert asked(gateway, "SELECT body FROM records_message") == [(None,)]
    assert "message, 180" not in gateway.poststelle("retention", "list").well()
    assert "the journal holds" in gateway.poststelle("journal", "verify").well()
