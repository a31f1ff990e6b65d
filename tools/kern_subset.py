# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Cut the style sheets of the web face out of KERN UX: ``python tools/kern_subset.py`` writes them, ``--check`` compares.

KERN's sheet weighs 340 KB, the page may weigh 60. What is kept: its base rules, the components named below, and of
its tokens those that these rules or our own sheets use, directly or through another token. Nothing is rewritten, so a
new release of KERN is a new file in vendor/ and one run of this program.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "vendor" / "kern-ux" / "kern-2.7.2.min.css"
ASSETS = ROOT / "src" / "poststelle" / "faces" / "web" / "assets"

PUBLIC = "sr-only btn label badge".split()
DESK = (
    "sr-only btn link heading title body label alert badge table table-responsive input form-input error hint icon "
    "check checkbox fieldset radio description-list dialog divider progress list subline summary accordion"
).split()
UNUSED = frozenset("btn--x-small btn--block btn--tertiary label--small label--large badge--small".split())
"""Variants of kept components that the public page does without."""
ICONS = "info success warning danger check close search download open-in-new arrow-forward arrow-back mail".split()
"""Icons are pictures inside the sheet, half a kilobyte each."""

CONTEXT = ":is(body"
"""Where KERN gives the tokens of the present colour scheme to the page."""
TOKEN = re.compile(r"--kern-[\w-]+")
CLASS = re.compile(r"\.kern-([a-z][\w-]*)")
DECLARATION = re.compile(r"(--kern-[\w-]+)\s*:")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet to write: its components, whether it has themes to choose, and the own sheets that use its tokens."""

    name: str
    components: tuple[str, ...]
    own: tuple[str, ...]
    themes: bool


SHEETS = (
    Sheet("kern-public.css", tuple(PUBLIC), ("site.css",), themes=False),
    Sheet("kern-desk.css", tuple(DESK), ("site.css", "desk.css"), themes=True),
)
HEAD = """/*
 * Cut out of KERN UX 2.7.2 (@kern-ux/native) by tools/kern_subset.py; do not edit.
 * SPDX-FileCopyrightText: 2022-2026 KERN-Team and contributors
 * SPDX-License-Identifier: EUPL-1.2
 */
"""


def rules(text: str) -> Iterator[tuple[str, str]]:
    """Selector and body of every rule on this level, in order; statements such as @charset are left out."""
    at = 0
    while (brace := text.find("{", at)) >= 0:
        statement = text.find(";", at)
        if text[at] == "@" and 0 <= statement < brace:
            at = statement + 1
            continue
        end = _closing(text, brace)
        yield text[at:brace].strip(), text[brace + 1 : end]
        at = end + 1


def _closing(text: str, brace: int) -> int:
    depth, at = 1, brace + 1
    while depth:
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        at += 1
    return at - 1


def selectors(text: str) -> list[str]:
    """The parts of a selector list; commas inside brackets do not divide."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += letter
    return [*parts, part.strip()]


def is_wanted(selector: str, sheet: Sheet) -> bool:
    """The selector speaks of nothing but kept components, or of plain elements."""
    if selector.startswith(CONTEXT):
        return True
    if ".kern-level" in selector or ".kern-layer" in selector:
        return False
    if any(theme in selector for theme in (".kern-light", ".kern-dark", "data-kern-theme")):
        return sheet.themes
    return all(_is_kept(name, sheet) for name in CLASS.findall(selector))


def _is_kept(name: str, sheet: Sheet) -> bool:
    base = re.split(r"--|__", name)[0]
    if not sheet.themes and name in UNUSED:
        return False
    if name.startswith("icon--"):
        return "icon" in sheet.components and name.removeprefix("icon--") in {
            *ICONS,
            "small",
            "default",
            "large",
            "x-large",
        }
    return base in sheet.components


def kept(text: str, sheet: Sheet) -> str:
    """The rules of the sheet, tokens not yet pruned."""
    out = []
    for selector, body in rules(text):
        if selector.startswith("@media"):
            inner = kept(body, sheet)
            out += [f"{selector}{{{inner}}}\n"] if inner else []
        elif not selector.startswith("@"):
            wanted = [part for part in selectors(selector) if is_wanted(part, sheet)]
            out += [f"{','.join(wanted)}{{{body}}}\n"] if wanted else []
    return "".join(out)


def used_tokens(text: str, own: str) -> set[str]:
    """Every token that a rule uses, and those its value is made of."""
    made_of: dict[str, set[str]] = {}
    for name, value in re.findall(r"(--kern-[\w-]+)\s*:([^;}]*)", text):
        made_of.setdefault(name, set()).update(TOKEN.findall(value))
    waiting = set(re.findall(r"var\((--kern-[\w-]+)", DECLARED.sub("", text) + own))
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= made_of.get(name, set())
    return found


DECLARED = re.compile(r"--kern-[\w-]+\s*:[^;}]*;?")


def pruned(text: str, used: set[str]) -> str:
    """The rules without tokens that nobody uses, and without rules that this leaves empty."""
    text = re.sub(r"(--kern-[\w-]+)\s*:[^;}]*;?", lambda match: match[0] if match[1] in used else "", text)
    while (shorter := re.sub(r"[^{}]+\{\s*\}\n?", "", text)) != text:
        text = shorter
    return text


def sheet_text(sheet: Sheet) -> str:
    """The style sheet as it is written."""
    text = kept(SOURCE.read_text(encoding="utf-8"), sheet)
    own = "".join(path.read_text(encoding="utf-8") for name in sheet.own if (path := ASSETS / name).is_file())
    return HEAD + pruned(text, used_tokens(text, own))


def main() -> int:
    """Write the sheets, or say which are not as they would be written."""
    stale = 0
    for sheet in SHEETS:
        path, text = ASSETS / sheet.name, sheet_text(sheet)
        if "--check" in sys.argv[1:]:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                sys.stderr.write(f"{path.relative_to(ROOT)} is not what tools/kern_subset.py writes\n")
                stale = 1
        else:
            path.write_text(text, encoding="utf-8")
            sys.stdout.write(f"{path.relative_to(ROOT)}: {len(text.encode())} bytes\n")
    return stale


if __name__ == "__main__":
    sys.exit(main())
