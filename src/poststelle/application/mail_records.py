# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The DNS records that mail to and from an authority needs: what to publish, and what of it is found.

What is asked for follows BSI TR-03108 (transport) and TR-03182 (authentication). Knows no resolver: it is handed one
question, and everything else is compared here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_address

from poststelle.application.health import Diagnosis, Examination, Health
from poststelle.application.ports import UnavailableError
from poststelle.core.facts import AuthResult
from poststelle.protocol.dkim import tags_of
from poststelle.protocol.dmarc import the_record

MTA_STS_SECONDS = 604_800
"""One week (RFC 8461, 3.2 recommends weeks); raise it once nothing has gone wrong."""
SPF_START = "v=spf1"


@dataclass(frozen=True, slots=True)
class Answer:
    """The records found, in presentation form (TXT joined, hosts without their last dot)."""

    records: tuple[str, ...]
    is_validated: bool = False
    """The resolver vouches for it by DNSSEC (RFC 4035, 3.2.3)."""


Ask = Callable[[str, str], Answer]
"""(name, type) to what is published; UnavailableError where no answer can be had."""
SpfOf = Callable[[str, str], AuthResult]
"""(domain, address) to what the domain says of mail from that address."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whose records are looked at."""

    domains: tuple[str, ...]
    """Those of our published addresses."""
    hostname: str
    """The MX, which is also in return paths and greetings."""
    selector: str
    """Of the DKIM key that the mail server signs with."""
    reports_to: str
    """Where reports about failures go."""
    spki_sha256: str = ""
    """Hash of the public key in the mail server's certificate, in hex; empty where no certificate is at hand."""
    today: str = ""
    """YYYYMMDD, for a new MTA-STS id."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The world's records, as far as they can be asked for."""

    ask: Ask
    spf_of: SpfOf


def examinations(wanted: Wanted, zone: Zone) -> tuple[Examination, ...]:
    """The records of the mail server first, then those of each domain."""
    of_host = (partial(look, wanted, zone) for look in _OF_HOST)
    of_domain = (partial(look, wanted, zone, domain) for domain in wanted.domains for look in _OF_DOMAIN)
    return tuple(partial(_examined, look) for look in (*of_host, *of_domain))


def mta_sts_policy(wanted: Wanted) -> str:
    """The file to be served as https://mta-sts.DOMAIN/.well-known/mta-sts.txt (RFC 8461, 3.2), lines ended by CRLF."""
    lines = ("version: STSv1", "mode: enforce", f"mx: {wanted.hostname}", f"max_age: {MTA_STS_SECONDS}")
    return "".join(f"{line}\r\n" for line in lines)


def _examined(look: Callable[[], Diagnosis]) -> Diagnosis:
    try:
        return look()
    except UnavailableError as error:
        return Diagnosis("DNS", Health.DOUBTFUL, f"no answer: {error}", "Ask again, or set sender.resolver.")


def _publish(name: str, kind: str, content: str) -> str:
    """One line of a zone file; a text is quoted in pieces of 255 octets (RFC 1035, 3.3.14)."""
    if kind == "TXT":
        content = " ".join(f'"{content[at : at + 255]}"' for at in range(0, len(content), 255))
    return f"Publish:  {name}. IN {kind} {content}"


def _starting(answer: Answer, start: str) -> tuple[str, ...]:
    return tuple(text for text in answer.records if re.match(rf"{re.escape(start)}\s*(?:;|\s|$)", text, re.IGNORECASE))


def _host_addresses(zone: Zone, hostname: str) -> tuple[str, ...]:
    return zone.ask(hostname, "A").records + zone.ask(hostname, "AAAA").records


# The mail server


def _addresses(wanted: Wanted, zone: Zone) -> Diagnosis:
    part = f"address of {wanted.hostname}"
    found = _host_addresses(zone, wanted.hostname)
    if not found:
        return Diagnosis(part, Health.BROKEN, "none", _publish(wanted.hostname, "A", "<its IPv4 address>"))
    return Diagnosis(part, Health.FINE, ", ".join(found))


def _pointers(wanted: Wanted, zone: Zone) -> Diagnosis:
    """Large providers take no mail from an address that does not point back (RFC 1912, 2.1)."""
    part = f"reverse name of {wanted.hostname}"
    for address in _host_addresses(zone, wanted.hostname):
        name = ip_address(address).reverse_pointer
        back = zone.ask(name, "PTR").records
        if wanted.hostname not in back:
            told = f"{address} points to {', '.join(back) or 'nothing'}"
            remedy = _publish(name, "PTR", f"{wanted.hostname}.") + "  (at your Internet provider)"
            return Diagnosis(part, Health.DOUBTFUL, told, remedy)
    return Diagnosis(part, Health.FINE, "every address points back")


def _spf_of_host(wanted: Wanted, zone: Zone) -> Diagnosis:
    """Return paths of deliveries, and the greeting that stands in for a notice's null sender (RFC 7208, 2.4)."""
    return _spf_for(wanted.hostname, f"{SPF_START} a -all", wanted, zone)


def _dane(wanted: Wanted, zone: Zone) -> Diagnosis:
    """TLSA at the MX, with the public key of its own certificate (RFC 7672, 3.1)."""
    name = f"_25._tcp.{wanted.hostname}"
    part = f"DANE of {wanted.hostname}"
    answer = zone.ask(name, "TLSA")
    key = wanted.spki_sha256 or "<SHA-256 of the certificate's public key>"
    wish = _publish(name, "TLSA", f"3 1 1 {key}")
    if not answer.records:
        return Diagnosis(part, Health.DOUBTFUL, "no TLSA record", wish)
    usable = tuple(record.lower() for record in answer.records if re.match(r"[23] [01] [12] ", record))
    if not usable:
        return Diagnosis(part, Health.BROKEN, f"not for mail: {answer.records[0]}", wish)
    if wanted.spki_sha256 and f"3 1 1 {wanted.spki_sha256}" not in usable:
        return Diagnosis(part, Health.BROKEN, "no record fits the certificate: senders will defer their mail", wish)
    if not answer.is_validated:
        sentence = "published, and the resolver does not vouch for it by DNSSEC: without it nobody looks"
        return Diagnosis(part, Health.DOUBTFUL, sentence, "Sign the zone, or ask a resolver that validates.")
    return Diagnosis(
        part, Health.FINE, "; ".join(usable) + ("" if wanted.spki_sha256 else " (no certificate to compare)")
    )


# Each domain


def _exchange(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    part, found = f"MX of {domain}", zone.ask(domain, "MX").records
    wish = _publish(domain, "MX", f"10 {wanted.hostname}.")
    if not found:
        return Diagnosis(part, Health.BROKEN, "none: mail does not come here", wish)
    if all(record.partition(" ")[2] != wanted.hostname for record in found):
        return Diagnosis(part, Health.DOUBTFUL, f"mail goes to {', '.join(found)}", wish)
    return Diagnosis(part, Health.FINE, ", ".join(found))


def _spf(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    return _spf_for(domain, f"{SPF_START} mx -all", wanted, zone)


def _spf_for(domain: str, wish: str, wanted: Wanted, zone: Zone) -> Diagnosis:
    part, published = f"SPF of {domain}", _starting(zone.ask(domain, "TXT"), SPF_START)
    remedy = _publish(domain, "TXT", wish)
    if len(published) != 1:
        told = "none" if not published else f"{len(published)} records, and with more than one none counts"
        return Diagnosis(part, Health.BROKEN if published else Health.DOUBTFUL, told, remedy)
    for address in _host_addresses(zone, wanted.hostname):
        result = zone.spf_of(domain, address)
        if result is not AuthResult.PASS:
            told = f"{published[0]} says {result.value} of our own {address}"
            return Diagnosis(part, Health.BROKEN, told, f"Let it name the mail server. {remedy}")
    if not re.search(r"\s[-~]all\b|\sredirect=", published[0]):
        return Diagnosis(part, Health.DOUBTFUL, f"{published[0]} forbids nobody", remedy)
    return Diagnosis(part, Health.FINE, published[0])


def _dkim(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    name = f"{wanted.selector}._domainkey.{domain}"
    part, published = f"DKIM of {domain}", zone.ask(name, "TXT").records
    wish = _publish(name, "TXT", "v=DKIM1; k=rsa; p=<public key of your signer, RSA 2048 or more>")
    if not published:
        return Diagnosis(part, Health.DOUBTFUL, f"no key at {name}", wish)
    tags = tags_of(published[0])
    if len(published) > 1 or tags is None or not tags.get("p"):
        return Diagnosis(part, Health.BROKEN, f"no key can be read at {name}", wish)
    return Diagnosis(part, Health.FINE, f"a key at {name}")


def _dmarc(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    name = f"_dmarc.{domain}"
    part, found = f"DMARC of {domain}", zone.ask(name, "TXT").records
    wish = _publish(name, "TXT", f"v=DMARC1; p=reject; rua=mailto:{wanted.reports_to}")
    record = the_record(found)
    if record is None:
        told = "none" if not found else "no record that counts: " + "; ".join(found)
        return Diagnosis(part, Health.DOUBTFUL, told, wish)
    if record.policy_for(subdomain=False) == "none":
        sentence = f"{found[0]} turns nothing away: anybody may write in your name"
        return Diagnosis(part, Health.DOUBTFUL, sentence, f"When the reports name nobody honest any more. {wish}")
    return Diagnosis(part, Health.FINE, found[0])


def _mta_sts(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    name = f"_mta-sts.{domain}"
    part, found = f"MTA-STS of {domain}", _starting(zone.ask(name, "TXT"), "v=STSv1")
    served = f"https://mta-sts.{domain}/.well-known/mta-sts.txt"
    wish = _publish(name, "TXT", f"v=STSv1; id={wanted.today or '1'}") + f"  and serve {served}"
    if len(found) != 1 or not re.search(r"\bid=[A-Za-z0-9]{1,32}\s*(?:;|$)", found[0]):
        return Diagnosis(part, Health.DOUBTFUL, "none" if not found else f"cannot be used: {'; '.join(found)}", wish)
    if not _host_addresses(zone, f"mta-sts.{domain}"):
        remedy = _publish(f"mta-sts.{domain}", "CNAME", "<your web server>.") + f"  and serve {served}"
        return Diagnosis(part, Health.BROKEN, f"announced, and mta-sts.{domain} has no address", remedy)
    return Diagnosis(part, Health.FINE, f"{found[0]}; the file itself is not fetched from here: {served}")


def _tls_rpt(wanted: Wanted, zone: Zone, domain: str) -> Diagnosis:
    name = f"_smtp._tls.{domain}"
    part, found = f"TLS-RPT of {domain}", _starting(zone.ask(name, "TXT"), "v=TLSRPTv1")
    wish = _publish(name, "TXT", f"v=TLSRPTv1; rua=mailto:{wanted.reports_to}")
    if len(found) != 1 or not re.search(r"\brua\s*=\s*(?:mailto:|https:)", found[0]):
        return Diagnosis(part, Health.DOUBTFUL, "none" if not found else f"cannot be used: {'; '.join(found)}", wish)
    return Diagnosis(part, Health.FINE, found[0])


_OF_HOST = (_addresses, _pointers, _spf_of_host, _dane)
_OF_DOMAIN = (_exchange, _spf, _dkim, _dmarc, _mta_sts, _tls_rpt)
