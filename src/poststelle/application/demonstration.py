# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The settings of a demonstration: everything on this machine, a scanner that knows only test strings, no DNS."""

import json
from dataclasses import dataclass
from pathlib import Path

from poststelle.application.settings import (
    Bebpo,
    Door,
    House,
    Maildrop,
    Malware,
    Outbox,
    Sender,
    Settings,
    Spam,
    Web,
)

HOSTNAME = "mx.stadt-muenster.example"
"""Also the name under which results of sender checks are believed: the demo plays the mail server in front."""
LOOPBACK = "127.0.0.1"
DROP_FOLDER = "bebpo-eingang"
"""In the data folder; the demonstration plays the EGVP client that exports into it."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demonstration listens on loopback."""

    door: int = 2525
    maildrop: int = 2526
    web: int = 8025


def demo_settings(data: Path, policy: Path, ports: Ports) -> Settings:
    """Every role on loopback, what leaves the house kept in folders."""
    return Settings(
        house=House(
            data=data,
            policies=(policy,),
            mode="demo",
            hostname=HOSTNAME,
            base_url=f"http://{LOOPBACK}:{ports.web}",
        ),
        door=Door(host=LOOPBACK, port=ports.door),
        malware=Malware(engine="demo"),
        spam=Spam(engine="demo"),
        sender=Sender(mode="header", authserv_id=HOSTNAME),
        web=Web(host=LOOPBACK, port=ports.web),
        outbox=Outbox(host=LOOPBACK, port=ports.maildrop, starttls="never"),
        maildrop=Maildrop(enabled=True),
        bebpo=Bebpo(folder=data / DROP_FOLDER, trusted=True, poll_seconds=1.0, settle_seconds=1.0),
    )


def as_toml(settings: Settings) -> str:
    """The settings as a file that ``read_settings`` gives back; what is at its default is left out."""
    lines = ["# Written by poststelle demo; for --settings of the other commands."]
    for section, values in settings.model_dump(mode="json", exclude_defaults=True).items():
        lines += ["", f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in values.items())]
    return "\n".join(lines) + "\n"
