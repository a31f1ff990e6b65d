# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 552 5.3.4 before a byte was sent: more than 20 MB can become by three layers of base64.
S: 220 …
C: {HELLO} mx.buerger.example
S+: 250 …
C: MAIL FROM:<erika@buerger.example> SIZE=56000001
S: 552 5.3.4 Message too big
journal:
