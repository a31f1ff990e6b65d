# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Signature and encryption line by line: each truth its own sentence, never one word for all of them.

Knows no certificate; it words what was seen (core.signature) and what the register says today.
"""

from dataclasses import dataclass

from poststelle.core.signature import (
    Chain,
    Coverage,
    CryptoFacts,
    CryptoNote,
    Encryption,
    FromMatch,
    Identity,
    Signature,
)

GOOD, BAD, OPEN, NEUTRAL = "good", "bad", "open", "neutral"


@dataclass(frozen=True, slots=True)
class TruthLine:
    """One truth: what it is about, the sentence, and whether it is good, bad, open or neutral."""

    about: str
    sentence: str
    standing: str
    code: str


_ENCRYPTION: dict[Encryption, tuple[str, str]] = {
    Encryption.NONE: (NEUTRAL, "Die Nachricht kam unverschlüsselt."),
    Encryption.OK: (GOOD, "Die Nachricht kam verschlüsselt und wurde geöffnet."),
    Encryption.NO_KEY: (BAD, "Sie ist für keinen unserer Schlüssel verschlüsselt."),
    Encryption.UNSUPPORTED: (BAD, "Das Verschlüsselungsverfahren unterstützen wir nicht."),
    Encryption.MALFORMED: (BAD, "Die Verschlüsselung ist beschädigt."),
    Encryption.FAILED: (BAD, "Die Nachricht ließ sich nicht entschlüsseln."),
    Encryption.PARTIAL: (BAD, "Nur ein Teil ist verschlüsselt; solche Teile werden nicht geöffnet."),
    Encryption.TOO_DEEP: (BAD, "Zu viele Schichten ineinander; nicht geöffnet."),
    Encryption.TOO_LARGE: (BAD, "Entschlüsselt zu groß; nicht geöffnet."),
}
_SIGNATURE: dict[Signature, tuple[str, str]] = {
    Signature.NONE: (NEUTRAL, "Die Nachricht ist nicht signiert."),
    Signature.OK: (GOOD, "Die Signatur ist unversehrt: Der Inhalt wurde seit dem Signieren nicht verändert."),
    Signature.BAD: (BAD, "Die Signatur passt nicht zum Inhalt: Er wurde verändert oder beschädigt."),
    Signature.PARTIAL: (BAD, "Nur ein Teil der Nachricht ist signiert."),
    Signature.OUTER_ONLY: (BAD, "Signiert ist nur die verschlüsselte Hülle, nicht der Inhalt."),
    Signature.AMBIGUOUS: (BAD, "Mehrere Personen haben signiert; das lässt sich nicht zuordnen."),
    Signature.NO_SIGNER: (BAD, "Die Signatur nennt niemanden."),
    Signature.NO_CERT: (BAD, "Das Zertifikat zur Signatur liegt nicht bei."),
    Signature.NO_ATTRS: (BAD, "Der Signatur fehlen die signierten Angaben."),
    Signature.ATTR_INVALID: (BAD, "Die signierten Angaben sind widersprüchlich."),
    Signature.CONTENT_CONFLICT: (BAD, "Die Signatur enthält einen anderen Inhalt als die Nachricht."),
    Signature.CONTENT_MISSING: (BAD, "Der signierte Inhalt fehlt."),
    Signature.WEAK: (BAD, "Das Signaturverfahren ist zu schwach."),
    Signature.UNSUPPORTED: (BAD, "Das Signaturverfahren unterstützen wir nicht."),
    Signature.MALFORMED: (BAD, "Die Signatur ist beschädigt."),
    Signature.CERTS_ONLY: (NEUTRAL, "Es liegen nur Zertifikate bei, keine Signatur."),
}
_CHAIN: dict[Chain, tuple[str, str]] = {
    Chain.NONE: (NEUTRAL, "Kein Zertifikat zu prüfen."),
    Chain.OK: (GOOD, "Das Zertifikat führt zu einer vertrauten Stelle und galt beim Eingang."),
    Chain.UNTRUSTED: (BAD, "Die ausstellende Stelle ist uns nicht als vertrauenswürdig bekannt."),
    Chain.EXPIRED: (BAD, "Das Zertifikat war beim Eingang abgelaufen."),
    Chain.NOT_YET: (BAD, "Das Zertifikat galt beim Eingang noch nicht."),
    Chain.REVOKED: (BAD, "Das Zertifikat ist gesperrt."),
    Chain.REVOCATION_UNKNOWN: (OPEN, "Ob das Zertifikat gesperrt ist, ließ sich nicht feststellen."),
    Chain.INVALID: (BAD, "Die Kette der Zertifikate ist ungültig."),
    Chain.KEY_USAGE: (BAD, "Der Schlüssel ist nicht zum Signieren bestimmt."),
    Chain.EKU: (BAD, "Das Zertifikat ist nicht für E-Mail bestimmt."),
    Chain.NO_EMAIL: (BAD, "Das Zertifikat nennt keine E-Mail-Adresse."),
    Chain.WEAK_KEY: (BAD, "Der Schlüssel ist zu schwach."),
}
_FROM: dict[FromMatch, tuple[str, str]] = {
    FromMatch.MATCH: (GOOD, "Die Absenderadresse steht im Zertifikat."),
    FromMatch.MISMATCH: (BAD, "Die Absenderadresse steht nicht im Zertifikat."),
    FromMatch.NOT_APPLICABLE: (NEUTRAL, "Kein Zertifikat, mit dem die Adresse zu vergleichen wäre."),
}
_COVERAGE: dict[Coverage, tuple[str, str]] = {
    Coverage.WHOLE: (GOOD, "Die Signatur umfasst die ganze Nachricht."),
    Coverage.PARTIAL: (BAD, "Die Signatur umfasst nur einen Teil der Nachricht."),
    Coverage.OUTER: (BAD, "Die Signatur umfasst nur die verschlüsselte Hülle."),
    Coverage.NONE: (NEUTRAL, "Nichts ist von einer Signatur umfasst."),
}
_IDENTITY: dict[Identity, tuple[str, str]] = {
    Identity.VERIFIED: (GOOD, "Die Identität wurde einmalig geprüft."),
    Identity.UNCHECKED: (OPEN, "Die Identität ist noch nicht geprüft; die Signatur ist daher noch nicht akzeptiert."),
    Identity.NEW_KEY: (OPEN, "Die Person ist bekannt, dieser Schlüssel aber neu und noch nicht geprüft."),
    Identity.REVOKED: (BAD, "Die Identitätsprüfung dieses Schlüssels wurde widerrufen."),
    Identity.NOT_APPLICABLE: (NEUTRAL, "Keine unversehrte Signatur, zu der jemand geprüft werden könnte."),
}
_NOTES: dict[CryptoNote, tuple[str, str]] = {
    CryptoNote.AUTHENTICATED: (GOOD, "Die Verschlüsselung schützt auch vor Veränderung."),
    CryptoNote.OLD_KEY: (NEUTRAL, "Verschlüsselt für einen abgelösten Schlüssel von uns."),
    CryptoNote.UNAUTHENTICATED: (OPEN, "Die Verschlüsselung schützt nicht vor Veränderung."),
    CryptoNote.WEAK_CIPHER: (OPEN, "Das Verschlüsselungsverfahren ist veraltet."),
    CryptoNote.TIME_FUTURE: (OPEN, "Der angegebene Signaturzeitpunkt liegt in der Zukunft."),
    CryptoNote.NO_SIGNING_TIME: (NEUTRAL, "Die Signatur nennt keinen Zeitpunkt."),
    CryptoNote.PROTECTED_HEADERS: (NEUTRAL, "Auch Angaben des Kopfes wie der Betreff sind geschützt."),
    CryptoNote.HEADERS_DIFFER: (OPEN, "Außen steht ein anderer Absender oder Betreff als unter dem Schutz."),
}


def truth_lines(crypto: CryptoFacts, identity: Identity) -> tuple[TruthLine, ...]:
    """Every truth about this message's cryptography, in the order in which they build on one another."""
    if not crypto.layers and crypto.signature is Signature.NONE and crypto.encryption is Encryption.NONE:
        return (
            _line("Verschlüsselung", _ENCRYPTION[crypto.encryption], crypto.encryption),
            _line("Signatur", _SIGNATURE[crypto.signature], crypto.signature),
        )
    lines = [
        _line("Verschlüsselung", _ENCRYPTION[crypto.encryption], crypto.encryption),
        _line("Signatur", _SIGNATURE[crypto.signature], crypto.signature),
    ]
    if crypto.signer is not None:
        lines += [
            _line("Zertifikat", _CHAIN[crypto.chain], crypto.chain),
            _line("Absenderadresse", _FROM[crypto.from_match], crypto.from_match),
            _line("Umfang", _COVERAGE[crypto.coverage], crypto.coverage),
            _line("Identität", _IDENTITY[identity], identity),
        ]
    return (*lines, *(_line("Hinweis", _NOTES[note], note) for note in crypto.notes))


def _line(about: str, words: tuple[str, str], code: str) -> TruthLine:
    standing, sentence = words
    return TruthLine(about, sentence, standing, str(code))


def signature_standing(signature: Signature) -> tuple[str, str]:
    """How a signature's state stands, and its sentence."""
    return _SIGNATURE[signature]


def chain_line(about: str, chain: Chain) -> TruthLine:
    """The line on a certificate's chain."""
    return _line(about, _CHAIN[chain], chain)
