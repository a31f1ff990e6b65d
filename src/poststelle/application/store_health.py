# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Whether the servers that hold records and bodies answer, where there are any: examinations of ``poststelle doctor``."""

from collections.abc import Callable

from poststelle.application.health import Diagnosis, Health
from poststelle.application.ports import UnavailableError


def of_database(probe: Callable[[], bool], place: str) -> Diagnosis:
    """Whether the database server answers, and with records that count; ``place`` names it without any secret.

    ``probe`` is true where an unfinished restoration left what is there.
    """
    found: list[bool] = []
    remedy = "Start it, or correct store.database; until then every message is answered 451 and comes again."
    answers = _answers("database", lambda: found.append(probe()), place, remedy)
    if not any(found):
        return answers
    again = "Empty the data folder and restore again: poststelle restore FILE clears away what is there."
    return Diagnosis("database", Health.BROKEN, f"{place}: a restoration did not come to its end", again)


def of_bucket(probe: Callable[[], None], place: str) -> Diagnosis:
    """Whether the bucket answers us; a key that is not let in is no answer."""
    return _answers(
        "bucket",
        probe,
        place,
        "Start the server, correct [store], or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment; until "
        "then mail over 64 KB is answered 451 and comes again.",
    )


def _answers(part: str, probe: Callable[[], None], place: str, remedy: str) -> Diagnosis:
    try:
        probe()
    except UnavailableError as error:
        return Diagnosis(part, Health.BROKEN, f"{place} does not answer: {error}", remedy)
    return Diagnosis(part, Health.FINE, place)
