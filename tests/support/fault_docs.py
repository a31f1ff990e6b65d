# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/operations/faults.md, made from the tables of faults and of their defences. Run me to write it anew."""

from collections.abc import Iterable

from poststelle.protocol.smtp.replies import Reply
from support.defences import BY_NAME
from support.faults import DEATHS, FAULTS, OUTSIDE, UNHEARD, Death, Fault
from support.programs import ROOT

PAGE = ROOT / "docs" / "operations" / "faults.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# When something fails

Nothing is acknowledged that is not kept, nothing unscanned is delivered, and our trouble is never told as the sender's
fault. What fails is answered with a code that makes the sending server try again, for days if need be: you have time.
What an attempt left behind is an entry `deferred` in the journal, with time, envelope, hash and cause, as long as
anything can be written at all; the message that comes through later is joined to it.

`poststelle doctor` names most of these with their remedy; [monitoring](monitoring.md) has the numbers and alarms.

| what fails | the sender hears | journal | seen in | what you do |
|---|---|---|---|---|
"""

POINTS = """
## Point by point: what it means that a process dies there

Killed at any of these points, on files and on servers: what was acknowledged is on record once, and an effect is repeated
only between the receiver's 250 and our record of it, byte for byte with the same Message-ID.

| point | where | what follows |
|---|---|---|
"""

HELD_BY = """
## What holds

Each of these was taken away once, and a test failed for it; `pytest -m "soak or not soak"
tests/faults/test_fault_defences.py` does it again.

| what holds | against |
|---|---|
"""

FOOT = """
This page is made by `PYTHONPATH=src:tests python tests/support/fault_docs.py`.
"""


def generated() -> str:
    """The whole page."""
    return "".join(
        (
            HEAD,
            _rows(
                (fault.what, _heard(fault.heard), _kinds(fault), _upper(fault.seen_in), fault.remedy)
                for fault in FAULTS
            ),
            POINTS,
            _rows((f"`{death.point}`", death.where, death.then) for death in DEATHS),
            HELD_BY,
            _rows((_upper(defence.holds), _against(name)) for name, defence in BY_NAME.items()),
            FOOT,
        )
    )


def _rows(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join((_upper(first), *rest))} |\n" for first, *rest in rows)


def _heard(heard: Reply | str | None) -> str:
    if isinstance(heard, Reply):
        return f"`{heard.code} {heard.enhanced}`"
    return "—" if heard is OUTSIDE else UNHEARD


def _kinds(fault: Fault) -> str:
    return ", ".join(f"`{kind}`" for kind in fault.journal) or "—"


def _against(name: str) -> str:
    faults: Iterable[Fault] = (fault for fault in FAULTS if name in fault.defences)
    deaths: Iterable[Death] = (death for death in DEATHS if name in death.defences)
    return "; ".join((*(fault.what for fault in faults), *(f"`{death.point}`" for death in deaths)))


def _upper(text: str) -> str:
    return text if text.startswith("`") else text[:1].upper() + text[1:]


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
