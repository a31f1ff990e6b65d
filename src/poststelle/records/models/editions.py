# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""The dated editions of the policy, as they were in force."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, HASH_CHARS


class EditionRow(models.Model):
    """One edition (Fassung), byte for byte: old editions stay readable (Clause general.editions)."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    edition = models.CharField(max_length=AUTHORITY_CHARS)
    """Id, such as ``muenster/2026-01-01``."""
    edition_hash = models.CharField(max_length=HASH_CHARS, unique=True)
    valid_from = models.DateField()
    text = models.TextField()
    """The policy file."""
    recorded_at = models.DateTimeField()
