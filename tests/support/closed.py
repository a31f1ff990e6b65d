# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What is taken out of a message where nobody answers: the dialogues of the products, driven alone."""

from poststelle.inspection import products
from poststelle.inspection.extraction import drive_alone


def extract(content, path):
    return drive_alone(products.extract(content, path))


def main_html(content):
    return drive_alone(products.main_html(content))


def rebuild(content, withheld, note):
    return drive_alone(products.rebuild(content, withheld, note))


def rendered_text(content):
    return drive_alone(products.rendered_text(content))
