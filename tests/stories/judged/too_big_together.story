# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 552 5.3.4 at the end: the attachments, decoded, are more than 20 MB together. The clause is named and linked.
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
C: Content-Type: application/octet-stream; name="plan.bin"
C: Content-Disposition: attachment; filename="plan.bin"
C: Content-Transfer-Encoding: base64
C:
C raw: *380000 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n
C: .
S: 552-5.3.4 PS-… Die Anhaenge sind zusammen zu gross.…
S: 552-5.3.4 The attachments are too large in total.…
S: 552 5.3.4 PS-… http://127.0.0.1:8025/kontakt#attachments.total
journal: arrived refused
