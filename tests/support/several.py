# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A desk in an installation with two authorities: Münster, whose desk it is, and the strict county."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from poststelle.application.authorities import Authorities, Authority
from poststelle.application.desk.viewer import Grant, Role
from poststelle.application.intake import accept
from poststelle.core.address import Address
from poststelle.core.arrival import Arrival, AuthorityId, BlobKey, Channel, Envelope, Peer
from poststelle.faces.web.shelf import furnish, lent
from support.desk_house import PASSWORD, DeskRig, desk_rig
from support.policies import policy_folder

STRICT = AuthorityId("strict")
OURS, THEIRS = "stadtverwaltung@stadt-muenster.example", "ordnungsamt@kreis-streng.example"
MAIL = (
    b"From: Erika <erika@buerger.example>\r\nTo: x@x.example\r\nSubject: Amt 32 - Geheimsache\r\n"
    b"Message-ID: <m@buerger.example>\r\n\r\nGuten Tag\r\n"
)


@contextlib.contextmanager
def several_rig(folder: Path) -> Iterator[DeskRig]:
    """Münster's desk over a store in which messages of the other authority may lie, too."""
    with desk_rig(folder) as running:
        known = policy_folder("strict")
        other = Authority(STRICT, known.editions, known.directory)
        both = Authorities({**running.house.authorities.by_id, STRICT: other}, base_url="http://127.0.0.1:8025")
        running.house = replace(running.house, authorities=both)
        running.desk = replace(running.desk, authorities=both)
        furnish(replace(lent(), authorities=both, desk=replace(lent().desk, house=running.desk)))
        yield running


def arrives(rig: DeskRig, authority: AuthorityId, to: str, content: bytes = MAIL) -> str:
    """Hand a message of this authority in; its reference."""
    writer = rig.blobs.writer()
    writer.write(content)
    body = writer.finish()
    local, _, domain = to.partition("@")
    envelope = Envelope(Address("erika", "buerger.example"), (Address(local, domain),))
    at = rig.clock.now()
    arrival = Arrival(Channel.EMAIL, authority, envelope, BlobKey(body.key), body.size_bytes, at, Peer("192.0.2.7"))
    rig.clock.advance(seconds=61)
    return accept(arrival, body, rig.house).reference


def employ_at(rig: DeskRig, authority: AuthorityId, name: str, role: Role, **period: object) -> None:
    """A role at this authority for an account, which is made where there is none."""
    from poststelle.records.accounts import Posting, add_account, grant_role

    if name not in rig.accounts:
        rig.accounts[name] = add_account(rig.database, name, PASSWORD, f"{name.title()} Test")
    grant_role(rig.database, name, Posting(authority, Grant(role), **period))
