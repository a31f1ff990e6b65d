# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# A configured proxy names the client it speaks for; it is not counted out for unknown recipients.
variants: plain lmtp
trusted
S: 220 …
C: {HELLO} proxy.example
S+: 250 XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT
C: XFORWARD NAME=mail.example.net ADDR=198.51.100.7 PROTO=ESMTP
C: XFORWARD HELO=mail.example.net SOURCE=REMOTE PORT=25 IDENT=4XyZ
S: 250 2.0.0 OK
S: 250 2.0.0 OK
C: MAIL FROM:<anna@example.net>
C: RCPT TO:<post@stadt.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: x
C: .
S: 250 2.0.0 …
stored: anna@example.net -> post@stadt.example
