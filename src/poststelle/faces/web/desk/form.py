# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Form and deadline: the facts, and a suggestion with its reasons. The clerk decides; nothing here calls an act invalid."""

from dataclasses import dataclass

from poststelle.core.arrival import Channel
from poststelle.core.facts import Inspection


@dataclass(frozen=True, slots=True)
class FormPanel:
    """What a clerk should know before deciding."""

    mentions: tuple[str, ...]
    way: str
    """How it came, as to form."""
    suggestion: str
    reasons: tuple[str, ...]


_WAYS = {
    "bebpo": "beBPo: Ob ein vertrauenswürdiger Herkunftsnachweis vorliegt, steht im Prüfvermerk der Nachricht.",
    "accepted": "Fortgeschritten signiert, Identität geprüft: Herkunft und Inhalt sind belegt. Eine qualifizierte "
    "elektronische Signatur ist das nicht.",
    "signed": "Signiert, die Signatur ist aber nicht akzeptiert.",
    "plain": "Einfache E-Mail ohne Signatur.",
}
_WRITTEN_FORM = (
    "Wo Schriftform angeordnet ist, genügt eine E-Mail ohne qualifizierte elektronische Signatur in der Regel nicht "
    "(§\u00a03a Abs.\u00a02 und 3 VwVfG NRW, §\u00a036a SGB I)."
)
_TAX = "Ein Einspruch gegen einen Steuerbescheid kann auch mit einfacher E-Mail eingelegt werden (§\u00a0357 Abs.\u00a01 AO)."
_MONTH = "Rechtsbehelfsfristen betragen meist einen Monat ab Bekanntgabe; maßgeblich ist der erste Eingang."


def form_panel(inspection: Inspection, channel: str, *, is_accepted: bool) -> FormPanel:
    """The panel of one message."""
    way = _way(inspection, channel, is_accepted=is_accepted)
    mentions = tuple(dict.fromkeys(inspection.mentions))
    if not mentions:
        return FormPanel((), _WAYS[way], "Kein Hinweis auf eine Form- oder Fristfrage.", ())
    is_doubtful = way in ("plain", "signed", "accepted")
    suggestion = (
        "Heute ansehen, Frist im Fachverfahren notieren und den Absender auf die Form hinweisen."
        if is_doubtful
        else "Heute ansehen und Frist im Fachverfahren notieren."
    )
    reasons = (f"Genannt: {', '.join(mentions)}.", *((_WRITTEN_FORM, _TAX) if is_doubtful else ()), _MONTH)
    return FormPanel(mentions, _WAYS[way], suggestion, reasons)


def _way(inspection: Inspection, channel: str, *, is_accepted: bool) -> str:
    if channel == Channel.BEBPO.value:
        return "bebpo"
    if is_accepted:
        return "accepted"
    return "signed" if inspection.crypto.signer is not None else "plain"
