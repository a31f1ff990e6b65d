# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Messages that hide a payload where a scanner of the whole message does not look."""

import base64
import binascii
import io

import pikepdf

from support.mails import HEAD, TEXT, mixed, part

BASE64 = b"Content-Transfer-Encoding: base64"
ATTACHED = b"Content-Disposition: attachment; filename=a.bin"


def pdf_with(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, content)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def yenc(content: bytes) -> bytes:
    size = str(len(content)).encode()
    letters = bytes((byte + 42) % 256 for byte in content)
    return b"=ybegin line=128 size=" + size + b" name=a.txt\r\n" + letters + b"\r\n=yend size=" + size + b"\r\n"


def uuencoded(content: bytes) -> bytes:
    lines = (binascii.b2a_uu(content[at : at + 45]) for at in range(0, len(content), 45))
    return b"begin 644 a.txt\r\n" + b"".join(lines).replace(b"\n", b"\r\n") + b"`\r\nend\r\n"


def hiding(payload: bytes) -> dict[str, bytes]:
    """Messages in which ClamAV does not find the payload by itself (1.4, 2026-11), by the way it hides."""
    return {
        "a file that a PDF carries": mixed(TEXT, part(base64.encodebytes(pdf_with(payload)), BASE64, ATTACHED)),
        "a file in yEnc": HEAD + b"\r\n" + yenc(payload),
        "a file uuencoded into the text": HEAD + b"\r\nHallo\r\n" + uuencoded(payload),
        "the further reading of base64 in two pieces": mixed(
            TEXT,
            part(base64.b64encode(payload[:100]) + b"\r\n" + base64.b64encode(payload[100:]), BASE64, ATTACHED),
        ),
    }
