# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 550 5.6.0: what stands before the colon would be shown as the sender.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: From: oberbuergermeister@stadt-muenster.example: Erika <erika@buerger.example>;
C: Subject: Amt 32
C:
C: x
C: .
S: 550-5.6.0 PS-… Die Absenderangabe ist nicht eindeutig lesbar.
S: 550-5.6.0 The sender's address cannot be read without doubt.
S: 550 5.6.0 PS-… http://127.0.0.1:8025/kontakt#email.malformed
journal: arrived refused
