# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# Announced too big, and too big without announcement. The limit of the story's door is 100,000 octets.
S: 220 …
C: {HELLO} client.example
S+: 250 …
C: MAIL FROM:<anna@example.net> SIZE=100001
S: 552 5.3.4 Message too big
C: MAIL FROM:<anna@example.net>
C: RCPT TO:<post@stadt.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C raw: *6000 sixteen octets.\r\n
C: .
S: 552 5.3.4 Message too big
C: RSET
S: 250 2.0.0 OK
