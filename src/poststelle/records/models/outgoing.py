# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""What is still to be done outside, and what could not be taken in."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, HASH_CHARS, REFERENCE_CHARS


class OutboxState(models.TextChoices):
    """What became of an effect. The strings are public."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given-up"
    CANCELLED = "cancelled"


class OutboxRow(models.Model):
    """One effect. Claimed while ``token`` is set and ``due_at``, the end of the lease, has not passed."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    reference = models.CharField(max_length=REFERENCE_CHARS, db_index=True)
    kind = models.CharField(max_length=CODE_CHARS)
    message_id = models.CharField(max_length=255, unique=True)
    recipient = models.TextField()
    payload = models.TextField()
    state = models.CharField(max_length=CODE_CHARS, default=OutboxState.OPEN)
    due_at = models.DateTimeField()
    """Not before this moment; while leased, the moment the lease ends."""
    token = models.CharField(max_length=CODE_CHARS, default="")
    attempt = models.IntegerField(default=0)
    remark = models.TextField(default="")
    """What the other side said last."""
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """A claim asks for what is open and due."""

        indexes = (
            models.Index(
                fields=(
                    "state",
                    "due_at",
                ),
                name="outbox_due",
            ),
        )


class DeferralRow(models.Model):
    """A message answered 451 after its last byte: evidence of a first attempt."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    channel = models.CharField(max_length=CODE_CHARS)
    sender = models.TextField()
    recipients = models.TextField()
    peer = models.TextField()
    received_at = models.DateTimeField()
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=HASH_CHARS)
    fingerprint = models.CharField(max_length=HASH_CHARS, db_index=True)
    cause = models.CharField(max_length=CODE_CHARS)
