# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What each code of encryption, signature, certificate and sender means, and what helps; one sentence for each truth."""

from dataclasses import dataclass

from poststelle.core.catalogue.wording import Wording
from poststelle.core.signature import Chain, Coverage, CryptoNote, Encryption, FromMatch, Identity, Signature


@dataclass(frozen=True, slots=True)
class Said:
    """The meaning of a code, and what whoever wrote or reads the message can do."""

    meaning: Wording
    remedy: Wording | None = None
    """None where nothing is wrong."""


_SIGN_ANEW = Wording(
    "Bitte die Nachricht unverändert neu signiert senden lassen.", "Ask for the message, unchanged and signed anew."
)
_SIGN_BETTER = Wording(
    "Bitte mit SHA-256 und einem RSA-Schlüssel ab 2048 Bit oder einer elliptischen Kurve signieren.",
    "Please sign with SHA-256 and an RSA key of 2048 bits or more, or with an elliptic curve.",
)
_WHOLE = Wording(
    "Bitte die ganze Nachricht signieren; Zusätze von Mailinglisten oder Weiterleitungen vermeiden.",
    "Please sign the whole message; avoid what mailing lists or forwarding add.",
)
_OUR_CERTIFICATE = Wording(
    "Bitte mit unserem heute veröffentlichten Zertifikat verschlüsseln.",
    "Please encrypt with the certificate we publish today.",
)
_USUAL_CIPHER = Wording(
    "Bitte mit AES für unser Zertifikat verschlüsseln, wie übliche Mailprogramme es tun.",
    "Please encrypt with AES to our certificate, as usual mail programs do.",
)
_SEND_AGAIN = Wording("Bitte die Nachricht noch einmal senden.", "Please send the message again.")
_OTHER_CERTIFICATE = Wording(
    "Bitte mit einem gültigen Zertifikat für E-Mail signieren.", "Please sign with a valid certificate for e-mail."
)
_CHECK_IDENTITY = Wording(
    "Eine Person des Hauses, die den Absender kennt, prüft einmalig, wem der Schlüssel gehört.",
    "Someone of the house who knows the sender checks once to whom the key belongs.",
)

ENCRYPTIONS: dict[Encryption, Said] = {
    Encryption.NONE: Said(Wording("Die Nachricht kam unverschlüsselt.", "The message came unencrypted.")),
    Encryption.OK: Said(
        Wording(
            "Die Nachricht kam verschlüsselt und wurde geöffnet.", "The message came encrypted and has been opened."
        )
    ),
    Encryption.NO_KEY: Said(
        Wording("Sie ist für keinen unserer Schlüssel verschlüsselt.", "It is encrypted to none of our keys."),
        _OUR_CERTIFICATE,
    ),
    Encryption.UNSUPPORTED: Said(
        Wording(
            "Das Verschlüsselungsverfahren unterstützen wir nicht.", "We do not support this method of encryption."
        ),
        _USUAL_CIPHER,
    ),
    Encryption.MALFORMED: Said(
        Wording("Die Verschlüsselung ist beschädigt.", "The encryption is damaged."), _SEND_AGAIN
    ),
    Encryption.FAILED: Said(
        Wording("Die Nachricht ließ sich nicht entschlüsseln.", "The message could not be decrypted."), _SEND_AGAIN
    ),
    Encryption.PARTIAL: Said(
        Wording(
            "Nur ein Teil ist verschlüsselt; solche Teile werden nicht geöffnet.",
            "Only a part is encrypted; such parts are not opened.",
        ),
        Wording("Bitte die ganze Nachricht verschlüsseln.", "Please encrypt the whole message."),
    ),
    Encryption.TOO_DEEP: Said(
        Wording("Zu viele Schichten ineinander; nicht geöffnet.", "Too many layers in one another; not opened."),
        Wording("Bitte höchstens signieren und verschlüsseln.", "Please do no more than sign and encrypt."),
    ),
    Encryption.TOO_LARGE: Said(
        Wording("Entschlüsselt zu groß; nicht geöffnet.", "Too large once decrypted; not opened."),
        Wording("Bitte in mehreren Nachrichten senden.", "Please send it in several messages."),
    ),
}
SIGNATURES: dict[Signature, Said] = {
    Signature.NONE: Said(Wording("Die Nachricht ist nicht signiert.", "The message is not signed.")),
    Signature.OK: Said(
        Wording(
            "Die Signatur ist unversehrt: Der Inhalt wurde seit dem Signieren nicht verändert.",
            "The signature is intact: the content has not been altered since it was signed.",
        )
    ),
    Signature.BAD: Said(
        Wording(
            "Die Signatur passt nicht zum Inhalt: Er wurde verändert oder beschädigt.",
            "The signature does not fit the content, which was altered or damaged.",
        ),
        _SIGN_ANEW,
    ),
    Signature.PARTIAL: Said(
        Wording("Nur ein Teil der Nachricht ist signiert.", "Only a part of the message is signed."), _WHOLE
    ),
    Signature.OUTER_ONLY: Said(
        Wording(
            "Signiert ist nur die verschlüsselte Hülle, nicht der Inhalt.",
            "Only the encrypted cover is signed, not the content.",
        ),
        Wording("Bitte erst signieren, dann verschlüsseln.", "Please sign first, then encrypt."),
    ),
    Signature.AMBIGUOUS: Said(
        Wording(
            "Mehrere Personen haben signiert; das lässt sich nicht zuordnen.",
            "Several people have signed; it cannot be told who speaks.",
        ),
        Wording("Bitte nur einmal signieren.", "Please sign once only."),
    ),
    Signature.NO_SIGNER: Said(Wording("Die Signatur nennt niemanden.", "The signature names nobody."), _SIGN_ANEW),
    Signature.NO_CERT: Said(
        Wording("Das Zertifikat zur Signatur liegt nicht bei.", "The certificate of the signature is not enclosed."),
        Wording("Bitte das Zertifikat mitsenden.", "Please send the certificate along."),
    ),
    Signature.NO_ATTRS: Said(
        Wording("Der Signatur fehlen die signierten Angaben.", "The signature lacks its signed attributes."),
        _SIGN_BETTER,
    ),
    Signature.ATTR_INVALID: Said(
        Wording("Die signierten Angaben sind widersprüchlich.", "The signed attributes contradict one another."),
        _SIGN_ANEW,
    ),
    Signature.CONTENT_CONFLICT: Said(
        Wording(
            "Die Signatur enthält einen anderen Inhalt als die Nachricht.",
            "The signature holds another content than the message.",
        ),
        _SIGN_ANEW,
    ),
    Signature.CONTENT_MISSING: Said(
        Wording("Der signierte Inhalt fehlt.", "The signed content is missing."), _SEND_AGAIN
    ),
    Signature.WEAK: Said(
        Wording("Das Signaturverfahren ist zu schwach.", "The method of the signature is too weak."), _SIGN_BETTER
    ),
    Signature.UNSUPPORTED: Said(
        Wording("Das Signaturverfahren unterstützen wir nicht.", "We do not support the method of the signature."),
        _SIGN_BETTER,
    ),
    Signature.MALFORMED: Said(Wording("Die Signatur ist beschädigt.", "The signature is damaged."), _SIGN_ANEW),
    Signature.CERTS_ONLY: Said(
        Wording("Es liegen nur Zertifikate bei, keine Signatur.", "Certificates are enclosed, and no signature.")
    ),
}
CHAINS: dict[Chain, Said] = {
    Chain.NONE: Said(Wording("Kein Zertifikat zu prüfen.", "No certificate to check.")),
    Chain.OK: Said(
        Wording(
            "Das Zertifikat führt zu einer vertrauten Stelle und galt beim Eingang.",
            "The certificate leads to an authority we trust and was valid on receipt.",
        )
    ),
    Chain.UNTRUSTED: Said(
        Wording(
            "Die ausstellende Stelle ist uns nicht als vertrauenswürdig bekannt.",
            "The issuing authority is not known to us as trustworthy.",
        ),
        Wording(
            "Die IT kann die Stelle aufnehmen, wenn sie ihr vertraut.",
            "Your IT may add the authority where it trusts it.",
        ),
    ),
    Chain.EXPIRED: Said(
        Wording("Das Zertifikat war beim Eingang abgelaufen.", "The certificate had expired on receipt."),
        _OTHER_CERTIFICATE,
    ),
    Chain.NOT_YET: Said(
        Wording("Das Zertifikat galt beim Eingang noch nicht.", "The certificate was not yet valid on receipt."),
        _OTHER_CERTIFICATE,
    ),
    Chain.REVOKED: Said(
        Wording("Das Zertifikat ist gesperrt.", "The certificate has been revoked."), _OTHER_CERTIFICATE
    ),
    Chain.REVOCATION_UNKNOWN: Said(
        Wording(
            "Ob das Zertifikat gesperrt ist, ließ sich nicht feststellen.",
            "Whether the certificate is revoked could not be found out.",
        ),
        Wording("Die IT holt eine aktuelle Sperrliste der Stelle.", "Your IT fetches a current list of the authority."),
    ),
    Chain.INVALID: Said(
        Wording("Die Kette der Zertifikate ist ungültig.", "The chain of certificates is invalid."),
        _OTHER_CERTIFICATE,
    ),
    Chain.KEY_USAGE: Said(
        Wording("Der Schlüssel ist nicht zum Signieren bestimmt.", "The key is not meant for signing."),
        _OTHER_CERTIFICATE,
    ),
    Chain.EKU: Said(
        Wording("Das Zertifikat ist nicht für E-Mail bestimmt.", "The certificate is not meant for e-mail."),
        _OTHER_CERTIFICATE,
    ),
    Chain.NO_EMAIL: Said(
        Wording("Das Zertifikat nennt keine E-Mail-Adresse.", "The certificate names no e-mail address."),
        _OTHER_CERTIFICATE,
    ),
    Chain.WEAK_KEY: Said(Wording("Der Schlüssel ist zu schwach.", "The key is too weak."), _SIGN_BETTER),
}
FROM_MATCHES: dict[FromMatch, Said] = {
    FromMatch.MATCH: Said(
        Wording("Die Absenderadresse steht im Zertifikat.", "The sender's address stands in the certificate.")
    ),
    FromMatch.MISMATCH: Said(
        Wording(
            "Die Absenderadresse steht nicht im Zertifikat.", "The sender's address does not stand in the certificate."
        ),
        Wording(
            "Bitte von der Adresse senden, die im Zertifikat steht.",
            "Please send from the address that stands in the certificate.",
        ),
    ),
    FromMatch.NOT_APPLICABLE: Said(
        Wording(
            "Kein Zertifikat, mit dem die Adresse zu vergleichen wäre.", "No certificate to compare the address with."
        )
    ),
}
COVERAGES: dict[Coverage, Said] = {
    Coverage.WHOLE: Said(
        Wording("Die Signatur umfasst die ganze Nachricht.", "The signature covers the whole message.")
    ),
    Coverage.PARTIAL: Said(
        Wording(
            "Die Signatur umfasst nur einen Teil der Nachricht.", "The signature covers only a part of the message."
        ),
        _WHOLE,
    ),
    Coverage.OUTER: Said(
        Wording("Die Signatur umfasst nur die verschlüsselte Hülle.", "The signature covers only the encrypted cover."),
        Wording("Bitte erst signieren, dann verschlüsseln.", "Please sign first, then encrypt."),
    ),
    Coverage.NONE: Said(Wording("Nichts ist von einer Signatur umfasst.", "Nothing is covered by a signature.")),
}
IDENTITIES: dict[Identity, Said] = {
    Identity.VERIFIED: Said(
        Wording("Die Identität wurde einmalig geprüft.", "The identity has had its one-time check.")
    ),
    Identity.UNCHECKED: Said(
        Wording(
            "Die Identität ist noch nicht geprüft; die Signatur ist daher noch nicht akzeptiert.",
            "The identity is not yet checked; the signature is therefore not yet accepted.",
        ),
        _CHECK_IDENTITY,
    ),
    Identity.NEW_KEY: Said(
        Wording(
            "Die Person ist bekannt, dieser Schlüssel aber neu und noch nicht geprüft.",
            "The person is known, but this key is new and not yet checked.",
        ),
        _CHECK_IDENTITY,
    ),
    Identity.REVOKED: Said(
        Wording(
            "Die Identitätsprüfung dieses Schlüssels wurde widerrufen.",
            "The identity check of this key has been revoked.",
        ),
        _CHECK_IDENTITY,
    ),
    Identity.NOT_APPLICABLE: Said(
        Wording(
            "Keine unversehrte Signatur, zu der jemand geprüft werden könnte.",
            "No intact signature for which anybody could be checked.",
        )
    ),
}
NOTES: dict[CryptoNote, Said] = {
    CryptoNote.AUTHENTICATED: Said(
        Wording(
            "Die Verschlüsselung schützt auch vor Veränderung.", "The encryption protects against alteration as well."
        )
    ),
    CryptoNote.OLD_KEY: Said(
        Wording(
            "Verschlüsselt für einen abgelösten Schlüssel von uns.", "Encrypted to a key of ours that was replaced."
        ),
        _OUR_CERTIFICATE,
    ),
    CryptoNote.UNAUTHENTICATED: Said(
        Wording(
            "Die Verschlüsselung schützt nicht vor Veränderung.", "The encryption does not protect against alteration."
        ),
        Wording("Bitte vor dem Verschlüsseln signieren.", "Please sign before encrypting."),
    ),
    CryptoNote.WEAK_CIPHER: Said(
        Wording("Das Verschlüsselungsverfahren ist veraltet.", "The method of encryption is outdated."), _USUAL_CIPHER
    ),
    CryptoNote.TIME_FUTURE: Said(
        Wording(
            "Der angegebene Signaturzeitpunkt liegt in der Zukunft.", "The claimed time of signing lies in the future."
        ),
        Wording("Bitte die Uhr des Rechners stellen.", "Please set the clock of the computer."),
    ),
    CryptoNote.NO_SIGNING_TIME: Said(Wording("Die Signatur nennt keinen Zeitpunkt.", "The signature names no time.")),
    CryptoNote.PROTECTED_HEADERS: Said(
        Wording(
            "Auch Angaben des Kopfes wie der Betreff sind geschützt.",
            "Header fields such as the subject are protected too.",
        )
    ),
    CryptoNote.HEADERS_DIFFER: Said(
        Wording(
            "Außen steht ein anderer Absender oder Betreff als unter dem Schutz.",
            "Outside stands another sender or subject than under the protection.",
        ),
        Wording("Bitte beide Angaben vergleichen.", "Compare both before relying on either."),
    ),
}
