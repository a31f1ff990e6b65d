# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What a notice is about, and who writes it."""

from dataclasses import dataclass
from datetime import datetime

from poststelle.core.arrival import Arrival
from poststelle.core.facts import Facts
from poststelle.core.page import page_in
from poststelle.core.policy import Language, Policy
from poststelle.core.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: one authority under the edition in force."""

    policy: Policy
    edition: str
    base_url: str
    """The page in German; clause ids are its anchors."""
    hostname: str
    """Right-hand side of our Message-IDs."""

    def place(self, language: Language, clause: str = "") -> str:
        """Where a clause of this edition stands, now and after the next edition; without a clause, the edition.

        In this language where the edition has it there, else in German.
        """
        page = page_in(language if self._has(language, clause) else Language.DE, self.base_url)
        edition = f"{page}/fassung/{self.policy.valid_from.isoformat()}"
        return f"{edition}#{clause}" if clause else edition

    def _has(self, language: Language, clause: str) -> bool:
        stated = self.policy.clauses.get(clause)
        return language in self.policy.languages and (stated is None or bool(stated.text.in_language(language)))

    @property
    def is_answerable(self) -> bool:
        """An answer to the notice reaches a mailbox of ours."""
        return bool(self.policy.addresses or (self.policy.notices and self.policy.notices.reply_to))

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages of a notice, in their order."""
        return self.policy.notices.languages if self.policy.notices else (Language.DE, Language.EN)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a notice is about: one message, and its verdicts that say the sender is to be told by a notice."""

    reference: str
    arrival: Arrival
    facts: Facts
    verdicts: tuple[Verdict, ...]
    written_at: datetime
    kind: str = "notice"
    """Part of the Message-ID: ``notice``, or ``released`` for what a released message owes."""
