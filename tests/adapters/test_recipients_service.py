# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The recipients service on a real socket, answering from the shipped policy."""

import asyncio
import datetime as dt
import os

import pytest

from poststelle.adapters.recipients_service import RecipientsService, ServiceSettings
from poststelle.application.authorities import Authorities, Authority
from poststelle.application.ports import UnavailableError
from poststelle.application.recipients import as_map, policy_action, published
from poststelle.core.arrival import AuthorityId
from support.policies import policy_folder

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
BEFORE = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
SITE = "https://poststelle.stadt-muenster.example"
PAGE = f"{SITE}/kontakt"


@pytest.fixture(scope="module")
def authorities():
    folder = policy_folder("muenster")
    name = AuthorityId("muenster")
    return Authorities({name: Authority(name, folder.editions, folder.directory)}, base_url=SITE)


def question(recipient: str, state: str = "RCPT") -> bytes:
    return f"request=smtpd_access_policy\nprotocol_state={state}\nrecipient={recipient}\n\n".encode()


def talked(authorities, wire: bytes, settings=None, at=NOW) -> bytes:
    """Everything the service says to these octets until it closes, or the client has asked everything."""

    async def talk() -> bytes:
        service = RecipientsService(
            settings or ServiceSettings(port=0), lambda asked: policy_action(asked, authorities, at)
        )
        await service.open()
        try:
            if settings is not None and settings.socket is not None:
                reader, writer = await asyncio.open_unix_connection(str(settings.socket))
            else:
                reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
            writer.write(wire)
            if wire.endswith(b"\n\n"):
                writer.write_eof()
            async with asyncio.timeout(10):
                try:
                    return await reader.read()
                except ConnectionResetError:
                    return b""
                finally:
                    writer.close()
        finally:
            await service.close()

    return asyncio.run(talk())


@pytest.mark.parametrize(
    ("recipient", "action"),
    [
        ("post@stadt-muenster.example", "DUNNO"),
        ("Stadtverwaltung@Stadt-Muenster.EXAMPLE", "DUNNO"),
        ("postmaster@stadt-muenster.example", "DUNNO"),
        ("postmaster", "DUNNO"),
        ("niemand@stadt-muenster.example", "550 5.1.1 "),
        ("zwei worte@stadt-muenster.example", "550 5.1.1 "),
        ("someone@elsewhere.example", "550 5.7.1 "),
        ("", "DUNNO"),
    ],
)
def test_each_recipient_has_its_answer(authorities, recipient, action):
    said = talked(authorities, question(recipient)).decode()
    assert said.startswith(f"action={action}")
    assert said.endswith("\n\n")
    assert (PAGE in said) == action.startswith("550")


def test_a_connection_is_kept_for_further_questions(authorities):
    said = talked(authorities, question("post@stadt-muenster.example") + question("x@stadt-muenster.example"))
    assert [line[:10] for line in said.split(b"\n\n")] == [b"action=DUN", b"action=550", b""]


def test_at_other_states_there_is_no_opinion(authorities):
    assert talked(authorities, question("niemand@stadt-muenster.example", "DATA")) == b"action=DUNNO\n\n"


def test_with_no_edition_in_force_the_client_is_asked_to_come_again(authorities):
    said = talked(authorities, question("post@stadt-muenster.example"), at=BEFORE)
    assert said.startswith(b"action=451 4.3.0 ")


def test_a_unix_socket_serves_as_well_and_an_old_one_is_replaced(authorities, tmp_path):
    settings = ServiceSettings(socket=tmp_path / "recipients")
    for _ in range(2):
        assert talked(authorities, question("post@stadt-muenster.example"), settings) == b"action=DUNNO\n\n"


@pytest.mark.parametrize("wire", [b"GET / HTTP/1.1\r\n", b"request=smtpd_access"], ids=["wrong", "unfinished"])
def test_who_does_not_ask_a_question_is_hung_up_on(authorities, wire):
    assert talked(authorities, wire, ServiceSettings(port=0, question_seconds=0.2)) == b""


def test_one_connection_too_many_is_closed_at_once(authorities):
    assert talked(authorities, question("postmaster"), ServiceSettings(port=0, max_connections=0)) == b""


def test_the_list_holds_what_the_service_knows_and_nothing_else(authorities):
    addresses = published(authorities, NOW)
    assert {"post@stadt-muenster.example", "postmaster@stadt-muenster.example"} <= set(addresses)
    assert len(addresses) > 20
    said = talked(authorities, b"".join(map(question, addresses)))
    assert said == b"action=DUNNO\n\n" * len(addresses)
    assert as_map(addresses).splitlines()[0] == f"{addresses[0]} ok"


def test_no_file_but_a_socket_left_over_makes_room(tmp_path, authorities):
    place = tmp_path / "recipients"
    for _ in range(2):
        assert talked(authorities, question("postmaster"), ServiceSettings(socket=place)) == b"action=DUNNO\n\n"
    place.unlink(missing_ok=True)
    place.write_text("precious")
    with pytest.raises(UnavailableError, match=str(place)):
        talked(authorities, question("postmaster"), ServiceSettings(socket=place))
    assert place.read_text() == "precious"


def test_postfix_gets_to_a_unix_socket_whatever_the_service_manager_masks(tmp_path):
    """Postfix is another user; who gets there is decided by the folder."""
    place, before = tmp_path / "recipients", os.umask(0o077)

    async def opened() -> int:
        service = RecipientsService(ServiceSettings(socket=place), lambda _asked: "DUNNO")
        await service.open()
        try:
            return place.stat().st_mode & 0o777
        finally:
            await service.close()

    try:
        assert asyncio.run(opened()) == 0o666
    finally:
        os.umask(before)


def test_a_service_that_ends_waits_for_nobody():
    """Postfix keeps its conversations open for minutes."""

    async def ended() -> bytes:
        service = RecipientsService(ServiceSettings(port=0), lambda _asked: "DUNNO")
        await service.open()
        reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
        writer.write(question("postmaster"))
        async with asyncio.timeout(5):
            answer = await reader.readuntil(b"\n\n")
            await service.close()
            rest = await reader.read()
        writer.close()
        return answer + rest

    assert asyncio.run(ended()) == b"action=DUNNO\n\n"


def test_who_has_asked_makes_room_for_the_next():
    async def answers() -> list[bytes]:
        service = RecipientsService(ServiceSettings(port=0, max_connections=1), lambda _asked: "DUNNO")
        await service.open()
        found = []
        for _ in range(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
            writer.write(question("postmaster"))
            writer.write_eof()
            async with asyncio.timeout(5):
                found.append(await reader.read())
            writer.close()
            await writer.wait_closed()
        await service.close()
        return found

    assert asyncio.run(answers()) == [b"action=DUNNO\n\n"] * 5
