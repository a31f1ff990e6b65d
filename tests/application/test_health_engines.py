# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What the doctor says of the engines that every message passes."""

import pytest

from poststelle.application.health import Health, of_sender_checks, of_spam_filter
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Sender, Settings


def silent() -> None:
    raise UnavailableError("no answer")


def answering() -> None:
    return


@pytest.mark.parametrize(
    ("engine", "probe", "health", "word"),
    [
        ("none", silent, Health.DOUBTFUL, "NONE"),
        ("demo", silent, Health.DOUBTFUL, "GTUBE"),
        ("rspamd", silent, Health.BROKEN, "does not answer: no answer"),
        ("rspamd", answering, Health.FINE, "rspamd"),
    ],
)
def test_of_the_spam_filter(engine, probe, health, word):
    found = of_spam_filter(probe, engine)
    assert found.health is health
    assert word in found.sentence
    assert bool(found.remedy) is (health is not Health.FINE)


@pytest.mark.parametrize("engine", ["none", "demo", "rspamd"])
def test_a_filter_that_a_policy_names_and_nobody_asks_is_a_broken_promise(engine):
    found = of_spam_filter(answering, engine, frozenset({"spamassassin"}))
    assert found.health is Health.BROKEN
    assert "spamassassin" in found.sentence
    assert of_spam_filter(answering, "rspamd", frozenset({"rspamd"})).health is Health.FINE


@pytest.mark.parametrize(
    ("sender", "probe", "health", "word"),
    [
        (Sender(mode="none"), silent, Health.DOUBTFUL, "NONE: nobody is proven"),
        (Sender(mode="header", authserv_id="mx.stadt.example"), silent, Health.FINE, "mx.stadt.example"),
        (Sender(), silent, Health.DOUBTFUL, "every sender counts as unproven"),
        (Sender(), answering, Health.FINE, "our own look-ups"),
    ],
)
def test_of_the_sender_checks(sender, probe, health, word):
    found = of_sender_checks(Settings(sender=sender), probe)
    assert found.health is health
    assert word in found.sentence
    assert bool(found.remedy) is (health is not Health.FINE)
