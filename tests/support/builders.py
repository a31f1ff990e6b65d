# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Valid facts, envelopes, directories and policies by default; a test names only what matters to it."""

import hashlib
import json
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from poststelle.application.ports import OutboxItem
from poststelle.core.address import Address
from poststelle.core.arrival import AuthorityId, Channel, Envelope
from poststelle.core.directory import Directory, Office, Person
from poststelle.core.facts import (
    AuthResult,
    Certainty,
    Facts,
    File,
    Finding,
    Head,
    Inspection,
    MalwareFacts,
    MalwareFound,
    Role,
    SenderFacts,
    SpamFacts,
    Tier,
)
from poststelle.core.formats import Format
from poststelle.core.judgement import Terms, judge
from poststelle.core.policy import (
    AddressTerms,
    Archives,
    ChannelPolicy,
    Clause,
    EncryptionStance,
    Kassenzeichen,
    OtherAddresses,
    Policy,
    Rule,
    SizeLimit,
    Text,
    Told,
)
from poststelle.core.reasons import Reason
from poststelle.core.register import IdentityCheck, IdentityState, Register
from poststelle.core.signature import (
    Chain,
    Coverage,
    CryptoFacts,
    Encryption,
    FromMatch,
    Layer,
    LayerKind,
    Signature,
    Signer,
)
from poststelle.core.verdict import Disposition, Verdict

DOMAIN = "stadt-muster.example"
RECEIVED_AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
"""A Wednesday."""
SENDER = Address("erika", "buerger.example")
CENTRAL = Address("stadtverwaltung", DOMAIN)
POST = Address("post", DOMAIN)
LIMIT_BYTES = 20 * 1024 * 1024
FORMATS = (
    Format.PDF, Format.TXT, Format.BMP, Format.JPG, Format.PNG, Format.DOCX, Format.ODT, Format.XLSX, Format.ODS,
    Format.PPTX, Format.ODP,
)  # fmt: skip

MESSAGE_REASONS = frozenset(
    {
        Reason.SIZE_TOTAL, Reason.TOO_MANY_FILES, Reason.FILE_NAME_TOO_LONG, Reason.DOWNLOAD_LINK,
        Reason.MIME_AMBIGUOUS, Reason.FROM_COUNT, Reason.FROM_INVALID, Reason.DMARC_REJECT,
        Reason.SENDER_UNAUTHENTICATED, Reason.SPAM, Reason.MALWARE, Reason.MALWARE_SUSPECTED, Reason.NOT_INSPECTED,
        Reason.DOCUMENT_MISSING, Reason.ENCRYPTION_NOT_OFFERED, Reason.ENCRYPTION_REQUIRED,
        Reason.ENCRYPTION_UNREADABLE, Reason.SIGNATURE_REQUIRED, Reason.SIGNATURE_INVALID,
        Reason.SIGNATURE_UNCHECKED, Reason.MAIL_LOOP, Reason.ADDRESSEE_FOREIGN, Reason.HANDOVER_BROKEN,
    }
)  # fmt: skip
FILE_REASONS = tuple(reason for reason in Reason if reason not in MESSAGE_REASONS)
"""Every reason that can be said of one file."""

BOTH = (Told.SENDER, Told.RECIPIENT)


def a_rule(clause: str, disposition: Disposition, tell: tuple[Told, ...], *reasons: Reason) -> Rule:
    return Rule(clause=clause, disposition=disposition, tell=tell, reasons=reasons)


def email_rules() -> tuple[Rule, ...]:
    """As in Münster: files notify, malware is deleted in silence, what is ambiguous is refused."""
    content = tuple(reason for reason in FILE_REASONS if reason is not Reason.EXTERNAL_LINK)
    return (
        a_rule("attachments.content", Disposition.NOTIFY, BOTH, *content),
        a_rule("attachments.links", Disposition.ACCEPT, (Told.RECIPIENT,), Reason.EXTERNAL_LINK, Reason.DOWNLOAD_LINK),
        a_rule("attachments.total", Disposition.REFUSE, BOTH, Reason.SIZE_TOTAL),
        a_rule(
            "attachments.names", Disposition.NOTIFY, BOTH, Reason.TOO_MANY_FILES, Reason.FILE_NAME_TOO_LONG,
            Reason.DOCUMENT_MISSING,
        ),
        a_rule(
            "email.structure", Disposition.REFUSE, BOTH, Reason.MIME_AMBIGUOUS, Reason.FROM_COUNT,
            Reason.FROM_INVALID, Reason.MAIL_LOOP,
        ),
        a_rule("email.sender", Disposition.REFUSE, BOTH, Reason.DMARC_REJECT, Reason.SENDER_UNAUTHENTICATED),
        a_rule("email.spam", Disposition.HOLD, (Told.RECIPIENT,), Reason.SPAM),
        a_rule("email.malware", Disposition.DELETE, (Told.MAILROOM,), Reason.MALWARE),
        a_rule(
            "email.malware", Disposition.HOLD, (Told.MAILROOM,), Reason.MALWARE_SUSPECTED, Reason.NOT_INSPECTED,
            Reason.ADDRESSEE_FOREIGN, Reason.HANDOVER_BROKEN,
        ),
        a_rule(
            "smime.decryption", Disposition.NOTIFY, BOTH, Reason.ENCRYPTION_NOT_OFFERED, Reason.ENCRYPTION_REQUIRED,
            Reason.ENCRYPTION_UNREADABLE,
        ),
        a_rule(
            "signature.identity", Disposition.NOTIFY, BOTH, Reason.SIGNATURE_REQUIRED, Reason.SIGNATURE_INVALID,
            Reason.SIGNATURE_UNCHECKED,
        ),
    )  # fmt: skip


def a_channel(**changes: Any) -> ChannelPolicy:
    values: dict[str, Any] = {
        "size": SizeLimit(clause="attachments.total", limit="20 MB"),
        "formats": FORMATS,
        "formats_clause": "attachments.formats",
        "archives": Archives(clause="attachments.archives"),
        "consent_clause": "attachments.consent",
        "rules": email_rules(),
    }
    return ChannelPolicy(**{**values, **changes})


def a_policy(**changes: Any) -> Policy:
    """A policy like Münster's, for a domain that does not exist."""
    values: dict[str, Any] = {
        "authority": "muster",
        "valid_from": date(2026, 1, 1),
        "clauses": {"attachments.formats": Clause(title=Text(de="Formate"), text=Text(de="Diese Formate."))},
        "email": a_channel(),
        "bebpo": a_channel(size=SizeLimit(clause="bebpo.size", limit="200 MB"), max_files=1000, max_name_chars=90),
        "addresses": (
            AddressTerms(id="central", address=str(CENTRAL), clause="email.central"),
            AddressTerms(id="post", address=str(POST), clause="smime.address", encryption=EncryptionStance.ACCEPTS),
        ),
        "other_addresses": OtherAddresses(clause="email.offices"),
        "kassenzeichen": Kassenzeichen(
            clause="subject.kassenzeichen",
            patterns=(r"(?<![\w.])\d{2} \d{10} \d{2} \d{3}(?!\w)", r"(?<![\w./-])\d{12,16}(?![\w./-])"),
            context_words=("Kassenzeichen", "Kz.", "Kassenz.", "Buchungszeichen"),
        ),
    }
    return Policy(**{**values, **changes})


@lru_cache(maxsize=1)
def default_policy() -> Policy:
    return a_policy()


def with_rule(policy: Policy, reason: Reason, disposition: Disposition, *tell: Told) -> Policy:
    """The policy with this reason ruled otherwise in e-mail."""
    rules = tuple(
        rule.model_copy(update={"reasons": tuple(code for code in rule.reasons if code is not reason)})
        for rule in policy.email.rules
    )
    own = a_rule("attachments.special", disposition, tell, reason)
    return policy.model_copy(update={"email": policy.email.model_copy(update={"rules": (*rules, own)})})


def an_office(number: str, name: str, **changes: Any) -> Office:
    values: dict[str, Any] = {
        "id": f"amt-{number}",
        "number": number,
        "name": name,
        "addresses": (Address(f"amt{number}", DOMAIN),),
        "mailbox": Address(f"postkorb{number}", DOMAIN),
        "aktenzeichen": (rf"^{number}\.(?P<unit>\d{{2}})\.[\w/-]+$",),
        "is_demo": True,
    }
    return Office(**{**values, **changes})


@lru_cache(maxsize=1)
def a_directory() -> Directory:
    """Six offices and one person; Amt 10 has references that look like dates, Amt 11 is sealed."""
    return Directory(
        offices=(
            an_office("10", "Hauptamt", synonyms=("Zentrale Dienste",), keywords=("Ratsarbeit",)),
            an_office("11", "Personalrat", sealed=True, keywords=("Mitbestimmung",)),
            an_office(
                "32", "Ordnungsamt", synonyms=("Amt für öffentliche Ordnung",),
                keywords=("Bußgeldstelle", "Parken", "Gewerbe"), units=(("22", "Bußgeldstelle"),),
            ),
            an_office(
                "36", "Rechts- und Ausländeramt", synonyms=("Ausländeramt", "Rechtsamt", "Ausländerbehörde"),
                keywords=("ABH", "Aufenthalt", "Einbürgerung"), units=(("22", "ABH"),),
            ),
            an_office("51", "Jugendamt", synonyms=("Amt für Kinder, Jugendliche und Familien",), keywords=("Kita",)),
            an_office("62", "Vermessungs- und Katasteramt", synonyms=("Katasteramt",), keywords=("Flurkarte",)),
        ),
        persons=(Person("Petra Beispiel", Address("petra.beispiel", DOMAIN), "amt-32", is_demo=True),),
    )  # fmt: skip


def a_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def a_file(name: str = "antrag.pdf", format_: Format = Format.PDF, *codes: Reason, **changes: Any) -> File:
    """An attachment of this name and content, with a finding for each code."""
    values: dict[str, Any] = {
        "path": (name,),
        "names": (name,),
        "sha256": a_hash(name),
        "size_bytes": 1000,
        "format": format_,
        "role": Role.ATTACHMENT,
        "findings": tuple(Finding(code) for code in codes),
        "section": "2",
        "declared_type": "application/octet-stream",
    }
    return File(**{**values, **changes})


def a_text(content: str = "Guten Tag", **changes: Any) -> File:
    """The text of the message."""
    values: dict[str, Any] = {
        "path": ("text.txt",),
        "names": (),
        "size_bytes": len(content.encode()),
        "role": Role.BODY,
        "section": "1",
        "declared_type": "text/plain",
        "text_sha256": a_hash(content.rstrip()),
    }
    return a_file("text.txt", Format.TXT, **{**values, **changes})


def a_macro_file(name: str = "formular.docx") -> File:
    return a_file(name, Format.DOCX, Reason.MACRO)


def a_head(**changes: Any) -> Head:
    values: dict[str, Any] = {
        "from_fields": 1,
        "from_addresses": (str(SENDER),),
        "from_faults": (),
        "from_display": "Erika Mustermann",
        "subject": "Frage zu meinem Antrag",
        "message_id": "<frage-1@buerger.example>",
        "date": "Wed, 04 Mar 2026 10:29:00 +0100",
        "reply_to": (),
        "in_reply_to": "",
        "auto_submitted": "",
        "precedence": "",
        "is_list": False,
        "received_count": 3,
        "own_notice": False,
    }
    return Head(**{**values, **changes})


def an_inspection(*files: File, head: Head | None = None, **changes: Any) -> Inspection:
    values: dict[str, Any] = {
        "head": head or a_head(),
        "tier": Tier.CLEAN,
        "defects": (),
        "files": files,
        "attachments_bytes": sum(
            file.size_bytes for file in files if len(file.path) == 1 and file.role is not Role.BODY
        ),
        "crypto": CryptoFacts(),
    }
    return Inspection(**{**values, **changes})


AUTHENTICATED = SenderFacts(
    spf=AuthResult.PASS, dkim=AuthResult.PASS, dkim_aligned=True, spf_aligned=True, dmarc=AuthResult.PASS, source="own"
)
UNAUTHENTICATED = SenderFacts(source="own")
FORGED = SenderFacts(spf=AuthResult.FAIL, dmarc=AuthResult.FAIL, dmarc_policy="none", source="own")
FORGED_REJECT = SenderFacts(spf=AuthResult.FAIL, dmarc=AuthResult.FAIL, dmarc_policy="reject", source="own")


def some_facts(*files: File, inspection: Inspection | None = None, **changes: Any) -> Facts:
    """An honest mail of an authenticated sender with a text and these files."""
    values: dict[str, Any] = {
        "inspection": inspection or an_inspection(a_text(), *files),
        "malware": MalwareFacts("none"),
        "spam": SpamFacts("none", None),
        "sender": AUTHENTICATED,
    }
    return Facts(**{**values, **changes})


def uninspected_facts() -> Facts:
    return Facts(None, MalwareFacts("none"), SpamFacts("none", None), AUTHENTICATED)


def some_malware(certainty: Certainty = Certainty.EXACT, layer: str = "") -> MalwareFacts:
    return MalwareFacts("clamd 1.4", (MalwareFound("Eicar-Signature", certainty, layer),))


def an_envelope(*recipients: Address, sender: Address | None = SENDER) -> Envelope:
    return Envelope(sender, recipients or (CENTRAL,))


def the_terms(policy: Policy | None = None, channel: Channel = Channel.EMAIL, **changes: Any) -> Terms:
    values: dict[str, Any] = {
        "policy": policy or default_policy(),
        "directory": a_directory(),
        "channel": channel,
        "edition": "muster/2026-01-01",
        "edition_hash": "0" * 64,
    }
    return Terms(**{**values, **changes})


def the_verdict(facts: Facts, envelope: Envelope | None = None, **changes: Any) -> Verdict:
    """The verdict for the only recipient."""
    terms = changes.pop("terms", None) or the_terms()
    register = changes.pop("register", None) or Register()
    verdicts = judge(terms, facts, envelope or an_envelope(), register, changes.pop("at", RECEIVED_AT))
    assert not changes, f"unknown: {changes}"
    assert len(verdicts.by_recipient) == 1
    return verdicts.by_recipient[0]


def a_signer(**changes: Any) -> Signer:
    values: dict[str, Any] = {
        "spki_sha256": a_hash("key of erika"),
        "certificate_sha256": a_hash("certificate of erika"),
        "subject": "CN=Erika Mustermann",
        "issuer": "CN=Muster CA",
        "serial": "01",
        "emails": (str(SENDER),),
        "not_before": "2025-01-01T00:00:00Z",
        "not_after": "2027-01-01T00:00:00Z",
    }
    return Signer(**{**values, **changes})


def signed(*, encrypted: bool = False, **changes: Any) -> CryptoFacts:
    """A valid signature of Erika over the whole message, where wanted inside an encryption that was opened."""
    signer = changes.pop("signer", a_signer())
    inner = Layer(LayerKind.SIGNED, "1", signature=Signature.OK, chain=Chain.OK, coverage=Coverage.WHOLE, signer=signer)
    outer = Layer(LayerKind.ENVELOPED, "1", encryption=Encryption.OK)
    values: dict[str, Any] = {
        "layers": (outer, inner) if encrypted else (inner,),
        "encryption": Encryption.OK if encrypted else Encryption.NONE,
        "signature": Signature.OK,
        "chain": Chain.OK,
        "from_match": FromMatch.MATCH,
        "coverage": Coverage.WHOLE,
        "signer": signer,
    }
    return CryptoFacts(**{**values, **changes})


def encrypted(encryption: Encryption = Encryption.OK, **changes: Any) -> CryptoFacts:
    """One layer of encryption around the whole message, and what became of it."""
    layer = Layer(LayerKind.ENVELOPED, "1", encryption=encryption)
    return CryptoFacts(**{"layers": (layer,), "encryption": encryption, **changes})


def the_ciphertext(*, container: bool = True) -> File:
    """The wrapper of an encrypted message as it shows from outside."""
    return a_file("smime.p7m", Format.PKCS7, container=container, section="1")


def checked(state: IdentityState = IdentityState.VERIFIED, **changes: Any) -> Register:
    """A register in which Erika's key was checked by an employee."""
    values: dict[str, Any] = {
        "spki_sha256": a_hash("key of erika"),
        "addresses": (str(SENDER),),
        "state": state,
        "checked_by": "petra.beispiel",
        "checked_at": datetime(2026, 2, 1, tzinfo=UTC),
        "person": "Erika Mustermann",
    }
    return Register(identities=(IdentityCheck(**{**values, **changes}),))


def ordered(message: bytes, **order: object) -> OutboxItem:
    """A notice in the outbox; ``order`` says what else it asks for."""
    payload = json.dumps({"to": "erika@example.org", "message": message.decode(), **order})
    name = "<PS-1.notice@mx.stadt.example>"
    return OutboxItem(1, AuthorityId("muster"), "notice", "PS-1", name, 1, "token", payload, "erika@example.org")
