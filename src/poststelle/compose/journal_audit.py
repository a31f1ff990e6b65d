# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The journal for those who examine it: only ever read, beside a gateway at work or a copy that was restored."""

from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.adapters.journal_key import PUBLIC_NAME, verifier
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings
from poststelle.compose.parts import clock
from poststelle.compose.storage import looked_at
from poststelle.core.journal import IsSigned, SignedHead
from poststelle.core.journal_proof import EntriesProof, GrowthProof
from poststelle.faces.cli.journal_audit import AuditBench

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


def journal_key(file: Path) -> IsSigned:
    """The check of signatures by the public key in this file. UnavailableError where there is none."""
    try:
        return verifier(file.read_bytes())
    except OSError as error:
        raise UnavailableError(f"public journal key {file}: {error.strerror or type(error).__name__}") from error
