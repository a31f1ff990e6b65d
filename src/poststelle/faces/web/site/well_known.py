# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Small files that programs look for: security.txt, robots.txt, the sitemap, and the certificates for download."""

from datetime import timedelta
from xml.etree import ElementTree as ET

from poststelle.faces.web.site.visit import Document, Visit

TEXT = "text/plain; charset=utf-8"
XML = "application/xml"
PKIX_CERT = "application/pkix-cert"
SECURITY_TXT_DAYS = 180
"""RFC 9116, 2.5.5 asks for less than a year."""
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"


def security_txt(visit: Visit) -> Document:
    """RFC 9116. 404 where the policy names nobody."""
    contact = visit.policy.page.security_contact
    if not contact:
        return Document(b"no contact is published\n", TEXT, status=404)
    expires = (visit.at + timedelta(days=SECURITY_TXT_DAYS)).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {contact}",
        f"Expires: {expires.isoformat().replace('+00:00', 'Z')}",
        "Preferred-Languages: de, en",
        f"Canonical: {visit.url('/.well-known/security.txt')}",
        "",
    )
    return Document("\n".join(lines).encode(), TEXT)


def robots_txt(visit: Visit) -> Document:
    """The site is for everybody; desk and checks are not for machines that collect pages."""
    lines = ("User-agent: *", "Disallow: /desk", "Disallow: /api/", f"Sitemap: {visit.url('/sitemap.xml')}", "")
    return Document("\n".join(lines).encode(), TEXT)


def certificate(visit: Visit) -> Document:
    """One published certificate by its file name."""
    wanted = visit.asked["file_name"]
    found = next((one for one in visit.certificates if one.file_name == wanted), None)
    if found is None:
        return Document(b"no such certificate\n", TEXT, status=404)
    return Document(found.content, PKIX_CERT, file_name=found.file_name)


def sitemap(visit: Visit, pages: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> Document:
    """Every page with its languages (hreflang)."""
    ET.register_namespace("", _SITEMAP)
    ET.register_namespace("xhtml", _XHTML)
    urls = ET.Element(f"{{{_SITEMAP}}}urlset")
    for path, alternates in pages:
        entry = ET.SubElement(urls, f"{{{_SITEMAP}}}url")
        ET.SubElement(entry, f"{{{_SITEMAP}}}loc").text = visit.url(path)
        for lang, other in alternates:
            known = {"rel": "alternate", "hreflang": lang, "href": visit.url(other)}
            ET.SubElement(entry, f"{{{_XHTML}}}link", known)
    return Document(ET.tostring(urls, encoding="utf-8", xml_declaration=True), XML)
