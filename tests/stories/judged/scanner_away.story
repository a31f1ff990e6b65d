# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 451 4.3.0: nothing is taken unscanned; the attempt is on record.
given: the scanner is away
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
C: Content-Type: text/plain; charset=utf-8
C:
C: Guten Tag
C: .
S: 451 4.3.0 …
journal: deferred
