# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# One message, one command at a time.
S: 220 mx.example.org …
C: {HELLO} client.example
S+: 250 …
C: MAIL FROM:<anna@example.net> SIZE=30 BODY=8BITMIME
S: 250 2.1.0 Sender OK
C: RCPT TO:<Post@stadt.example>
S: 250 2.1.5 Recipient OK
C: DATA
S: 354 …
C: Subject: Amt 32
C:
C: ..
C: ..dots
C: text.
C: .
S: 250 2.0.0 Message accepted
C: QUIT
S: 221 2.0.0 Bye
closed
stored: anna@example.net -> Post@stadt.example
content: Subject: Amt 32\r\n\r\n.\r\n.dots\r\ntext.\r\n
