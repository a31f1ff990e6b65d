# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 554 5.4.6: more than thirty hops.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C raw: *31 Received: from a by b; Wed, 04 Mar 2026 08:00:00 +0100\r\n
C: From: Erika Mustermann <erika@buerger.example>
C: To: stadtverwaltung@stadt-muenster.example
C: Subject: Amt 32 - Parken
C: Message-ID: <1@buerger.example>
C: Date: Wed, 04 Mar 2026 08:00:00 +0100
C: MIME-Version: 1.0
C: Content-Type: text/plain; charset=utf-8
C:
C: Guten Tag
C: .
S: 554-5.4.6 PS-… Die Nachricht laeuft im Kreis.
S: 554-5.4.6 The message is going round in a loop.
S: 554 5.4.6 PS-… http://127.0.0.1:8025/kontakt#email.malformed
journal: arrived refused
