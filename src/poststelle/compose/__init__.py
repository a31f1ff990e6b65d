# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The composition root: builds a House from the settings and hands it to a role; the only place that names adapters.

Wiring by hand: ``parts`` (adapters behind ports), ``front`` (house and door), ``outgoing``, ``roles`` (processes), ``together`` (all
of them), ``checks`` (what only looks). What a role gets is what it was given here, and nothing else.
"""
