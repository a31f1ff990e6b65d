# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rules: every one of them is asked about every message, and each answers with the objections it has.

A table of small functions. None knows another, none decides: dispositions come from the policy, the outcome is drawn in
core.judgement.
"""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from poststelle.core.arrival import Channel
from poststelle.core.facts import Announced, AuthResult, Certainty, Inspection, Role, Tier, Trimming
from poststelle.core.file_rules import file_objections
from poststelle.core.matter import Matter, message_objection
from poststelle.core.policy import EncryptionStance, SignatureStance
from poststelle.core.reasons import Reason
from poststelle.core.signature import Encryption, Identity, Signature
from poststelle.core.signers import is_valid
from poststelle.core.verdict import Disposition, Objection

MAX_RECEIVED = 30
"""More trace fields than this is a loop. Stricter than the 100 of RFC 5321, 6.3: we are the last hop but one."""

Rule = Callable[[Matter], Iterable[Objection]]


def not_inspected(matter: Matter) -> Iterator[Objection]:
    """Two workers died over it: our fault, so a clerk looks and the sender is not bothered."""
    if matter.facts.inspection is None:
        objection = message_objection(matter, Reason.NOT_INSPECTED)
        yield replace(objection, disposition=Disposition.HOLD, told=False)


def malware(matter: Matter) -> Iterator[Objection]:
    """Clause email.malware: an exact signature is malware, anything less a suspicion."""
    for found in matter.facts.malware.found:
        code = Reason.MALWARE if found.certainty is Certainty.EXACT else Reason.MALWARE_SUSPECTED
        yield message_objection(matter, code, found.name, decrypted=bool(found.layer))


def spam(matter: Matter) -> Iterator[Objection]:
    """Clause email.spam."""
    if matter.facts.spam.is_spam:
        yield message_objection(matter, Reason.SPAM)


def dmarc(matter: Matter) -> Iterator[Objection]:
    """The From domain asks for refusal of what it did not send (RFC 7489, 6.3)."""
    sender = matter.facts.sender
    if sender.dmarc is AuthResult.FAIL and sender.dmarc_policy == "reject":
        yield message_objection(matter, Reason.DMARC_REJECT)


def _head(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """Exactly one From field with exactly one mailbox in it, plainly written."""
    head = inspection.head
    if head.from_fields != 1 or len(head.from_addresses) > 1 or (not head.from_addresses and not head.from_faults):
        counts = f"{head.from_fields} fields, {len(head.from_addresses)} addresses"
        yield message_objection(matter, Reason.FROM_COUNT, counts)
    if head.from_faults:
        yield message_objection(matter, Reason.FROM_INVALID, ", ".join(head.from_faults))


def _loop(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    if inspection.head.received_count > MAX_RECEIVED:
        yield message_objection(matter, Reason.MAIL_LOOP, str(inspection.head.received_count))


def _structure(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """What two mail programs would read differently is not taken."""
    if inspection.tier is Tier.REFUSE:
        codes = dict.fromkeys(defect.code for defect in inspection.defects if defect.tier is Tier.REFUSE)
        yield message_objection(matter, Reason.MIME_AMBIGUOUS, ", ".join(codes), decrypted=matter.is_veiled)


def _size(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """Clause attachments.total: the limit itself is still accepted. Inside ciphertext only a clerk may say so."""
    limit = matter.terms.rules.size
    measured = inspection.attachments_bytes if limit.basis == "attachments" else matter.facts.size_bytes
    if measured <= limit.limit_bytes:
        return
    inside = matter.is_veiled and limit.basis == "attachments"
    objection = message_objection(matter, Reason.SIZE_TOTAL, f"{measured} > {limit.limit_bytes}", decrypted=inside)
    yield replace(objection, disposition=Disposition.HOLD) if inside else objection


def _count(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    sent = sum(file.role is not Role.BODY and len(file.path) == 1 for file in inspection.files)
    limit = matter.terms.rules.max_files
    if limit is not None and sent > limit:
        yield message_objection(matter, Reason.TOO_MANY_FILES, f"{sent} > {limit}", decrypted=matter.is_veiled)


def _name_length(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    limit = matter.terms.rules.max_name_chars
    if limit is None:
        return
    for file in inspection.files:
        longest = max((len(name) for name in file.names), default=0)
        if longest > limit and len(file.path) == 1 and file.role is not Role.BODY:
            objection = message_objection(
                matter, Reason.FILE_NAME_TOO_LONG, f"{longest} > {limit}", decrypted=file.decrypted
            )
            yield replace(objection, path=file.path, format=file.format.value)


def _links(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    if inspection.download_links and matter.terms.policy.links.downloads == "not-processed":
        yield message_objection(
            matter, Reason.DOWNLOAD_LINK, str(inspection.download_links), decrypted=matter.is_veiled
        )


def _missing(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """Clause feedback.missing: a document was announced and did not come; each once, whoever announced it."""
    announced = {_plain(entry.name): entry for entry in reversed(missing(inspection))}
    for entry in announced.values():
        yield message_objection(matter, Reason.DOCUMENT_MISSING, entry.name, decrypted=matter.is_veiled)


def missing(inspection: Inspection) -> tuple[Announced, ...]:
    """The documents that were announced and did not come.

    A name announced without an extension (XJustiz 2.x) is met by a file of that name with any.
    """
    came = [file for file in inspection.files if file.trimming is not Trimming.REPORT and file.path]
    received = {_plain(name) for file in came for name in (*file.names, file.path[-1])}
    stems = {name.rpartition(".")[0] for name in received}
    names = ((_plain(entry.name), entry) for entry in inspection.announced)
    return tuple(entry for name, entry in names if name not in received and ("." in name or name not in stems))


def _addressee(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """Clause bebpo.safe-id: the message names another mailbox than the one that is published."""
    stated = inspection.egvp.addressee.safe_id if inspection.egvp else ""
    mailbox = matter.terms.policy.mailbox
    if stated and mailbox is not None and stated.casefold() != mailbox.safe_id.casefold():
        yield message_objection(matter, Reason.ADDRESSEE_FOREIGN, stated)


def _handover(matter: Matter, inspection: Inspection) -> Iterator[Objection]:
    """Clause bebpo.check: the client's papers leave open what was received."""
    if inspection.egvp is not None and inspection.egvp.is_broken:
        yield message_objection(matter, Reason.HANDOVER_BROKEN, ", ".join(inspection.egvp.faults))


def _plain(name: str) -> str:
    """The name without what exports add to it: zero-width characters, letter case, composition."""
    visible = "".join(letter for letter in name if unicodedata.category(letter) != "Cf")
    return unicodedata.normalize("NFC", visible).strip().casefold()


SEEN_FROM_OUTSIDE = frozenset({Encryption.NO_KEY, Encryption.UNSUPPORTED, Encryption.MALFORMED})
"""What anybody can see on the ciphertext: no recipient of ours, a method we do not have, a broken wrapper."""


def encryption(matter: Matter) -> Iterator[Objection]:
    """Clause smime.decryption: every failure that depends on a secret is the same objection, and told by a person."""
    stance = matter.terms.policy.encryption_at(matter.recipient)
    crypto = matter.crypto
    if not matter.is_veiled:
        if stance is EncryptionStance.REQUIRES and matter.facts.inspection is not None:
            yield message_objection(matter, Reason.ENCRYPTION_REQUIRED)
        return
    if stance is EncryptionStance.REFUSES:
        yield message_objection(matter, Reason.ENCRYPTION_NOT_OFFERED)
    if crypto.encryption is not Encryption.OK:
        objection = message_objection(
            matter, Reason.ENCRYPTION_UNREADABLE, crypto.encryption.value, decrypted=not is_outer_failure(matter)
        )
        elsewhere = stance in (EncryptionStance.REFUSES, EncryptionStance.DECRYPT)
        yield replace(objection, remedy="write-to-smime-address") if elsewhere else objection


def is_outer_failure(matter: Matter) -> bool:
    """The outermost ciphertext itself could not be opened, for a reason anybody can see."""
    first = next((layer for layer in matter.crypto.layers if layer.encryption is not Encryption.NONE), None)
    seen = matter.crypto.encryption in SEEN_FROM_OUTSIDE
    return seen and (first is None or first.encryption is matter.crypto.encryption)


UNSIGNED = frozenset({Signature.NONE, Signature.CERTS_ONLY})


def signature(matter: Matter) -> Iterator[Objection]:
    """Clauses signature.required, signature.valid and signature.identity."""
    crypto = matter.crypto
    if matter.facts.inspection is None:
        return
    if crypto.signature in UNSIGNED:
        if matter.terms.policy.signature_at(matter.recipient) is SignatureStance.REQUIRES and not _is_closed(matter):
            yield message_objection(matter, Reason.SIGNATURE_REQUIRED, decrypted=matter.is_veiled)
    elif not is_valid(crypto):
        evidence = ", ".join(crypto.reasons) or f"{crypto.signature.value}, {crypto.chain.value}"
        yield message_objection(matter, Reason.SIGNATURE_INVALID, evidence, decrypted=matter.is_veiled)
    elif matter.identity is not Identity.VERIFIED:
        yield message_objection(matter, Reason.SIGNATURE_UNCHECKED, matter.identity.value, decrypted=matter.is_veiled)


def _is_closed(matter: Matter) -> bool:
    """Ciphertext we could not open: whether it is signed inside, nobody knows."""
    return matter.is_veiled and matter.crypto.encryption is not Encryption.OK


def _if_inspected(rule: Callable[[Matter, Inspection], Iterator[Objection]]) -> Rule:
    def asked(matter: Matter) -> Iterator[Objection]:
        if matter.facts.inspection is not None:
            yield from rule(matter, matter.facts.inspection)

    return asked


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule, and the channels in which it is asked."""

    name: str
    rule: Rule
    channels: frozenset[Channel] = frozenset(Channel)


_MAIL = frozenset({Channel.EMAIL})
"""beBPo messages have no From field, no trace fields and no sender domain: their origin is proved by the VHN."""
_BEBPO = frozenset({Channel.BEBPO})

RULES: tuple[RuleRow, ...] = (
    RuleRow("not-inspected", not_inspected),
    RuleRow("malware", malware),
    RuleRow("spam", spam, _MAIL),
    RuleRow("dmarc", dmarc, _MAIL),
    RuleRow("head", _if_inspected(_head), _MAIL),
    RuleRow("loop", _if_inspected(_loop), _MAIL),
    RuleRow("structure", _if_inspected(_structure), _MAIL),
    RuleRow("size", _if_inspected(_size)),
    RuleRow("count", _if_inspected(_count)),
    RuleRow("name-length", _if_inspected(_name_length)),
    RuleRow("links", _if_inspected(_links)),
    RuleRow("missing", _if_inspected(_missing)),
    RuleRow("addressee", _if_inspected(_addressee), _BEBPO),
    RuleRow("handover", _if_inspected(_handover), _BEBPO),
    RuleRow("encryption", encryption, _MAIL),
    RuleRow("signature", signature, _MAIL),
    RuleRow("files", file_objections),
)


def objections(matter: Matter) -> tuple[Objection, ...]:
    """What every rule has to say, in the order of the table and of the files by path."""
    raised = [
        (place, objection)
        for place, row in enumerate(RULES)
        if matter.terms.channel in row.channels
        for objection in row.rule(matter)
    ]
    raised.sort(key=lambda entry: (entry[0], entry[1].path, entry[1].code, entry[1].inner, entry[1].evidence))
    return tuple(objection for _, objection in raised)
