# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Beiwerk: what mail programs add by themselves. Told by content as well as by label, so that nothing hides behind it."""

from dataclasses import dataclass

from poststelle.core.facts import Role, Trimming
from poststelle.core.formats import Format
from poststelle.inspection.mime.tree import Part

MAX_INLINE_IMAGE_BYTES = 100_000
"""Logos in e-mail signatures stay below; photographs seldom do."""
MAX_SMALL_BYTES = 64 * 1024
"""Signatures, cards, calendar entries and reports."""

IMAGES = frozenset(
    {
        *(Format.PNG, Format.JPG, Format.GIF, Format.BMP, Format.WEBP, Format.TIFF, Format.ICO),
        *(Format.SVG, Format.EMF, Format.WMF, Format.HEIC, Format.AVIF),
    }
)
_OPENINGS: tuple[tuple[bytes, Trimming], ...] = (
    (b"BEGIN:VCARD", Trimming.CARD),
    (b"BEGIN:VCALENDAR", Trimming.CALENDAR),
    (b"\x00\x05\x16\x07", Trimming.MAC_METADATA),
)
"""The last is Finder data and resource fork of the file beside it (RFC 1740); another number would hold the file itself."""
_SIGNATURE_TYPES: dict[str, tuple[bytes, ...]] = {
    "application/pkcs7-signature": (b"\x30", b"-----BEGIN"),
    "application/x-pkcs7-signature": (b"\x30", b"-----BEGIN"),
    "application/pgp-signature": (b"-----BEGIN PGP SIGNATURE", b"\x88", b"\x89", b"\xc2"),
}
_REPORT_TYPES = frozenset(
    {
        *("message/delivery-status", "message/global-delivery-status", "message/disposition-notification"),
        *("message/global-disposition-notification", "message/feedback-report", "text/rfc822-headers"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the part stands."""

    part: Part
    parent_type: str
    role: Role


def trimming_of(place: Place, content: bytes, file_format: Format) -> Trimming | None:
    """The kind of trimming, None where the part is something the sender attached."""
    if file_format in IMAGES:
        return Trimming.INLINE_IMAGE if _is_inline_image(place, len(content)) else None
    if len(content) > MAX_SMALL_BYTES:
        return None
    opening = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n").upper()
    for start, trimming in _OPENINGS:
        if opening.startswith(start):
            return trimming
    if place.parent_type == "multipart/signed" and opening.startswith(
        _SIGNATURE_TYPES.get(place.part.media_type, (b"\0none",))
    ):
        return Trimming.SIGNATURE
    if place.parent_type == "multipart/report" and place.part.media_type in _REPORT_TYPES and b"\0" not in content:
        return Trimming.REPORT
    return None


def _is_inline_image(place: Place, size_bytes: int) -> bool:
    if size_bytes > MAX_INLINE_IMAGE_BYTES:
        return False
    stated = place.part.disposition.main if place.part.disposition is not None else ""
    if stated == "attachment":
        return place.parent_type == "multipart/related"
    has_id = bool(place.part.header.first(b"content-id"))
    return has_id or place.parent_type == "multipart/related" or stated == "inline"
