# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The check before sending ("Darf ich das so schicken?"): a page and an interface over the same engine as the door."""
