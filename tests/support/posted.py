# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What came of a message that was handed in at the door, and whose signers the gateway of these stories believes."""

import re
from dataclasses import dataclass

from poststelle.records.queries import MessageView
from support.certificates import authority

POST = "post@stadt-muenster.example"
REFERENCE = re.compile(r"PS(?:-[0-9A-Z]{4}){3}")
CA = authority("Vertraute CA")


@dataclass(frozen=True)
class Posted:
    """The answer at the door, and what is on record."""

    code: int
    text: str
    view: MessageView
    journal: tuple[str, ...]

    @property
    def crypto(self):
        return self.view.facts.inspection.crypto

    @property
    def verdict(self):
        return self.view.verdicts[0]

    @property
    def tasks(self) -> set[str]:
        return {task.kind for verdict in self.view.verdicts for task in verdict.tasks}

    @property
    def notices(self) -> list[str]:
        return [effect.kind for effect in self.view.effects if effect.kind != "deliver"]

    @property
    def reference(self) -> str:
        return self.view.line.reference
