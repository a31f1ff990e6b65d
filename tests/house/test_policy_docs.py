# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
import ast
import re
from pathlib import Path

import pytest

import poststelle
from poststelle.application.policy_reference import keys, meaning
from poststelle.core.directory_file import DirectoryFile
from poststelle.core.lint import CODES
from poststelle.core.page import gateway_names, page_values
from poststelle.core.policy import Language, Policy
from support.policies import SHIPPED, policy_folder
from support.policy_docs import MARK, PAGE, generated

HEAD, _, BODY = PAGE.read_text().partition(MARK)
SOURCES = Path(poststelle.__file__).parent


def test_the_generated_half_is_up_to_date():
    assert BODY.strip() == generated().strip(), "run: PYTHONPATH=src:tests python tests/support/policy_docs.py"


@pytest.mark.parametrize("model", [Policy, DirectoryFile], ids=["edition", "directory"])
def test_every_key_says_what_it_is_for(model):
    assert [path for path, field in keys(model) if not meaning(path.rpartition(".")[2], field)] == []


def test_every_key_is_on_the_page():
    named = {path.rpartition(".")[2] for model in (Policy, DirectoryFile) for path, _ in keys(model)}
    assert {name for name in named if f"| `{name}` |" not in BODY} == set()


def what_the_program_reads() -> frozenset[str]:
    trees = (ast.parse(path.read_text()) for path in SOURCES.rglob("*.py"))
    read = {node.attr for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    shown = (re.findall(r"\.(\w+)", path.read_text()) for path in SOURCES.rglob("*.html"))
    return frozenset(read.union(*shown))


def test_every_key_is_read_by_the_program_or_named_among_those_that_a_person_sees_to():
    (sentence,) = re.findall(r"published and not enforced by the gateway.*", HEAD)
    for_persons = re.findall(r"`([\w.]+)`", sentence)
    read = what_the_program_reads()
    ignored = (
        path
        for path, _ in keys(Policy)
        if (name := path.rpartition(".")[2]) not in read and not name.endswith("clause")  # sentences: shown by their id
    )
    assert [
        path for path in ignored if not any(f".{named}." in f".{path}.".replace("[]", "") for named in for_persons)
    ] == []


def test_every_lint_code_has_a_meaning_and_an_example():
    for code in CODES:
        assert f"| {code} |" in BODY
        assert f"**{code}** " in BODY


@pytest.mark.parametrize("authority", SHIPPED)
def test_every_placeholder_is_on_the_page(authority):
    policy = policy_folder(authority).editions[0].policy
    documented = set(re.findall(r"\{([a-zA-Z0-9_.-]+)\}", HEAD))
    for name in (*page_values(policy, Language.DE), *gateway_names(policy)):
        general = re.sub(r"^bebpo\.", "email.", name)
        general = re.sub(r"^(address|certificate|issuer)\.[a-z0-9-]+", r"\1.ID", general)
        general = re.sub(r"^channel\.[a-z0-9-]+", "channel.KIND", general)
        assert general in documented
