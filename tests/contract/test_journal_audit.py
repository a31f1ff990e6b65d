# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An auditor's questions: does the journal hold, what happened to a message, and can it be proven to somebody outside?

On both databases; whoever tampers here has every right on the tables, and not the journal key.
"""

import itertools
import json
from dataclasses import replace
from pathlib import Path

import pytest

from poststelle.adapters.journal_key import PRIVATE_NAME, PUBLIC_NAME, open_journal_key, verifier
from poststelle.core.journal import SignedHead, tree_head_bytes
from poststelle.core.journal_proof import EntriesProof, GrowthProof, proof_fault, proof_text, read_proof
from poststelle.core.merkle import Frontier
from poststelle.records.journal_check import check_journal
from poststelle.records.journal_proofs import prove_entries, prove_growth
from poststelle.records.models import JournalLeaf, JournalTree, JournalValue, TreeHeadRow
from poststelle.records.sequencer import JournalKey, Sequencer
from support.command_line import poststelle
from support.policies import POLICIES
from support.records import HandClock, a_settlement

_names = itertools.count()


class Journal:
    """A store with a key of its own, three messages under two signed heads each a minute apart."""

    def __init__(self, records, folder: Path) -> None:
        self.database, self.folder, self.clock = records.database, folder, HandClock()
        self._records = records
        signing = open_journal_key(folder)
        self._key = JournalKey(signing.key_id, signing.sign)
        self._sequencer = Sequencer(records.database, records.database, self.clock, "post.muster.example")
        self.is_signed = verifier((folder / PUBLIC_NAME).read_bytes())
        for reference in ("P-A", "P-B", "P-C"):
            self.write(reference)
        self.sign()
        self.write("P-D")
        self.sign()

    def write(self, reference: str) -> None:
        self._records.store.settle(a_settlement(reference=reference))
        self._sequencer.sequence()

    def sign(self) -> None:
        self.clock.advance(minutes=1)
        self._sequencer.sign_head(self._key)

    def fault(self, *kept: SignedHead) -> str:
        return check_journal(self.database, self.is_signed, kept).fault

    def all(self, model):
        return model.objects.using(self.database.alias)

    def head(self) -> GrowthProof:
        return prove_growth(self.database, self.clock, None)

    def truncate(self, size: int) -> None:
        """As somebody would who knows how it is built: entries, heads and the tree's state, all of one piece."""
        self.all(JournalValue).filter(leaf__index__gte=size).delete()
        self.all(JournalLeaf).filter(index__gte=size).delete()
        self.all(TreeHeadRow).filter(size__gt=size).delete()
        self.rebuild_tree()

    def rebuild_tree(self) -> None:
        hashes = [bytes(one) for one in self.all(JournalLeaf).order_by("index").values_list("leaf_hash", flat=True)]
        frontier = Frontier().grown(hashes)
        self.all(JournalTree).update(size=frontier.size, peaks=b"".join(frontier.peaks))


@pytest.fixture(params=["open_records", "open_postgres_records"], ids=["sqlite", "postgresql"])
def journal(request, tmp_path) -> Journal:
    (tmp_path / "data").mkdir(mode=0o700)
    opened = request.getfixturevalue(request.param)
    return Journal(opened(folder=tmp_path / "data") if request.param == "open_records" else opened(), tmp_path / "data")


def test_a_journal_that_nobody_touched_holds(journal):
    state = check_journal(journal.database, journal.is_signed)
    assert (state.fault, state.leaves, state.heads, state.signed_leaves, state.waiting) == ("", 8, 2, 8, 0)


def flipped(content: bytes) -> bytes:
    return content[:-1] + bytes((content[-1] ^ 1,))


def flip(model, column: str, **which: object):
    def harm(journal: Journal) -> None:
        row = journal.all(model).filter(**which).order_by("pk").first()
        journal.all(model).filter(pk=row.pk).update(**{column: flipped(bytes(getattr(row, column)))})

    return harm


def change(model, column: str, value: object, **which: object):
    return lambda journal: journal.all(model).filter(**which).update(**{column: value})


def drop_leaf(*places: int):
    def harm(journal: Journal) -> None:
        journal.all(JournalValue).filter(leaf__index__in=places).delete()
        journal.all(JournalLeaf).filter(index__in=places).delete()

    return harm


def sign_backwards(journal: Journal) -> None:
    """Both heads are genuine, and the shorter one is made to look like the later one."""
    for row in journal.all(TreeHeadRow).order_by("-size"):
        journal.all(TreeHeadRow).filter(pk=row.pk).delete()
        row.pk = None
        row.save(force_insert=True, using=journal.database.alias)


def add_beyond(journal: Journal) -> None:
    """A genuine entry with a place that the tree never gave."""
    journal._records.store.settle(a_settlement(reference="P-E"))
    row = journal.all(JournalLeaf).filter(index=None).order_by("id").first()
    journal.all(JournalLeaf).filter(pk=row.pk).update(index=8)


HARMS = {
    "the order of the heads": (sign_backwards, "a head over 6 leaves was signed after one over 8"),
    "an entry beyond the tree": (add_beyond, "leaf 8 lies beyond the tree, which has 8"),
    "a byte of a leaf": (flip(JournalLeaf, "leaf", index=2), "leaf 2 is not what its hash says"),
    "a byte of a leaf's hash": (flip(JournalLeaf, "leaf_hash", index=2), "leaf 2 is not what its hash says"),
    "the kind beside a leaf": (change(JournalLeaf, "kind", "refused", index=1), "leaf 1 is shown under another"),
    "the reference beside a leaf": (change(JournalLeaf, "reference", "P-X", index=1), "leaf 1 is shown under another"),
    "the authority beside a leaf": (change(JournalLeaf, "authority_id", "x", index=1), "leaf 1 is shown under another"),
    "a personal value": (change(JournalValue, "value", "max@buerger.example", leaf__index=0), "the sender beside leaf 0"),
    "a byte of a salt": (flip(JournalValue, "salt", leaf__index=0), "the sender beside leaf 0"),
    "the key of a value": (change(JournalValue, "key", "recipient", leaf__index=0), "the recipient beside leaf 0"),
    "a byte of a root": (flip(TreeHeadRow, "root", size=6), "the head over 6 leaves has another root"),
    "a byte of a signature": (flip(TreeHeadRow, "signature", size=6), "the head over 6 leaves is not signed"),
    "the size of a head": (change(TreeHeadRow, "size", 5, size=6), "the head over 5 leaves has another root"),
    "the journal's name in a head": (change(TreeHeadRow, "log", "x", size=6), "the head over 6 leaves is not signed"),
    "an entry in the middle": (drop_leaf(3), "leaf 3 is missing"),
    "the last entries": (drop_leaf(6, 7), "leaf 6 is missing"),
    "the tree's state": (flip(JournalTree, "peaks"), "the tree's own state"),
    "the tree's size": (change(JournalTree, "size", 7), "a signed head knows 8 leaves, and 7 are there"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMS)
def test_whatever_one_changes_or_removes_is_found(journal, what):
    harm, fault = HARMS[what]
    harm(journal)
    assert fault in journal.fault()


def test_an_entry_that_waits_for_its_place_cannot_be_changed_either(journal):
    journal._records.store.settle(a_settlement(reference="P-E"))
    assert check_journal(journal.database, journal.is_signed).waiting == 2
    flip(JournalLeaf, "leaf", index=None)(journal)
    assert "is not what its hash says" in journal.fault()


def test_erasing_a_value_with_its_salt_is_lawful_and_no_fault(journal):
    journal.all(JournalValue).filter(leaf__index=0).delete()
    assert journal.fault() == ""


def test_the_last_entries_removed_with_their_heads_show_against_a_head_that_was_kept_elsewhere(journal):
    kept = journal.head().head
    journal.truncate(6)
    assert journal.fault() == "", "of itself a shorter journal is whole: nobody could tell"
    assert journal.fault(kept) == "a signed head knows 8 leaves, and 6 are there"


def test_a_journal_written_anew_shows_against_a_head_that_was_kept_elsewhere(journal):
    kept = journal.head().head
    journal.truncate(6)
    journal.write("P-Z")
    journal.sign()
    assert journal.fault() == "", "whoever has the key as well can do that"
    assert journal.fault(kept) == "the head over 8 leaves has another root"


def test_entries_after_the_newest_head_can_be_taken_back_until_it_is_signed(journal):
    """The window nobody can close without asking others for each entry: at most a minute (SIGN_EVERY)."""
    kept = journal.head().head
    journal.write("P-E")
    journal.truncate(8)
    assert journal.fault(kept) == ""


def test_a_proof_says_all_there_is_about_a_message_to_somebody_with_the_public_key_only(journal):
    proof = read_proof(proof_text(prove_entries(journal.database, journal.clock, "P-B")).encode())
    assert isinstance(proof, EntriesProof)
    assert proof_fault(proof, journal.is_signed) == ""
    assert [one.index for one in proof.entries] == [2, 3]
    assert [(one.key, one.value) for one in proof.entries[0].opened] == [("sender", "erika@buerger.example")]


def test_nothing_is_proven_before_a_head_covers_it(journal):
    journal.write("P-E")
    assert prove_entries(journal.database, journal.clock, "P-E") is None
    journal.sign()
    assert proof_fault(prove_entries(journal.database, journal.clock, "P-E"), journal.is_signed) == ""


BENDS = {
    "another leaf": (lambda one: replace(one, leaf=one.leaf.replace(b"accepted", b"rejected")), "entry 3 is not in"),
    "another place": (lambda one: replace(one, index=1), "entry 1 is not in"),
    "a byte of the way": (lambda one: replace(one, path=(flipped(one.path[0]), *one.path[1:])), "entry 3 is not in"),
    "a shorter way": (lambda one: replace(one, path=one.path[:-1]), "entry 3 is not in"),
}


@pytest.mark.parametrize("bend", BENDS)
def test_a_bent_proof_does_not_hold(journal, bend):
    proof = prove_entries(journal.database, journal.clock, "P-B")
    change_of, fault = BENDS[bend]
    bent = replace(proof, entries=(proof.entries[0], change_of(proof.entries[1])))
    assert fault in proof_fault(read_proof(proof_text(bent).encode()), journal.is_signed)


def test_a_proof_with_another_value_head_message_or_nothing_in_it_does_not_hold(journal):
    proof = prove_entries(journal.database, journal.clock, "P-B")
    first = proof.entries[0]
    said = replace(first.opened[0], value="max@buerger.example")
    other_value = replace(proof, entries=(replace(first, opened=(said,)),))
    other_head = replace(proof, head=replace(proof.head, head=replace(proof.head.head, size=9)))
    bent = (other_value, other_head, replace(proof, reference="P-A"), replace(proof, entries=()))
    assert [proof_fault(one, journal.is_signed) for one in bent] == [
        "entry 2 does not say this sender",
        "the head is not signed by this key",
        "entry 2 is about another message",
        "there is no entry in it",
    ]


def test_growth_since_a_kept_head_is_proven_and_a_rewritten_journal_cannot(journal):
    kept = journal.head().head
    journal.write("P-E")
    journal.sign()
    assert proof_fault(prove_growth(journal.database, journal.clock, kept), journal.is_signed) == ""
    journal.truncate(6)
    for reference in ("P-X", "P-Y"):
        journal.write(reference)
    journal.sign()
    assert "does not begin with" in proof_fault(prove_growth(journal.database, journal.clock, kept), journal.is_signed)


def shorter_salt(said):
    opened = said["entries"][0]["opened"][0]
    opened["salt"] = opened["salt"][:-2]


def without_a_zone(said):
    said["head"]["at"] = "2026-03-04T12:00:00"


@pytest.mark.parametrize(
    ("bend", "why"), [(shorter_salt, "a salt has"), (without_a_zone, "time is aware")], ids=["a salt", "a time"]
)
def test_what_is_written_in_another_form_is_no_proof(journal, bend, why):
    said = json.loads(proof_text(prove_entries(journal.database, journal.clock, "P-B")))
    bend(said)
    with pytest.raises(ValueError, match=why):
        read_proof(json.dumps(said).encode())


def test_growth_since_a_head_that_is_not_ours_is_not_proven(journal):
    kept = journal.head().head
    journal.write("P-E")
    journal.sign()
    proof = prove_growth(journal.database, journal.clock, kept)
    unsigned = replace(kept, signature=flipped(kept.signature))
    elsewhere = replace(kept.head, log="post.anderswo.example")
    foreign = SignedHead(elsewhere, kept.key_id, journal._key.sign(tree_head_bytes(elsewhere)))
    assert [proof_fault(replace(proof, older=one), journal.is_signed) for one in (unsigned, foreign)] == [
        "the older head is not signed by this key",
        "the heads are of two journals",
    ]


def test_every_journal_grew_out_of_an_empty_one(journal):
    begun = replace(journal.head().head.head, size=0, root=Frontier().root())
    empty = SignedHead(begun, "key", journal._key.sign(tree_head_bytes(begun)))
    assert proof_fault(prove_growth(journal.database, journal.clock, empty), journal.is_signed) == ""


@pytest.fixture
def command(journal, tmp_path):
    """The commands on this journal; ``check-proof`` in a place where nothing is but its two files."""
    name = journal.database.connection.settings_dict["NAME"]
    server = journal.database.connection.vendor == "postgresql"
    host = journal.database.connection.settings_dict["HOST"] or journal.database.connection.settings_dict[
        "OPTIONS"
    ].get("host", "")
    store = f'[store]\ndatabase = "postgresql:///{name}?host={host}&user=poststelle"\n' if server else ""
    (tmp_path / "poststelle.toml").write_text(
        f'[house]\ndata = "{journal.folder}"\nmode = "demo"\npolicies = ["{POLICIES / "muenster"}"]\n{store}'
    )
    (tmp_path / "elsewhere").mkdir()

    def run(*words: str, where: str = ".") -> tuple[int, str]:
        done = poststelle(*words, cwd=tmp_path / where)
        return done.code, done.out or done.err

    return run


def test_the_commands_answer_the_auditor(journal, command, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "key.pem").write_bytes((journal.folder / PUBLIC_NAME).read_bytes())
    (journal.folder / PRIVATE_NAME).unlink()  # nobody needs it here

    assert command("journal", "verify")[0] == 0
    code, proof = command("journal", "prove", "p-b")
    (elsewhere / "proof").write_text(proof)
    assert code == 0
    _, hidden = command("journal", "prove", "P-B", "--without-personal")
    assert ("erika" in proof, "erika" in hidden) == (True, False)
    _, head = command("journal", "head")
    (elsewhere / "head").write_text(head)

    code, said = command("journal", "check-proof", "proof", "--key", "key.pem", where="elsewhere")
    assert (code, "2 entries about P-B are in the journal" in said, "erika@buerger.example" in said) == (0, True, True)
    assert command("journal", "check-proof", "head", "--key", "key.pem", where="elsewhere")[0] == 0
    (elsewhere / "bent").write_text(proof.replace("accepted", "rejected"))
    code, said = command("journal", "check-proof", "bent", "--key", "key.pem", "--json", where="elsewhere")
    assert (code, json.loads(said)["holds"]) == (1, False)

    journal.truncate(6)
    assert command("journal", "verify", "--json")[0] == 0
    code, said = command("journal", "verify", "--head", "elsewhere/head")
    assert (code, "does NOT hold" in said) == (1, True)
    assert [command("journal", "prove", name)[0] for name in ("P-NONE", "P-A")] == [5, 0]


def test_the_page_about_a_message_is_made_from_either_database(journal, command):
    journal.all(JournalLeaf).update(authority_id="muenster")
    code, page = command("journal", "show", "p-b")
    assert (code, "Unterschrift, Wege und Angaben stimmen." in " ".join(page.split())) == (0, True), page
