# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""Messages: what came, what was seen in it, what was concluded, and where its bytes are.

Rows about one message point to it by its reference, so that they can be written in one go without asking for ids.
"""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, HASH_CHARS, REFERENCE_CHARS


class MessageState(models.TextChoices):
    """Where a message is in its life. The strings are public."""

    ACCEPTED = "accepted"
    """Stored, its effects are queued."""
    HELD = "held"
    """Waits for a clerk's decision."""
    REFUSED = "refused"
    DELETED = "deleted"
    """Malware: answered 250, content dropped."""
    DELIVERED = "delivered"
    """Every delivery was taken by the next server."""
    DISCARDED = "discarded"
    """Held, and discarded by a clerk."""


class Blob(models.Model):
    """Stored content by its SHA-256. A row may be shared by several messages; it goes when the last of them goes."""

    key = models.CharField(max_length=HASH_CHARS, primary_key=True)
    size_bytes = models.BigIntegerField()
    inline = models.BinaryField(null=True)
    """Null where the content lies in the blob store."""


class BlobToSweep(models.Model):
    """Content of the blob store that no row refers to any more, to be removed after the commit."""

    key = models.CharField(max_length=HASH_CHARS, primary_key=True)
    since = models.DateTimeField()


class Message(models.Model):
    """One message at one door, with the columns that lists and searches need."""

    reference = models.CharField(max_length=REFERENCE_CHARS, unique=True)
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    channel = models.CharField(max_length=CODE_CHARS)
    sender = models.TextField()
    """Reverse-path, empty for the null one."""
    recipients = models.TextField()
    """JSON list of addresses in the envelope's order."""
    smtputf8 = models.BooleanField(default=False)
    peer = models.TextField()
    """JSON of the peer."""
    received_at = models.DateTimeField()
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=HASH_CHARS)
    body = models.ForeignKey(Blob, null=True, on_delete=models.PROTECT, db_column="body")
    """Null where the content is not, or no longer, kept."""
    fingerprint = models.CharField(max_length=HASH_CHARS)
    subject = models.TextField(default="")
    header_from = models.TextField(default="")
    from_display = models.TextField(default="")
    message_id = models.TextField(default="")
    disposition = models.CharField(max_length=CODE_CHARS, default="")
    """The strictest over all recipients; empty where nothing was judged."""
    state = models.CharField(max_length=CODE_CHARS)
    is_observed = models.BooleanField(default=False)
    reply_code = models.SmallIntegerField()
    reply_text = models.TextField(default="")
    legal_hold = models.BooleanField(default=False)
    assigned_to = models.CharField(max_length=CODE_CHARS, default="")
    """Account id of the clerk it is assigned to."""
    read_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    """When nothing was left to do: a clerk had finished with it, or it was refused or deleted at the door."""

    class Meta:
        """Lists are newest first within an authority; retries are found by fingerprint."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "state",
                    "-received_at",
                ),
                name="message_state",
            ),
            models.Index(
                fields=(
                    "authority_id",
                    "-received_at",
                ),
                name="message_time",
            ),
            models.Index(fields=("fingerprint",), name="message_fingerprint"),
            models.Index(
                fields=("authority_id", "-received_at"),
                condition=models.Q(done_at__isnull=True),
                name="message_open",
            ),
        )


class FactsRow(models.Model):
    """The facts of a message as canonical JSON (core.codec)."""

    message = models.OneToOneField(
        Message, on_delete=models.CASCADE, to_field="reference", db_column="reference", related_name="facts_row"
    )
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    facts_version = models.SmallIntegerField()
    facts = models.TextField()


class VerdictRow(models.Model):
    """The verdict for one recipient: columns for lists, the whole as canonical JSON."""

    message = models.ForeignKey(
        Message,
        on_delete=models.CASCADE,
        to_field="reference",
        db_column="reference",
        related_name="verdict_rows",
        db_index=False,
    )
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    position = models.SmallIntegerField()
    """In the envelope's order, from 0."""
    recipient = models.TextField()
    disposition = models.CharField(max_length=CODE_CHARS)
    office = models.CharField(max_length=AUTHORITY_CHARS)
    """Office id it is routed to, empty for triage; follows the routing by hand, unlike the verdict."""
    keyword = models.TextField(default="")
    aktenzeichen = models.TextField(default="")
    sender_told = models.CharField(max_length=CODE_CHARS)
    edition = models.CharField(max_length=AUTHORITY_CHARS)
    edition_hash = models.CharField(max_length=HASH_CHARS)
    verdict = models.TextField()

    class Meta:
        """An office sees its own."""

        indexes = (
            models.Index(
                fields=(
                    "authority_id",
                    "office",
                    "disposition",
                ),
                name="verdict_office",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=(
                    "message",
                    "position",
                ),
                name="verdict_once",
            ),
        )


class FileRow(models.Model):
    """One file of a message, for lists and the search by file name."""

    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, to_field="reference", db_column="reference", related_name="file_rows"
    )
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    path = models.TextField()
    """JSON list of display names from the message down."""
    name = models.TextField()
    """The last of them."""
    format = models.CharField(max_length=CODE_CHARS)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=HASH_CHARS)
    role = models.CharField(max_length=CODE_CHARS)
    codes = models.TextField()
    """Reason codes of its objections, each once, separated by blanks."""
    is_withheld = models.BooleanField()
    """Withheld for at least one recipient."""

    class Meta:
        """The list of what cannot be processed asks for the few that are withheld."""

        indexes = (models.Index(fields=("authority_id",), condition=models.Q(is_withheld=True), name="file_withheld"),)
