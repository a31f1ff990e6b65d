# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A certificate's fingerprint as two people compare it over the telephone (Clause signature.identity).

It is the SHA-256 fingerprint of the certificate, since that is what the sender's own mail program shows. No message of
ours ever names it: whoever reads out what we wrote proves nothing about the key in the own program.
"""

import re

GROUP = 4
LEAST_HEARD = 32
"""Hexadecimal digits that must have been read out: 128 bits, which nobody can make a second certificate for."""
_SEPARATORS = re.compile(r"[\s:.,;\u2009\u202f-]+")
_HEX = re.compile(r"[0-9a-f]+")
SPELLING: dict[str, str] = {
    **dict(zip("0123456789", "null eins zwei drei vier fünf sechs sieben acht neun".split(), strict=True)),
    **dict(zip("abcdef", "Aachen Berlin Chemnitz Düsseldorf Essen Frankfurt".split(), strict=True)),
}
"""DIN 5009:2022, the German spelling alphabet by towns."""


def groups(sha256: str) -> tuple[str, ...]:
    """The fingerprint in groups of four, in capitals, as certificate windows show it."""
    return tuple(sha256[at : at + GROUP].upper() for at in range(0, len(sha256), GROUP))


def spelled(group: str) -> str:
    """One group in words, to be read out."""
    return " ".join(SPELLING[sign] for sign in group.casefold())


def is_same(heard: str, sha256: str) -> bool:
    """What was read out, from its beginning and at least half of it, is this fingerprint."""
    digits = _SEPARATORS.sub("", heard.casefold())
    is_long = LEAST_HEARD <= len(digits) <= len(sha256)
    return is_long and _HEX.fullmatch(digits) is not None and sha256.casefold().startswith(digits)
