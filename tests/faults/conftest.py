# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from support.postgres import open_postgres_records, postgres_server
from support.records import open_records

__all__ = ["open_postgres_records", "open_records", "postgres_server"]
