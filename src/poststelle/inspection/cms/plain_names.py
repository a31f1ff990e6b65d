# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Certificates for the path validator, with the names in them as they stand in their bytes; and whom issuers may name.

asn1crypto turns A-labels into other letters by rules that are out of force, fails where those do not turn back, and
leaves constraints as they are, so that the two never met. Here A-labels are compared (RFC 5280, 7).
"""

from collections.abc import Iterable, Iterator

from asn1crypto import core, x509  # type: ignore[import-untyped] # asn1crypto ships no types
from pyhanko_certvalidator.name_trees import email_tree_contains

from poststelle.inspection.cms.mailboxes import canonical


class _Plain(core.IA5String):  # type: ignore[misc] # asn1crypto ships no types
    _encoding = "latin1"


class _Name(x509.GeneralName):  # type: ignore[misc] # as above
    _alternatives = [  # noqa: RUF012 - the library writes into it
        ("other_name", x509.AnotherName, {"implicit": 0}),
        ("rfc822_name", _Plain, {"implicit": 1}),
        ("dns_name", _Plain, {"implicit": 2}),
        ("x400_address", x509.ORAddress, {"implicit": 3}),
        ("directory_name", x509.Name, {"explicit": 4}),
        ("edi_party_name", x509.EDIPartyName, {"implicit": 5}),
        ("uniform_resource_identifier", _Plain, {"implicit": 6}),
        ("ip_address", x509.IPAddress, {"implicit": 7}),
        ("registered_id", core.ObjectIdentifier, {"implicit": 8}),
    ]


class _Names(x509.GeneralNames):  # type: ignore[misc] # as above
    _child_spec = _Name


class _Subtree(x509.GeneralSubtree):  # type: ignore[misc] # as above
    _fields = [  # noqa: RUF012 - the library writes into it
        ("base", _Name),
        ("minimum", core.Integer, {"implicit": 0, "default": 0}),
        ("maximum", core.Integer, {"implicit": 1, "optional": True}),
    ]


class _Subtrees(x509.GeneralSubtrees):  # type: ignore[misc] # as above
    _child_spec = _Subtree


class _Constraints(x509.NameConstraints):  # type: ignore[misc] # as above
    _fields = [  # noqa: RUF012 - the library writes into it
        ("permitted_subtrees", _Subtrees, {"implicit": 0, "optional": True}),
        ("excluded_subtrees", _Subtrees, {"implicit": 1, "optional": True}),
    ]


class _Extension(x509.Extension):  # type: ignore[misc] # as above
    _oid_specs = {  # noqa: RUF012 - the library's way
        **x509.Extension._oid_specs,  # noqa: SLF001 - what a subclass changes
        "subject_alt_name": _Names,
        "issuer_alt_name": _Names,
        "name_constraints": _Constraints,
    }


class _Extensions(x509.Extensions):  # type: ignore[misc] # as above
    _child_spec = _Extension


class _Tbs(x509.TbsCertificate):  # type: ignore[misc] # as above
    _fields = [  # noqa: RUF012 - as above
        *x509.TbsCertificate._fields[:-1],
        ("extensions", _Extensions, {"explicit": 3, "optional": True}),
    ]


class PlainCertificate(x509.Certificate):  # type: ignore[misc] # as above
    """A certificate like the library's own."""

    _fields = [("tbs_certificate", _Tbs), *x509.Certificate._fields[1:]]  # noqa: RUF012 - as above


def is_outside(addresses: Iterable[str], issuers: Iterable[x509.Certificate]) -> bool:
    """True where an issuer may not name one of the mailboxes, in whatever field it stands (RFC 5280, 4.2.1.10).

    Constraints on rfc822Name hold for SmtpUTF8Mailbox too (RFC 9598, 6), which the validator does not know.
    """
    found = ["@".join(canonical(address) or ("", "")) for address in addresses]
    return any(_forbids(issuer, address) for issuer in issuers for address in found)


def _forbids(issuer: x509.Certificate, address: str) -> bool:
    stated = issuer.name_constraints_value
    if stated is None:
        return False
    permitted, excluded = (tuple(_bases(stated[kind])) for kind in ("permitted_subtrees", "excluded_subtrees"))
    is_permitted = not permitted or any(email_tree_contains(base, address) for base in permitted)
    return not is_permitted or any(email_tree_contains(base, address) for base in excluded)


def _bases(subtrees: Iterable[_Subtree] | core.Void) -> Iterator[str]:
    for subtree in () if isinstance(subtrees, core.Void) else subtrees:
        if subtree["base"].name == "rfc822_name":
            yield subtree["base"].native
