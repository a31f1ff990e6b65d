# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Nine ways to end a message that are none (SMTP smuggling, 2023)."""

ENDS = {
    "LF dot LF": b"\n.\n",
    "LF dot CRLF": b"\n.\r\n",
    "CRLF dot LF": b"\r\n.\n",
    "CR dot CR": b"\r.\r",
    "CR dot CRLF": b"\r.\r\n",
    "CRLF dot CR": b"\r\n.\r",
    "LF dot CR": b"\n.\r",
    "CR dot LF": b"\r.\n",
    "CRLF NUL dot CRLF": b"\r\n\0.\r\n",
}
