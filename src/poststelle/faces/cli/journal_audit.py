# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle journal verify``, ``head``, ``prove`` and ``check-proof``: whether the legal record holds, and who can tell.

``check-proof`` needs no installation and reads no settings: a file and the public key are enough.
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from poststelle.core.journal import IsSigned, SignedHead, read_leaf, utc_text
from poststelle.core.journal_proof import (
    EntriesProof,
    GrowthProof,
    Proof,
    ProvenEntry,
    proof_fault,
    proof_text,
    read_proof,
)
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.journal_lines import entry_object, entry_text

if TYPE_CHECKING:
    from poststelle.records.journal_check import JournalState


@dataclass(frozen=True, slots=True)
class AuditBench:
    """What the composition root lends these commands."""

    verify: Callable[[IsSigned, tuple[SignedHead, ...]], "JournalState"]
    """Of the whole journal; also held against heads that were kept elsewhere."""
    head: Callable[[SignedHead | None], GrowthProof | None]
    """The newest signed head, and the growth since an older one; None where none was signed yet."""
    prove: Callable[[str], EntriesProof | None]
    """Every entry about a message, with its personal values; None where an entry is not under a signed head yet."""
    own_key: Callable[[], Path]
    """The file of this installation's public key."""


ReadKey = Callable[[Path], IsSigned]
"""The check of signatures by the public key in this file. UnavailableError where there is none."""


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the four."""
    key_help = "public journal key (journal.pub of the data folder)"
    verify = actions.add_parser("verify", help="recompute the whole journal: entries, values, tree, signed heads")
    verify.add_argument("--key", type=Path, metavar="FILE", help=key_help)
    verify.add_argument(
        "--head", type=Path, action="append", default=[], metavar="FILE", help="a head kept elsewhere; repeat"
    )
    verify.add_argument("--json", action="store_true", help="one JSON line instead of a sentence")
    head = actions.add_parser("head", help="print the newest signed head, to be kept elsewhere")
    head.add_argument("--since", type=Path, metavar="FILE", help="an older head: prove that the journal only grew")
    prove = actions.add_parser("prove", help="print a proof of every entry about one message, to be checked by anybody")
    prove.add_argument("reference", metavar="REFERENCE")
    prove.add_argument("--without-personal", action="store_true", help="disclose no personal value")
    check = actions.add_parser("check-proof", help="check a proof or a head; needs no installation, only the key")
    check.add_argument("file", type=Path, metavar="FILE", help="what prove or head printed")
    check.add_argument("--key", type=Path, required=True, metavar="FILE", help=key_help)
    check.add_argument("--json", action="store_true", help="one JSON line for each entry instead of sentences")


def run_verify(arguments: argparse.Namespace, bench: AuditBench, read_key: ReadKey) -> int:
    """Exit code 1 where the journal does not hold."""
    kept = tuple(_head_in(path) for path in arguments.head)
    state = bench.verify(read_key(arguments.key or bench.own_key()), kept)
    if arguments.json:
        print(json.dumps({"holds": not state.fault, **asdict(state)}))
    elif state.fault:
        print(f"the journal does NOT hold: {state.fault}")
    else:
        against = f", and {len(kept)} kept elsewhere" if kept else ""
        print(f"the journal holds: {state.leaves} entries, {state.heads} signed heads{against}")
        unsigned = state.leaves - state.signed_leaves
        print(
            f"under the newest head: {state.signed_leaves}; not yet: {unsigned} entries, and {state.waiting} in no place"
        )
    return Exit.OBJECTIONS if state.fault else Exit.OK


def run_head(arguments: argparse.Namespace, bench: AuditBench) -> int:
    """Print it as a file for ``check-proof`` and ``verify --head``."""
    older = _head_in(arguments.since) if arguments.since else None
    found = bench.head(older)
    if found is None:
        raise CommandError("no head is signed yet", "Start the sequencer: poststelle serve.", Exit.UNAVAILABLE)
    print(proof_text(found))
    return Exit.OK


def run_prove(arguments: argparse.Namespace, bench: AuditBench) -> int:
    """Print it as a file for ``check-proof``."""
    reference = arguments.reference.strip().upper()
    proof = bench.prove(reference)
    if proof is None:
        raise CommandError(
            "an entry about it is not under a signed head yet",
            "Heads are signed every minute: ask again.",
            Exit.UNAVAILABLE,
        )
    if not proof.entries:
        raise CommandError(f"the journal knows no message {reference}", "Correct the reference.", Exit.NOT_FOUND)
    print(proof_text(_impersonal(proof) if arguments.without_personal else proof))
    return Exit.OK


def run_check(arguments: argparse.Namespace, read_key: ReadKey) -> int:
    """Exit code 1 where the proof does not hold."""
    proof = _proof_in(arguments.file)
    fault = proof_fault(proof, read_key(arguments.key))
    entries = proof.entries if isinstance(proof, EntriesProof) and not fault else ()
    if arguments.json:
        told = [entry_object(one.index, read_leaf(one.leaf), _values(one)) for one in entries]
        print(json.dumps({"holds": not fault, "fault": fault, "entries": told}, ensure_ascii=False))
    elif fault:
        print(f"the proof does NOT hold: {fault}")
    else:
        print(_sentence(proof))
        for one in entries:
            print(entry_text(one.index, read_leaf(one.leaf), _values(one)))
    return Exit.OBJECTIONS if fault else Exit.OK


def _proof_in(path: Path) -> Proof:
    try:
        return read_proof(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", "Name a file that can be read.", Exit.NOT_FOUND) from error
    except ValueError as error:
        raise CommandError(
            f"{path}: {error}", "Name what journal prove or journal head printed.", Exit.USAGE
        ) from error


def _head_in(path: Path) -> SignedHead:
    """Of whatever proof: its head is one that somebody kept."""
    return _proof_in(path).head


def _impersonal(proof: EntriesProof) -> EntriesProof:
    return replace(proof, entries=tuple(replace(one, opened=()) for one in proof.entries))


def _values(entry: ProvenEntry) -> tuple[tuple[str, str], ...]:
    return tuple((one.key, one.value) for one in entry.opened)


def _sentence(proof: Proof) -> str:
    head = proof.head.head
    signed = f"the journal {head.log} with {head.size} entries, signed {utc_text(head.at)}"
    match proof:
        case EntriesProof(reference, _, entries):
            return f"the proof holds: {len(entries)} entries about {reference} are in {signed}"
        case GrowthProof(older=older):
            if older is None:
                return f"the head holds: {signed}"
            return f"the proof holds: {signed}, begins with all {older.head.size} entries of {utc_text(older.head.at)}"
