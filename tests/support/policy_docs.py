# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The generated half of docs/policy.md. ``python tests/support/policy_docs.py`` (with src on the path) renews it."""

import tomllib
from pathlib import Path

from poststelle.application.policy_reference import reference
from poststelle.core.lint import CODES

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "policy.md"
BAD = ROOT / "tests" / "policies" / "bad"
MARK = "<!-- From here on generated: python tests/support/policy_docs.py -->\n"


def generated() -> str:
    """Keys from the models, then an example of every lint code from the bad files."""
    cases = [tomllib.loads(path.read_text()) for path in sorted(BAD.glob("*.toml"))]
    examples = "\n".join(_example(code, cases) for code in CODES)
    return f"{reference()}\n## An example of every lint code\n\n{examples}"


def _example(code: str, cases: list[dict[str, str]]) -> str:
    for case in cases:
        for message in case["expect"]:
            if f": {code} " in message:
                said = message.removeprefix("bad/")
                return f"**{code}** {case['about']}\n\n```text\n{said}\n```\n"
    return f"**{code}** a byte that is not UTF-8\n\n```text\n2026-01-01.toml:2: {code} the file is not UTF-8\n```\n"


if __name__ == "__main__":
    head = PAGE.read_text().partition(MARK)[0]
    PAGE.write_text(f"{head}{MARK}\n{generated()}")
