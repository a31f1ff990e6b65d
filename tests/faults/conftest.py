# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
from support.postgres import open_postgres_records, postgres_server
from support.records import open_records
from support.s3 import s3_server

__all__ = ["open_postgres_records", "open_records", "postgres_server", "s3_server"]
