# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What confined workers open: with a keyholder behind the broker, with a trust store, and with neither."""

import io
import socket
from datetime import UTC, datetime, timedelta

import pytest

from inspection.test_signed_documents import attached, signed_pdf
from poststelle.adapters.inspector_pool.pool import InspectorPool, PoolSettings
from poststelle.adapters.inspector_pool.world import World
from poststelle.adapters.keyholder import HeldKey, KeyIndex
from poststelle.adapters.no_engines import NoScanner
from poststelle.application.keyring import Generation, KeyState, recipients
from poststelle.application.ports import NoContentKey, UnavailableError
from poststelle.application.settings import House, Keys, Settings
from poststelle.compose.checks import checker
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.core.document_signature import Qualified
from poststelle.core.signature import Chain, CryptoNote, Encryption
from poststelle.inspection.cms.chain import Trust
from poststelle.inspection.trust_list_xml import read_trust_list
from support.certificates import Wish, authority, issued
from support.cms_maker import Signing, cbc, enveloped, method, signed_data, transported
from support.mails import inspected, mixed
from support.nurseries import a_nursery
from support.smime_mails import TEXT, enclosed, message
from support.trust_lists import COMPLIANCE, Listed, a_trust_list, statements

POST = "post@stadt.example"
CA = authority()
OURS, FORMER = (issued(CA, Wish(name=name, email=POST)) for name in ("post", "frueher"))
ERIKA = issued(CA, Wish(email="erika@example.org"))
KEY = bytes(range(32))
RING = (
    Generation(POST, "2", KeyState.CURRENT, OURS.der),
    Generation(POST, "1", KeyState.RETIRED, FORMER.der),
)
NOW = datetime.now(UTC)


class InProcessKeyholder:
    def __init__(self) -> None:
        self.belongs_to("")
        self.asked = 0
        self.is_away = False

    def belongs_to(self, owner: str) -> None:
        """Whose its keys are; everybody's where that is nobody."""
        pairs = zip(RING, (OURS, FORMER), strict=True)
        self.index = KeyIndex(HeldKey(one, holder.key, owner) for one, holder in pairs)

    def unwrap(self, recipient_info: bytes, key_bytes: int, authority: str) -> bytes | NoContentKey:
        if self.is_away:
            raise UnavailableError("keyholder")
        self.asked += 1
        return self.index.content_key(recipient_info, key_bytes, authority)


class Told:
    """A world that a test changes."""

    def __init__(self) -> None:
        self.world = World(recipients(RING), Trust((CA.der,)))

    def __call__(self) -> World:
        return self.world


@pytest.fixture(scope="module")
def rig():
    """One pool for all claims: starting one takes a second."""
    keyholder, told = InProcessKeyholder(), Told()
    running = InspectorPool(NoScanner(), keyholder, PoolSettings(workers=1), told, nursery=a_nursery())
    yield running, keyholder, told
    running.close()


@pytest.fixture
def keyholder(rig) -> InProcessKeyholder:
    rig[1].asked, rig[1].is_away = 0, False
    return rig[1]


@pytest.fixture
def told(rig) -> Told:
    return rig[2]


@pytest.fixture
def pool(rig, keyholder):
    return rig[0]


def sealed(*entries: bytes, entity: bytes = TEXT) -> io.BytesIO:
    return io.BytesIO(message(enclosed(enveloped(entries, cbc(entity, KEY))), to=POST))


def seen(pool, content: io.BytesIO, at: datetime | None = NOW):
    return pool.inspect_message(content, 30, at)


def test_only_entries_of_ours_are_asked_for(pool, keyholder):
    strangers = [transported(ERIKA, KEY)] * 30
    found = seen(pool, sealed(*strangers, transported(OURS, KEY)))
    assert (found.inspection.crypto.encryption, keyholder.asked) == (Encryption.OK, 1)
    assert found.remarks == ("unwrap-used",)
    assert seen(pool, sealed(*strangers)).inspection.crypto.encryption is Encryption.NO_KEY
    assert keyholder.asked == 1


def test_a_retired_key_opens_and_is_remarked(pool):
    assert CryptoNote.OLD_KEY in seen(pool, sealed(transported(FORMER, KEY))).inspection.crypto.notes


def test_a_method_we_do_not_have_is_said_as_such(pool):
    entry = transported(OURS, KEY).replace(method("1.2.840.113549.1.1.1")[2:], method("1.2.840.113549.1.1.9")[2:])
    assert seen(pool, sealed(entry)).inspection.crypto.encryption is Encryption.UNSUPPORTED


def test_an_absent_keyholder_is_never_the_message_s_fault(pool, keyholder):
    keyholder.is_away = True
    with pytest.raises(UnavailableError):
        seen(pool, sealed(transported(OURS, KEY)))


@pytest.mark.parametrize(
    ("at", "chain"),
    [
        (NOW, Chain.OK),
        (NOW + timedelta(days=90), Chain.EXPIRED),
        (NOW - timedelta(days=9), Chain.NOT_YET),
        (None, Chain.UNTRUSTED),
    ],
    ids=["today", "in ninety days", "nine days ago", "nobody says when"],
)
def test_chains_hold_at_the_moment_of_receipt(pool, at, chain):
    der = signed_data(TEXT, Signing(ERIKA), embedded=TEXT)
    found = seen(pool, io.BytesIO(message(enclosed(der, "signed-data"), to=POST)), at)
    assert found.inspection.crypto.chain is chain


def test_workers_learn_of_changed_keys_and_trust(pool, told):
    signed = message(enclosed(signed_data(TEXT, Signing(ERIKA), embedded=TEXT), "signed-data"), to=POST)
    assert seen(pool, io.BytesIO(message(TEXT, to=POST))).inspection.crypto.layers == ()
    told.world = World()
    assert seen(pool, sealed(transported(OURS, KEY))).inspection.crypto.encryption is Encryption.NO_KEY
    assert seen(pool, io.BytesIO(signed)).inspection.crypto.chain is Chain.UNTRUSTED
    told.world = World(recipients(RING), Trust((CA.der,)))
    assert seen(pool, io.BytesIO(signed)).inspection.crypto.chain is Chain.OK


def test_workers_hold_signers_of_documents_against_the_trust_lists(pool, told):
    """Without any anchor for mail, so that the first chain of all is checked in a confined worker."""
    notary = issued(CA, Wish(name="Notarin Muster", email="", usages=(), statements=statements(COMPLIANCE)))
    mail = mixed(attached("antrag.pdf", signed_pdf(notary), "application/pdf"))
    told.world = World(lists=(read_trust_list(a_trust_list(Listed(CA))),))
    (one,) = seen(pool, io.BytesIO(mail)).inspection.document_signatures
    assert (one.listing.qualified, one.chain) == (Qualified.YES, Chain.UNTRUSTED)
    told.world = World(recipients(RING), Trust((CA.der,)))
    (one,) = seen(pool, io.BytesIO(mail)).inspection.document_signatures
    assert (one.listing.qualified, one.chain) == (Qualified.UNKNOWN, Chain.OK)


def test_a_message_of_one_authority_is_not_opened_with_the_key_of_another(pool, told, keyholder):
    """Whoever caught what was written to one authority could hand it in at another, and read it there."""
    told.world = World(recipients(RING, lambda _address: "theirs"), Trust((CA.der,)))
    content = sealed(transported(OURS, KEY))
    assert inspected_for(pool, content, "ours").crypto.encryption is Encryption.NO_KEY
    assert keyholder.asked == 0
    assert "Rückruf" not in pool.text(content, 30, Channel.EMAIL, "ours")
    assert "Rückruf" not in pool.html(content, 30, Channel.EMAIL, "ours")
    assert b"R\xc3\xbcckruf" not in pool.rebuild(content, (), "Notiz.", 30, Channel.EMAIL, owner="ours")
    assert inspected_for(pool, content, "theirs").crypto.encryption is Encryption.OK
    assert "Rückruf" in pool.text(content, 30, Channel.EMAIL, "theirs")
    told.world = World(recipients(RING), Trust((CA.der,)))


def test_a_worker_that_asks_for_the_key_of_another_gets_none(pool, keyholder):
    """As one would that a hostile file took over: it takes every key for its own, and the door says whose message it is."""
    keyholder.belongs_to("theirs")
    content = sealed(transported(OURS, KEY))
    assert inspected_for(pool, content, "ours").crypto.encryption is Encryption.NO_KEY
    assert "Rückruf" not in pool.text(content, 30, Channel.EMAIL, "ours")
    assert b"R\xc3\xbcckruf" not in pool.rebuild(content, (), "Notiz.", 30, Channel.EMAIL, owner="ours")
    assert keyholder.asked == 3
    assert inspected_for(pool, content, "theirs").crypto.encryption is Encryption.OK
    keyholder.belongs_to("")


def inspected_for(pool, content, authority):
    content.seek(0)
    at = datetime.now(UTC)
    envelope = Envelope(None, (Address("post", "muster.example"),))
    arrival = Arrival(Channel.EMAIL, AuthorityId(authority), envelope, BlobKey("0" * 64), 1, at, Peer("192.0.2.7"))
    found = pool.inspect(content, arrival, 30).inspection
    content.seek(0)
    return found


def test_text_and_files_of_an_encrypted_message_are_handed_out(pool):
    content = sealed(transported(OURS, KEY))
    assert pool.text(content, 30, Channel.EMAIL) == "Amt 32: bitte um Rückruf."
    assert pool.extract(content, ("smime.p7m", "text.txt"), 30, Channel.EMAIL) == TEXT.partition(b"\r\n\r\n")[2]


def test_what_an_office_gets_is_the_plaintext_without_its_ciphertext(pool):
    rebuilt = pool.rebuild(sealed(transported(OURS, KEY)), (), "Geöffnet.", 30, Channel.EMAIL)
    again = inspected(rebuilt)
    assert again.crypto.layers == ()
    assert b"pkcs7" not in rebuilt
    assert pool.text(io.BytesIO(rebuilt), 30, Channel.EMAIL) == "Geöffnet.\n\nAmt 32: bitte um Rückruf."


def test_the_check_before_sending_never_asks_the_keyholder(tmp_path):
    """Somebody listens where the keyholder would: nobody comes."""
    settings = Settings(house=House(data=tmp_path), keys=Keys(socket=tmp_path / "keyholder.sock"))
    mail = tmp_path / "mail.eml"
    mail.write_bytes(sealed(transported(OURS, KEY)).getvalue())
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(settings.keys.socket))
        listener.listen()
        listener.setblocking(False)
        with checker(settings) as check:
            assert check(mail, mail.name).inspection.crypto.encryption is Encryption.NO_KEY
        with pytest.raises(BlockingIOError):
            listener.accept()
