# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The dialogue about one message: bytes in, everything that was seen in it out. Knows no policy, no world, no clock."""

from collections.abc import Callable
from dataclasses import replace

from poststelle.core.facts import Defect, File, Inspection, Role, Tier
from poststelle.core.signature import CryptoFacts, Layer
from poststelle.inspection.budget import Budget
from poststelle.inspection.cms.layer import Surroundings
from poststelle.inspection.cms.truth import Sender, message_truth
from poststelle.inspection.document import Looked, look
from poststelle.inspection.files import Collector, Look
from poststelle.inspection.head import read_head
from poststelle.inspection.mime.charsets import decode_words
from poststelle.inspection.mime.defects import DefectCode, strictest
from poststelle.inspection.mime.headers import no_header
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.names import display_name
from poststelle.inspection.mime.scan import scan
from poststelle.inspection.mime.source import Content, Source, as_source
from poststelle.inspection.protected import header_notes
from poststelle.inspection.requests import InspectionDialogue
from poststelle.inspection.vocabulary import count_download_links, mentions

Clock = Callable[[], float]
"""Processor seconds spent so far."""

ATTACHMENT_SECONDS = 10.0
"""Processor time for one attachment with all that is nested in it."""
ATTACHMENTS_SECONDS = 16.0
"""For all attachments of one message; what comes later is reported as ``timeout``, never passed."""
MESSAGE_SECONDS = 20.0
"""For taking the message apart with all that; beyond, it is refused. A worker's try lasts longer than that."""
_READ_DIFFERENTLY = frozenset(
    {
        DefectCode.BARE_CR,
        DefectCode.BARE_LF,
        DefectCode.HEADER_CONTROL,
        DefectCode.HEADER_BLANK_LINE,
        DefectCode.HEADER_FOLD_LOOKALIKE,
        DefectCode.HEADER_STARTS_WITH_FOLD,
        DefectCode.DUPLICATE_CONTENT_TYPE,
        DefectCode.DUPLICATE_TRANSFER_ENCODING,
        DefectCode.DUPLICATE_FROM,
        DefectCode.CONTENT_TYPE_PARAMETERS,
        DefectCode.TOO_MANY_PARAMETERS,
        DefectCode.TRANSFER_ENCODING_ON_MULTIPART,
        DefectCode.BOUNDARY_MISSING,
        DefectCode.BOUNDARY_ILLEGAL,
        DefectCode.BOUNDARY_PREFIX,
        DefectCode.DELIMITER_TEXT,
        DefectCode.DELIMITER_INDENTED,
        DefectCode.MIME_IN_PREAMBLE,
        DefectCode.MIME_IN_EPILOGUE,
        DefectCode.HEADERS_IN_BODY,
    }
)
"""Faults of the outermost entity by which programs come to different parts; unquoted values or a missing end are none."""
_DAMAGED = frozenset({DefectCode.BASE64_DAMAGED, DefectCode.ENCODING_RUINED})
HEAD = "head"
"""Where the defects of a message as a whole stand."""
_NO_HEADER = no_header()


def inspect_message(
    content: Content, clock: Clock | None = None, surroundings: Surroundings | None = None
) -> InspectionDialogue:
    """Everything seen in the message. Never raises on hostile bytes.

    Without surroundings every recipient entry is asked for, and no chain leads anywhere.
    """
    source = as_source(content)
    ledger = Ledger(len(source), _over(clock, MESSAGE_SECONDS))
    tree = scan(source, ledger)
    collector = Collector(look_within(clock), ledger, surroundings=surroundings)
    yield from collector.collect(tree)
    yield from collector.unseen.scans()
    header = tree.parts[0].header if tree.parts else _NO_HEADER
    head = read_head(header)
    defects = tuple(dict.fromkeys(collector.defects))
    layers = tuple(collector.layers)
    sender = Sender(head.from_addresses, decode_words(b", ".join(header.all(b"from"))), bool(head.from_faults))
    texts = [main.text for main in collector.texts]
    protected = collector.payload.protected_head()
    crypto = message_truth(layers, sender, is_ambiguous=_is_read_differently(defects, layers))
    return Inspection(
        head=replace(head, protected_subject=protected.subject) if protected else head,
        tier=strictest(defects),
        defects=defects,
        files=tuple(collector.files),
        attachments_bytes=collector.attachments_bytes,
        crypto=replace(crypto, notes=(*crypto.notes, *header_notes(protected, head))),
        mentions=mentions(head.subject, *texts),
        download_links=count_download_links(*texts),
        document_signatures=collector.signed.found(),
    )


def _is_read_differently(defects: tuple[Defect, ...], layers: tuple[Layer, ...]) -> bool:
    """Some program finds another message, or another layer, in the same bytes; what is inside a layer is covered anyhow."""
    sections = {layer.section for layer in layers}
    return any(
        (one.where == HEAD and one.code in _READ_DIFFERENTLY) or (one.where in sections and one.code in _DAMAGED)
        for one in defects
    )


def inspect_attachment(content: Content, name: str, clock: Clock | None = None) -> Inspection:
    """One file as the only attachment of an otherwise empty message, by the very same rules."""
    whole = bytes(as_source(content))
    shown = display_name(name) or "part-1.bin"
    names = (name,) if name else ()
    files = tuple(_as_file(one, shown) for one in look_within(clock)(whole, names, ""))
    return Inspection(
        head=read_head(_NO_HEADER),
        tier=Tier.CLEAN,
        defects=(),
        files=files,
        attachments_bytes=len(whole),
        crypto=CryptoFacts(),
    )


def look_within(clock: Clock | None) -> Look:
    """The look into one attachment, each with a budget of its own, until the time of all together is over."""
    all_spent = _over(clock, ATTACHMENTS_SECONDS)

    def look_at(content: bytes, names: tuple[str, ...], digest: str) -> tuple[Looked, ...]:
        if clock is None:
            return look(content, names, Budget(), digest)
        own_spent = _over(clock, ATTACHMENT_SECONDS)
        return look(content, names, Budget(spent=lambda: own_spent() or all_spent()), digest)

    return look_at


def _over(clock: Clock | None, seconds: float) -> Callable[[], bool]:
    """Whether so many seconds from now are over; never without a clock."""
    if clock is None:
        return lambda: False
    until = clock() + seconds
    return lambda: clock() >= until


def _as_file(looked: Looked, name: str) -> File:
    return File(
        (name, *looked.path),
        looked.names,
        looked.sha256,
        looked.size_bytes,
        looked.format,
        Role.ATTACHMENT,
        container=looked.container,
        findings=looked.findings,
        section="1",
        trimming=looked.trimming,
    )


def as_received(raw: Source) -> Source:
    """A message from a file as it would have come over SMTP: no mbox line before it, CRLF where it holds none at all."""
    start = raw.find(b"\n") + 1 or len(raw) if raw[:5] == b"From " else 0
    if raw.find(b"\r\n", start) < 0:
        return raw[start:].replace(b"\n", b"\r\n")
    return raw[start:] if start else raw
