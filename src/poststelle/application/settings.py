# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Operational settings: ports, folders, engines. What an authority promises stands in its policy, never here.

One file, ``poststelle.toml``; every key can be overridden by ``POSTSTELLE_<SECTION>_<KEY>`` in the environment.
"""

import re
import tomllib
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

DEFAULT_SETTINGS = Path("poststelle.toml")
SETTINGS_VARIABLE = "POSTSTELLE_SETTINGS"
"""Names the settings file for processes started by this one."""
ENVIRONMENT_PREFIX = "POSTSTELLE_"


class SettingsError(Exception):
    """The settings cannot be used; ``faults`` holds one sentence each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


class Section(BaseModel):
    """Frozen, and an unknown key is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def _reachable(host: str) -> str:
    """Neither the resolver nor a log line has to cope with anything else."""
    try:
        host.encode("idna")
    except UnicodeError:
        raise ValueError("no host has such a name") from None
    if not host.isprintable() or " " in host:
        raise ValueError("no host has such a name")
    return host


def _own_name(name: str) -> str:
    """As greetings, trace fields and addresses need it (RFC 5321, 2.3.5)."""
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME_OCTETS:
        raise ValueError("not the name of a host in ASCII, such as mx.stadt.example")
    return name


LONGEST_NAME_OCTETS = 253
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")
Host = Annotated[str, AfterValidator(_reachable)]
Port = Annotated[int, Field(ge=1, le=65535)]
AnyPort = Annotated[int, Field(ge=0, le=65535)]
"""0 takes a free one."""
LONGEST_SECONDS = 604_800
"""A week; beyond some length of time the system has no time-out."""
Seconds = Annotated[float, Field(gt=0, le=LONGEST_SECONDS)]
MessageSeconds = Annotated[float, Field(gt=0, le=1_500)]
"""Below the half hour after which content that was received and not secured is swept away as nobody's."""


class House(Section):
    """Where things lie and who we are."""

    data: Path = Path("var/poststelle")
    policies: tuple[Path, ...] = Field(default=(Path("policies/muenster"),), min_length=1)
    mode: Literal["production", "demo"] = "production"
    hostname: Annotated[str, AfterValidator(_own_name)] = "localhost"
    base_url: str = "http://127.0.0.1:8025"
    allow_unscanned: bool = False
    """Run in production without a virus scanner: only where another system has scanned before."""


class Store(Section):
    """Where records and bodies are kept: in the data folder, or on servers that several nodes share."""

    database: str = ""
    """``postgresql://…``; empty: a SQLite file in the data folder."""
    bucket: str = ""
    """Name of an S3 bucket for bodies over 64 KB; empty: files in the data folder."""
    prefix: str = ""
    endpoint: str = ""
    region: str = "us-east-1"
    timeout_seconds: Seconds = 20.0


class Door(Section):
    """The receiving socket."""

    host: Host = "127.0.0.1"
    port: AnyPort = 2525
    lmtp: bool = False
    trusted_peers: tuple[IPv4Network | IPv6Network, ...] = ()
    """Proxies whose XFORWARD is believed, such as Postfix on this machine."""
    certificate: Path | None = None
    key: Path | None = None
    processes: int = Field(default=1, ge=1, le=64)
    """How many door processes share the port (SO_REUSEPORT), one for each core; more than one needs PostgreSQL."""
    judging_threads: int = Field(default=8, ge=1, le=64)
    message_deadline_seconds: MessageSeconds = 60.0
    max_per_address: int = Field(default=20, ge=1)
    max_connections: int = Field(default=100, ge=1)
    """Connections at once, of all together; beyond it the greeting is 421."""
    uvloop: bool = True


class Retention(Section):
    """What happens when the terms of the policy are over."""

    erase: bool = True
    """Erase by itself what is due; false leaves it to ``poststelle retention apply``."""


class Inspector(Section):
    """The confined workers."""

    workers: int = Field(default=2, ge=1, le=64)
    try_seconds: Seconds = 25.0
    messages_per_worker: int = Field(default=200, ge=1)


class Malware(Section):
    """The virus scanner."""

    engine: Literal["clamd", "demo", "none"] = "none"
    socket: Path | None = None
    host: Host = "127.0.0.1"
    port: Port = 3310
    whole_mail: bool = False


class Spam(Section):
    """The spam filter."""

    engine: Literal["rspamd", "demo", "none"] = "none"
    host: Host = "127.0.0.1"
    port: Port = 11333


class Sender(Section):
    """Who checks SPF, DKIM and DMARC."""

    mode: Literal["own", "header", "none"] = "own"
    authserv_id: str = ""
    resolver: str = ""
    """Address of a DNS server; empty means the system's."""
    resolver_port: Port = 53


class Outbox(Section):
    """The mail server that takes what we send."""

    host: Host = "127.0.0.1"
    port: Port = 25
    starttls: Literal["never", "if-offered", "required"] = "if-offered"
    opened_relays: tuple[str, ...] = ()
    """Hosts that may get what was decrypted, under ``starttls = "required"`` only; to all others it stays on the desk."""
    hold_back: bool = False
    """Do not send: effects stay in the queue."""
    threads: int = Field(default=4, ge=1, le=64)
    """How many effects are carried out at the same time."""
    lease_seconds: int = Field(default=600, ge=10)
    """How long one attempt may take; after a crash it is this long until another try."""
    give_up_hours: int = Field(default=72, ge=1)


class Keys(Section):
    """The keys of S/MIME addresses, and whose signatures are believed; the files lie under the data folder."""

    generate: bool = True
    """Make a key with a certificate of our own for an address that welcomes S/MIME and has none: for trying out."""
    publish_next: bool = False
    """Show the next certificate on the page before it is in use."""
    must_know_revocation: bool = False
    """A signer's chain holds only with a fresh list of revoked certificates, even where none is at hand."""
    socket: Path | None = None
    """Where the keyholder listens; absent: run/keyholder.sock under the data folder."""
    pkcs11_module: Path | None = None
    """The PKCS#11 module of a token that holds keys; absent: all keys lie in files."""
    pkcs11_token: str = ""
    """Label of the token."""
    pkcs11_folders: tuple[Path, ...] = ()
    """Folders that the module reads while it works: the confined keyholder may read these too."""
    threads: int = Field(default=4, ge=1, le=32)
    """How many questions the keyholder answers at a time."""


class Revocation(Section):
    """Asking issuers which certificates they have revoked: a role of its own, never the way of a mail."""

    hosts: tuple[str, ...] = ()
    """Hosts that may be asked, with their port where it is not the usual one; none: nothing is ever fetched."""
    lists: tuple[str, ...] = ()
    """Addresses of revocation lists, besides those that the certificates in the trust folder name."""
    every_minutes: int = Field(default=60, ge=1)
    """How long a source is left alone after an attempt."""
    seconds: Seconds = 30.0
    """How long one answer may take in all."""
    max_list_mb: int = Field(default=4, ge=1, le=8)
    """Largest list that is taken; all together may have 8 MiB."""


class Web(Section):
    """The site, the check before sending and the desk."""

    host: Host = "127.0.0.1"
    port: AnyPort = 8025
    hosts: tuple[str, ...] = ()
    """Names under which the site is reached, besides those of base_url and of the policies; any other is refused."""
    trusted_proxies: tuple[str, ...] = ("127.0.0.1",)
    """Whose X-Forwarded-For and X-Forwarded-Proto are believed."""
    max_connections: int = Field(default=200, ge=1)
    precheck_limit_mb: int = Field(default=64, ge=1, le=1024)
    """Largest upload that the check before sending looks at."""


class Recipients(Section):
    """The service that Postfix asks about recipients (check_policy_service)."""

    enabled: bool = False
    """Start the role with the others; wanted behind Postfix."""
    host: Host = "127.0.0.1"
    port: AnyPort = 10031
    socket: Path | None = None
    """A Unix socket instead of host and port."""


class Health(Section):
    """The health port: /healthz, /readyz and /metrics, for probes and Prometheus."""

    enabled: bool = False
    """Start the role with the others."""
    host: Host = "127.0.0.1"
    port: AnyPort = 9125


class Log(Section):
    """What the roles say on standard error."""

    format: Literal["text", "json"] = "text"
    """``json``: one object a line, for log collectors. Neither holds content, names or addresses."""


class Bebpo(Section):
    """The beBPo door: the folder into which the authority's EGVP client exports its messages."""

    folder: Path | None = None
    """The watched folder; absent: no beBPo door."""
    trusted: bool = False
    """Nobody but the EGVP client can write to the folder: only then what the client attests counts as a proof."""
    poll_seconds: Seconds = 5.0
    settle_seconds: float = Field(default=10.0, ge=0, le=LONGEST_SECONDS)
    """A message that has not changed for so long counts as copied to its end."""
    patience_seconds: Seconds = 3600.0
    """After so long an incomplete folder is taken in as it is and becomes a case for a clerk."""
    keep_done: bool = True
    """Keep the source under ``done`` for 30 days after it is on record; otherwise it is removed then."""
    message_deadline_seconds: MessageSeconds = 300.0


class Maildrop(Section):
    """Mailboxes as folders under the data folder, where the outbox sends to; for demonstrations and tests."""

    enabled: bool = False
    """Start the role with the others. It listens where the outbox sends to."""


class Settings(Section):
    """Everything an operator decides."""

    house: House = House()
    store: Store = Store()
    door: Door = Door()
    inspector: Inspector = Inspector()
    malware: Malware = Malware()
    spam: Spam = Spam()
    sender: Sender = Sender()
    outbox: Outbox = Outbox()
    keys: Keys = Keys()
    revocation: Revocation = Revocation()
    bebpo: Bebpo = Bebpo()
    maildrop: Maildrop = Maildrop()
    recipients: Recipients = Recipients()
    web: Web = Web()
    health: Health = Health()
    retention: Retention = Retention()
    log: Log = Log()


def settings_file(environment: Mapping[str, str], named: Path | None = None) -> Path | None:
    """The file the settings come from: the one named, else the environment's, else poststelle.toml here if there is one."""
    path = named or (Path(environment[SETTINGS_VARIABLE]) if environment.get(SETTINGS_VARIABLE) else None)
    return path or (DEFAULT_SETTINGS if DEFAULT_SETTINGS.is_file() else None)


def read_settings(text: str, environment: Mapping[str, str]) -> Settings:
    """The settings of a file's text and the environment. SettingsError names every fault by its key."""
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError((f"the settings file is not TOML: {error}",)) from error
    for name, section in Settings.model_fields.items():
        fields = section.annotation.model_fields if isinstance(section.annotation, type) else {}
        for key, field in fields.items():
            override = environment.get(f"{ENVIRONMENT_PREFIX}{name}_{key}".upper())
            given = values.setdefault(name, {}) if override is not None else None
            if override is not None and isinstance(given, dict):  # what is no table is a fault of its own
                several = get_origin(field.annotation) is tuple
                given[key] = _entries(override) if several else override
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        faults = dict.fromkeys(_sentence(fault["loc"], fault["msg"]) for fault in error.errors())
        raise SettingsError(tuple(faults)) from error


def _entries(override: str) -> list[str]:
    return [part.strip() for part in override.split(",") if part.strip()]


def _sentence(place: tuple[int | str, ...], message: str) -> str:
    said = message.removeprefix("Value error, ")
    steps = (str(step) for step in place if "[" not in str(step))  # without pydantic's own names of alternatives
    return f"{'.'.join(steps)}: {said[0].lower()}{said[1:]}"
