# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Hints that go out with the next answer, whatever it is about: general, and never about one act's validity.

What is inside ciphertext never makes a hint.
"""

from collections.abc import Callable

from poststelle.core.matter import Matter


def _above_soft_limit(matter: Matter) -> bool:
    soft = matter.terms.rules.size.soft_limit_bytes
    inspection = matter.facts.inspection
    return inspection is not None and soft is not None and not matter.is_veiled and inspection.attachments_bytes > soft


def _mentions_form(matter: Matter) -> bool:
    inspection = matter.facts.inspection
    return inspection is not None and bool(inspection.mentions) and not matter.is_veiled


HINTS: tuple[tuple[str, Callable[[Matter], bool]], ...] = (
    ("kassenzeichen", lambda matter: matter.route.kassenzeichen_seen),
    ("form", _mentions_form),
    ("soft-limit", _above_soft_limit),
)


def hints(matter: Matter) -> tuple[str, ...]:
    """Keys of the hints that apply, in the order of the table."""
    return tuple(key for key, applies in HINTS if applies(matter))
