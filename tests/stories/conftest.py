# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One running gateway for all stories of encrypted and signed mail, in the order of their files."""

from collections.abc import Iterator

import pytest

from poststelle.adapters.keyring import KeyFolder
from poststelle.application.keyring import current
from poststelle.records.database import attach, detach
from poststelle.records.queries import journal_of, message_by_reference
from support.gateway import Gateway, eventually
from support.posted import CA, POST, REFERENCE, Posted
from support.smime_mails import MailProgram


@pytest.fixture(scope="package")
def sealed_gateway(tmp_path_factory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("smime")
    anchors = folder / "trust" / "anchors"
    anchors.mkdir(parents=True)
    (anchors / "ca.pem").write_bytes(CA.pem)
    with Gateway(folder) as running:
        eventually(lambda: running.role("keyholder"), what="the keyholder is at work")
        yield running


@pytest.fixture(scope="module")
def gateway(sealed_gateway) -> Gateway:
    return sealed_gateway


@pytest.fixture(scope="module")
def records(gateway, django_db_blocker):
    with django_db_blocker.unblock():
        database = attach(gateway.folder, "smime")
        yield database
        detach(database)


@pytest.fixture(scope="module")
def ours(gateway) -> bytes:
    """The certificate that senders encrypt to."""
    found = current(KeyFolder(gateway.folder / "keys").ring(), POST)
    assert found is not None
    return found.certificate


@pytest.fixture(scope="module")
def program(tmp_path_factory) -> MailProgram:
    return MailProgram(tmp_path_factory.mktemp("program"))


@pytest.fixture(scope="module")
def on_record(records):
    """What is on record of a message, by its reference."""

    def found(reference: str, code: int = 250, text: str = "") -> Posted:
        view = message_by_reference(records, "muenster", reference)
        assert view is not None
        journal = tuple(line.leaf.kind for line in journal_of(records, "muenster", reference))
        return Posted(code, text, view, journal)

    return found


@pytest.fixture(scope="module")
def post(gateway, on_record):
    """Hands a message in at the door."""

    def posted(content: bytes, sender: str = "erika@example.org", to: str = POST) -> Posted:
        with gateway.session() as client:
            client.ehlo("mx.example.org")
            client.mail(sender)
            client.rcpt(to)
            code, said = client.data(content)
        text = said.decode()
        reference = REFERENCE.search(text)
        assert reference, text
        return on_record(reference.group(), code, text.replace(reference.group(), "REF"))

    return posted
