# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One page of German prose about one message: what happened, on which published sentences, and the proof of it.

For auditors and the legal office, to be printed or filed. Everything on it is out of the journal and the editions.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from poststelle.application.desk.history import HistoryLine, Names, history
from poststelle.application.desk.labels import CHANNELS
from poststelle.core.edition import Edition, legal_time
from poststelle.core.journal import EventKind, JournalLine, read_leaf
from poststelle.core.journal_proof import EntriesProof
from poststelle.core.merkle import leaf_hash
from poststelle.core.page import date_text, number_text, render, render_title
from poststelle.core.policy import Language

LINE_CHARS = 100
_DE = Language.DE


@dataclass(frozen=True, slots=True)
class Story:
    """Everything on record about one message, and what it is told with."""

    reference: str
    authority: str
    """In words."""
    entries: tuple[JournalLine, ...]
    deferrals: tuple[datetime, ...]
    """Earlier attempts that we answered 451, oldest first."""
    names: Names
    editions: tuple[Edition, ...]
    proof: EntriesProof | None
    """None where an entry is not under a signed head yet."""
    fault: str
    """Why the proof does not hold, or could not be checked; empty where it does."""


def story_page(story: Story, made_at: datetime) -> str:
    """The whole page."""
    lines = history(story.entries, story.names)
    cited = tuple(dict.fromkeys((line.edition, line.clause) for line in lines if line.clause))
    parts = (
        _headed(f"Nachweis zur Nachricht {story.reference}", "="),
        _filled(f"{story.authority}. Erstellt {_moment(made_at)} aus dem Journal. Alle Zeiten in gesetzlicher Zeit."),
        *_envelope(story),
        _headed("Was geschah", "-"),
        *(_event(line, cited) for line in lines),
        *_sentences(story, cited),
        _headed("Beweis", "-"),
        *_proof(story),
    )
    return "\n".join(parts)


def _envelope(story: Story) -> Iterator[str]:
    """Sender, recipients, moment and hash, as they were written down when the message stood at the door."""
    for line in story.entries:
        if line.leaf.kind == EventKind.ARRIVED.value:
            facts, people = dict(line.leaf.facts), dict(line.values)
            channel = CHANNELS.get(facts.get("channel", ""), "")
            size = number_text(int(facts.get("size_bytes", "0")), _DE)
            sender = people.get("sender", "(gelöscht)") or "(leerer Absender)"
            yield _filled(
                f"Von {sender} an {people.get('recipients', '(gelöscht)')}, eingegangen "
                f"{_moment(datetime.fromisoformat(line.leaf.at))} über {channel}, {size} Bytes."
            )
            yield f"SHA-256, wie sie kam: {facts.get('sha256', '')}"
    for at in story.deferrals:
        yield _filled(f"Früherer Zustellversuch {_moment(at)}, von uns vertagt.")


def _event(line: HistoryLine, cited: tuple[tuple[str, str], ...]) -> str:
    why = f" Begründung: {line.why}" if line.why else ""
    where = f" (Satz\N{NO-BREAK SPACE}{cited.index((line.edition, line.clause)) + 1})" if line.clause else ""
    start = f"{legal_time(line.at):%d.%m.%Y %H:%M:%S}  "
    return _filled(f"{line.who}: {line.sentence}{why}{where}", start, " " * len(start))


def _sentences(story: Story, cited: tuple[tuple[str, str], ...]) -> Iterator[str]:
    """Each published sentence once, word for word as its edition has it, and which file that was."""
    if cited:
        yield _headed("Sätze der Seite, auf denen das beruht", "-")
    editions = {edition.id: edition for edition in story.editions}
    for number, (edition_id, clause) in enumerate(cited, start=1):
        yield _filled(_sentence(editions.get(edition_id), edition_id, clause), f"Satz {number}  ", " " * 8)
    for edition_id in dict.fromkeys(one for one, _ in cited):
        if edition_id in editions:
            yield f"SHA-256 der Fassung {edition_id}: {editions[edition_id].hash}"


def _sentence(edition: Edition | None, edition_id: str, clause: str) -> str:
    if edition is None or clause not in edition.policy.clauses:
        return f"[{clause}] Die Fassung {edition_id} mit diesem Satz liegt hier nicht vor."
    policy = edition.policy
    place = f"Fassung {policy.number}, gültig seit {date_text(policy.valid_from, _DE)}"
    return f"[{clause}] {render_title(policy, clause, _DE)} ({place}): „{render(policy, clause, _DE, {})}“"


def _proof(story: Story) -> Iterator[str]:
    """Under which signed head the entries stand, each with its hash, and how somebody else checks it."""
    if story.proof is None:
        yield _filled(
            "Mindestens ein Eintrag steht noch unter keinem signierten Kopf. Köpfe werden jede Minute signiert: Bitte "
            "fragen Sie dann noch einmal."
        )
        return
    head = story.proof.head
    yield _filled(
        f"Alle {len(story.proof.entries)} Einträge stehen im Journal „{head.head.log}“. Sein Kopf über {head.head.size} "
        f"Einträge wurde {_moment(head.head.at)} mit dem Schlüssel {head.key_id} signiert. {_checked(story.fault)}"
    )
    yield f"Wurzel: {head.head.root.hex()}"
    for one in story.proof.entries:
        yield f"{one.index:>9}  {leaf_hash(one.leaf).hex()}  {read_leaf(one.leaf).kind}"
    yield "Nachzuprüfen ohne diese Installation, mit dem öffentlichen Schlüssel allein:"
    yield f"  poststelle journal prove {story.reference} > nachweis.json"
    yield "  poststelle journal check-proof nachweis.json --key journal.pub"
    yield _filled("Dass es keine weiteren Einträge gibt, sagt das Journal als Ganzes: poststelle journal verify.")


def _checked(fault: str) -> str:
    if not fault:
        return "Nachgerechnet: Unterschrift, Wege und Angaben stimmen."
    return f"ACHTUNG, der Beweis gilt nicht: {fault}."


def _headed(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}" if line == "=" else f"\n{text}\n{line * len(text)}"


def _moment(at: datetime) -> str:
    local = legal_time(at)
    return f"am {date_text(local.date(), _DE)} um {local:%H:%M:%S} Uhr"


def _filled(text: str, first: str = "", rest: str = "") -> str:
    return textwrap.fill(
        text, LINE_CHARS, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )


def actors_of(entries: Iterable[JournalLine]) -> frozenset[str]:
    """Everybody whose name the page may have to say."""
    return frozenset(one for line in entries for one in (line.leaf.actor, dict(line.leaf.facts).get("to", "")))
