# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Remarks for the desk that are no objections: what a clerk should look at twice. Never shown to a sender."""

import re
import unicodedata
from collections.abc import Callable

from poststelle.core.arrival import Channel
from poststelle.core.egvp import EgvpFacts, ProofOfOrigin, XJustizKind
from poststelle.core.lookalike import mixes_scripts, resembles
from poststelle.core.matter import Matter
from poststelle.core.posing import claims_to_be_ours, is_ours, own_domains
from poststelle.core.rules import UNSIGNED
from poststelle.core.signature import CryptoNote, Identity
from poststelle.core.signers import Sighting, seen_as

_ADDRESS = re.compile(r"[^\s<>\"'(),;:@]{1,64}@[A-Za-z0-9.-]{1,255}")
MAX_DISPLAY_CHARS = 998
RENEWED = "certificate-renewed"


def _unsigned_known_signer(matter: Matter) -> bool:
    """An address that always signed writes without a signature; of closed ciphertext nobody knows."""
    known = {address.casefold() for address in matter.register.known_signers}
    return matter.crypto.signature in UNSIGNED and not matter.is_veiled and matter.from_address in known


def _display_name_address(matter: Matter) -> bool:
    """The display name shows an address that is not the sender's, also in letters that only look like those of one."""
    display = unicodedata.normalize("NFKC", _display(matter))
    return any(shown.casefold() != matter.from_address for shown in _ADDRESS.findall(display))


def _display(matter: Matter) -> str:
    inspection = matter.facts.inspection
    return inspection.head.from_display[:MAX_DISPLAY_CHARS] if inspection else ""


def _from_outside(matter: Matter) -> str:
    """The From domain where it is not ours; empty where it is, or where there is none."""
    domain = matter.from_address.rpartition("@")[2]
    return "" if is_ours(domain, matter.terms.policy) else domain


def _claims_to_be_ours(matter: Matter) -> bool:
    terms = matter.terms
    return bool(_from_outside(matter)) and claims_to_be_ours(
        _display(matter), matter.from_address, terms.policy, terms.directory
    )


def _resembles_ours(matter: Matter) -> bool:
    """The From domain is not ours and could be taken for it."""
    outside = _from_outside(matter)
    return bool(outside) and any(resembles(outside, own) for own in own_domains(matter.terms.policy))


def _own_domain_from_outside(matter: Matter) -> bool:
    """The From address is of our domain and nothing vouches for it."""
    domains = {address.domain for address in matter.envelope.recipients}
    is_ours = matter.from_address.rpartition("@")[2] in domains
    return is_ours and not (matter.facts.sender.dkim_aligned or matter.facts.sender.spf_aligned)


def _sealed(matter: Matter) -> bool:
    office = matter.terms.directory.office(matter.route.office)
    return office is not None and office.sealed


def _egvp(matter: Matter) -> EgvpFacts | None:
    return matter.facts.inspection.egvp if matter.facts.inspection else None


def _has_fault(matter: Matter, *faults: str) -> bool:
    egvp = _egvp(matter)
    return egvp is not None and any(fault in egvp.faults for fault in faults)


def _role_unknown(matter: Matter) -> bool:
    """The sender's role is not in the policy's table, or not a secure channel by it."""
    egvp, mailbox = _egvp(matter), matter.terms.policy.mailbox
    secure = {row.role.casefold() for row in mailbox.roles if row.secure} if mailbox else set()
    return egvp is not None and egvp.sender.role.casefold() not in secure


def _is_eeb_return(matter: Matter) -> bool:
    egvp = _egvp(matter)
    return egvp is not None and egvp.xjustiz is not None and egvp.xjustiz.kind is XJustizKind.EEB_RETURN


def _is_renewed(matter: Matter) -> bool:
    """A checked key under another certificate than when it last signed: what was checked still holds."""
    seen = seen_as(matter.crypto, matter.register, matter.from_address)
    return seen is Sighting.RENEWED and matter.identity is Identity.VERIFIED


_DISAGREEMENTS = ("message-ids-differ", "entry-times-differ", "attachment-count-differs")


def _is_mail(matter: Matter) -> bool:
    return matter.terms.channel is Channel.EMAIL


FLAGS: tuple[tuple[str, Callable[[Matter], bool]], ...] = (
    ("unsigned-known-signer", _unsigned_known_signer),
    ("display-name-address", _display_name_address),
    ("name-in-mixed-letters", lambda matter: _is_mail(matter) and mixes_scripts(_display(matter))),
    ("claims-to-be-ours", lambda matter: _is_mail(matter) and _claims_to_be_ours(matter)),
    ("domain-resembles-ours", lambda matter: _is_mail(matter) and _resembles_ours(matter)),
    ("own-domain-unproven", lambda matter: _is_mail(matter) and _own_domain_from_outside(matter)),
    ("identity-revoked", lambda matter: matter.identity is Identity.REVOKED),
    ("identity-new-key", lambda matter: matter.identity is Identity.NEW_KEY),
    (RENEWED, _is_renewed),
    ("cipher-unauthenticated", lambda matter: CryptoNote.UNAUTHENTICATED in matter.crypto.notes),
    ("sealed", _sealed),
    ("origin-attested", lambda matter: matter.facts.origin is ProofOfOrigin.ATTESTED),
    ("origin-unproven", lambda matter: not _is_mail(matter) and matter.facts.origin is ProofOfOrigin.NONE),
    ("role-unknown", _role_unknown),
    ("received-at-unstated", lambda matter: _has_fault(matter, "received-at-absent")),
    ("papers-disagree", lambda matter: _has_fault(matter, *_DISAGREEMENTS)),
    ("addressee-unstated", lambda matter: (egvp := _egvp(matter)) is not None and not egvp.addressee.safe_id),
    ("eeb-return", _is_eeb_return),
)
"""The strings are public; each has a sentence in the catalogue."""


def flags(matter: Matter) -> tuple[str, ...]:
    """The remarks that apply, in the order of the table."""
    return tuple(name for name, applies in FLAGS if applies(matter))
