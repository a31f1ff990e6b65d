# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Checks of clauses: every cited one exists, says something in every language, and states values by name only."""

from collections.abc import Iterator

from pydantic import BaseModel

from poststelle.core.lint.fault import Fault, error, nearest, warning
from poststelle.core.page import PLACEHOLDER, gateway_names, page_values
from poststelle.core.policy import Clause, Language, Policy, Text

MIN_TYPED_CHARS = 4
"""Shorter values, such as 115, may well stand in a sentence for another reason."""
_STATED_ONCE = ("email.size", "email.size_bytes", "bebpo.size", "mailbox.safe_id", "contact.phone", "contact.fax")


def clause_faults(policy: Policy) -> Iterator[Fault]:
    """PS201 to PS206."""
    yield from _unknown_clauses(policy)
    for clause_id, clause in policy.clauses.items():
        yield from _text_faults(policy, clause_id, clause)
    for language in Language:
        yield from _placeholder_faults(policy, language)


def _unknown_clauses(policy: Policy) -> Iterator[Fault]:
    for key, clause_id in cited_clauses(policy):
        if clause_id not in policy.clauses:
            yield error("PS201", key, f'there is no clause "{clause_id}"', nearest(clause_id, policy.clauses))


def cited_clauses(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every key that names a clause, and the clause it names."""
    for name in type(policy).model_fields:
        if name != "clauses":
            yield from _cited(name, getattr(policy, name))


def _cited(key: str, part: object) -> Iterator[tuple[str, str]]:
    if isinstance(part, tuple):
        for number, entry in enumerate(part, start=1):
            yield from _cited(f"{key}[{number}]", entry)
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            entry = getattr(part, name)
            if isinstance(entry, str) and (name == "clause" or name.endswith("_clause")):
                yield f"{key}.{name}", entry
            else:
                yield from _cited(f"{key}.{name}", entry)


def _text_faults(policy: Policy, clause_id: str, clause: Clause) -> Iterator[Fault]:
    for part, text in _parts(clause):
        if not text.de.strip():
            yield error("PS202", _key(clause_id, part, Language.DE), "a clause needs a German text")
        for language in policy.languages:
            if language is not Language.DE and not text.in_language(language).strip():
                yield warning("PS205", _key(clause_id, part, language), "no text in a language of the page")


def _parts(clause: Clause) -> tuple[tuple[str, Text], tuple[str, Text]]:
    return ("title", clause.title), ("text", clause.text)


def _key(clause_id: str, part: str, language: Language) -> str:
    return f'clauses."{clause_id}".{part}.{language}'


def _placeholder_faults(policy: Policy, language: Language) -> Iterator[Fault]:
    values = page_values(policy, language)
    known = frozenset(values) | gateway_names(policy)
    once = {name: values[name] for name in values if name in _STATED_ONCE or name.startswith("address.")}
    for clause_id, clause in policy.clauses.items():
        for part, text in _parts(clause):
            key, said = _key(clause_id, part, language), text.in_language(language)
            yield from _names_faults(key, said, known)
            yield from _typed_twice(key, said, once)


def _names_faults(key: str, said: str, known: frozenset[str]) -> Iterator[Fault]:
    for name in PLACEHOLDER.findall(said):
        if name not in known:
            yield error("PS203", key, f'the placeholder "{{{name}}}" has no value', nearest(name, sorted(known)))
    if "{" in (rest := PLACEHOLDER.sub("", said)) or "}" in rest:
        yield error("PS204", key, "a brace without its partner")


def _typed_twice(key: str, said: str, once: dict[str, str]) -> Iterator[Fault]:
    for name, text in once.items():
        if len(text) >= MIN_TYPED_CHARS and not name.endswith(".methods") and text in said:
            yield error("PS206", key, f'"{text}" is typed by hand; write {{{name}}}, so that it cannot go stale')
