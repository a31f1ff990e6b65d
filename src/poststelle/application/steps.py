# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The stations before the verdict: fingerprint, engines, inspection. Each asks one port and gives back facts.

Knows no policy and writes nothing down.
"""

import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO

from poststelle.application.house import House
from poststelle.application.ports import Blobs, Body, Inspected
from poststelle.application.scanning import show, show_whole
from poststelle.core.arrival import Arrival, Channel
from poststelle.core.egvp import origin_of
from poststelle.core.facts import Facts, MalwareFacts, SenderFacts, SpamFacts
from poststelle.protocol.trace import MAX_TRACE_BYTES, trace_length

_CHUNK_BYTES = 1 << 20
_NOT_ASKED = "none"
"""A beBPo message is no mail: spam filters and DNS have nothing to say of it."""


@contextmanager
def opened(body: Body, blobs: Blobs) -> Iterator[BinaryIO]:
    """The received bytes as a binary file at its start."""
    with io.BytesIO(body.inline) if body.inline is not None else blobs.open(body.key) as content:
        yield content


def fingerprint_of(arrival: Arrival, content: BinaryIO) -> str:
    """What two attempts at the same message share: sender, recipients, and all but the leading trace fields."""
    digest = hashlib.sha256()
    people = [str(arrival.envelope.sender or "")]
    people += sorted(recipient.key for recipient in arrival.envelope.recipients)
    digest.update("\n".join(people).encode("utf-8", "surrogateescape") + b"\n\n")
    if arrival.identity:
        digest.update(arrival.identity.encode())
        return digest.hexdigest()
    head = content.read(MAX_TRACE_BYTES)
    digest.update(head[trace_length(head) :])
    while chunk := content.read(_CHUNK_BYTES):
        digest.update(chunk)
    content.seek(0)
    return digest.hexdigest()


def take_facts(content: BinaryIO, arrival: Arrival, house: House) -> tuple[Facts, tuple[str, ...]]:
    """All that can be known of the message: engines first, then our own look, then the sender's domain.

    Beside the facts: what the inspector remarked about the looking itself.
    Raises UnavailableError where an engine does not answer: nothing goes on unscanned.
    """
    engines = house.engines
    seconds_left = _countdown(house)
    is_mail = arrival.channel is Channel.EMAIL
    show_first = show if is_mail and not engines.shows_whole else show_whole
    shown = show_first(content, engines.malware, seconds_left)
    malware = MalwareFacts(engines.malware.engine(), shown.found)
    content.seek(0)
    spam = engines.spam.rate(content, arrival, seconds_left()) if is_mail else SpamFacts(_NOT_ASKED, None)
    content.seek(0)
    inspected = engines.inspector.inspect(content, arrival, seconds_left())
    if not shown.is_all_of(inspected.inspection):
        again = show_whole(content, engines.malware, seconds_left)
        malware = replace(malware, found=tuple(dict.fromkeys(malware.found + again.found)))
    content.seek(0)
    sender = engines.sender.check(content, arrival, _from_domain(inspected)) if is_mail else SenderFacts()
    malware = replace(malware, found=malware.found + inspected.layers_found)
    egvp = inspected.inspection.egvp if inspected.inspection else None
    origin = origin_of(egvp, arrival.peer.protocol)
    facts = Facts(inspected.inspection, malware, spam, sender, size_bytes=arrival.size_bytes, origin=origin)
    return facts, inspected.remarks


def _countdown(house: House) -> Callable[[], float]:
    """How much of the message's deadline is left; every engine gets what remains."""
    until = house.clock.now().timestamp() + house.deadline_seconds
    return lambda: max(0.1, until - house.clock.now().timestamp())


def _from_domain(inspected: Inspected) -> str:
    addresses = inspected.inspection.head.from_addresses if inspected.inspection else ()
    return addresses[0].rpartition("@")[2].lower() if len(addresses) == 1 else ""
