# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The desk as a browser gets it."""

import pytest

from poststelle.application.desk.viewer import Role
from support.desk_house import desk_rig


@pytest.fixture
def rig(tmp_path, django_db_blocker):
    with django_db_blocker.unblock(), desk_rig(tmp_path) as running:
        yield running


def page(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code, answer.headers.get("Location"))
    return answer.content.decode()


def test_the_inbox_shows_what_came(rig):
    rig.employ("paula", Role.MAILROOM)
    reference = rig.sample_arrives("subject-by-number")
    client = rig.client("paula")
    assert reference in page(client, "/desk/liste/posteingang")
    assert "Verlauf" in page(client, f"/desk/nachricht/{reference}")
