# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What several nodes share: a database, a bucket, and what lets into the bucket."""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

from poststelle.adapters.blobs_s3 import Bucket
from support.postgres import PostgresServer
from support.s3 import S3Server

_names = itertools.count()


@dataclass(frozen=True)
class Shared:
    """For the settings and the environment of each node."""

    database: str
    bucket: Bucket

    @property
    def store(self) -> Mapping[str, object]:
        place = self.bucket
        return {
            "database": self.database,
            "bucket": place.name,
            "prefix": place.prefix,
            "endpoint": place.endpoint,
            "timeout_seconds": 5.0,
        }

    @property
    def environment(self) -> Mapping[str, str]:
        return {"AWS_ACCESS_KEY_ID": self.bucket.access_key, "AWS_SECRET_ACCESS_KEY": self.bucket.secret_key}


def new_shared(postgres: PostgresServer, s3: S3Server) -> Shared:
    """An empty database, which the first node migrates, and a corner of the bucket."""
    name = f"nodes_{next(_names)}"
    postgres.create(name, "template1")
    return Shared(postgres.url(name), s3.bucket())
