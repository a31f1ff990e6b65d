# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The recipients: what Postfix is told about addresses, by its question or as a list."""

from collections.abc import Callable

from poststelle.adapters.recipients_service import ServiceSettings, serve_recipients
from poststelle.application.recipients import policy_action, published
from poststelle.application.settings import Settings
from poststelle.compose.parts import authorities, clock


def serve_recipient_questions(settings: Settings, opened: Callable[[int], None]) -> None:
    """Answer Postfix until asked to end. Reads the policies once: a change of the directory wants a restart."""
    known, time = authorities(settings), clock()
    chosen, page = settings.recipients, f"{settings.house.base_url.rstrip('/')}/kontakt"
    serve_recipients(
        ServiceSettings(chosen.host, chosen.port, chosen.socket),
        lambda question: policy_action(question, known, time.now(), page),
        opened,
    )


def published_recipients(settings: Settings) -> tuple[str, ...]:
    """Every address that takes mail now."""
    return published(authorities(settings), clock().now())
