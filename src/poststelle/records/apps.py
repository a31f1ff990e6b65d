# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The Django app of the records: its tables are named ``records_*``."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Models, migrations and the store over them."""

    name = "poststelle.records"
    label = "records"
    verbose_name = "Records"
