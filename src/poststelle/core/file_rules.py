# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The rules that look at one file: its format, its names, what was found inside it, how deep it lies.

Every finding becomes an objection; what that leads to is the policy's to say. Text bodies are held to no format.
"""

from collections.abc import Iterator
from dataclasses import replace

from poststelle.core.facts import AuthResult, File, Finding, Role, Trimming
from poststelle.core.formats import ROWS, Family, Format
from poststelle.core.matter import Matter, file_objection
from poststelle.core.policy import SignatureStance
from poststelle.core.reasons import Reason
from poststelle.core.register import Consent
from poststelle.core.verdict import Disposition, Objection

WRAPPERS = frozenset({Format.EML, Format.TNEF, Format.PKCS7})
"""What a message is wrapped in: once opened, not a format of its own; its files are judged instead."""

_BODY_FORMATS = frozenset(
    {Format.TXT, Format.HTML, Format.CSV, Format.XML, Format.SVG, Format.JSON, Format.SCRIPT, Format.EMPTY,
     Format.UNKNOWN, Format.ICS, Format.VCF, Format.EML, Format.MBOX, Format.RTF, Format.PS}
)  # fmt: skip
"""What the text of a message may look like to a sniffer. Any other body is a file in disguise and judged as one."""

_NOT_OF_BODIES = frozenset({Reason.EMPTY, Reason.FORMAT, Reason.TYPE_MISMATCH, Reason.TXT_ENCODING})
_EXPLAINED = frozenset({Reason.ENCRYPTED, Reason.EMPTY, Reason.UNREADABLE, Reason.TOO_LARGE, Reason.TIMEOUT})
"""Findings that already say why no format could be told."""
_UNTOLD = frozenset({Format.OLE, Format.UNKNOWN, Format.EMPTY})

_FAMILY = {row.format: row.family for row in ROWS}
_EXTENSIONS = {row.format: frozenset(row.extensions) for row in ROWS}
_KNOWN_EXTENSIONS = frozenset(extension for row in ROWS for extension in row.extensions)
MAX_EXTENSION_CHARS = 10


def file_objections(matter: Matter) -> Iterator[Objection]:
    """Every objection to every file, each file asked by each rule."""
    inspection = matter.facts.inspection
    files = inspection.files if inspection else ()
    archives = frozenset(file.path for file in files if file.container and _family(file.format) is Family.ARCHIVE)
    for file in files:
        if is_ciphertext(matter, file):
            continue
        found = (*file.findings, *_format_findings(matter, file), *_depth_findings(matter, file, archives))
        for finding in dict.fromkeys(found):
            if not (_is_body(file) and finding.code in _NOT_OF_BODIES):
                yield _lifted(matter, file, file_objection(matter, file, finding))


def is_ciphertext(matter: Matter, file: File) -> bool:
    """The wrapper of an encrypted message: the encryption fields speak for it, opened or not."""
    return matter.is_veiled and not file.decrypted and file.format is Format.PKCS7


def _is_body(file: File) -> bool:
    return file.role is Role.BODY and file.format in _BODY_FORMATS


def _family(format_: Format) -> Family:
    return _FAMILY.get(format_, Family.UNKNOWN)


def _format_findings(matter: Matter, file: File) -> Iterator[Finding]:
    """Clause attachments.formats: the content is of the closed list, and so is every name it goes by."""
    if (file.container and file.format in WRAPPERS) or _is_welcome_signature(matter, file):
        return
    accepted = matter.terms.rules.accepted_formats
    codes = {finding.code for finding in file.findings}
    if file.format not in accepted:
        if file.format is Format.EMPTY and Reason.EMPTY not in codes:
            yield Finding(Reason.EMPTY)
        elif not file.size_bytes and not _could_be_filled(file, accepted):
            yield Finding(Reason.FORMAT, (), file.format.value)  # attached again with content, it would be foreign
        elif not (file.format in _UNTOLD and codes & _EXPLAINED):
            yield Finding(Reason.FORMAT, (), file.format.value)
    elif file.format in matter.terms.rules.manual_check_formats and not file.container:
        yield Finding(Reason.NOT_INSPECTED, (), file.format.value)  # accepted, and closed to us: a person opens it
    if Reason.TYPE_MISMATCH not in codes:
        yield from _name_findings(file, accepted | _consented(matter, file))


def _is_welcome_signature(matter: Matter, file: File) -> bool:
    """The signature of a clear-signed message, at an address that takes signed mail (Clause smime.address).

    Withheld it would have the message rebuilt, and the office get it without the signature that was welcome.
    """
    is_signature = file.trimming is Trimming.SIGNATURE and file.format is Format.PKCS7
    return is_signature and matter.terms.policy.signature_at(matter.recipient) is not SignatureStance.IGNORES


def _could_be_filled(file: File, accepted: frozenset[Format]) -> bool:
    """The name of an empty file promises an accepted format, or there is no name."""
    promised = {extension for format_ in accepted for extension in _EXTENSIONS.get(format_, ())}
    return all(_extension(name) in promised for name in file.names)


def _name_findings(file: File, accepted: frozenset[Format]) -> Iterator[Finding]:
    """Every extension any client could show is an accepted one and means the format the content has."""
    for extension in dict.fromkeys(_extension(name) for name in file.names):
        if extension and not _agrees(extension, file.format, accepted):
            yield Finding(Reason.TYPE_MISMATCH, (), f".{extension}: {file.format.value}")


def _extension(name: str) -> str:
    """What follows the last dot where it can be an extension at all: ``Nr.5`` and ``v. 12.03`` have none."""
    stem, dot, last = name.rstrip(" .").rpartition(".")
    extension = last.casefold()
    plausible = extension.isascii() and extension.isalnum() and not extension.isdigit()
    return extension if dot and stem and plausible and len(extension) <= MAX_EXTENSION_CHARS else ""


def _agrees(extension: str, format_: Format, accepted: frozenset[Format]) -> bool:
    own = _EXTENSIONS.get(format_, frozenset())
    if extension in own:
        return True
    if format_ not in accepted:
        return extension not in _KNOWN_EXTENSIONS or not own  # the format itself is objected to already
    if _family(format_) is Family.IMAGE:  # every viewer opens one picture under another's name
        return any(extension in _EXTENSIONS[other] for other in accepted if _family(other) is Family.IMAGE)
    return False


def _depth_findings(matter: Matter, file: File, archives: frozenset[tuple[str, ...]]) -> Iterator[Finding]:
    """Clause of the archives: how many may lie inside one another."""
    allowed = matter.terms.rules.archives
    if allowed is None or file.path not in archives:
        return
    depth = sum(file.path[:length] in archives for length in range(1, len(file.path) + 1))
    if depth > allowed.nesting:
        yield Finding(Reason.ZIP_DEPTH, (), f"{depth} > {allowed.nesting}")


FACTUR_X = "factur-x"
"""Evidence of a PDF's own machine-readable invoice."""


def _lifted(matter: Matter, file: File, objection: Objection) -> Objection:
    """The objection, noted only where the policy or a consent lets it pass."""
    is_invoice = objection.code is Reason.PDF_EMBEDDED_FILE and objection.evidence == FACTUR_X
    if is_invoice and matter.terms.rules.hybrid_invoices:
        return replace(objection, disposition=Disposition.ACCEPT, told=False)
    return _with_consent(matter, file, objection)


def _with_consent(matter: Matter, file: File, objection: Objection) -> Objection:
    """Zustimmung: lifts the format of the closed list and nothing else (Clause attachments.consent)."""
    if objection.code is not Reason.FORMAT:
        return objection
    consent = next((consent for consent in _consents(matter) if file.format in consent.formats), None)
    if consent is None:
        return objection
    return replace(objection, disposition=Disposition.ACCEPT, consent=consent.reference, told=False)


def _consented(matter: Matter, file: File) -> frozenset[Format]:
    return frozenset({file.format}) if any(file.format in consent.formats for consent in _consents(matter)) else _NONE


_NONE: frozenset[Format] = frozenset()


def _consents(matter: Matter) -> Iterator[Consent]:
    """The grants that hold for this sender, office and moment."""
    sender = consenting_sender(matter)
    if matter.terms.rules.consent == "never" or not sender:
        return
    for consent in matter.register.consents:
        in_time = consent.valid_from <= matter.at < consent.valid_until
        if in_time and consent.office in ("", matter.route.office) and _is_of(sender, consent.sender):
            yield consent


def _is_of(address: str, granted: str) -> bool:
    """``local@domain`` names one sender, ``@domain`` everybody there and nobody at a subdomain."""
    wanted = granted.casefold()
    _, at, domain = address.rpartition("@")
    return bool(address) and (address == wanted or (wanted.startswith("@") and f"{at}{domain}" == wanted))


def consenting_sender(matter: Matter) -> str:
    """For whom a consent may hold: a SAFE-ID, or the From address under an accepted signature or its domain's DKIM.

    Empty for anybody else. SPF is not enough: it speaks for a server, which a hoster lends to all its customers.
    """
    egvp = matter.facts.inspection.egvp if matter.facts.inspection else None
    if egvp is not None:
        return "" if egvp.is_broken else egvp.sender.safe_id.casefold()
    sender = matter.facts.sender
    by_domain = sender.dkim_aligned and sender.dmarc is not AuthResult.FAIL
    return matter.from_address if matter.accepted_signature or by_domain else ""
