# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The road of one message: from the door to the committed verdict, on one screen.

Knows the order of the stations and nothing of what happens inside them. Start reading here.
"""

from poststelle.application.house import House
from poststelle.application.ports import Body, UnavailableError
from poststelle.application.settle import Judged, Outcome, commit, defer, repeat
from poststelle.application.steps import fingerprint_of, opened, take_facts
from poststelle.core.arrival import Arrival
from poststelle.core.judgement import judge


def accept(arrival: Arrival, body: Body, house: House) -> Outcome:
    """What became of one message, committed: the replies, and everything else on record under its reference.

    Raises UnavailableError when the world fails: the attempt is on record then, and the door answers 451.
    """
    with opened(body, house.books.blobs) as content:
        fingerprint = fingerprint_of(arrival, content)
        try:
            since = arrival.received_at - house.retry_window
            earlier = house.books.store.find_retry(arrival.authority, fingerprint, since)
            if earlier is not None:
                return repeat(arrival, fingerprint, earlier, house)

            terms = house.authorities.terms_for(arrival)
            facts, remarks = take_facts(content, arrival, house)
            register = house.books.registers.register(arrival.authority)
            verdicts = judge(terms, facts, arrival.envelope, register, arrival.received_at)
            return commit(Judged(arrival, body, fingerprint, terms, facts, verdicts, remarks), house)

        except UnavailableError as error:
            defer(arrival, fingerprint, str(error), house)
            raise
