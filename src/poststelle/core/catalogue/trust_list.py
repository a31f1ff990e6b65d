# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What each code of the trust lists means for a signed document, and what helps."""

from poststelle.core.catalogue.smime import Said
from poststelle.core.catalogue.wording import Wording
from poststelle.core.document_signature import ListStanding, Qualified

_LIST_IT = Wording(
    "Der Betrieb kann die Vertrauensliste des Staates hinterlegen, in dem der Aussteller sitzt.",
    "Whoever runs the gateway can provide the trust list of the state in which the issuer is based.",
)
_ASK = Wording(
    "Wo es auf die Schriftform ankommt, bitte mit einem Prüfdienst für qualifizierte Signaturen nachprüfen.",
    "Where the written form matters, please check again with a validation service for qualified signatures.",
)
_REVOCATIONS = Wording(
    "Der Betrieb kann die Sperrlisten des Ausstellers hinterlegen.",
    "Whoever runs the gateway can provide the issuer's lists of revoked certificates.",
)

QUALIFICATIONS: dict[Qualified, Said] = {
    Qualified.YES: Said(
        Wording(
            "Nach der Vertrauensliste ist das Zertifikat qualifiziert: Der Dienst ist dort zugelassen, und das "
            "Zertifikat nennt sich selbst so.",
            "By the trust list the certificate is qualified: the service is granted there, and the certificate says so.",
        )
    ),
    Qualified.NO: Said(
        Wording(
            "Nach den hinterlegten Vertrauenslisten ist das Zertifikat nicht qualifiziert.",
            "By the trust lists at hand the certificate is not qualified.",
        ),
        _ASK,
    ),
    Qualified.UNKNOWN: Said(
        Wording(
            "Ob das Zertifikat qualifiziert ist, lässt sich hier nicht sagen.",
            "Whether the certificate is qualified cannot be told here.",
        ),
        _ASK,
    ),
}
LISTINGS: dict[ListStanding, Said] = {
    ListStanding.GRANTED: Said(
        Wording(
            "Die Vertrauensliste führt den Dienst, der das Zertifikat ausgestellt hat, als zugelassen.",
            "The trust list has the service that issued the certificate as granted.",
        )
    ),
    ListStanding.WITHDRAWN: Said(
        Wording(
            "Die Vertrauensliste führt den Dienst, der das Zertifikat ausgestellt hat; die Zulassung war beim Eingang "
            "entzogen.",
            "The trust list has the service that issued the certificate; at receipt its grant was withdrawn.",
        ),
        _ASK,
    ),
    ListStanding.UNPROVEN: Said(
        Wording(
            "Der Aussteller trägt den Namen eines geführten Dienstes; ob der Weg dorthin gilt, ist ohne Auskunft über "
            "Sperrungen offen.",
            "The issuer bears the name of a listed service; whether the path there holds is open, since nothing is known "
            "of revocations.",
        ),
        _REVOCATIONS,
    ),
    ListStanding.ABSENT: Said(
        Wording(
            "Zu keinem Dienst der hinterlegten Vertrauenslisten führt vom Zertifikat ein gültiger Weg.",
            "No valid path leads from the certificate to a service of the trust lists at hand.",
        ),
        _LIST_IT,
    ),
    ListStanding.NO_LIST: Said(
        Wording(
            "Mit keiner Vertrauensliste abgeglichen: Es ist keine hinterlegt.",
            "Held against no trust list: none is provided.",
        ),
        _LIST_IT,
    ),
}
