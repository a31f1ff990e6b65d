# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The contents of one leaf: the one that all readers decode, or every one that some reader does."""

from collections.abc import Iterator
from itertools import chain

from poststelle.inspection.mime.decode import (
    Chunk,
    base64_likeliest,
    base64_readings,
    decode_base64,
    decode_qp,
    is_ruined_base64,
    qp_likeliest,
    qp_readings,
    qp_wounds,
    undeclared_base64,
)
from poststelle.inspection.mime.defects import DefectCode
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.tree import Part

Readings = tuple[tuple[DefectCode, ...], Iterator[Chunk]]
"""Defects of the encoding, and the contents, likeliest first; not yet freed of repetitions, and made one at a time."""


def read_leaf(part: Part, *, is_text: bool, ledger: Ledger | None = None) -> Readings:
    """The readings of a leaf. Of a text that is only read (not saved) the likeliest is enough where bytes are damaged.

    ``ledger``: what all damaged files of the message may cost together; without one, what one of them may.
    """
    if part.encoding == "base64":
        return _base64(part)
    if part.encoding == "quoted-printable":
        return _quoted(part, ledger if ledger is not None and not is_text else Ledger(0), is_text=is_text)
    as_sent = memoryview(part.source)[part.body_start : part.end]
    if not part.encoding:
        return (), _guesses(part, as_sent)
    hidden = undeclared_base64(part.source, part.body_start, part.end)
    if hidden is None:
        return (), iter((as_sent,))
    return (DefectCode.BASE64_UNDECLARED,), iter((as_sent, hidden))


def _guesses(part: Part, as_sent: memoryview) -> Iterator[Chunk]:
    """What readers make of an encoding that is none of the five: each believes in another one."""
    yield as_sent
    yield base64_likeliest(part.source, part.body_start, part.end)
    yield qp_likeliest(as_sent)


def _base64(part: Part) -> Readings:
    decoded = decode_base64(part.source, part.body_start, part.end)
    if decoded.content is None:
        span = (part.source, part.body_start, part.end)
        if is_ruined_base64(*span):
            return (DefectCode.BASE64_DAMAGED, DefectCode.ENCODING_RUINED), iter((base64_likeliest(*span),))
        return (DefectCode.BASE64_DAMAGED,), base64_readings(*span)
    return (decoded.defect,) if decoded.defect else (), iter((decoded.content,))


def _quoted(part: Part, ledger: Ledger, *, is_text: bool) -> Readings:
    body = part.body
    decoded = decode_qp(body, is_text=part.media_type.startswith("text/"))
    if decoded.content is not None and (decoded.defect is None or is_text):
        return (decoded.defect,) if decoded.defect else (), iter((decoded.content,))
    if not ledger.take_wounded(
        len(body), qp_wounds(body, ledger.wounds_left) if len(body) <= ledger.wounded_left else 0
    ):
        codes = (DefectCode.QP_DAMAGED,) if is_text else (DefectCode.QP_DAMAGED, DefectCode.ENCODING_RUINED)
        return codes, iter((qp_likeliest(body) if decoded.content is None else decoded.content,))
    readings: Iterator[Chunk] = qp_readings(body)
    if is_text:
        readings = iter((next(readings),))
    elif decoded.content is not None:
        likeliest: tuple[Chunk, ...] = (decoded.content,)
        readings = chain(likeliest, readings)
    return (DefectCode.QP_DAMAGED,), readings
