# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The legal record: what can be written into it, and the exact bytes of one entry (a leaf of the journal's tree).

An entry says who did what, when, about which message, and on which clause of which edition: never content. Personal
values enter as salted commitments only; the value and its salt lie beside the leaf and can be erased, after which the
commitment says nothing about anybody and the tree still stands. The format below is final: a change is a new version.
Knows no randomness: salts and nonces are handed in.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NewType

LEAF_VERSION = 1
SALT_BYTES = 32
"""As long as the hash: a commitment must not be found by trying values."""
NONCE_BYTES = 16
"""Makes every leaf unique, so that a neighbour's hash in an inclusion proof cannot be guessed from its likely text."""

LeafBytes = NewType("LeafBytes", bytes)
"""The canonical bytes of one leaf, as hashed into the tree."""


class EventKind(StrEnum):
    """Everything the journal can say. The strings are public: they only grow, none is renamed."""

    # A message at the door.
    ARRIVED = "arrived"
    REFUSED = "refused"
    DEFERRED = "deferred"
    ACCEPTED = "accepted"
    HELD = "held"
    MALWARE_DELETED = "malware-deleted"
    MALWARE_FOUND = "malware-found"
    RETRY_RECOGNISED = "retry-recognised"
    # What was concluded, and what follows.
    JUDGED = "judged"
    ROUTED = "routed"
    TASK_CREATED = "task-created"
    NOTICE_QUEUED = "notice-queued"
    NOTICE_SUPPRESSED = "notice-suppressed"
    NOTICE_SENT = "notice-sent"
    DELIVERY_QUEUED = "delivery-queued"
    DELIVERED = "delivered"
    DELIVERY_FAILED = "delivery-failed"
    GIVEN_UP = "given-up"
    NOTICE_WAITING = "notice-waiting"
    NOTICE_MERGED = "notice-merged"
    BOUNCED = "bounced"
    BOUNCE_NOTED = "bounce-noted"
    OBSERVED = "observed"
    # Acts of people.
    HOLD_RELEASED = "hold-released"
    HOLD_DISCARDED = "hold-discarded"
    FILE_RELEASED = "file-released"
    ROUTED_BY_HAND = "routed-by-hand"
    HANDED_OVER = "handed-over"
    TASK_ASSIGNED = "task-assigned"
    TASK_DONE = "task-done"
    ANSWERED_BY_HAND = "answered-by-hand"
    FORM_DECIDED = "form-decided"
    IDENTITY_CHECKED = "identity-checked"
    IDENTITY_REVOKED = "identity-revoked"
    IDENTITY_PROPOSED = "identity-proposed"
    IDENTITY_RENEWED = "identity-renewed"
    CONSENT_GRANTED = "consent-granted"
    CONSENT_REVOKED = "consent-revoked"
    DECRYPTION_RETRIED = "decryption-retried"
    INSPECTED_AGAIN = "inspected-again"
    LEGAL_HOLD_SET = "legal-hold-set"
    LEGAL_HOLD_LIFTED = "legal-hold-lifted"
    SIGNED_IN = "signed-in"
    DESK_ENTERED = "desk-entered"
    EXPORTED = "exported"
    # Who may act.
    ROLE_GRANTED = "role-granted"
    PASSWORD_SET = "password-set"  # noqa: S105 - the name of an event
    ACCOUNT_DISABLED = "account-disabled"
    ACCOUNT_ENABLED = "account-enabled"
    # Retention.
    CONTENT_ERASED = "content-erased"
    FACTS_ERASED = "facts-erased"
    PERSONAL_ERASED = "personal-erased"
    ERASURE_ASKED = "erasure-asked"
    ERASURE_CONFIRMED = "erasure-confirmed"
    # The gateway itself.
    STARTED = "started"
    STOPPED = "stopped"
    EDITION_IN_FORCE = "edition-in-force"
    WORKER_DIED = "worker-died"
    CLOCK_STEPPED = "clock-stepped"
    SCANNER_ABSENT = "scanner-absent"
    SCANNER_BACK = "scanner-back"
    UNWRAP_USED = "unwrap-used"
    SIGNING_USED = "signing-used"
    RECEIPT_PROMISED = "receipt-promised"
    PROBE_PASSED = "probe-passed"
    PROBE_FAILED = "probe-failed"
    BYPASS_SET = "bypass-set"
    BYPASS_LIFTED = "bypass-lifted"
    OBSERVE_SET = "observe-set"
    OBSERVE_LIFTED = "observe-lifted"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. Keys within ``facts`` and within ``personal`` are unique."""

    kind: EventKind
    at: datetime
    """Aware."""
    authority: str
    reference: str = ""
    """Of the message it is about; empty where it is about none."""
    actor: str = "gateway"
    """A role of the gateway or an account id such as ``user:17``; never a name."""
    clause: str = ""
    edition: str = ""
    """Id of the edition in force."""
    facts: tuple[tuple[str, str], ...] = ()
    """Impersonal (key, value) pairs; they can never be erased."""
    personal: tuple[tuple[str, str], ...] = ()
    """(key, value) pairs about a person; they enter the leaf as commitments."""


def leaf_bytes(event: Event, nonce: bytes, salts: Mapping[str, bytes]) -> LeafBytes:
    """The canonical leaf: JSON of sorted keys without blanks, in ASCII; ``salts`` holds one salt per personal key.

    Raises ValueError on a naive time, a repeated key, or a nonce or salt of the wrong length.
    """
    if len(nonce) != NONCE_BYTES:
        raise ValueError(f"a nonce has {NONCE_BYTES} bytes")
    leaf = {
        "actor": event.actor,
        "at": utc_text(event.at),
        "authority": event.authority,
        "clause": event.clause,
        "edition": event.edition,
        "facts": _unique(event.facts),
        "kind": str(event.kind),
        "nonce": nonce.hex(),
        "personal": {key: commitment(salts[key], key, value) for key, value in _unique(event.personal).items()},
        "reference": event.reference,
        "v": LEAF_VERSION,
    }
    return LeafBytes(_canonical(leaf))


def commitment(salt: bytes, key: str, value: str) -> str:
    """SHA-256 in hex over salt, key and value, the key with its length before it so that no two inputs coincide."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    key_octets = key.encode("utf-8", "surrogatepass")
    framed = salt + len(key_octets).to_bytes(4, "big") + key_octets + value.encode("utf-8", "surrogatepass")
    return hashlib.sha256(framed).hexdigest()


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf read back. ``personal`` holds (key, commitment) pairs; ``kind`` may be of a later version than ours."""

    kind: str
    at: str
    authority: str
    reference: str
    actor: str
    clause: str
    edition: str
    facts: tuple[tuple[str, str], ...]
    personal: tuple[tuple[str, str], ...]


def read_leaf(content: bytes) -> Leaf:
    """The leaf these bytes say. Raises ValueError on anything but the canonical bytes of a leaf of this version."""
    try:
        leaf = json.loads(content)
        if not isinstance(leaf, dict) or leaf.get("v") != LEAF_VERSION or _canonical(leaf) != content:
            raise ValueError("not the canonical bytes of a journal leaf")
        texts = {name: leaf[name] for name in ("kind", "at", "authority", "reference", "actor", "clause", "edition")}
        facts, personal = _pairs(leaf["facts"]), _pairs(leaf["personal"])
        if leaf.keys() != {*texts, "facts", "personal", "nonce", "v"} or not all(
            isinstance(text, str) for text in texts.values()
        ):
            raise ValueError("a journal leaf has these fields and no others, all texts")
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a journal leaf") from error
    return Leaf(**texts, facts=facts, personal=personal)


@dataclass(frozen=True, slots=True)
class JournalLine:
    """One journal entry, with those of its personal values that were not erased."""

    index: int | None
    """Place in the tree; None until the sequencer came by."""
    leaf: Leaf
    values: tuple[tuple[str, str], ...]


def is_opened_by(leaf: Leaf, key: str, salt: bytes, value: str) -> bool:
    """True where this value with this salt is what the leaf committed to under the key."""
    known = dict(leaf.personal).get(key, "")
    return hmac.compare_digest(known, commitment(salt, key, value))


@dataclass(frozen=True, slots=True)
class TreeHead:
    """The state of the whole journal at one moment: so many leaves, with this root hash (RFC 6962, 3.5)."""

    log: str
    """Name of the journal, the same for all its heads."""
    size: int
    root: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class SignedHead:
    """A tree head and its signature over tree_head_bytes."""

    head: TreeHead
    key_id: str
    signature: bytes


IsSigned = Callable[[bytes, bytes], bool]
"""(content, signature): whether it is by the journal key."""


def tree_head_bytes(head: TreeHead) -> bytes:
    """The canonical bytes of a tree head, as signed with the journal key."""
    return _canonical(
        {"at": utc_text(head.at), "log": head.log, "root": head.root.hex(), "size": head.size, "v": LEAF_VERSION}
    )


def utc_text(at: datetime) -> str:
    """ISO 8601 in UTC with six decimals: of one width, so that texts sort as times. Raises ValueError if naive."""
    if at.tzinfo is None:
        raise ValueError("a journal time is aware")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _unique(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        raise ValueError("a key stands twice in one event")
    return unique


def _pairs(value: dict[str, str]) -> tuple[tuple[str, str], ...]:
    pairs = tuple(sorted(value.items()))
    if not all(isinstance(text, str) for _, text in pairs):
        raise ValueError("values of a journal leaf are texts")
    return pairs


def _canonical(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
