# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# 421 4.7.0 in place of the greeting: more connections than one address may have.
given: another connection is open
S: 421 4.7.0 Too many connections, please try again later
closed
journal:
