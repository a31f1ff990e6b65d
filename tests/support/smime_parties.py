# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Two who write to each other in S/MIME, and mails between them of any size, definite or streamed."""

import base64
from collections.abc import Callable
from dataclasses import dataclass

from poststelle.application.smime_case import Case, Form, GivenKey
from poststelle.inspection.cms.chain import ChainChecker, Trust
from support.certificates import Holder, Wish, authority, issued
from support.cms_maker import Signing, cbc, enveloped, signed_data, streamed, transported
from support.smime_mails import enclosed, message

CONTENT_KEY = bytes(range(32))


@dataclass(frozen=True, slots=True)
class Parties:
    """Who writes and who reads, both with keys of the same kind."""

    anchor: Holder
    sender: Holder
    post: Holder

    def case(self, content: bytes) -> Case:
        checker = ChainChecker(Trust((self.anchor.der,)))
        return Case(content, Form.MAIL, (GivenKey(self.post.key, self.post.read),), checker)


def parties(kind: str) -> Parties:
    anchor = authority("Bench CA")
    sender = issued(anchor, Wish(name=f"Erika {kind}", kind=kind))
    post = issued(anchor, Wish(name=f"Post {kind}", kind=kind, email="post@example.org"))
    return Parties(anchor, sender, post)


def mail(who: Parties, size_bytes: int, *, is_streamed: bool = False, is_opaque: bool = False) -> bytes:
    """Signed, then encrypted, with a text attachment of that size."""
    form: Callable[[bytes], bytes] = streamed if is_streamed else bytes
    entity = _entity(size_bytes)
    if is_opaque:
        signed = enclosed(form(signed_data(entity, Signing(who.sender), embedded=entity)), "signed-data")
    else:
        signed = _detached(entity, form(signed_data(entity, Signing(who.sender))))
    sealed = enveloped((transported(who.post, CONTENT_KEY),), cbc(signed, CONTENT_KEY))
    return message(enclosed(form(sealed)), to="post@example.org")


def _entity(size_bytes: int) -> bytes:
    lines = b"".join(
        b"%08d Sehr geehrte Damen und Herren, anbei die Unterlagen.\r\n" % n for n in range(size_bytes // 62)
    )
    return (
        b'Content-Type: text/plain; charset=utf-8; name="anlage.txt"\r\nContent-Disposition: attachment\r\n\r\n' + lines
    )


def _detached(entity: bytes, signature: bytes) -> bytes:
    body = base64.encodebytes(signature).replace(b"\n", b"\r\n")
    return (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="-s"\r\n\r\n'
        b"---s\r\n" + entity + b"\r\n---s\r\nContent-Type: application/pkcs7-signature\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + body + b"\r\n---s--\r\n"
    )
