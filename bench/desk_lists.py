# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Server time of the desk's pages over 100,000 messages: ``PYTHONPATH=src:tests:. python bench/desk_lists.py``.

The messages are those of the synthetic citizens, settled through intake once and then multiplied in the database; all but
some 2,500 are done. Printed are the best of three in milliseconds, as a mailroom, a middling and a large office see them.
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "poststelle.faces.web.settings"
import django

django.setup()

from django.test.utils import setup_test_environment  # noqa: E402 - needs Django set up

from poststelle.application.desk.lists import Sought, WorkList  # noqa: E402 - needs Django set up
from poststelle.application.desk.viewer import Role  # noqa: E402 - needs Django set up
from poststelle.application.synthetic.catalogue import SAMPLES  # noqa: E402 - needs Django set up
from poststelle.records.worklists import work_counts, work_list  # noqa: E402 - needs Django set up
from support.desk_house import DeskRig, desk_rig  # noqa: E402 - needs Django set up

MESSAGES = 100_000
OPEN = 2_500
TABLES = ("message", "factsrow", "verdictrow", "filerow", "taskrow")
COPIED = {
    "reference": "reference || '-' || copy.n",
    "fingerprint": "fingerprint || copy.n",
    "subject": "subject || ' Vorgang ' || copy.n",
    "received_at": "datetime(received_at, '-' || (copy.n * 77) || ' minutes') || '.000000'",
    "body": "NULL",
}
PAGES = (
    *(f"/desk/liste/{which.value}" for which in WorkList),
    "/desk/verbleib",
    "/desk/liste/posteingang?q=Vorgang+1481",
    "/desk/liste/erledigt?q=nirgends",
    "/desk/verbleib?q=niemand@nirgends.example",
)


def fill(rig: DeskRig) -> None:
    for one in SAMPLES:
        if not one.is_large and one.expected.disposition is not None:
            rig.sample_arrives(one.name)
    cursor = rig.database.connection.cursor()
    cursor.execute("SELECT count(*) FROM records_message")
    copies = MESSAGES // cursor.fetchone()[0]
    for table in TABLES:
        cursor.execute(f"SELECT * FROM records_{table} LIMIT 0")
        columns = [column[0] for column in cursor.description if column[0] != "id"]
        chosen = ", ".join(COPIED.get(column, f'"{column}"') for column in columns)
        some = "WHERE copy.n % 40 = 0" if table == "taskrow" else ""
        cursor.execute(
            f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {copies}) "
            f"INSERT INTO records_{table} ({', '.join(columns)}) SELECT {chosen} FROM records_{table}, copy {some}"
        )
    newest = (
        f"(SELECT id FROM records_message WHERE state IN ('accepted', 'held') ORDER BY received_at DESC LIMIT {OPEN})"
    )
    cursor.execute(f"UPDATE records_message SET done_at = received_at WHERE id NOT IN {newest}")
    cursor.execute("ANALYZE")


def best_ms(what: Callable[[], object]) -> float:
    times = []
    for _ in range(3):
        begin = time.perf_counter()
        what()
        times.append(time.perf_counter() - begin)
    return min(times) * 1000


def main() -> None:
    setup_test_environment()
    with tempfile.TemporaryDirectory() as folder, desk_rig(Path(folder)) as rig:
        for name, role, office in (
            ("mailroom", Role.MAILROOM, ""),
            ("middling", Role.CLERK, "ordnungsamt"),
            ("large", Role.CLERK, "sozialamt"),
        ):
            rig.employ(name, role, office)
        fill(rig)
        for name in rig.accounts:
            viewer, client = rig.viewer(name), rig.client(name)
            print(f"{name}: counts {best_ms(lambda v=viewer: work_counts(rig.database, v)):.0f} ms, ", end="")
            print(f"inbox {best_ms(lambda v=viewer: work_list(rig.database, v, WorkList.INBOX, Sought())):.0f} ms")
            for page in PAGES:
                print(f"  {best_ms(lambda c=client, p=page: c.get(p)):6.0f} ms  {page}")


if __name__ == "__main__":
    main()
