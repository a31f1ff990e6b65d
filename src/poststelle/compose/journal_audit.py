# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The journal for those who examine it: only ever read, beside a gateway at work or a copy that was restored."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.adapters.journal_key import PUBLIC_NAME, verifier
from poststelle.application.authorities import Authority
from poststelle.application.desk.history import Names
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock
from poststelle.compose.storage import looked_at
from poststelle.compose.whose import listed
from poststelle.core.arrival import AuthorityId
from poststelle.core.journal import IsSigned, JournalLine, SignedHead
from poststelle.core.journal_proof import EntriesProof, GrowthProof, proof_fault
from poststelle.faces.cli.journal_audit import AuditBench
from poststelle.faces.cli.journal_page import Story, actors_of
from poststelle.faces.cli.listing import Listed
from poststelle.records.database import Database

if TYPE_CHECKING:
    from poststelle.records.journal_check import JournalState


def audit_bench(settings: Settings) -> AuditBench:
    """What the commands are lent."""

    def verify(is_signed: IsSigned, kept: tuple[SignedHead, ...]) -> "JournalState":
        with looked_at(settings) as database:
            from poststelle.records.journal_check import check_journal  # noqa: PLC0415 - needs Django set up

            return check_journal(database, is_signed, kept)

    def head(older: SignedHead | None) -> GrowthProof | None:
        with looked_at(settings) as database:
            from poststelle.records.journal_proofs import prove_growth  # noqa: PLC0415 - as above

            return prove_growth(database, clock(), older)

    def prove(reference: str) -> EntriesProof | None:
        with looked_at(settings) as database:
            from poststelle.records.journal_proofs import prove_entries  # noqa: PLC0415 - as above

            return prove_entries(database, clock(), reference)

    return AuditBench(verify, head, prove, lambda: settings.house.data / PUBLIC_NAME)


def read_story(settings: Settings, reference: str, named: str) -> tuple[Listed[Story], datetime]:
    """What is on record about a message, with its proof, of the authority named or of whatever one."""
    known, time = authorities(settings), clock()
    with looked_at(settings) as database:
        from poststelle.records.journal_proofs import prove_entries  # noqa: PLC0415 - as above
        from poststelle.records.queries import journal_of  # noqa: PLC0415 - as above

        def stories(name: AuthorityId) -> Iterator[Story]:
            if entries := journal_of(database, name, reference):
                proof = prove_entries(database, time, reference)
                yield _story(database, known.by_id[name], entries, proof)

        found = listed(known.by_id, named, stories)
    return Listed(tuple((name, _checked(settings, one)) for name, one in found.entries)), time.now()


def _story(
    database: Database, authority: Authority, entries: tuple[JournalLine, ...], proof: EntriesProof | None
) -> Story:
    from poststelle.records.accounts import account_names  # noqa: PLC0415 - as above
    from poststelle.records.queries import message_by_reference  # noqa: PLC0415 - as above

    reference = entries[0].leaf.reference
    message = message_by_reference(database, authority.id, reference)
    contact = authority.editions[-1].policy.contact
    return Story(
        reference,
        contact.name.de if contact else authority.id,
        entries,
        message.deferrals if message else (),
        Names(account_names(database, actors_of(entries)), authority.directory),
        authority.editions,
        proof,
        fault="",
    )


def _checked(settings: Settings, story: Story) -> Story:
    """With what the proof is worth by this installation's own key."""
    if story.proof is None:
        return story
    try:
        fault = proof_fault(story.proof, journal_key(settings.house.data / PUBLIC_NAME))
    except UnavailableError as error:
        fault = str(error)
    return replace(story, fault=fault)


def journal_key(file: Path) -> IsSigned:
    """The check of signatures by the public key in this file. UnavailableError where there is none."""
    try:
        return verifier(file.read_bytes())
    except OSError as error:
        raise UnavailableError(f"public journal key {file}: {error.strerror or type(error).__name__}") from error
