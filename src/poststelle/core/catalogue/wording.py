# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One text in the two languages of notices and desk."""

from dataclasses import dataclass

from poststelle.core.policy import Language


@dataclass(frozen=True, slots=True)
class Wording:
    """One text, German and English. Placeholders in braces are filled by whoever shows it."""

    de: str
    en: str

    def in_language(self, language: Language) -> str:
        """The text in this language; German where the language has none of its own here."""
        return self.en if language is Language.EN else self.de
