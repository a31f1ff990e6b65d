# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 550 5.7.26: the sender's domain disowns the message and asks to have it refused (RFC 7372).
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 354 …
C: Authentication-Results: mx.stadt-muenster.example; spf=fail smtp.mailfrom=erika@buerger.example;
C:  dmarc=fail (p=reject) header.from=buerger.example
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
S: 550-5.7.26 PS-… Die Domain des Absenders erklaert, dass diese Nachricht nicht von ihr stammt.
S: 550-5.7.26 The sender's domain declares that this message is not from it.
S: 550 5.7.26 PS-… http://127.0.0.1:8025/kontakt#email.sender
journal: arrived refused
