# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/reasons.md, made from the catalogue and the policy shipped for Münster. Run me to write it anew."""

from pathlib import Path

from poststelle.application.answers import CODES
from poststelle.core.catalogue.reasons import REASONS
from poststelle.core.catalogue.remedies import REMEDIES
from poststelle.core.mitigation import kind_of
from poststelle.core.policy import ChannelPolicy, Language, Policy
from poststelle.core.reasons import Reason
from poststelle.core.remedies import FALLBACK, SAVE_AS, remedy_for
from support.policies import policy_folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reasons.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# Reasons

Every reason code the gateway can give. The codes are public: they only grow, none is renamed. What a code leads to is
the policy's to say; the clauses and dispositions below are those of the policy shipped for Münster. A code of a file
inside an archive is shown as `member:<code>` in the machine interface.

*Kind* says where a reason may refuse a message at all: nothing is refused in beBPo; `content` never refuses encrypted
mail or a bounce; `structure` never refuses a bounce.

This page is made by `PYTHONPATH=src:tests python tests/support/reason_docs.py`.
"""


def generated() -> str:
    """The whole page."""
    policy = policy_folder("muenster").editions[-1].policy
    parts = [HEAD, *(_section(reason, policy) for reason in Reason), _formats()]
    return "\n".join(parts)


def _section(reason: Reason, policy: Policy) -> str:
    remedy = REMEDIES[remedy_for(reason, None, ())]
    said = REASONS[reason]
    code, status = CODES.get(reason, (550, "5.6.1"))
    rows = [
        f"## `{reason.value}`",
        "",
        f"- {said.in_language(Language.DE)} *{said.in_language(Language.EN)}*",
        f"- Remedy: {remedy.in_language(Language.DE)} *{remedy.in_language(Language.EN)}*",
        f"- Kind: {kind_of(reason).value}; where it refuses: {code} {status}",
        f"- E-mail: {_ruled(policy.email, reason)}; beBPo: {_ruled(policy.bebpo, reason)}",
        "",
    ]
    return "\n".join(rows)


def _ruled(channel: ChannelPolicy, reason: Reason) -> str:
    rule = channel.rule_for(reason)
    told = ", ".join(told.value for told in rule.tell) or "nobody"
    return f"clause `{rule.clause}`, {rule.disposition.value}, told: {told}"


def _formats() -> str:
    rows = [
        f"| `{found.value}` | {' or '.join(f'`{target.value}`' for target in targets)} |"
        for found, targets in sorted(SAVE_AS.items())
    ]
    head = ("## What a foreign format is best saved as", "", "The first of these that the policy accepts is suggested;")
    return "\n".join(
        (*head, f"where none is, the remedy is `{FALLBACK}`.", "", "| found | save as |", "|---|---|", *rows, "")
    )


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
