# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
# ruff: noqa: DJ008 - rows are shown by views of our own, never by their str()
"""Who works at the desk, failed sign-ins, and what the routing could learn from corrections."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from poststelle.records.models.columns import AUTHORITY_CHARS, CODE_CHARS, REFERENCE_CHARS


class RoleRow(models.Model):
    """One grant of one role to one account (application.desk.viewer)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="poststelle_roles")
    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    role = models.CharField(max_length=CODE_CHARS)
    office = models.CharField(max_length=AUTHORITY_CHARS, default="")
    """Empty for the whole authority."""
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    """The last day it holds: audits are for a period, deputies have dates."""

    class Meta:
        """A grant stands once."""

        constraints = (models.UniqueConstraint(fields=("user", "authority_id", "role", "office"), name="role_once"),)


class SignInRow(models.Model):
    """Failed sign-ins under one name since the last success, whether or not there is such an account."""

    name = models.CharField(max_length=150, primary_key=True)
    failures = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(db_default=Now())
    """The last of them; it goes when that is long ago (class ``sign-in``)."""


class RouteProposalRow(models.Model):
    """A rule that a correction suggests. It routes nothing until somebody puts it into the directory."""

    authority_id = models.CharField(max_length=AUTHORITY_CHARS)
    reference = models.CharField(max_length=REFERENCE_CHARS)
    """Of the message that was corrected."""
    clue = models.CharField(max_length=CODE_CHARS)
    value = models.TextField()
    office = models.CharField(max_length=AUTHORITY_CHARS)
    proposed_by = models.CharField(max_length=CODE_CHARS)
    proposed_at = models.DateTimeField()
