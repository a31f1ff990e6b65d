# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every sentence of the web face, German and English, and in Leichte Sprache where we have one: catalogues by page."""

from poststelle.core.policy import Language, Text
from poststelle.faces.web.words import frame, precheck, site

CATALOGUES: tuple[dict[str, Text], ...] = (frame.WORDS, site.WORDS, precheck.WORDS)
CATALOGUE: dict[str, Text] = {key: text for catalogue in CATALOGUES for key, text in catalogue.items()}
"""By key, such as ``frame.skip``. A key stands in one catalogue only; a test holds that."""


def word(key: str, language: Language, **values: object) -> str:
    """The sentence under this key. Leichte Sprache that is missing is German; KeyError for an unknown key.

    Only the frame around the content falls back so: clauses of the policy show their gap instead.
    """
    text = CATALOGUE[key]
    sentence = text.in_language(language) or text.de
    return sentence.format(**values) if values else sentence
