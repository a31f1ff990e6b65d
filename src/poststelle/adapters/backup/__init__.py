# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Backup files: named entries, one after the other, encrypted under a passphrase (docs/operations/backup.md)."""

from poststelle.adapters.backup.archive import ArchiveReader, ArchiveWriter, open_archive, write_archive

__all__ = ["ArchiveReader", "ArchiveWriter", "open_archive", "write_archive"]
