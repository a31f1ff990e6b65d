# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 550 5.6.0: two content types, and every program takes another one.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: From: Erika Mustermann <erika@buerger.example>
C: To: stadtverwaltung@stadt-muenster.example
C: Subject: Amt 32 - Parken
C: Message-ID: <1@buerger.example>
C: Date: Wed, 04 Mar 2026 08:00:00 +0100
C: MIME-Version: 1.0
C: Content-Type: text/plain
C: Content-Type: text/html
C:
C: x
C: .
S: 550-5.6.0 PS-… Die Nachricht ist so aufgebaut, dass Programme sie verschieden lesen.
S: 550-5.6.0 The message is built in a way that programs read differently.
S: 550 5.6.0 PS-… http://127.0.0.1:8025/kontakt#email.malformed
journal: arrived refused
