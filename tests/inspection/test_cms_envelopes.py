# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import subprocess
import zlib

import pytest

from poststelle.core.signature import CryptoNote, Encryption, LayerKind
from poststelle.inspection.cms.der import encode, oid, read
from poststelle.inspection.cms.layer import MAX_LAYERS, Opened, Place, Recipient, Surroundings, open_layer
from poststelle.inspection.cms.recipients import key_name, matches, recipient_entries
from poststelle.inspection.cms.unwrap import UnsupportedRecipientError, unwrap
from support.certificates import NOW, Holder, Wish, authority, issued
from support.cms_maker import (
    ENTITY,
    Keyholder,
    agreed_by_montgomery,
    authenveloped,
    cbc,
    compressed,
    content_info,
    driven,
    enveloped,
    method,
    streamed,
    transported,
)
from support.programs import require_program

CA = authority()
POST = issued(CA, Wish(name="Post", email="post@example.org"))
OLD = issued(CA, Wish(name="Old", email="post@example.org"))
OTHER = issued(CA, Wish(name="Other", email="other@example.org"))
EC = issued(CA, Wish(name="EC", kind="p256"))
MONTGOMERY = issued(CA, Wish(name="X", kind="x25519", may_sign=False))
KEY = bytes(range(32))
HERE = Place("1")


def opened(content: bytes, *holders: Holder, place: Place = HERE, surroundings: Surroundings | None = None) -> Opened:
    return driven(open_layer(content, place, surroundings or Surroundings(NOW)), Keyholder(holders or (POST,)))


def encryption(content: bytes, *holders: Holder) -> Encryption | None:
    layer = opened(content, *holders).layer
    return layer.encryption if layer else None


@pytest.mark.parametrize(
    "entry",
    [
        transported(POST, KEY),
        transported(POST, KEY, by_key_identifier=True),
        transported(POST, KEY, oaep="sha1"),
        transported(POST, KEY, oaep="sha256"),
        transported(POST, KEY, oaep="sha512"),
        agreed_by_montgomery(MONTGOMERY, KEY),
    ],
    ids=["pkcs1", "key-identifier", "oaep-sha1", "oaep-sha256", "oaep-sha512", "x25519-hkdf"],
)
def test_an_envelope_opens_with_the_key_its_entry_names(entry) -> None:
    content = enveloped((transported(OTHER, KEY), entry), cbc(ENTITY * 99, KEY))
    for form in (content, streamed(content), streamed(content, 7)):
        found = opened(form, POST, MONTGOMERY)
        assert found.layer is not None
        assert (found.layer.encryption, found.inner, found.is_decrypted) == (Encryption.OK, ENTITY * 99, True)


def test_the_plaintext_is_shown_to_the_scanner_before_it_is_handed_on() -> None:
    keyholder = Keyholder((POST,))
    driven(open_layer(enveloped((transported(POST, KEY),), cbc(ENTITY, KEY)), HERE, Surroundings(NOW)), keyholder)
    assert keyholder.scanned == (ENTITY,)


def test_without_a_key_of_ours_it_stays_closed() -> None:
    assert encryption(enveloped((transported(OTHER, KEY),), cbc(ENTITY, KEY))) is Encryption.NO_KEY


def test_every_secret_dependent_failure_is_one_code() -> None:
    wrong_key = enveloped((transported(POST, bytes(32)),), cbc(ENTITY, KEY))
    wrong_length = enveloped((transported(POST, bytes(16)),), cbc(ENTITY, KEY))
    bad_padding = enveloped((transported(POST, KEY),), cbc(ENTITY + b"x" * (16 - len(ENTITY) % 16), KEY, pad=False))
    garbled = transported(POST, KEY)
    garbled = garbled[:-9] + bytes((garbled[-9] ^ 1,)) + garbled[-8:]
    bad_transport = enveloped((garbled,), cbc(ENTITY, KEY))
    nonsense = enveloped((transported(POST, KEY),), cbc(b"\x00\x01\x02 no entity", KEY))
    cases = (wrong_key, wrong_length, bad_padding, bad_transport, nonsense)
    assert [encryption(case) for case in cases] == [Encryption.FAILED] * len(cases)


def test_a_refused_key_is_replaced_by_one_of_the_same_length_always_the_same() -> None:
    entry = transported(POST, bytes(16))
    made_up = unwrap(POST.key, entry, 32)
    assert len(made_up) == 32
    assert made_up == unwrap(POST.key, entry, 32)
    assert made_up != unwrap(OTHER.key, entry, 32)
    assert made_up != bytes(16)


def test_an_unknown_method_is_said_before_any_secret_is_used() -> None:
    entry = transported(POST, KEY).replace(oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.9"))
    with pytest.raises(UnsupportedRecipientError):
        unwrap(POST.key, entry, 32)
    with pytest.raises(UnsupportedRecipientError):
        unwrap(EC.key, transported(POST, KEY), 32)
    assert encryption(enveloped((entry,), cbc(ENTITY, KEY))) is Encryption.UNSUPPORTED


def test_gcm_gives_nothing_where_a_single_bit_differs() -> None:
    entry = (transported(POST, KEY),)
    good = opened(authenveloped(entry, ENTITY, KEY))
    assert good.layer is not None
    assert (good.layer.kind, good.inner) == (LayerKind.AUTHENVELOPED, ENTITY)
    assert CryptoNote.AUTHENTICATED in good.layer.notes
    for spoil in (0, len(ENTITY) - 1, len(ENTITY) + 15):
        spoiled = opened(authenveloped(entry, ENTITY, KEY, spoil=spoil))
        assert spoiled.layer is not None
        assert (spoiled.layer.encryption, spoiled.inner) == (Encryption.FAILED, None)


def test_gcm_without_its_tag_is_not_an_envelope() -> None:
    how = method("2.16.840.1.101.3.4.1.46", encode(0x30, encode(0x04, bytes(12)), b"\x02\x01\x10"))
    content = enveloped((transported(POST, KEY),), (how, bytes(40)))
    assert encryption(content) is Encryption.UNSUPPORTED


def test_a_ciphertext_beside_other_parts_is_never_asked_for() -> None:
    keyholder = Keyholder((POST,))
    content = enveloped((transported(POST, KEY),), cbc(ENTITY, KEY))
    found = driven(open_layer(content, Place("1.2", is_whole=False), Surroundings(NOW)), keyholder)
    assert found.layer is not None
    assert (found.layer.encryption, found.inner, keyholder.unwraps) == (Encryption.PARTIAL, None, 0)


def test_unknown_ciphers_are_unsupported_and_nobody_is_asked() -> None:
    keyholder = Keyholder((POST,))
    content = enveloped((transported(POST, KEY),), (method("1.2.840.113549.3.2", encode(0x04, bytes(8))), bytes(16)))
    found = driven(open_layer(content, HERE, Surroundings(NOW)), keyholder)
    assert found.layer is not None
    assert (found.layer.encryption, keyholder.unwraps) == (Encryption.UNSUPPORTED, 0)


def test_our_certificates_choose_the_entry_and_an_old_one_is_noted() -> None:
    ours = (Recipient(OLD.read, is_current=False), Recipient(POST.read, is_current=True))
    surroundings = Surroundings(NOW, recipients=ours)
    strangers = tuple(transported(OTHER, KEY) for _ in range(20))
    keyholder = Keyholder((POST, OLD))
    content = enveloped((*strangers, transported(OLD, KEY)), cbc(ENTITY, KEY))
    found = driven(open_layer(content, HERE, surroundings), keyholder)
    assert found.layer is not None
    assert (found.layer.encryption, found.layer.notes, keyholder.unwraps) == (
        Encryption.OK,
        (CryptoNote.OLD_KEY,),
        1,
    )


def test_at_most_four_keys_are_tried() -> None:
    keyholder = Keyholder((POST,))
    content = enveloped(tuple(transported(POST, bytes(32)) for _ in range(9)), cbc(ENTITY, KEY))
    found = driven(open_layer(content, HERE, Surroundings(NOW)), keyholder)
    assert found.layer is not None
    assert (found.layer.encryption, keyholder.unwraps) == (Encryption.FAILED, 4)


def test_entries_are_matched_by_issuer_and_serial_or_by_key_identifier() -> None:
    for by_key_identifier in (False, True):
        entry = transported(POST, KEY, by_key_identifier=by_key_identifier)
        assert matches(entry, POST.read)
        assert not matches(entry, OTHER.read)
    assert matches(agreed_by_montgomery(MONTGOMERY, KEY), MONTGOMERY.read)
    assert not matches(b"", POST.read)
    assert not matches(b"\x30\x00", POST.read)


def test_an_agreement_for_many_is_split() -> None:
    one, two = (read(agreed_by_montgomery(MONTGOMERY, KEY)).children() for _ in range(2))
    both = encode(0x30, one[-1].content, two[-1].content)
    joined = encode(0xA1, *(part.der for part in one[:-1]), both)
    entries = recipient_entries(read(encode(0x31, joined)))
    assert len(entries) == 2
    assert all(key_name(entry).names(MONTGOMERY.read) for entry in entries)
    assert unwrap(MONTGOMERY.key, entries[0], 32) == KEY


def test_compressed_content_is_inflated_up_to_the_limit() -> None:
    assert opened(compressed(ENTITY)).inner == ENTITY
    small = Surroundings(NOW, inflated_bytes=1000)
    assert opened(compressed(b"a" * 1000), surroundings=small).inner == b"a" * 1000
    bomb = opened(compressed(b"a" * 1001), surroundings=small)
    assert bomb.layer is not None
    assert (bomb.layer.encryption, bomb.inner) == (Encryption.TOO_LARGE, None)


def test_a_compressed_bomb_costs_no_more_than_its_limit() -> None:
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    assert encryption(compressed(b"", packed)) is Encryption.TOO_LARGE
    assert encryption(compressed(b"", b"no zlib")) is Encryption.MALFORMED
    assert encryption(compressed(b"", zlib.compress(ENTITY)[:-5])) is Encryption.MALFORMED


def test_the_seventh_layer_stays_closed() -> None:
    content = compressed(ENTITY)
    assert opened(content, place=Place("1", depth=MAX_LAYERS)).inner == ENTITY
    deep = opened(content, place=Place("1", depth=MAX_LAYERS + 1))
    assert deep.layer is not None
    assert (deep.layer.encryption, deep.inner) == (Encryption.TOO_DEEP, None)


def test_encrypted_data_with_a_shared_password_is_unsupported() -> None:
    assert encryption(content_info("1.2.840.113549.1.7.6", encode(0x30))) is Encryption.UNSUPPORTED


def test_what_is_no_cms_at_all_is_nothing() -> None:
    assert opened(b"%PDF-1.7").layer is None
    assert opened(b"").layer is None
    assert opened(content_info("1.2.3.4", encode(0x30))).layer is None


def test_every_cut_is_malformed_and_no_changed_byte_raises() -> None:
    content = enveloped((transported(POST, KEY),), cbc(ENTITY, KEY))
    for size in range(16, len(content), 5):
        assert encryption(content[:size]) is Encryption.MALFORMED
    for at in range(0, len(content), 5):
        changed = bytearray(content)
        changed[at] ^= 0x55
        opened(bytes(changed))


@pytest.mark.parametrize("curve", ["p256", "p384", "p521", "brainpool256", "brainpool384"])
@pytest.mark.parametrize("kdf", ["sha1", "sha256", "sha512"])
def test_what_openssl_agrees_on_opens(tmp_path, curve, kdf) -> None:
    holder = issued(CA, Wish(name=f"Own {curve}", kind=curve))
    content = sealed_by_openssl(tmp_path, holder, "-aes-256-cbc", "-keyopt", f"ecdh_kdf_md:{kdf}")
    assert opened(content, holder).inner == ENTITY


@pytest.mark.parametrize("cipher", ["-aes-128-cbc", "-aes-192-cbc", "-aes-256-cbc", "-des3", "-aes-256-gcm"])
@pytest.mark.parametrize("more", [(), ("-keyid",), ("-stream",), ("-keyopt", "rsa_padding_mode:oaep")])
def test_what_openssl_transports_opens(tmp_path, cipher, more) -> None:
    found = opened(sealed_by_openssl(tmp_path, POST, cipher, *more))
    assert found.layer is not None
    assert found.inner == ENTITY
    assert (CryptoNote.WEAK_CIPHER in found.layer.notes) is (cipher == "-des3")


def test_oaep_with_a_label_and_mixed_hashes_opens(tmp_path) -> None:
    options = (
        "rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha512", "rsa_oaep_label:706f7374",
    )  # fmt: skip
    more = [word for option in options for word in ("-keyopt", option)]
    assert opened(sealed_by_openssl(tmp_path, POST, "-aes-256-cbc", *more)).inner == ENTITY


def test_the_old_key_wrap_that_goes_with_3des_opens(tmp_path) -> None:
    assert opened(sealed_by_openssl(tmp_path, EC, "-des3"), EC).inner == ENTITY


def test_x448_agrees_as_x25519_does() -> None:
    holder = issued(CA, Wish(name="X448", kind="x448", may_sign=False))
    assert opened(enveloped((agreed_by_montgomery(holder, KEY),), cbc(ENTITY, KEY)), holder).inner == ENTITY


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("1.2.840.113549.1.7.4", LayerKind.SIGNED_AND_ENVELOPED),
        ("1.2.840.113549.1.7.5", LayerKind.DIGESTED),
        ("1.2.840.113549.1.7.6", LayerKind.ENCRYPTED),
        ("1.2.840.113549.1.9.16.1.2", LayerKind.AUTHENTICATED),
    ],
)
def test_unusual_types_have_a_name_and_stay_closed(number, kind) -> None:
    found = opened(content_info(number, encode(0x30, b"")))
    assert found.layer is not None
    assert (found.layer.kind, found.layer.encryption, found.inner) == (kind, Encryption.UNSUPPORTED, None)


def test_a_vector_of_another_length_is_malformed_for_everybody_to_see() -> None:
    how, ciphertext = cbc(ENTITY, KEY)
    for vector in (b"", bytes(8), bytes(17)):
        bent = method("2.16.840.1.101.3.4.1.42", encode(0x04, vector))
        assert encryption(enveloped((transported(POST, KEY),), (bent, ciphertext))) is Encryption.MALFORMED
    assert how


def test_a_structure_inside_a_structure_needs_no_mime_between() -> None:
    inner = compressed(ENTITY)
    found = opened(enveloped((transported(POST, KEY),), cbc(inner, KEY)))
    assert found.inner == inner


def sealed_by_openssl(folder, holder, cipher: str, *more: str) -> bytes:
    program = require_program("openssl", "openssl")
    (folder / "certificate.pem").write_bytes(holder.pem)
    words = [program, "cms", "-encrypt", "-binary", "-outform", "DER", cipher, "-recip", "certificate.pem", *more]
    return subprocess.run(words, input=ENTITY, capture_output=True, check=True, cwd=folder).stdout
