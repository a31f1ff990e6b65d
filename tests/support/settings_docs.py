# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""docs/settings.md, made from the settings themselves. Run me to write it anew."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from poststelle.application import settings as module
from poststelle.application.settings import ENVIRONMENT_PREFIX, Section, Settings
from support.attribute_docs import attribute_docs

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"

HEAD = """<!--
SPDX-FileCopyrightText: 2026 The poststelle authors
SPDX-License-Identifier: EUPL-1.2
-->
# Settings

What an operator decides: ports, folders, engines. What the authority promises stands in its policy
([policy.md](policy.md)) and never here.

The settings are a TOML file, `poststelle.toml` in the working folder, another one named with `--settings FILE` or in the
variable `POSTSTELLE_SETTINGS`. Every key can be set in the environment too, which wins: `door.port` is
`POSTSTELLE_DOOR_PORT`; several values are separated by commas. An unknown key is a fault, and nothing starts.
All keys have defaults: an empty file is a valid one.

This page is made by `PYTHONPATH=src:tests python tests/support/settings_docs.py`.
"""

MEANINGS = {
    "host": "Address to listen on.",
    "port": "Port to listen on; 0 takes a free one, which the ready file in `run/` of the data folder names.",
    "house.data": "The data folder: records, messages, keys.",
    "house.policies": "One folder for each authority: dated editions of its policy, and its directory.",
    "house.mode": "`production` refuses to start without a virus scanner; `demo` does not.",
    "house.hostname": "Name of this gateway in greetings, trace fields and return paths.",
    "house.base_url": "Where the published page is reached; replies and notices link to its clauses. Where several authorities are served, each one's links begin with `page.base_url` of its policy.",
    "store.prefix": "Begins the name of every object, where the bucket is shared with others.",
    "store.endpoint": "Address of the S3 server, `https://…`; empty: Amazon's own of the region. The access key stands in the "
    "environment, `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.",
    "store.region": "Region of the bucket.",
    "store.timeout_seconds": "How long one request to the bucket may take; what takes longer is answered 451.",
    "door.lmtp": "Speak LMTP instead of SMTP. Second choice, see operations/postfix.md.",
    "door.certificate": "Certificate chain (PEM) for STARTTLS at the door itself, read again when it changes; not needed behind Postfix.",
    "door.key": "Key of that certificate.",
    "door.judging_threads": "How many messages are judged at once.",
    "door.message_deadline_seconds": "From the end of a message to the answer; what takes longer is answered 451.",
    "door.max_per_address": "Connections from one address at once, or from one IPv6 network of 64 bits; trusted peers are not counted.",
    "door.uvloop": "Use uvloop, where it is installed: on everything but Windows it comes with the program.",
    "inspector.workers": "Processes that look into messages.",
    "inspector.try_seconds": "Time for one try; there are two.",
    "inspector.messages_per_worker": "A worker is replaced after so many messages.",
    "malware.engine": "`clamd`; `demo` knows the EICAR string only; `none`.",
    "malware.socket": "Unix socket of clamd, instead of host and port.",
    "malware.host": "Address of clamd.",
    "malware.port": "Port of clamd.",
    "malware.whole_mail": "Show every mail as it came. Otherwise large attachments are shown decoded and the mail around them, which costs clamd half as much; signatures that want certain content *within a mail* need the whole.",
    "spam.engine": "`rspamd`; `demo` knows the GTUBE string only; `none`.",
    "spam.host": "Address of rspamd.",
    "spam.port": "Port of rspamd's normal worker.",
    "sender.mode": "`own` asks DNS itself; `header` believes Authentication-Results; `none` checks nothing: no sender is proven then, and every notice becomes a task for a person.",
    "sender.authserv_id": "Whose Authentication-Results are believed in mode `header`.",
    "sender.resolver_port": "Port of that server.",
    "outbox.host": "Address of the mail server that takes notices and deliveries.",
    "outbox.port": "Its port.",
    "outbox.starttls": "`never`, `if-offered` or `required`.",
    "outbox.lease_seconds": "A sender that died gives up its work after this time.",
    "outbox.give_up_hours": "After this time a delivery becomes a task for a person.",
    "bebpo.poll_seconds": "How often the folder is looked at.",
    "bebpo.message_deadline_seconds": "How long one message may take.",
    "web.max_connections": "Connections at once.",
}
"""For settings whose meaning is not below them in the source."""


def generated() -> str:
    """The whole page."""
    return "\n".join((HEAD, *(_section(name, field) for name, field in Settings.model_fields.items())))


def every_key() -> Iterator[tuple[str, type[Section], FieldInfo]]:
    """Every key with its section."""
    for section, field in Settings.model_fields.items():
        model = field.annotation
        assert isinstance(model, type)
        assert issubclass(model, Section)
        yield from ((f"{section}.{name}", model, inner) for name, inner in model.model_fields.items())


def meaning(key: str, model: type[Section]) -> str:
    """What a key means; empty where nobody has said."""
    name = key.partition(".")[2]
    return _DOCS.get((model.__name__, name)) or MEANINGS.get(key) or MEANINGS.get(name, "")


_DOCS = attribute_docs(module)


def _section(section: str, field: FieldInfo) -> str:
    model: Any = field.annotation
    rows = [
        f"| `{key.partition('.')[2]}` | {_kind(inner.annotation)} | {_shown(inner)} | {meaning(key, model)} |"
        for key, _, inner in every_key()
        if key.startswith(f"{section}.")
    ]
    about = " ".join((model.__doc__ or "").split())
    variables = f"In the environment: `{ENVIRONMENT_PREFIX}{section.upper()}_…`"
    table = "\n".join(("| key | values | default | meaning |", "|---|---|---|---|", *rows))
    return f"## `[{section}]`\n\n{about} {variables}.\n\n{table}\n"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return f"list: {_kind(get_args(annotation)[0])}"
    if get_origin(annotation) in (UnionType, Union):
        return " or ".join(_kind(part) for part in get_args(annotation) if part is not type(None))
    return _KINDS.get(getattr(annotation, "__name__", ""), str(getattr(annotation, "__name__", annotation)))


_KINDS = {
    "str": "text", "int": "number", "float": "number", "bool": "`true`, `false`", "Path": "path",
    "IPv4Network": "IPv4 network", "IPv6Network": "IPv6 network",
}  # fmt: skip


def _shown(field: FieldInfo) -> str:
    value = field.default
    if value is None or value in ((), ""):
        return ""
    if isinstance(value, tuple):
        return f"`{json.dumps([str(one) for one in value])}`"
    return f"`{json.dumps(value if isinstance(value, bool | int | float) else str(value))}`"


if __name__ == "__main__":
    PAGE.write_text(generated(), encoding="utf-8")
