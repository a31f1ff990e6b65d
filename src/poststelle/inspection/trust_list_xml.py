# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Reading a trust list as its state publishes it (ETSI TS 119 612), within bounds.

The list's own signature is ``trust_list_signature``'s question.
"""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime

from lxml import etree

from poststelle.inspection.cms.ber import CmsError
from poststelle.inspection.cms.certificates import read_certificate
from poststelle.inspection.trust_list import Service, ServiceKind, State, TrustList, Use
from poststelle.inspection.xmlparts import XmlError, parse

MAX_LIST_BYTES = 32 * 1024 * 1024
"""Several times what national lists have."""
MAX_SERVICES = 5_000
MAX_STATES = 100
MAX_CERTIFICATES = 20
_MAX_TEXT = 200
_TSL = "{http://uri.etsi.org/02231/v2#}"
_QUALIFIER = "{http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#}Qualifier"
_EXTENSION = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
_GRANTED = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CONDITIONS = frozenset({f"{_EXTENSION}{word}" for word in ("NotQualified", "QCStatement", "QCForWSA")})
"""Qualifiers that turn round what a certificate says of itself, where their criteria fit (TS 119 612, 5.5.9.2)."""


class TrustListError(ValueError):
    """The bytes are no trust list that can be used. The sentence says why."""


def read_trust_list(content: bytes) -> TrustList:
    """The list. TrustListError where it is none, is too large, declares a document type, or names no qualified service."""
    root = _root(content)
    scheme = root.find(f"{_TSL}SchemeInformation")
    if root.tag != f"{_TSL}TrustServiceStatusList" or scheme is None:
        raise TrustListError("no trust list (ETSI TS 119 612)")
    services = tuple(_services(root))
    if not services:
        raise TrustListError("it names no qualified service; of the EU's list of lists, take the national lists")
    issued_at = _moment(scheme.findtext(f"{_TSL}ListIssueDateTime"))
    if issued_at is None:
        raise TrustListError("it does not say when it was issued")
    return TrustList(
        territory=_line(scheme.findtext(f"{_TSL}SchemeTerritory")) or "?",
        operator=_named(scheme.find(f"{_TSL}SchemeOperatorName")),
        issued_at=issued_at,
        next_update_at=_moment(scheme.findtext(f"{_TSL}NextUpdate/{_TSL}dateTime")),
        services=services,
    )


def _root(content: bytes) -> etree._Element:
    if len(content) > MAX_LIST_BYTES:
        raise TrustListError(f"larger than {MAX_LIST_BYTES} bytes")
    try:
        piece = parse(content)
    except XmlError as error:
        raise TrustListError(f"no XML: {error}") from error
    if piece.has_doctype:
        raise TrustListError("it declares a document type")
    return piece.root


def _services(root: etree._Element) -> Iterator[Service]:
    kinds = {kind.value: kind for kind in ServiceKind}
    for count, entry in enumerate(root.iter(f"{_TSL}TSPService")):
        if count >= MAX_SERVICES:
            raise TrustListError(f"more than {MAX_SERVICES} services")
        told = entry.find(f"{_TSL}ServiceInformation")
        kind = kinds.get(_line(told.findtext(f"{_TSL}ServiceTypeIdentifier"))) if told is not None else None
        if told is not None and kind is not None:
            yield _service(entry, told, kind)


def _service(entry: etree._Element, told: etree._Element, kind: ServiceKind) -> Service:
    past = entry.iterfind(f"{_TSL}ServiceHistory/{_TSL}ServiceHistoryInstance")
    states = [state for one in (told, *past) if (state := _state(one)) is not None][:MAX_STATES]
    uses = {use for uri in told.iter(f"{_TSL}URI") for use in Use if _line(uri.text) == f"{_EXTENSION}{use}"}
    qualifiers = {_line(one.get("uri")) for one in told.iter(_QUALIFIER)}
    return Service(
        kind=kind,
        name=_named(told.find(f"{_TSL}ServiceName")),
        certificates=tuple(_certificates(told)),
        states=tuple(sorted(states, key=lambda state: state.since, reverse=True)),
        uses=frozenset(uses),
        has_conditions=bool(qualifiers & _CONDITIONS),
    )


def _state(told: etree._Element) -> State | None:
    since = _moment(told.findtext(f"{_TSL}StatusStartingTime"))
    status = _line(told.findtext(f"{_TSL}ServiceStatus"))
    return State(since, is_granted=status == _GRANTED) if since and status else None


def _certificates(told: etree._Element) -> Iterator[str]:
    """Those that can be read; lists carry old ones with odd encodings, and one of them must not cost the others."""
    found = told.iterfind(f"{_TSL}ServiceDigitalIdentity/{_TSL}DigitalId/{_TSL}X509Certificate")
    for _, one in zip(range(MAX_CERTIFICATES), found, strict=False):
        text = "".join((one.text or "").split())
        try:
            read_certificate(base64.b64decode(text, validate=True))
        except (CmsError, IndexError, ValueError):
            continue
        yield text


def _named(names: etree._Element | None) -> str:
    """The English name where there is one (it is mandatory: TS 119 612, 5.1.4), else the first."""
    found = [] if names is None else list(names.iterfind(f"{_TSL}Name"))
    english = [one for one in found if (one.get(_LANGUAGE) or "").startswith("en")]
    return next((_line(one.text) for one in (*english, *found)), "")


def _line(text: str | None) -> str:
    return " ".join((text or "").split())[:_MAX_TEXT]


def _moment(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(_line(text))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
