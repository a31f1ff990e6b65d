# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The recipients: what Postfix is told about addresses, by its question or as a list."""

from collections.abc import Callable

from poststelle.adapters.recipients_service import ServiceSettings, serve_recipients
from poststelle.application.authorities import Authorities
from poststelle.application.recipients import policy_action, published
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock
from poststelle.compose.whose import one_or_all


def serve_recipient_questions(settings: Settings, opened: Callable[[int], None]) -> None:
    """Answer Postfix until asked to end. Reads the policies once: a change of the directory wants a restart."""
    known, time = authorities(settings), clock()
    chosen = settings.recipients
    serve_recipients(
        ServiceSettings(chosen.host, chosen.port, chosen.socket),
        lambda question: policy_action(question, known, time.now()),
        opened,
    )


def published_recipients(settings: Settings, named: str) -> tuple[str, ...]:
    """Every address that takes mail now; of one authority its own, without our return paths, which are nobody's."""
    everyone = authorities(settings)
    chosen = {one: everyone.by_id[one] for one in one_or_all(everyone.by_id, named)}
    known = Authorities(chosen) if named else everyone
    return published(known, clock().now())
