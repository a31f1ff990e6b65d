# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Numbered checks of policy and directory: what a schema cannot see. docs/policy.md shows each with an example."""

from poststelle.core.directory_file import DirectoryFile
from poststelle.core.lint.clauses import clause_faults
from poststelle.core.lint.directory import directory_faults, office_faults, outside_faults
from poststelle.core.lint.fault import Fault, Severity, in_file, nearest
from poststelle.core.lint.rules import rule_faults
from poststelle.core.lint.terms import term_faults
from poststelle.core.policy import Policy

__all__ = ["CODES", "Fault", "Severity", "in_file", "lint_directory", "lint_policy", "lint_together", "nearest"]

CODES: dict[str, str] = {
    "PS101": "The file is not TOML.",
    "PS102": "The file is not UTF-8.",
    "PS103": "A key is unknown.",
    "PS104": "A required key is missing.",
    "PS105": "A value is not one the key can have.",
    "PS106": "A file is not named after the day its edition begins, or there is no edition.",
    "PS201": "A key names a clause that does not exist.",
    "PS202": "A clause has no German text.",
    "PS203": "A placeholder has no value.",
    "PS204": "A brace has no partner.",
    "PS205": "A clause has no text in a language of the page (warning).",
    "PS206": "A value is typed by hand instead of being named.",
    "PS301": "A reason is governed by no rule.",
    "PS302": "A reason is governed more than once.",
    "PS303": "Something other than malware would be deleted.",
    "PS304": "A beBPo message would be refused or deleted.",
    "PS305": "A refusal does not tell the sender.",
    "PS306": "Files would be withheld without telling the sender.",
    "PS307": "A hold tells neither mailroom nor recipient.",
    "PS308": "A refusal would depend on a private key.",
    "PS309": "Malware would be passed on.",
    "PS310": "A rule has no reasons.",
    "PS311": "The page refuses download links, the rule accepts them.",
    "PS312": "An address demands what the rule does not.",
    "PS401": "The soft limit is not below the limit.",
    "PS402": "The list of formats is empty or names one twice.",
    "PS403": "A format is preferred or narrowed that is not accepted.",
    "PS404": "An archive stands among the formats.",
    "PS405": "Something that is no archive stands among the archives.",
    "PS406": "A regular expression does not compile.",
    "PS407": "A regular expression could run away.",
    "PS408": "A limit is nothing, or more than the inspector opens.",
    "PS409": "A class of records has two terms of retention.",
    "PS410": "An archive the inspector cannot open is accepted without a check by hand.",
    "PS501": "A section is missing.",
    "PS502": "An address lies outside the domains of the terms.",
    "PS503": "An address or its id stands twice.",
    "PS504": "A certificate is published where encryption is not accepted.",
    "PS505": "Encryption is accepted by no method.",
    "PS506": "OpenPGP is offered, which this gateway cannot read (warning).",
    "PS507": "Signers are to be checked, and no clause says so.",
    "PS508": "Another channel has ended before the edition begins.",
    "PS509": "The page is not served over https.",
    "PS510": "No legal basis belongs to the Land (warning).",
    "PS511": "Only listed addresses are open, and others have terms.",
    "PS601": "The directory has no office.",
    "PS602": "An office's id or number stands twice.",
    "PS603": "A name belongs to two offices.",
    "PS604": "A pattern of file references is not anchored.",
    "PS605": "An address belongs to two.",
    "PS606": "A person or service names an office that does not exist.",
    "PS607": "An office has neither number nor address (warning).",
    "PS701": "An address of the directory lies outside the domains of the terms.",
    "PS702": "An example of a subject line does not follow the grammar.",
    "PS703": "An example of a subject line names no office.",
    "PS704": "The terms of an address name an office that does not exist.",
}
"""Every check by its number. Numbers are public: they only grow."""


def lint_policy(policy: Policy, file: str, *, is_superseded: bool = False) -> tuple[Fault, ...]:
    """What is wrong with the edition by itself, errors first; ``is_superseded`` where a later one lies beside it."""
    rules = rule_faults(policy, is_superseded=is_superseded)
    return in_file(file, (*clause_faults(policy), *rules, *term_faults(policy)))


def lint_directory(directory: DirectoryFile, file: str) -> tuple[Fault, ...]:
    """What is wrong with the directory by itself, errors first."""
    return in_file(file, directory_faults(directory))


def lint_together(policy: Policy, directory: DirectoryFile, files: tuple[str, str]) -> tuple[Fault, ...]:
    """Where edition and directory contradict one another; ``files`` names both, in this order."""
    edition_file, directory_file = files
    return (
        *in_file(edition_file, office_faults(policy, directory)),
        *in_file(directory_file, outside_faults(policy, directory)),
    )
