# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""What people do: tasks, identity checks, consents."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, HASH_CHARS, REFERENCE_CHARS
from poststelle.records.models.messages import Message


class TaskState(models.TextChoices):
    """Whether a task still waits for somebody."""

    OPEN = "open"
    DONE = "done"


class TaskRow(models.Model):
    """Something a person must do about a message."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, to_field="reference", db_column="reference", related_name="tasks"
    )
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    kind = models.CharField(max_length=CODE_CHARS)
    state = models.CharField(max_length=CODE_CHARS, default=TaskState.OPEN)
    reason = models.TextField()
    text_key = models.CharField(max_length=AUTHORITY_CHARS, default="")
    office = models.CharField(max_length=AUTHORITY_CHARS, default="")
    recipient = models.TextField(default="")
    due_on = models.DateField(null=True)
    created_at = models.DateTimeField()
    assigned_to = models.CharField(max_length=CODE_CHARS, default="")
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=CODE_CHARS, default="")

    class Meta:
        """Work lists ask for the open tasks of one kind, or of one office."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "state",
                    "kind",
                    "created_at",
                ),
                name="task_list",
            ),
            models.Index(
                fields=(
                    "authority_id",
                    "state",
                    "office",
                ),
                name="task_office",
            ),
        )


class IdentityRow(models.Model):
    """The one-time check of a signer (core.register.IdentityCheck). The newest row of a key counts."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    spki_sha256 = models.CharField(max_length=HASH_CHARS)
    addresses = models.TextField()
    """JSON list."""
    state = models.CharField(max_length=CODE_CHARS)
    person = models.TextField(default="")
    checked_by = models.CharField(max_length=CODE_CHARS)
    checked_at = models.DateTimeField()
    method = models.CharField(max_length=CODE_CHARS, default="")
    """How (application.desk.identities.CheckMethod); empty for a revocation."""
    certificate = models.BinaryField(null=True)
    """DER, as shown at the check; null for a revocation, and where the message held none."""
    renewed = models.BinaryField(null=True)
    """DER of another certificate for the same key, where the latest message was signed under one."""
    remark = models.TextField(default="")

    class Meta:
        """Looked up by key."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "spki_sha256",
                ),
                name="identity_key",
            ),
        )


class ConsentRow(models.Model):
    """An expiring grant of other formats to one sender (core.register.Consent)."""

    reference = models.CharField(max_length=REFERENCE_CHARS, unique=True)
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    sender = models.TextField()
    formats = models.TextField()
    """JSON list."""
    office = models.CharField(max_length=AUTHORITY_CHARS, default="")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    granted_by = models.CharField(max_length=CODE_CHARS)
    revoked_at = models.DateTimeField(null=True)
    remark = models.TextField(default="")

    class Meta:
        """The judge asks for those that have not expired."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "valid_until",
                ),
                name="consent_until",
            ),
        )
