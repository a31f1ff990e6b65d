# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What workers are told of the world before they are confined: our own certificates, and whom we believe.

It goes to the nursery once, and every worker is born with it: a worker that met a signature is thrown away, and could
not be told each time. It is the operator's, never a message's.
"""

import logging
import threading
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from poststelle.application.keyring import KeyRingError
from poststelle.core.codec import dump, load
from poststelle.inspection.cms.certificates import Brought, read_certificate
from poststelle.inspection.cms.chain import ChainChecker, Trust
from poststelle.inspection.cms.layer import Recipient, Surroundings
from poststelle.inspection.listed import ListedServices
from poststelle.inspection.trust_list import TrustList

LOOK_AGAIN_SECONDS = 2.0
"""How long a change of keys or trust may go unnoticed."""
_LOG = logging.getLogger("poststelle.inspectors")


@dataclass(frozen=True, slots=True)
class World:
    """Certificates of ours, the trust store and the trust lists. Nothing of it is secret."""

    recipients: tuple[Recipient, ...] = ()
    trust: Trust = field(default_factory=lambda: Trust(()))
    lists: tuple[TrustList, ...] = ()

    def packed(self) -> bytes:
        """As bytes for the nursery."""
        ours = tuple((_text(one.certificate.der), one.is_current, one.owner) for one in self.recipients)
        trust = self.trust
        parts = (_texts(trust.roots), _texts(trust.intermediates), _texts(trust.crls))
        return dump(_Packed(ours, *parts, trust.must_know_revocation, _texts(trust.answers), self.lists))


@dataclass(frozen=True, slots=True)
class _Packed:
    ours: tuple[tuple[str, bool, str], ...]
    roots: tuple[str, ...]
    intermediates: tuple[str, ...]
    crls: tuple[str, ...]
    must_know_revocation: bool
    answers: tuple[str, ...]
    lists: tuple[TrustList, ...]


def _text(der: bytes) -> str:
    return b64encode(der).decode("ascii")


def _texts(ders: Iterable[bytes]) -> tuple[str, ...]:
    return tuple(_text(der) for der in ders)


def surroundings_of(packed: bytes) -> Surroundings:
    """What an inspection is told; the moment of receipt is added for each message."""
    told = load(_Packed, packed)
    roots, intermediates, crls, answers = (
        tuple(b64decode(text) for text in texts) for texts in (told.roots, told.intermediates, told.crls, told.answers)
    )
    trust = Trust(roots, intermediates, crls, told.must_know_revocation, answers)
    checker = ChainChecker(trust) if roots else None
    if checker is not None:  # reads the anchors and loads what a check needs, once for all workers
        checker(read_certificate(roots[0]), Brought(), datetime.now(UTC))
    return Surroundings(
        check_chain=checker,
        recipients=tuple(
            Recipient(read_certificate(b64decode(der)), is_current, owner) for der, is_current, owner in told.ours
        ),
        check_listed=ListedServices(told.lists, trust) if told.lists else None,
    )


class Watched:
    """The world as files say it: read again when they change, looked at every few seconds at most."""

    def __init__(self, read: Callable[[], World], stamp: Callable[[], object]) -> None:
        self._read = read
        self._stamp = stamp
        self._lock = threading.Lock()
        self._seen = stamp()
        self._world = read()
        self._looked_at = time.monotonic()

    def __call__(self) -> World:
        """The same value as long as nothing changed. What cannot be read leaves the former one in force."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked_at >= LOOK_AGAIN_SECONDS:
                self._looked_at = now
                self._look_again()
            return self._world

    def _look_again(self) -> None:
        try:
            seen = self._stamp()
            if seen != self._seen:
                self._world, self._seen = self._read(), seen
                _LOG.info("event=world-changed keys=%s", len(self._world.recipients))
        except (KeyRingError, OSError) as error:
            _LOG.error("event=world-unreadable cause=%s", error)
