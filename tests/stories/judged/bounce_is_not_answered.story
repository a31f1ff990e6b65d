# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# A null sender is never refused for content and never answered.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<>
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
C: Content-Type: application/octet-stream; name="antrag.exe"
C: Content-Disposition: attachment; filename="antrag.exe"
C: Content-Transfer-Encoding: base64
C:
C raw: TVqQAAMAAAAEAAAA//8AALgAAAAAAAAA\r\n
C raw: *40 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n
C: .
S: 250 2.6.0 PS-… accepted
journal: arrived accepted notice-suppressed delivery-queued
