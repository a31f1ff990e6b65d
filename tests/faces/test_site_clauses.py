# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A clause as the page shows it: what becomes a link, what belongs below it, and what is missing in a language."""

from dataclasses import replace

import pytest

from poststelle.core.formats import Format
from poststelle.core.policy import Language, Policy, Text
from poststelle.faces.web.site.clauses import ShownClause, blocks, foreign_mark, format_lines, pieces
from poststelle.faces.web.site.visit import Visit, visit_of
from support.policies import policy_folder
from support.web import a_house, authorities

ELSEWHERE = "https://www.portal.example/muenster"


def muenster() -> Policy:
    return policy_folder().editions[0].policy


def visit(policy: Policy | None = None, language: Language = Language.DE) -> Visit:
    edition = policy_folder().editions[0]
    known = authorities(replace(edition, policy=policy or edition.policy))
    return visit_of(a_house(authorities=known), "localhost", language)


def with_clause(clause_id: str, **changes: object) -> Policy:
    """Münster's policy with one clause worded otherwise."""
    policy = muenster()
    clauses = {**policy.clauses, clause_id: policy.clauses[clause_id].model_copy(update=changes)}
    return policy.model_copy(update={"clauses": clauses})


def shown(policy: Policy | None = None, language: Language = Language.DE) -> dict[str, ShownClause]:
    return {clause.id: clause for block in blocks(visit(policy, language)) for clause in block.clauses}


def links(sentence: str, policy: Policy | None = None) -> dict[str, str]:
    return {piece.text: piece.href for piece in pieces(visit(policy), sentence) if piece.href}


@pytest.mark.parametrize(
    ("sentence", "led_to"),
    [
        ("Schreiben Sie an post@stadt.example.", {"post@stadt.example": "mailto:post@stadt.example"}),
        ("Siehe https://a.example/b?c=1.", {"https://a.example/b?c=1": "https://a.example/b?c=1"}),
        ("(https://a.example/b)", {"https://a.example/b": "https://a.example/b"}),
        (
            "https://a.example/@post@b.example",
            {"https://a.example/@post@b.example": "https://a.example/@post@b.example"},
        ),
        ("Adressen auf @stadt.example", {}),
        ("javascript:alert(1)", {}),
    ],
)
def test_addresses_in_a_sentence_are_links_without_the_signs_around_them(sentence, led_to):
    assert links(sentence) == led_to


@pytest.mark.parametrize(
    "sentence",
    [
        "https://a.example in der Mitte",
        "https://a.example",
        "a@b.example c@d.example",
        "am Ende https://a.example",
        "ohne",
        "",
    ],
)
def test_nothing_of_a_sentence_is_lost(sentence):
    texts = [piece.text for piece in pieces(visit(), sentence)]
    assert "".join(texts) == sentence
    assert "" not in texts


def test_numbers_are_links_where_they_can_be_dialled_the_longest_first():
    policy = muenster()
    numbers = {"phone": "02 51/4 92-0", "phone_uri": "+492514920", "fax": "02 51/4 92-00", "fax_uri": "+4925149200"}
    contact = policy.contact.model_copy(update=numbers)
    sentence = "Telefon 02 51/4 92-0, Fax 02 51/4 92-00."
    assert links(sentence, policy.model_copy(update={"contact": contact})) == {
        "02 51/4 92-0": "tel:+492514920",
        "02 51/4 92-00": "tel:+4925149200",
    }
    without = contact.model_copy(update={"fax_uri": ""})
    assert "02 51/4 92-00" not in links(sentence, policy.model_copy(update={"contact": without}))
    assert links(sentence, policy.model_copy(update={"contact": None})) == {}


def test_the_mark_of_a_foreign_offer_is_the_authority_s_own_where_it_has_one():
    scope = muenster().scope
    own = scope.model_copy(update={"third_party_mark": Text(de="fremd", en="foreign")})
    without = scope.model_copy(update={"third_party_mark": None})

    def mark(changed: object, url: str = ELSEWHERE) -> str:
        return foreign_mark(visit(muenster().model_copy(update={"scope": changed})), url)

    assert mark(own) == "fremd"
    assert mark(without) == "Angebot eines Dritten"
    assert mark(None) == "", "where nothing says whose the pages are, nothing is called foreign"
    assert mark(scope.model_copy(update={"own_hosts": ("www.portal.example",)})) == ""


def test_what_belongs_below_a_clause_stands_below_one_clause_each():
    below = {clause.id: set(clause.extras) for clause in shown().values() if clause.extras}
    policy = muenster()
    assert below == {
        policy.email.formats_clause: {"email-formats"},
        policy.bebpo.formats_clause: {"bebpo-formats"},
        policy.subject.clause: {"subjects"},
        "access.legal-basis": {"legal"},
        "smime.certificates": {"certificates"},
        "directory.phone": {"telephone"},
        "services.az": {"az"},
    }
    assert "subjects" not in set().union(
        *(clause.extras for clause in shown(policy.model_copy(update={"subject": None})).values())
    )


def test_a_heading_that_is_missing_is_german_and_says_so():
    gapped = with_clause("email.spam", title=Text(de="Werbung", en=""))
    english = shown(gapped, Language.EN)["email.spam"]
    assert (english.title, english.title_lang) == ("Werbung", "de")
    assert shown(gapped)["email.spam"].title_lang == ""
    assert shown(language=Language.EN)["email.spam"].title_lang == ""


def test_a_block_without_a_clause_is_no_block():
    policy = muenster()
    kept = {name: clause for name, clause in policy.clauses.items() if clause.channel != "bebpo"}
    names = [block.id for block in blocks(visit(policy.model_copy(update={"clauses": kept})))]
    assert names == ["general", "email", "smime", "signature"]


def test_the_table_of_formats_begins_each_name_with_a_capital_and_ends_with_archives():
    lines = format_lines(muenster().email, Language.EN)
    assert [line.name for line in lines if line.name[:1].islower()] == []
    assert [line.is_archive for line in lines] == sorted(line.is_archive for line in lines)
    assert [line.extensions for line in lines if line.is_archive] == [("zip",)]
    assert "Plain text" in {line.name for line in lines}


def test_every_format_there_is_can_stand_in_the_table():
    every = muenster().email.model_copy(update={"formats": tuple(Format), "archives": None})
    lines = format_lines(every, Language.DE)
    assert len(lines) == len(Format)
    assert [line for line in lines if not line.name] == []
