# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The message's own truths, derived from those of its layers by rules that stand here and nowhere else.

Signature: the innermost one over the whole plaintext; without one, the first over a part; without that, the outermost
over ciphertext. A signature counts for plaintext only if no encryption stands between. Encryption: the outermost layer
that stayed closed, else that it was opened. Notes of all layers are gathered; nothing hides anything.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from poststelle.core.signature import (
    CIPHERTEXT_KINDS,
    Chain,
    Coverage,
    CryptoFacts,
    CryptoNote,
    Encryption,
    FromMatch,
    Layer,
    LayerKind,
    Signature,
    Signer,
)
from poststelle.inspection.cms.mailboxes import canonical

_SETTLED_ENCRYPTION = frozenset({Encryption.NONE, Encryption.OK})
_SETTLED_SIGNATURE = frozenset({Signature.NONE, Signature.OK})
_MAX_DISPLAY = 1_000
_ADDRESS = re.compile(r"[^\s@<>()\[\],;:\"']{1,64}@[^\s@<>()\[\],;:\"']{1,255}")
_SETTLED_CHAIN = frozenset({Chain.NONE, Chain.OK})


@dataclass(frozen=True, slots=True)
class Sender:
    """What the From field says."""

    addresses: tuple[str, ...] = ()
    shown: str = ""
    """The whole field, decoded: what some program shows of it."""
    has_faults: bool = False
    """It can be read in more than one way."""


NOBODY = Sender()


def message_truth(layers: tuple[Layer, ...], sender: Sender = NOBODY, *, is_ambiguous: bool = False) -> CryptoFacts:
    """The facts of the whole message; the layers are given outermost first, with the coverage their place allows.

    Where other programs may read another message (``is_ambiguous``), nobody has signed the whole of it.
    """
    placed = _placed(layers, is_ambiguous=is_ambiguous)
    telling = _telling(placed)
    signature = _signature(telling)
    return CryptoFacts(
        layers=placed,
        encryption=_encryption(placed),
        signature=signature,
        chain=telling.chain if telling else Chain.NONE,
        from_match=from_match(telling.signer if telling else None, sender),
        coverage=telling.coverage if telling else Coverage.NONE,
        signer=telling.signer if telling else None,
        notes=_notes(placed, signature),
        reasons=_reasons(placed, signature),
    )


def _placed(layers: tuple[Layer, ...], *, is_ambiguous: bool) -> tuple[Layer, ...]:
    """A whole signature around ciphertext covers only that."""
    last = max(
        (at for at, layer in enumerate(layers) if layer.kind in CIPHERTEXT_KINDS and _is_whole(layer)), default=-1
    )
    inside = Coverage.PARTIAL if is_ambiguous else Coverage.WHOLE
    return tuple(
        replace(layer, coverage=Coverage.OUTER if at < last else inside) if layer.coverage is Coverage.WHOLE else layer
        for at, layer in enumerate(layers)
    )


def _is_whole(layer: Layer) -> bool:
    return layer.encryption is not Encryption.PARTIAL


def _telling(layers: tuple[Layer, ...]) -> Layer | None:
    by_coverage: dict[Coverage, list[Layer]] = {}
    for layer in layers:
        if layer.signature is not Signature.NONE:
            by_coverage.setdefault(layer.coverage, []).append(layer)
    if Coverage.WHOLE in by_coverage:
        return by_coverage[Coverage.WHOLE][-1]
    for coverage in (Coverage.PARTIAL, Coverage.OUTER, Coverage.NONE):
        if coverage in by_coverage:
            return by_coverage[coverage][0]
    return None


def _signature(telling: Layer | None) -> Signature:
    """A good signature over too little is named by what it lacks; a bad one stays bad."""
    if telling is None:
        return Signature.NONE
    if telling.signature is Signature.OK:
        return _BY_COVERAGE[telling.coverage]
    return telling.signature


_BY_COVERAGE = {
    Coverage.WHOLE: Signature.OK,
    Coverage.PARTIAL: Signature.PARTIAL,
    Coverage.OUTER: Signature.OUTER_ONLY,
    Coverage.NONE: Signature.NO_SIGNER,
}


def _encryption(layers: tuple[Layer, ...]) -> Encryption:
    codes = [layer.encryption for layer in layers if layer.encryption is not Encryption.NONE]
    return next((code for code in codes if code is not Encryption.OK), codes[0] if codes else Encryption.NONE)


def _notes(layers: tuple[Layer, ...], signature: Signature) -> tuple[CryptoNote, ...]:
    """CBC lets others change the ciphertext unseen: only a good signature inside says that nobody did."""
    gathered = [note for layer in layers for note in layer.notes]
    is_open_to_change = any(layer.kind is LayerKind.ENVELOPED and layer.encryption is Encryption.OK for layer in layers)
    if is_open_to_change and signature is not Signature.OK:
        gathered.append(CryptoNote.UNAUTHENTICATED)
    return tuple(dict.fromkeys(gathered))


def _reasons(layers: tuple[Layer, ...], signature: Signature) -> tuple[str, ...]:
    found: list[str] = []
    for layer in layers:
        found += [layer.encryption.value] if layer.encryption not in _SETTLED_ENCRYPTION else []
        found += [layer.signature.value] if layer.signature not in _SETTLED_SIGNATURE else []
        found += [layer.chain.value] if layer.chain not in _SETTLED_CHAIN else []
    found += [signature.value] if signature not in _SETTLED_SIGNATURE else []
    return tuple(dict.fromkeys(found))


def from_match(signer: Signer | None, sender: Sender) -> FromMatch:
    """Whether the certificate names the one address in From; two addresses match nobody.

    A display name never speaks for a match; one that shows another address speaks against it, since that is what many
    programs show their readers. So does a field that can be read in two ways.
    """
    if signer is None:
        return FromMatch.NOT_APPLICABLE
    if len(sender.addresses) != 1 or sender.has_faults:
        return FromMatch.MISMATCH
    wanted = canonical(sender.addresses[0])
    field = unicodedata.normalize("NFKC", sender.shown[:_MAX_DISPLAY])
    shown = {canonical(one) for one in _ADDRESS.findall(field)}
    is_named = wanted is not None and wanted in {canonical(email) for email in signer.emails}
    return FromMatch.MATCH if is_named and shown <= {wanted} else FromMatch.MISMATCH
