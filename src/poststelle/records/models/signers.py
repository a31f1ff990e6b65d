# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""Addresses and their habit of signing, so that an unsigned message from one that always signs is noticed."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, HASH_CHARS


class KnownSignerRow(models.Model):
    """One address whose last telling message was signed by itself (application.identity.habit)."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    address = models.TextField()
    """In lower case."""
    spki_sha256 = models.CharField(max_length=HASH_CHARS, default="")
    certificate_sha256 = models.CharField(max_length=HASH_CHARS, default="")
    seen_at = models.DateTimeField()

    class Meta:
        """One row for each address."""

        constraints = (models.UniqueConstraint(fields=("authority_id", "address"), name="known_signer_once"),)
