# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The tables, one module per subject. Every row carries the authority it belongs to."""

from poststelle.records.models.clerks import RoleRow, RouteProposalRow, SignInRow
from poststelle.records.models.desk import ConsentRow, IdentityRow, TaskRow, TaskState
from poststelle.records.models.journal import JournalLeaf, JournalTree, JournalValue, TreeHeadRow
from poststelle.records.models.messages import Blob, BlobToSweep, FactsRow, FileRow, Message, MessageState, VerdictRow
from poststelle.records.models.outgoing import DeferralRow, OutboxRow, OutboxState, SwitchRow
from poststelle.records.models.signers import KnownSignerRow

__all__ = [
    "Blob",
    "BlobToSweep",
    "ConsentRow",
    "DeferralRow",
    "FactsRow",
    "FileRow",
    "IdentityRow",
    "JournalLeaf",
    "JournalTree",
    "JournalValue",
    "KnownSignerRow",
    "Message",
    "MessageState",
    "OutboxRow",
    "OutboxState",
    "RoleRow",
    "RouteProposalRow",
    "SignInRow",
    "SwitchRow",
    "TaskRow",
    "TaskState",
    "TreeHeadRow",
    "VerdictRow",
]
