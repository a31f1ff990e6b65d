# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""What is still to be done outside, what could not be taken in, and the switches of an emergency."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, HASH_CHARS, REFERENCE_CHARS


class OutboxState(models.TextChoices):
    """What became of an effect. The strings are public."""

    OPEN = "open"
    DONE = "done"
    GIVEN_UP = "given-up"
    CANCELLED = "cancelled"
    MERGED = "merged"
    """A notice that is named in a collective one instead."""


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
    admitted_at = models.DateTimeField(null=True)
    """Of a notice: when it was counted against the caps (Clause policy.notices); null while it was not."""
    is_capped = models.BooleanField(default=False, db_default=False)
    """A notice that met its sender's cap: it goes together with the others of that sender."""

    class Meta:
        """A claim asks for what is open and due, the caps for what was admitted lately."""

        indexes = (
            models.Index(
                fields=(
                    "state",
                    "due_at",
                ),
                name="outbox_due",
            ),
            models.Index(
                fields=(
                    "authority_id",
                    "admitted_at",
                ),
                name="outbox_admitted",
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


class SwitchRow(models.Model):
    """One setting of a switch that changes how the gateway behaves; the newest row of a name counts."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    name = models.CharField(max_length=CODE_CHARS)
    is_on = models.BooleanField()
    since = models.DateTimeField()
    by = models.CharField(max_length=CODE_CHARS)
    why = models.TextField(default="")

    class Meta:
        """Asked for at every message."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "name",
                    "-id",
                ),
                name="switch_newest",
            ),
        )
