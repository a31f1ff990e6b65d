# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Small trust lists (ETSI TS 119 612) for tests, dated around now, and certificates that claim to be qualified."""

import base64
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from lxml import etree

from poststelle.inspection.cms.der import OID, SEQUENCE, encode, oid
from support.certificates import DAY, NOW, Holder

TERMS = "http://uri.etsi.org/TrstSvc"
QC, QTST = f"{TERMS}/Svctype/CA/QC", f"{TERMS}/Svctype/TSA/QTST"
GRANTED, WITHDRAWN = "granted", "withdrawn"
COMPLIANCE, DEVICE, TYPE = "0.4.0.1862.1.1", "0.4.0.1862.1.4", "0.4.0.1862.1.6"
SEAL, WEBSITE = "0.4.0.1862.1.6.2", "0.4.0.1862.1.6.3"


def statements(*claims: str, kind: str = "") -> bytes:
    """QCStatements with these claims; ``kind`` adds a QcType."""
    said = [encode(SEQUENCE, encode(OID, oid(claim))) for claim in claims]
    if kind:
        types = encode(SEQUENCE, encode(OID, oid(kind)))
        said.append(encode(SEQUENCE, encode(OID, oid(TYPE)), types))
    return encode(SEQUENCE, *said)


@dataclass(frozen=True)
class Listed:
    """A service of a list; ``states`` are (status, since), the present one first."""

    holder: Holder
    kind: str = QC
    states: tuple[tuple[str, datetime], ...] = ((GRANTED, NOW - 400 * DAY),)
    name: str = "Muster qualified certificates"
    uses: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()


def a_trust_list(
    *services: Listed,
    territory: str = "DE",
    issued: datetime = NOW - 30 * DAY,
    next_update: datetime | None = NOW + 60 * DAY,
) -> bytes:
    """The list as XML."""
    update = f"<dateTime>{_utc(next_update)}</dateTime>" if next_update else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#">
<SchemeInformation>
<SchemeOperatorName><Name xml:lang="de">Musteraufsicht</Name><Name xml:lang="en">Test Supervisor</Name></SchemeOperatorName>
<SchemeTerritory>{territory}</SchemeTerritory>
<ListIssueDateTime>{_utc(issued)}</ListIssueDateTime><NextUpdate>{update}</NextUpdate>
</SchemeInformation>
<TrustServiceProviderList><TrustServiceProvider><TSPServices>
{"".join(map(_service, services))}
</TSPServices></TrustServiceProvider></TrustServiceProviderList>
</TrustServiceStatusList>""".encode()


def _service(one: Listed) -> str:
    (status, since), *past = one.states
    before = "".join(f"<ServiceHistoryInstance>{_state(one, *state)}</ServiceHistoryInstance>" for state in past)
    identity = base64.b64encode(one.holder.der).decode()
    extensions = "".join(
        f"<Extension Critical='true'><AdditionalServiceInformation><URI xml:lang='en'>{TERMS}/TrustedList/SvcInfoExt/{use}"
        "</URI></AdditionalServiceInformation></Extension>"
        for use in one.uses
    )
    extensions += "".join(
        "<Extension Critical='true'><q:Qualifications "
        "xmlns:q='http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#'><q:QualificationElement>"
        f"<q:Qualifiers><q:Qualifier uri='{TERMS}/TrustedList/SvcInfoExt/{one_of}'/></q:Qualifiers>"
        "</q:QualificationElement></q:Qualifications></Extension>"
        for one_of in one.qualifiers
    )
    return f"""<TSPService><ServiceInformation>{_state(one, status, since)}
<ServiceName><Name xml:lang="en">{one.name}</Name></ServiceName>
<ServiceDigitalIdentity><DigitalId><X509Certificate>
{identity}
</X509Certificate></DigitalId><DigitalId><X509Certificate>bm90IG9uZQ==</X509Certificate></DigitalId></ServiceDigitalIdentity>
<ServiceInformationExtensions>{extensions}</ServiceInformationExtensions>
</ServiceInformation><ServiceHistory>{before}</ServiceHistory></TSPService>"""


def _state(one: Listed, status: str, since: datetime) -> str:
    return (
        f"<ServiceTypeIdentifier>{one.kind}</ServiceTypeIdentifier>"
        f"<ServiceStatus>{TERMS}/TrustedList/Svcstatus/{status}</ServiceStatus>"
        f"<StatusStartingTime>{_utc(since)}</StatusStartingTime>"
    )


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


DS, C14N = "http://www.w3.org/2000/09/xmldsig#", "http://www.w3.org/2001/10/xml-exc-c14n#"
MORE, SHA256 = "http://www.w3.org/2001/04/xmldsig-more#", "http://www.w3.org/2001/04/xmlenc#sha256"
TRANSFORMS = (f"{DS}enveloped-signature", C14N)


def signed_list(
    content: bytes,
    by: Holder,
    *,
    uri: str = "",
    transforms: tuple[str, ...] = TRANSFORMS,
    digest: str = SHA256,
    method: str = "",
    over: bytes | None = None,
    canonicalization: str = C14N,
    references: int = 1,
    prefixes: str = "",
) -> bytes:
    """The list with an enveloped signature at its end; each part may be bent. ``over`` is what is digested instead."""
    root = etree.fromstring(content)
    is_ec = isinstance(by.key, ec.EllipticCurvePrivateKey)
    digested, kept = etree.fromstring(over or content), prefixes.split()
    canonical = etree.tostring(digested, method="c14n", exclusive=True, inclusive_ns_prefixes=kept)
    named = f'<ec:InclusiveNamespaces xmlns:ec="{C14N}" PrefixList="{prefixes}"/>' if prefixes else ""
    steps = "".join(
        f'<ds:Transform Algorithm="{one}">{named if one == C14N else ""}</ds:Transform>' for one in transforms
    )
    reference = (
        f'<ds:Reference URI="{uri}"><ds:Transforms>{steps}</ds:Transforms><ds:DigestMethod Algorithm="{digest}"/>'
        f"<ds:DigestValue>{base64.b64encode(sha256(canonical).digest()).decode()}</ds:DigestValue></ds:Reference>"
    )
    info = (
        f'<ds:SignedInfo xmlns:ds="{DS}"><ds:CanonicalizationMethod Algorithm="{canonicalization}"/>'
        f'<ds:SignatureMethod Algorithm="{method or MORE + ("ecdsa" if is_ec else "rsa") + "-sha256"}"/>'
        f"{reference * references}</ds:SignedInfo>"
    )
    signed = etree.tostring(etree.fromstring(info), method="c14n", exclusive=True)
    if is_ec:
        pair = utils.decode_dss_signature(by.key.sign(signed, ec.ECDSA(hashes.SHA256())))
        made = b"".join(number.to_bytes(32, "big") for number in pair)
    else:
        made = by.key.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    value = f"<ds:SignatureValue>{base64.b64encode(made).decode()}</ds:SignatureValue>"
    root.append(etree.fromstring(f'<ds:Signature xmlns:ds="{DS}">{info}{value}</ds:Signature>'))
    return bytes(etree.tostring(root))
