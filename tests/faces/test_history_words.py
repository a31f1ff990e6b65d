# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whatever the journal may say of a message is a German sentence on its page, never the bare name of an event."""

import pytest

from poststelle.application.desk.history import _SAID
from poststelle.core.journal import EventKind

ABOUT_NO_MESSAGE = frozenset(
    {
        EventKind.SIGNED_IN,
        EventKind.DESK_ENTERED,
        EventKind.ROLE_GRANTED,
        EventKind.PASSWORD_SET,
        EventKind.ACCOUNT_DISABLED,
        EventKind.ACCOUNT_ENABLED,
        EventKind.STARTED,
        EventKind.STOPPED,
        EventKind.EDITION_IN_FORCE,
        EventKind.CLOCK_STEPPED,
        EventKind.SCANNER_BACK,
        EventKind.PROBE_PASSED,
        EventKind.PROBE_FAILED,
        EventKind.BYPASS_SET,
        EventKind.BYPASS_LIFTED,
        EventKind.OBSERVE_SET,
        EventKind.OBSERVE_LIFTED,
    }
)


@pytest.mark.parametrize("kind", sorted(set(EventKind) - ABOUT_NO_MESSAGE))
def test_every_event_about_a_message_is_a_sentence_on_its_page(kind):
    assert kind.value in _SAID
