# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The keyholder as a role and as a program of its own, which loads a third of what the others do.

``python -m poststelle.compose.keyholding`` is how the supervisor starts it; ``poststelle serve --role keyholder`` how systemd
does.
"""

import logging
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from poststelle.adapters.forking import end_with_parent
from poststelle.adapters.inspector_pool.confinement import confine, forbid_dumps
from poststelle.adapters.keyholder import HeldKey, HeldPrivateKey, KeyholderServer, KeyIndex, Ring
from poststelle.adapters.keyring import CREDENTIALS, VARIABLE, KeyFolder, find_passphrase
from poststelle.adapters.logs import set_up
from poststelle.adapters.pkcs11_token import PIN_VARIABLE, Token, TokenPlace, find_pin
from poststelle.adapters.policy_folder import read_folder
from poststelle.adapters.ready_files import announce
from poststelle.adapters.sealed_environment import recall
from poststelle.application.keyring import Generation, KeyRingError, KeyState
from poststelle.application.ports import UnavailableError
from poststelle.application.settings import Settings, read_settings, settings_file
from poststelle.inspection.cms.device import DeviceKey

KEYHOLDER = "keyholder"
SUPERVISED = "POSTSTELLE_SUPERVISED"
"""Holds the supervisor's process id, for the programs it starts."""
SECRET_VARIABLES = frozenset({CREDENTIALS, VARIABLE, PIN_VARIABLE})
"""What only the keyholder's process gets to see of the environment."""
_LOG = logging.getLogger("poststelle")


def main() -> None:
    """The program: settings as the supervisor read them, keys it has made before. Ends with the supervisor."""
    end_with_supervisor()
    for number in (signal.SIGINT, signal.SIGHUP):  # of a terminal, meant for all: the supervisor asks us last
        signal.signal(number, signal.SIG_IGN)
    recall()
    path = settings_file(os.environ)
    settings = read_settings(path.read_text(encoding="utf-8") if path else "", os.environ)
    set_up(settings.log.format)
    try:
        hold(settings)
    except KeyRingError as error:
        sys.exit(f"poststelle: {error.sentence}\n            {error.remedy}")
    except UnavailableError as error:
        sys.exit(f"poststelle: {error}")


def end_with_supervisor() -> None:
    """Where a supervisor started this program, it ends with it."""
    if os.environ.get(SUPERVISED):
        end_with_parent(int(os.environ[SUPERVISED]))


def hold(settings: Settings) -> None:
    """Hold the keys and answer for ever: no dumps before the first key, no rights before the first question."""
    forbid_dumps()
    holder = keyholder(settings)
    announce(settings.house.data, KEYHOLDER)
    _LOG.info("role=keyholder keys=%s confinement=%s", holder.held, ",".join(confine_keyholder(settings)))
    holder.run()


def key_folder(settings: Settings) -> KeyFolder:
    """The ring of this installation."""
    return KeyFolder(settings.house.data / "keys")


def socket_path(settings: Settings) -> Path:
    """Where the keyholder listens."""
    return settings.keys.socket or settings.house.data / "run" / "keyholder.sock"


def keyholder(settings: Settings) -> KeyholderServer:
    """The keyholder, listening and not confined yet. KeyRingError where a key cannot be used."""
    keys = key_folder(settings)
    found = find_passphrase(keys.root, os.environ)
    secret, owner_of = found.secret if found else b"", key_owner(settings)

    def load() -> KeyIndex:
        try:
            usable = (one for one in keys.ring() if one.state is not KeyState.DESTROYED)
            return KeyIndex(HeldKey(one, _opened(one), owner_of(one.address)) for one in usable)
        except OSError as error:
            remedy = "It belongs to the user of the keyholder, mode 0400."
            raise KeyRingError(f"{error.filename} cannot be read: {error.strerror}", remedy) from error

    def _opened(one: Generation) -> HeldPrivateKey:
        key_id = keys.reference(one)
        return inside(one.certificate, key_id) if key_id else keys.key(one, secret)

    inside = token_keys(settings, os.environ)

    return KeyholderServer(socket_path(settings), Ring(load, keys.stamp), settings.keys.threads)


def token_keys(settings: Settings, environment: Mapping[str, str]) -> Callable[[bytes | None, str], DeviceKey]:
    """(certificate, key id) to a key in the token of the settings; None: it has no certificate yet.

    KeyRingError where it cannot be used.
    """
    tokens: list[Token] = []

    def key(certificate: bytes | None, key_id: str) -> DeviceKey:
        module, label = settings.keys.pkcs11_module, settings.keys.pkcs11_token
        if module is None:
            raise KeyRingError(
                "the key lies in a token, and none is set", "Set keys.pkcs11_module and keys.pkcs11_token."
            )
        if not tokens:
            tokens.append(Token(TokenPlace(module, label), find_pin(environment)))
        return tokens[0].own_key(key_id) if certificate is None else tokens[0].key(key_id, certificate)

    return key


def confine_keyholder(settings: Settings) -> tuple[str, ...]:
    """Give up everything but the key files and the listening socket; the mechanisms that hold."""
    folder = key_folder(settings).root
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return confine((folder, *settings.keys.pkcs11_folders), accepts=True).active


NOBODY = "-"
"""Owner of a key whose domain is no authority's, where there are several: nothing is opened with it."""


def key_owner(settings: Settings) -> Callable[[str], str]:
    """Whose the key of an address is, by its domain; empty where there is only one authority, whose every key is."""
    return partial(_owner_of, _domains(settings))


def _domains(settings: Settings) -> Mapping[str, str]:
    """Whose domain each is, of all editions; empty where there is only one authority, whose every key is."""
    folders = [read_folder(folder) for folder in settings.house.policies]
    if len(folders) == 1:
        return {}
    scopes = ((folder.authority, edition.policy.scope) for folder in folders for edition in folder.editions)
    return {domain.casefold(): authority for authority, scope in scopes if scope for domain in scope.domains}


def _owner_of(domains: Mapping[str, str], address: str) -> str:
    return domains.get(address.rpartition("@")[2].casefold(), NOBODY) if domains else ""


if __name__ == "__main__":
    main()
