# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The transition table: complete, unambiguous, and printed in the documentation."""

from pathlib import Path

from poststelle.protocol.smtp.states import NEXT, TRANSITIONS, WAITING, Signal, State, Verb, render_markdown

PAGE = Path(__file__).parents[2] / "docs" / "smtp-states.md"


def test_the_printed_table_is_up_to_date():
    sentence = "renew it: python -c 'from poststelle.protocol.smtp.states import *; print(render_markdown(), end=\"\")'"
    assert PAGE.read_text(encoding="utf-8") == render_markdown(), sentence


def test_no_state_has_two_ways_for_one_thing():
    assert len(NEXT) == len(TRANSITIONS)


def test_every_state_is_reached_and_left_and_every_verb_used():
    assert {row.after for row in TRANSITIONS} | {State.CONNECTED} == set(State)
    assert {row.state for row in TRANSITIONS} | {State.CLOSED} == set(State)
    assert {row.on for row in TRANSITIONS} == {*Verb, *Signal}


def test_waiting_states_take_no_command_and_closed_is_final():
    assert not any(row.state in WAITING and isinstance(row.on, Verb) for row in TRANSITIONS)
    assert not any(row.state is State.CLOSED for row in TRANSITIONS)
