# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# SMTPUTF8: umlauts in the sender's address and in the header; the reply is ASCII all the same.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<jürgen@bürger.example> BODY=8BITMIME SMTPUTF8
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: From: Jürgen Müller <jürgen@bürger.example>
C: To: stadtverwaltung@stadt-muenster.example
C: Subject: Amt 32 – Grüße aus Münster
C: Message-ID: <2@buerger.example>
C: Date: Wed, 04 Mar 2026 08:00:00 +0100
C: MIME-Version: 1.0
C: Content-Type: text/plain; charset=utf-8
C: Content-Transfer-Encoding: 8bit
C:
C: Schöne Grüße
C: .
S: 250 2.6.0 PS-… accepted
journal: arrived accepted delivery-queued
