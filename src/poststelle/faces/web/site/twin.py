# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The page for machines: the terms as JSON with a schema, the authority as JSON-LD, and its vCard.

A sender's software reads zugangseroeffnung.json before it sends. Schema and answer come from one model, so that they
cannot part; keys only grow.
"""

import json
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from poststelle.core.arrival import Channel
from poststelle.core.page import render, render_title
from poststelle.core.policy import ChannelPolicy, Contact, Language
from poststelle.faces.web.site.clauses import certificate_values, format_lines
from poststelle.faces.web.site.visit import WRITTEN, Document, Visit

TWIN_PATH = "/.well-known/zugangseroeffnung.json"
SCHEMA_PATH = "/.well-known/zugangseroeffnung.schema.json"
JSON = "application/json"
SCHEMA_JSON = "application/schema+json"
VCARD = "text/vcard; charset=utf-8"


class TwinModel(BaseModel):
    """Frozen, and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TwinFormat(TwinModel):
    """One accepted format."""

    extension: str
    media_type: str
    name: str
    is_archive: bool


class TwinChannel(TwinModel):
    """What holds in one channel."""

    size_limit_bytes: int
    """The limit itself is still accepted."""
    size_basis: Literal["attachments", "message"]
    """Sum of the decoded attachments as sent, or the whole message."""
    formats: tuple[TwinFormat, ...]
    max_files: int | None
    max_name_chars: int | None
    macros_allowed: Literal[False] = False
    """Macros and scripts inside files are never allowed."""
    clauses: dict[str, str]
    """Ids of the clauses on size, formats and archives."""


class TwinAddress(TwinModel):
    """One published address."""

    address: str
    encryption: Literal["accepts", "requires", "refuses", "decrypt"]
    methods: tuple[str, ...]
    signature: Literal["accepts", "requires", "ignores"]
    clause: str


class TwinCertificate(TwinModel):
    """One certificate for download."""

    url: str
    sha256: str
    valid_until: date
    is_issuer: bool


class TwinClause(TwinModel):
    """One clause; a language without a text is left out."""

    title: dict[str, str]
    text: dict[str, str]


class TwinEdition(TwinModel):
    """Which edition this is."""

    id: str
    number: int
    valid_from: date
    sha256: str
    """Of the policy file."""
    url: str


class Twin(TwinModel):
    """The terms of access of one authority, for machines."""

    schema_: str = Field(alias="$schema")
    version: Literal[1] = 1
    authority: str
    name: str
    page: str
    edition: TwinEdition
    legal_bases: tuple[str, ...]
    domains: tuple[str, ...]
    """The terms hold for recipients in these domains only."""
    addresses: tuple[TwinAddress, ...]
    certificates: tuple[TwinCertificate, ...]
    safe_id: str | None
    channels: dict[str, TwinChannel]
    check: str | None
    """Where files can be checked before they are sent; null where nobody answers."""
    clauses: dict[str, TwinClause]


def twin(visit: Visit) -> Twin:
    """The edition that is shown, as a value."""
    policy = visit.policy
    return Twin.model_validate(
        {
            "$schema": visit.url(SCHEMA_PATH),
            "authority": policy.authority,
            "name": visit.name,
            "page": visit.url("/kontakt"),
            "edition": _edition(visit),
            "legal_bases": tuple(basis.citation for basis in policy.legal),
            "domains": policy.scope.domains if policy.scope else (),
            "addresses": _addresses(visit),
            "certificates": _certificates(visit),
            "safe_id": policy.mailbox.safe_id if policy.mailbox else None,
            "channels": {one.value: _channel(policy.channel(one)) for one in Channel},
            "check": None if visit.is_static else visit.url("/api/v1/check"),
            "clauses": {clause_id: _clause(visit, clause_id) for clause_id in policy.clauses},
        }
    )


def _edition(visit: Visit) -> TwinEdition:
    policy = visit.policy
    url = visit.url(f"/kontakt/fassung/{policy.valid_from}")
    return TwinEdition(
        id=visit.edition.id, number=policy.number, valid_from=policy.valid_from, sha256=visit.edition.hash, url=url
    )


def _addresses(visit: Visit) -> tuple[TwinAddress, ...]:
    return tuple(
        TwinAddress(
            address=terms.address,
            encryption=terms.encryption.value,
            methods=tuple(method.value for method in terms.methods),
            signature=terms.signature.value,
            clause=terms.clause,
        )
        for terms in visit.policy.addresses
    )


def _certificates(visit: Visit) -> tuple[TwinCertificate, ...]:
    return tuple(
        TwinCertificate(
            url=visit.url(f"/zertifikate/{one.file_name}"),
            sha256=one.sha256,
            valid_until=one.valid_until.date(),
            is_issuer=one.is_issuer,
        )
        for one in visit.certificates
    )


def _channel(rules: ChannelPolicy) -> TwinChannel:
    clauses = {"size": rules.size.clause, "formats": rules.formats_clause, "consent": rules.consent_clause}
    if rules.archives:
        clauses["archives"] = rules.archives.clause
    formats = tuple(
        TwinFormat(
            extension=line.extensions[0] if line.extensions else "",
            media_type=line.media_type,
            name=line.name,
            is_archive=line.is_archive,
        )
        for line in format_lines(rules, Language.DE)
    )
    return TwinChannel(
        size_limit_bytes=rules.size.limit_bytes,
        size_basis=rules.size.basis,
        formats=formats,
        max_files=rules.max_files,
        max_name_chars=rules.max_name_chars,
        clauses=clauses,
    )


def _clause(visit: Visit, clause_id: str) -> TwinClause:
    titles, texts = {}, {}
    for language in (*WRITTEN, Language.LEICHT):
        values = certificate_values(visit.certificates, language)
        titles[language.value] = render_title(visit.policy, clause_id, language)
        texts[language.value] = render(visit.policy, clause_id, language, values)
    return TwinClause(title=_stated(titles), text=_stated(texts))


def _stated(by_language: dict[str, str]) -> dict[str, str]:
    return {language: text for language, text in by_language.items() if text}


def twin_file(visit: Visit) -> Document:
    """zugangseroeffnung.json."""
    return Document(twin(visit).model_dump_json(by_alias=True, indent=1).encode(), JSON)


def schema_file(_visit: Visit) -> Document:
    """Its JSON Schema (2020-12)."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Twin.model_json_schema(by_alias=True)}
    return Document(json.dumps(schema, ensure_ascii=False, indent=1).encode(), SCHEMA_JSON)


def json_ld(visit: Visit) -> dict[str, object]:
    """The authority as schema.org/GovernmentOffice."""
    contact = visit.policy.contact
    known: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "GovernmentOffice",
        "@id": visit.url("/kontakt#kontakt"),
        "name": visit.name,
        "url": visit.url("/kontakt"),
        "email": [terms.address for terms in visit.policy.addresses],
    }
    return known if contact is None else {**known, **_contact_ld(contact)}


def _contact_ld(contact: Contact) -> dict[str, object]:
    postal_code, _, locality = contact.postal[-1].partition(" ")
    address = {
        "@type": "PostalAddress",
        "name": contact.postal[0],
        "streetAddress": ", ".join(contact.postal[1:-1]),
        "postalCode": postal_code,
        "addressLocality": locality,
        "addressCountry": "DE",
    }
    telephones = {"telephone": contact.phone_uri, "faxNumber": contact.fax_uri}
    return {
        "address": {key: text for key, text in address.items() if text},
        **{key: text for key, text in telephones.items() if text},
    }


def vcard(visit: Visit) -> Document:
    """The authority's vCard 4.0 (RFC 6350)."""
    contact = visit.policy.contact
    lines = ["BEGIN:VCARD", "VERSION:4.0", "KIND:org", f"FN:{_escaped(visit.name)}", f"ORG:{_escaped(visit.name)}"]
    if contact:
        code, _, locality = contact.postal[-1].partition(" ")
        street = ", ".join(contact.postal[1:-1])
        lines.append(f"ADR;TYPE=work:;;{_escaped(street)};{_escaped(locality)};;{_escaped(code)};Deutschland")
        lines.append(f'TEL;VALUE=uri;TYPE="work,voice":tel:{contact.phone_uri}')
        lines += [f'TEL;VALUE=uri;TYPE="work,fax":tel:{contact.fax_uri}'] if contact.fax_uri else []
    lines += [f"EMAIL;TYPE=work:{terms.address}" for terms in visit.policy.addresses]
    lines += [f"URL:{visit.url('/kontakt')}", "END:VCARD", ""]
    return Document("\r\n".join(lines).encode(), VCARD, file_name=f"{visit.authority.id}.vcf")


def _escaped(text: str) -> str:
    for letter in "\\,;":
        text = text.replace(letter, f"\\{letter}")
    return text
