# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# A refusal after the content is a reply of three lines, and the session goes on.
S: 220 …
C: {HELLO} client.example
S+: 250 …
C: MAIL FROM:<anna@example.net>
C: RCPT TO:<post@stadt.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: Please refuse me
C: .
S: 550-5.6.1 Reference P-1
S: 550-5.6.1 A file has a format that cannot be taken
S: 550 5.6.1 https://stadt.example/zugang#formats
C: RSET
S: 250 2.0.0 OK
stored: anna@example.net -> post@stadt.example
