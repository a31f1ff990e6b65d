# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Every message of the synthetic citizens, in the order in which the demo sends them."""

from poststelle.application.synthetic import files, machines, refusals, routing, sealed
from poststelle.application.synthetic.sample import Sample

SAMPLES: tuple[Sample, ...] = (
    *routing.SAMPLES,
    *files.SAMPLES,
    *sealed.SAMPLES,
    *refusals.SAMPLES,
    *machines.SAMPLES,
)
"""Names are unique."""

_QUICK = frozenset(
    "subject-by-number aktenzeichen to-a-person pdf-and-docx docm hidden-macro pdf-password zip-with-program "
    "self-extracting heic too-large eicar gtube unknown-recipient foreign-domain ambiguous kassenzeichen "
    "widerspruch-withheld bounce mailing-list macro-of-a-stranger macro-forged two-recipients smtputf8 retry".split()
)
QUICK: tuple[Sample, ...] = tuple(sample for sample in SAMPLES if sample.name in _QUICK)
"""One for each disposition and kind of cause."""
