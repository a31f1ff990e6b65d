# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The question asked for every message does not grow with what came before."""

from poststelle.records.store import _FIND_RETRIES


def test_a_retry_is_looked_for_by_its_fingerprint_however_much_came_lately(open_records):
    with open_records().database.connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {_FIND_RETRIES.format(marks='%s, %s')}", ["f", "g", "2026-01-01"])
        plan = " ".join(str(row[-1]) for row in cursor.fetchall())
    assert "message_fingerprint (fingerprint=?)" in plan
