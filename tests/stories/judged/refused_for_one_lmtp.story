# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# Each recipient hears its own verdict (RFC 2033, 4.2): 550 for one, 250 for the other, and no notice besides.
# The answers are lost and the message comes again, for the same two in another order: each hears the same again.
variants: lmtp
given: one mailbox wants encryption
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<post@stadt-muenster.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 250 2.1.5 …
S: 354 …
C: Authentication-Results: mx.stadt-muenster.example; spf=pass smtp.mailfrom=erika@buerger.example;
C:  dmarc=pass header.from=buerger.example
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
S: 550-5.7.10 PS-… …
S: 550-5.7.10 …
S: 550 5.7.10 PS-… http://127.0.0.1:8025/kontakt#…
S: 250 2.6.0 PS-… accepted
C: MAIL FROM:<erika@buerger.example>
C: RCPT TO:<stadtverwaltung@stadt-muenster.example>
C: RCPT TO:<post@stadt-muenster.example>
C: DATA
S: 250 2.1.0 …
S: 250 2.1.5 …
S: 250 2.1.5 …
S: 354 …
C: Authentication-Results: mx.stadt-muenster.example; spf=pass smtp.mailfrom=erika@buerger.example;
C:  dmarc=pass header.from=buerger.example
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
S: 250 2.6.0 PS-… accepted
S: 550-5.7.10 PS-… …
S: 550-5.7.10 …
S: 550 5.7.10 PS-… http://127.0.0.1:8025/kontakt#…
journal: arrived accepted delivery-queued retry-recognised
