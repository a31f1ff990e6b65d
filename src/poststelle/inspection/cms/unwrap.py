# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The key side of decryption: one private key, one recipient entry, one content key.

Meant for the keyholder's process. Whatever depends on the secret ends in a key of the asked length: where padding,
length or integrity of the wrapped key are wrong, a key derived from the secret and the entry takes its place, always
the same for the same entry, so that no answer tells the two apart (implicit rejection; RFC 3218, 2.3.2).
"""

import hmac
from hashlib import sha1, sha256

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, keywrap, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.der import (
    BIT_STRING,
    OCTET_STRING,
    SEQUENCE,
    Node,
    algorithm,
    context,
    encode,
    oid,
    read,
)
from poststelle.inspection.cms.device import DeviceKey, OaepMethod, is_in_range, without_oaep, without_v15
from poststelle.inspection.cms.digests import hash_of
from poststelle.inspection.cms.recipients import encrypted_key

DecryptionKey = (
    rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey | x448.X448PrivateKey | DeviceKey
)
"""The kinds of private key a recipient certificate of ours may have."""
_AgreementKey = ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey | x448.X448PrivateKey | DeviceKey

_RSA_PKCS1, _RSA_OAEP = oid("1.2.840.113549.1.1.1"), oid("1.2.840.113549.1.1.7")
_MGF1, _LABEL = oid("1.2.840.113549.1.1.8"), oid("1.2.840.113549.1.1.9")
_STANDARD_DH, _COFACTOR_DH = "1.3.132.1.11.", "1.3.132.1.14."
_SHA2: tuple[type[hashes.HashAlgorithm], ...] = (hashes.SHA224, hashes.SHA256, hashes.SHA384, hashes.SHA512)
_X963: dict[bytes, type[hashes.HashAlgorithm]] = {
    oid("1.3.133.16.840.63.0.2"): hashes.SHA1,
    oid("1.3.133.16.840.63.0.3"): hashes.SHA1,
    **{oid(f"{arc}{number}"): kind for arc in (_STANDARD_DH, _COFACTOR_DH) for number, kind in enumerate(_SHA2)},
}
"""Key agreement with the ANSI X9.63 function (RFC 5753, 7.1.4); all curves read here have the cofactor 1."""
_HKDF: dict[bytes, type[hashes.HashAlgorithm]] = {
    oid("1.2.840.113549.1.9.16.3.19"): hashes.SHA256,
    oid("1.2.840.113549.1.9.16.3.20"): hashes.SHA384,
    oid("1.2.840.113549.1.9.16.3.21"): hashes.SHA512,
}
"""Key agreement with HKDF (RFC 8418, 2.2)."""
_WRAPS = {
    oid("2.16.840.1.101.3.4.1.5"): 16,
    oid("2.16.840.1.101.3.4.1.25"): 24,
    oid("2.16.840.1.101.3.4.1.45"): 32,
}
"""AES key wrap (RFC 3565, 2.3.2) and the bytes of its key."""
_DES_WRAP = oid("1.2.840.113549.1.9.16.3.6")
_DES_WRAP_BYTES = 24
_DES_WRAP_VECTOR = bytes.fromhex("4adda22c79e82105")
"""Triple-DES key wrap (RFC 3217, 3), which old programs choose together with 3DES."""
_PURPOSE = b"poststelle content key in place of a refused one"


class UnsupportedRecipientError(Exception):
    """The entry asks for a method we do not have. Depends on no secret, and may be said aloud."""


def unwrap(private_key: DecryptionKey, recipient_info: bytes, key_bytes: int) -> bytes:
    """The content key, right or made up, always key_bytes long. UnsupportedRecipientError before any secret is used."""
    try:
        node = read(recipient_info)
        if node.tag == SEQUENCE and isinstance(private_key, rsa.RSAPrivateKey):
            return _transported(private_key, node, key_bytes)
        if node.tag == SEQUENCE and isinstance(private_key, DeviceKey):
            return _transported_by_device(private_key, node, key_bytes)
        if node.tag == context(1) and not isinstance(private_key, rsa.RSAPrivateKey):
            return _agreed(private_key, node, key_bytes)
    except (CmsError, IndexError, UnsupportedAlgorithm) as error:
        raise UnsupportedRecipientError(type(error).__name__) from None
    raise UnsupportedRecipientError("key of another kind")


def _transported(private_key: rsa.RSAPrivateKey, node: Node, key_bytes: int) -> bytes:
    parts = node.children()
    scheme = _rsa_padding(parts[2])
    wrapped = parts[3].must_be(OCTET_STRING).octets
    stand_in = _stand_in(_secret_of(private_key), recipient_info=node.der, key_bytes=key_bytes)
    try:
        found = private_key.decrypt(wrapped, scheme)
    except ValueError:
        return stand_in
    return found if len(found) == key_bytes else stand_in


def _transported_by_device(key: DeviceKey, node: Node, key_bytes: int) -> bytes:
    """The same with a key that is not here: the token does the bare operation, the padding comes off outside it."""
    parts = node.children()
    method, parameters = algorithm(parts[2])
    wrapped = parts[3].must_be(OCTET_STRING).octets
    if not isinstance(key.public, rsa.RSAPublicKey) or method not in (_RSA_PKCS1, _RSA_OAEP):
        raise CmsError("key transport by another method")
    how = _oaep_method(parameters) if method == _RSA_OAEP else None
    stand_in = _stand_in(key.secret, recipient_info=node.der, key_bytes=key_bytes)
    if not is_in_range(wrapped, key.public):
        return stand_in
    block = key.operate(wrapped)
    if how is None:
        return without_v15(block, key_bytes, stand_in)
    return without_oaep(block, how, key_bytes, stand_in)


def _rsa_padding(node: Node) -> padding.AsymmetricPadding:
    method, parameters = algorithm(node)
    if method == _RSA_PKCS1:
        return padding.PKCS1v15()
    if method == _RSA_OAEP:
        return _oaep(parameters)
    raise CmsError("key transport by another method")


def _oaep(parameters: Node | None) -> padding.OAEP:
    how = _oaep_method(parameters)
    return padding.OAEP(mgf=padding.MGF1(how.masking), algorithm=how.digest, label=how.label or None)


def _oaep_method(parameters: Node | None) -> OaepMethod:
    """RFC 8017, A.2.1; everything left out is SHA-1 with an empty label."""
    digest: hashes.HashAlgorithm = hashes.SHA1()  # noqa: S303 - the standard's default; nothing is signed with it
    masking: hashes.HashAlgorithm = hashes.SHA1()  # noqa: S303 - as above
    label = b""
    for part in parameters.must_be(SEQUENCE).children() if parameters else ():
        method, more = algorithm(part.children()[0])
        if part.tag == context(0):
            digest = hash_of(method)
        elif part.tag == context(1) and method == _MGF1 and more is not None:
            masking = hash_of(algorithm(more)[0])
        elif part.tag == context(2) and method == _LABEL and more is not None:
            label = more.must_be(OCTET_STRING).octets
        else:
            raise CmsError("OAEP with other parameters")
    return OaepMethod(digest, masking, label)


def _agreed(private_key: _AgreementKey, node: Node, key_bytes: int) -> bytes:
    by_tag = {part.tag: part for part in node.children()}
    method, wrap = algorithm(node.children()[-2])
    if wrap is None or method not in {*_X963, *_HKDF}:
        raise CmsError("key agreement by another method")
    wrapping = algorithm(wrap)[0]
    wrap_bytes = _DES_WRAP_BYTES if wrapping == _DES_WRAP else _WRAPS.get(wrapping)
    if wrap_bytes is None:
        raise CmsError("key wrap by another method")
    _, wrapped = encrypted_key(node)
    material = by_tag.get(context(1))
    shared_info = _shared_info(wrap, material.children()[0].octets if material else None, wrap_bytes)
    stand_in = _stand_in(_secret_of(private_key), recipient_info=node.der, key_bytes=key_bytes)
    try:
        agreed = _exchange(private_key, by_tag[context(0)].children()[0])
        wrapping_key = _derived(method, agreed, shared_info, wrap_bytes)
        unwrapped = _des_unwrapped if wrapping == _DES_WRAP else keywrap.aes_key_unwrap
        found = unwrapped(wrapping_key, wrapped.octets)
    except (ValueError, KeyError, keywrap.InvalidUnwrap):
        return stand_in
    return found if len(found) == key_bytes else stand_in


def _des_unwrapped(wrapping_key: bytes, wrapped: bytes) -> bytes:
    """The content key (RFC 3217, 3.2); ValueError where its checksum is another."""
    backwards = _des_cbc(wrapping_key, _DES_WRAP_VECTOR, wrapped)[::-1]
    found = _des_cbc(wrapping_key, backwards[:8], backwards[8:])
    if not hmac.compare_digest(sha1(found[:-8]).digest()[:8], found[-8:]):  # noqa: S324 - the standard's checksum
        raise ValueError("checksum")
    return found[:-8]


def _des_cbc(key: bytes, vector: bytes, content: bytes) -> bytes:
    opener = Cipher(TripleDES(key), modes.CBC(vector)).decryptor()
    return opener.update(content) + opener.finalize()


def _shared_info(wrap: Node, material: bytes | None, wrap_bytes: int) -> bytes:
    """ECC-CMS-SharedInfo (RFC 5753, 7.2)."""
    entity = encode(context(0), encode(OCTET_STRING, material)) if material is not None else b""
    length = encode(context(2), encode(OCTET_STRING, (wrap_bytes * 8).to_bytes(4, "big")))
    return encode(SEQUENCE, wrap.raw, entity, length)


def _exchange(private_key: _AgreementKey, originator: Node) -> bytes:
    """The shared secret with the originator's ephemeral key, whose curve is ours whatever it claims."""
    if originator.tag != context(1):
        raise CmsError("originator without key of its own")
    point = originator.children()[1].must_be(BIT_STRING).octets[1:]
    if isinstance(private_key, x25519.X25519PrivateKey):
        return private_key.exchange(x25519.X25519PublicKey.from_public_bytes(point))
    if isinstance(private_key, x448.X448PrivateKey):
        return private_key.exchange(x448.X448PublicKey.from_public_bytes(point))
    if isinstance(private_key, DeviceKey):
        return _exchanged_by_device(private_key, point)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(private_key.curve, point)
    return private_key.exchange(ec.ECDH(), theirs)


def _exchanged_by_device(key: DeviceKey, point: bytes) -> bytes:
    """What is no point of the curve never reaches the token."""
    if not isinstance(key.public, ec.EllipticCurvePublicKey):
        raise CmsError("key of another kind")
    ec.EllipticCurvePublicKey.from_encoded_point(key.public.curve, point)
    return key.operate(point)


def _derived(method: bytes, agreed: bytes, shared_info: bytes, wrap_bytes: int) -> bytes:
    if method in _X963:
        return X963KDF(_X963[method](), wrap_bytes, shared_info).derive(agreed)
    return HKDF(_HKDF[method](), wrap_bytes, None, shared_info).derive(agreed)


def _secret_of(private_key: DecryptionKey) -> bytes:
    if isinstance(private_key, DeviceKey):
        return private_key.secret
    if isinstance(private_key, (x25519.X25519PrivateKey, x448.X448PrivateKey)):
        raw, plain = serialization.Encoding.Raw, serialization.NoEncryption()
        return private_key.private_bytes(raw, serialization.PrivateFormat.Raw, plain)
    numbers = private_key.private_numbers()
    secret = numbers.d if isinstance(numbers, rsa.RSAPrivateNumbers) else numbers.private_value
    return secret.to_bytes((secret.bit_length() + 7) // 8, "big")


def _stand_in(secret: bytes, *, recipient_info: bytes, key_bytes: int) -> bytes:
    return hmac.digest(sha256(_PURPOSE + secret).digest(), recipient_info, "sha512")[:key_bytes]
