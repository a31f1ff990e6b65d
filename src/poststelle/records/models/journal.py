# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""The journal: leaves, the erasable personal values beside them, the growing tree and its signed heads."""

from django.db import models

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, REFERENCE_CHARS


class JournalLeaf(models.Model):
    """One entry. ``leaf`` is the truth (core.journal); the other columns repeat it for lists. Never updated but ``index``."""

    index = models.BigIntegerField(null=True, unique=True)
    """Place in the tree, from 0 and without gaps; null until the sequencer came by."""
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    reference = models.CharField(max_length=REFERENCE_CHARS, db_index=True)
    """No foreign key: the journal outlives the message."""
    kind = models.CharField(max_length=CODE_CHARS)
    at = models.DateTimeField()
    leaf = models.BinaryField()
    leaf_hash = models.BinaryField()


class JournalValue(models.Model):
    """A personal value and the salt that ties it to the commitment in the leaf. Deleting the row erases the value."""

    leaf = models.ForeignKey(JournalLeaf, on_delete=models.PROTECT, related_name="values")
    key = models.CharField(max_length=CODE_CHARS)
    salt = models.BinaryField()
    value = models.TextField()


class JournalTree(models.Model):
    """The state of the tree between two rounds of the sequencer: one row, locked while it works."""

    log = models.CharField(max_length=AUTHORITY_CHARS, primary_key=True)
    size = models.BigIntegerField()
    peaks = models.BinaryField()
    """Roots of the complete subtrees, largest first, 32 bytes each (core.merkle.Frontier)."""


class TreeHeadRow(models.Model):
    """A signed tree head."""

    log = models.CharField(max_length=AUTHORITY_CHARS)
    size = models.BigIntegerField()
    root = models.BinaryField()
    at = models.DateTimeField()
    key_id = models.CharField(max_length=AUTHORITY_CHARS)
    signature = models.BinaryField()
    """Ed25519 over core.journal.tree_head_bytes."""
