# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The two harmless strings by which scanners and spam filters are tried out.

Put together from pieces, so that no scanner stumbles over this file.
"""

from typing import Final

EICAR: Final = b"X5O!P%@AP[4" + b"\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD" + b"-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
GTUBE: Final = b"XJS*C4JDBQADN1" + b".NSBN3*2IDNEN*" + b"GTUBE-STANDARD" + b"-ANTI-UBE-TEST-EMAIL" + b"*C.34X"
