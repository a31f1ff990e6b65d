# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""How much of a message is looked at: beyond any of these the message is refused, never half inspected."""

MAX_LEVELS = 20
"""Entities within entities, attached messages included."""
MAX_SPLIT_FACTOR = 8
"""All multiparts together, as a multiple of the message: twenty within one another are searched twenty times."""
MAX_PARTS = 1_000
MAX_FIELDS = 1_000
MAX_HEADER_BYTES = 256 * 1024
MAX_ALL_FIELDS = 50_000
"""Of all header blocks of one message together; a digest of nine hundred messages has fewer."""
MAX_PARAMETERS = 100
MAX_ALL_PARAMETERS = 20_000
"""Of all Content fields of one message together: each may name a file; a message of a thousand parts has five thousand."""
MAX_USUAL_BYTES = 100
"""Of one parameter; every further hundred counts as one more of them."""
MAX_LINE_BYTES = 64 * 1024
MAX_SENT_LINE_BYTES = 998
"""RFC 5322, 2.1.1, without the line end; longer lines are noted."""
MAX_WOUNDS = 10_000
"""Damaged places in one body in base64, or in all files in quoted-printable, up to which every reading is made. Nobody
reads what is broken more often, and each reading of it would cost seconds."""
MAX_WOUNDED_QP_BYTES = 4 * 1024 * 1024
"""Of all files in damaged quoted-printable of which every reading is made: there are up to sixteen, each a copy."""
MAX_BOUNDARY_CHARACTERS = 70
"""RFC 2046, 5.1.1."""
MAX_EMBEDDED = 50
"""Entities taken out of text, preambles and epilogues of one message."""
MAX_DERIVED_FACTOR = 4
"""All decoded messages and second readings together, as a multiple of the message; plus the floor below."""
READING_PRICE = 2
"""A second reading costs so many times its bytes: it is decoded, hashed and looked into like the first."""
GROWTH_PRICE = 16
"""What every CR costs that a decoded message lacks before its LF: one of nothing but line ends would double."""
MAX_DERIVED_FLOOR_BYTES = 4 * 1024 * 1024
MAX_NAME_CHARACTERS = 255
"""Of a display name; what is longer is shortened and the extension kept."""
MAX_CANDIDATE_CHARACTERS = 1_024
"""Of a candidate name as recorded; the extension is kept."""
