# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The inspection of one EGVP message: its papers read, every attachment looked into by the rules of all attachments.

Also the few things a door must know before it can hand the message on. Knows no policy and no world.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from poststelle.core.egvp import EgvpFacts
from poststelle.core.facts import File, Finding, Head, Inspection, Role, Tier, Trimming
from poststelle.core.formats import Format
from poststelle.core.reasons import Reason
from poststelle.core.signature import CryptoFacts
from poststelle.inspection.document import Looked
from poststelle.inspection.egvp.folder import Reading, read_folder
from poststelle.inspection.egvp.shapes import open_shape
from poststelle.inspection.files import Look
from poststelle.inspection.mime.names import display_name
from poststelle.inspection.mime.source import Content
from poststelle.inspection.requests import InspectionDialogue
from poststelle.inspection.scope import Paths
from poststelle.inspection.texts import MAX_READ_TEXT_BYTES, text_hash
from poststelle.inspection.unseen import Unseen
from poststelle.inspection.vocabulary import count_download_links, mentions

TEXT_NAME = "Nachrichtentext.txt"
PAPERS_FOLDER = "EGVP"
"""First step of the paths of the client's papers, so that no attachment can take a paper's name."""
_XML_STARTS = (Format.XML, Format.UNKNOWN, Format.HTML, Format.SVG)


@dataclass(frozen=True, slots=True)
class DoorView:
    """What the door needs of a message before it hands it on."""

    egvp: EgvpFacts
    identity: str
    """The same for every export of the same message, and another as soon as an attachment differs."""


@dataclass(frozen=True, slots=True)
class Opened:
    """One message with its files under the paths of its inspection."""

    reading: Reading
    files: Mapping[str, bytes]
    places: Mapping[tuple[str, ...], str]
    """From the path in the inspection to the path in the folder."""


def opened(content: Content) -> Opened:
    """The message out of whatever shape it came in. Never raises on hostile bytes."""
    shape = open_shape(content)
    reading = read_folder(shape.files, shape.unread)
    kept = tuple(fault for fault in reading.facts.faults if not shape.faults or fault not in shape.instead)
    facts = replace(reading.facts, faults=(*shape.faults, *kept), shape=shape.name)
    paths = Paths()
    paths.give((), TEXT_NAME)
    places = {paths.give((), _shown(path)): path for path in reading.attachments}
    places |= {paths.give((PAPERS_FOLDER,), _shown(path)): path for path in reading.papers}
    return Opened(replace(reading, facts=facts), shape.files, places)


def _shown(path: str) -> str:
    plain = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return display_name(plain.rpartition("/")[2]) or "ohne-Namen.bin"


def door_view(content: Content) -> DoorView:
    """Times, people and identity. Never raises on hostile bytes."""
    message = opened(content)
    facts = message.reading.facts
    digest = sha256(f"egvp\n{facts.message_id}\n".encode())
    for path in message.reading.attachments:
        digest.update(sha256(path.encode("utf-8", "surrogateescape")).digest() + sha256(message.files[path]).digest())
    if not facts.message_id:
        digest.update(sha256(content).digest())
    return DoorView(facts, digest.hexdigest())


def inspect_egvp(content: Content, look: Look) -> Inspection:
    """Everything seen in the message. Never raises on hostile bytes."""
    message = opened(content)
    reading = message.reading
    files = (
        *_text_files(reading),
        *(file for entry in message.places.items() for file in _looked(entry, message, look)),
    )
    attachments = (file for file in files if len(file.path) == 1 and file.role is Role.ATTACHMENT)
    return Inspection(
        head=_head(reading),
        tier=Tier.CLEAN,
        defects=(),
        files=files,
        attachments_bytes=sum(file.size_bytes for file in attachments),
        crypto=CryptoFacts(),
        mentions=mentions(reading.subject, reading.text[:MAX_READ_TEXT_BYTES]),
        download_links=count_download_links(reading.text[:MAX_READ_TEXT_BYTES]),
        announced=reading.announced,
        aktenzeichen=reading.facts.aktenzeichen_recipient,
        egvp=reading.facts,
    )


def inspect_and_show(content: Content, look: Look) -> InspectionDialogue:
    """The same, and the scanner is shown what it may not find in the message: the files that PDFs carry."""
    unseen = Unseen()

    def noting(file: bytes, names: tuple[str, ...], digest: str) -> tuple[Looked, ...]:
        looked = look(file, names, digest)
        for one in looked:
            unseen.add(one.carried, decrypted=False)
        return looked

    inspection = inspect_egvp(content, noting)
    yield from unseen.scans()
    return inspection


def _head(reading: Reading) -> Head:
    """A head without From field: who sent an EGVP message is said by its papers, not by an address."""
    facts = reading.facts
    return Head(
        from_fields=0,
        from_addresses=(),
        from_faults=(),
        from_display=facts.sender.name or facts.sender.organisation,
        subject=reading.subject,
        message_id=facts.message_id,
        date=facts.received_at,
        reply_to=(),
        in_reply_to=facts.xjustiz.foreign_id if facts.xjustiz else "",
        auto_submitted="",
        precedence="",
        is_list=False,
        received_count=0,
        own_notice=False,
    )


def _text_files(reading: Reading) -> Iterator[File]:
    if reading.text:
        content = reading.text.encode("utf-8", "replace")
        yield File(
            (TEXT_NAME,),
            (),
            sha256(content).hexdigest(),
            len(content),
            Format.TXT,
            Role.BODY,
            section="text",
            text_sha256=text_hash(content),
        )


def _looked(entry: tuple[tuple[str, ...], str], message: Opened, look: Look) -> Iterator[File]:
    shown, place = entry
    plain = place.encode("utf-8", "surrogateescape").decode("utf-8", "replace").rpartition("/")[2]
    content = message.files[place]
    is_paper = len(shown) > 1
    for one in look(content, (plain,), ""):
        yield _as_file(one, shown, content, is_paper=is_paper)


def _as_file(one: Looked, shown: tuple[str, ...], content: bytes, *, is_paper: bool) -> File:
    own = not one.path
    return File(
        (*shown, *one.path),
        one.names,
        one.sha256,
        one.size_bytes,
        one.format,
        Role.ATTACHMENT,
        container=one.container,
        findings=() if is_paper else (*one.findings, *(_xml_findings(one, content) if own else ())),
        section=PAPERS_FOLDER if is_paper else "attachments",
        trimming=Trimming.REPORT if is_paper else one.trimming,
    )


def _xml_findings(one: Looked, content: bytes) -> tuple[Finding, ...]:
    """XML data with a document type of its own: entities could make it say what nobody sees."""
    declares = one.format in _XML_STARTS and b"<!ENTITY" in content[:65536].replace(b"\0", b"")
    return (Finding(Reason.XML_DTD, (), "entities declared"),) if declares else ()
