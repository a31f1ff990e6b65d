# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Letters of synthetic citizens as finished messages: text, files, and the header fields mail programs write."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime

from poststelle.application.synthetic.sample import Sample, Stamp

Writer = Callable[[Sample, Stamp], bytes]


@dataclass(frozen=True, slots=True)
class Enclosure:
    """One file of a letter; its content is made when it is needed."""

    name: str
    content: Callable[[], bytes]
    media_type: str = "application/octet-stream"
    is_inline: bool = False


def letter(
    subject: str, text: str, *enclosures: Enclosure, fields: tuple[tuple[str, str], ...] = (), html: str = ""
) -> Writer:
    """A writer of this letter."""

    def write(sample: Sample, stamp: Stamp) -> bytes:
        message = opened(sample, stamp, subject)
        for name, value in fields:
            message[name] = value
        if text:
            message.set_content(text + "\n", cte="quoted-printable")
        if html:
            message.add_alternative(html, subtype="html", cte="quoted-printable")
        for enclosure in enclosures:
            _enclose(message, enclosure)
        return message.as_bytes()

    return write


def opened(sample: Sample, stamp: Stamp, subject: str) -> EmailMessage:
    """The header every mail program writes."""
    is_international = not all(address.isascii() for address in (sample.sender, *sample.recipients))
    message = EmailMessage(policy=policy.SMTPUTF8 if is_international else policy.SMTP)
    message["From"] = _mailbox(sample.display, sample.sender or "mailer-daemon@postamt.example")
    message["To"] = tuple(_mailbox("", recipient) for recipient in sample.recipients)
    message["Subject"] = subject
    message["Date"] = format_datetime(stamp.at)
    domain = sample.sender.rpartition("@")[2] or "postamt.example"
    message["Message-ID"] = f"<{sample.name}.{stamp.serial}@{domain}>"
    return message


def _mailbox(display: str, address: str) -> Address:
    local, _, domain = address.rpartition("@")
    return Address(display_name=display, username=local, domain=domain)


def _enclose(message: EmailMessage, enclosure: Enclosure) -> None:
    main, _, sub = enclosure.media_type.partition("/")
    if main == "message":
        message.add_attachment(_as_message(enclosure.content()), filename=enclosure.name)
        return
    content_id = f"<{enclosure.name}>" if enclosure.is_inline else None
    message.add_attachment(
        enclosure.content(),
        maintype=main,
        subtype=sub,
        filename=enclosure.name,
        disposition="inline" if enclosure.is_inline else "attachment",
        cid=content_id,
    )


def _as_message(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=policy.SMTP).parsebytes(content)


def raw(*lines: str) -> Writer:
    """A writer of exactly these lines under the usual header; ``{serial}`` is replaced."""

    def write(sample: Sample, stamp: Stamp) -> bytes:
        head = (
            f"From: {sample.display} <{sample.sender or 'mailer-daemon@postamt.example'}>",
            f"To: {sample.recipients[0]}",
            f"Date: {format_datetime(stamp.at)}",
            f"Message-ID: <{sample.name}.{stamp.serial}@buerger.example>",
        )
        return "\r\n".join((*head, *lines, "")).encode("utf-8")

    return write


def bulky(subject: str, text: str, enclosure: Enclosure) -> Writer:
    """A writer of a letter with one file of many megabytes: the same message as ``letter`` makes, only sooner."""

    def write(sample: Sample, stamp: Stamp) -> bytes:
        message = opened(sample, stamp, subject)
        message["MIME-Version"] = "1.0"
        message["Content-Type"] = 'multipart/mixed; boundary="=_bulky"'
        encoded = base64.encodebytes(enclosure.content()).replace(b"\n", b"\r\n")
        return b"\r\n".join(
            (
                message.as_bytes().rstrip(),
                b"",
                b"--=_bulky",
                b"Content-Type: text/plain; charset=utf-8",
                b"Content-Transfer-Encoding: 8bit",
                b"",
                text.encode(),
                b"--=_bulky",
                f"Content-Type: {enclosure.media_type}".encode(),
                b"Content-Transfer-Encoding: base64",
                f'Content-Disposition: attachment; filename="{enclosure.name}"'.encode(),
                b"",
                encoded.rstrip(),
                b"--=_bulky--",
                b"",
            )
        )

    return write
