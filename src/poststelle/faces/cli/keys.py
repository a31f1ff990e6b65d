# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle keys …``: the generations of keys, from the first to the one that is destroyed."""

import argparse
import getpass
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from poststelle.application.desk.reopening import Reopened
from poststelle.application.keyring import PUBLISHED_SUFFIXES, Generation, KeyRingError, PublishedCertificate
from poststelle.application.ports import UnavailableError
from poststelle.faces.cli.frame import CommandError, Exit
from poststelle.faces.cli.listing import Listed, Row, show, takes_one, takes_one_or_all

IMPORT_VARIABLE = "POSTSTELLE_IMPORT_PASSPHRASE"
"""Passphrase of the file to be imported; asked for at the terminal where it is not set."""
KINDS = ("rsa3072", "rsa4096", "p256")


@dataclass(frozen=True, slots=True)
class KeyBench:
    """What the composition root lends: the ring of this installation, and what can be done with it."""

    ring: Callable[[str], Listed[Generation]]
    """Of the authority named, by the domain of the address, or of every one and of nobody."""
    generate: Callable[[str, str], Generation]
    """(address, kind) to a new generation with a certificate of our own."""
    import_p12: Callable[[str, bytes, bytes], Generation]
    """(address, PKCS#12 file, its passphrase)."""
    import_certificate: Callable[[str, bytes], Generation]
    """(address, file with the certificate that was requested, and its issuers)."""
    import_reference: Callable[[str, bytes, str], Generation]
    """(address, file with the certificate and its issuers, id of the key in the token, hex)."""
    rotate: Callable[[str], tuple[Generation, ...]]
    """The next generation takes the place of the current one; both as they are then."""
    retire: Callable[[str, str, str], Generation]
    """(address, generation, how): ``retired``, ``compromised`` or ``destroyed``."""
    csr: Callable[[str, str, str], bytes]
    """(address, generation, organisation) to a request, PEM."""
    token_csr: Callable[[str, str, str], bytes]
    """(address, id of a key in the token, organisation) to a request, PEM."""
    published: Callable[[str], tuple[PublishedCertificate, ...]]
    """Of the authority named, or of the only one."""
    reopen: Callable[[str], Reopened]
    """Look again into every message of the authority named, or of every one, that waits for a key. UnavailableError where that cannot be done now."""
    may_reopen: Callable[[], bool]
    """A keyholder is there, so that it is worth trying."""


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The arguments of the command."""
    parser = commands.add_parser("keys", help="make, import, change and publish the keys of S/MIME addresses")
    actions = parser.add_subparsers(dest="keys_command", required=True, metavar="COMMAND")
    shown = actions.add_parser("list", help="every generation with state, fingerprint and end")
    shown.add_argument("--json", action="store_true", help="one JSON line for each generation")
    takes_one_or_all(shown)
    generate = _of_address(actions, "generate", "a new key with a certificate of its own: current if it is the first")
    generate.add_argument("--kind", choices=KINDS, default=KINDS[0], help="kind of key (rsa3072)")
    brought = _of_address(actions, "import", "a PKCS#12 file, or the certificate that came back for a request")
    brought.add_argument("file", type=Path, metavar="FILE")
    brought.set_defaults(authority="")
    brought.add_argument(
        "--token-key", default="", metavar="ID", help="the key stays in the token of the settings: its id there, in hex"
    )
    _of_address(actions, "rotate", "put the next generation in the place of the current one")
    retire = _of_address(actions, "retire", "take a generation out of use; it goes on decrypting")
    retire.add_argument("generation", metavar="GENERATION")
    how = retire.add_mutually_exclusive_group()
    how.add_argument("--compromised", action="store_true", help="mark it: somebody else may have the key")
    how.add_argument("--destroy", action="store_true", help="remove the private key; nothing can read its mail again")
    request = _of_address(actions, "csr", "a request for an issuer, on standard output")
    whose = request.add_mutually_exclusive_group(required=True)
    whose.add_argument("generation", metavar="GENERATION", nargs="?", default="")
    whose.add_argument(
        "--token-key", metavar="ID", default="", help="for a key in the token that has no certificate yet"
    )
    request.add_argument("--organisation", default="", metavar="NAME", help="organisation in the subject")
    publish = actions.add_parser(
        "publish", help="write the certificates for download into a folder, and remove those published no longer"
    )
    publish.add_argument("--out", type=Path, required=True, metavar="DIR")
    takes_one(publish)
    takes_one_or_all(
        actions.add_parser("reopen", help="look again into every message that waits for a key, as after an import")
    )
    parser.set_defaults(command="keys")


def _of_address(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, explained: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=explained)
    parser.add_argument("address", metavar="ADDRESS")
    return parser


def run(arguments: argparse.Namespace, bench: KeyBench) -> int:
    """Carry out one of them."""
    try:
        return _COMMANDS[arguments.keys_command](arguments, bench)
    except KeyRingError as error:
        raise CommandError(error.sentence, error.remedy, Exit.SETTINGS) from error


def _list(arguments: argparse.Namespace, bench: KeyBench) -> int:
    return show(arguments, bench.ring(arguments.authority), _row, _line)


def _row(one: Generation) -> Row:
    return {
        "address": one.address,
        "generation": one.name,
        "state": one.state.value,
        "compromised": one.is_compromised,
        "self_signed": one.is_self_signed,
        "not_after": one.not_after.isoformat(),
        "sha256": one.sha256,
        "issuer": one.issuer,
    }


def _line(one: Generation) -> str:
    remarks = [one.state.value] + ["COMPROMISED"] * one.is_compromised + ["self-signed"] * one.is_self_signed
    return f"{one.address}  {one.name}  {', '.join(remarks)}  until {one.not_after:%Y-%m-%d}\n    SHA-256 {one.sha256}"


def _generate(arguments: argparse.Namespace, bench: KeyBench) -> int:
    return _say((bench.generate(arguments.address, arguments.kind),))


def _import(arguments: argparse.Namespace, bench: KeyBench) -> int:
    """Take it in; then look again into the messages that waited for it, where a keyholder is there to open them."""
    _say((_imported(arguments, bench),))
    return _reopen(arguments, bench) if bench.may_reopen() else Exit.OK


def _imported(arguments: argparse.Namespace, bench: KeyBench) -> Generation:
    content = _read(arguments.file)
    if arguments.token_key:
        return bench.import_reference(arguments.address, content, _key_id(arguments.token_key))
    if arguments.file.suffix.lower() in {".p12", ".pfx"}:
        return bench.import_p12(arguments.address, content, _passphrase(arguments.file))
    return bench.import_certificate(arguments.address, content)


def _passphrase(file: Path) -> bytes:
    told = os.environ.get(IMPORT_VARIABLE)
    return (told if told is not None else getpass.getpass(f"Passphrase of {file}: ")).encode()


def _rotate(arguments: argparse.Namespace, bench: KeyBench) -> int:
    return _say(bench.rotate(arguments.address))


def _retire(arguments: argparse.Namespace, bench: KeyBench) -> int:
    how = "compromised" if arguments.compromised else "destroyed" if arguments.destroy else "retired"
    return _say((bench.retire(arguments.address, arguments.generation, how),))


def _key_id(given: str) -> str:
    found = given.replace(":", "").lower()
    if len(found) % 2 or not set(found) <= set("0123456789abcdef"):
        raise KeyRingError("the id of a key in a token is hexadecimal", "pkcs11-tool --list-objects shows it.")
    return found


def _csr(arguments: argparse.Namespace, bench: KeyBench) -> int:
    if arguments.token_key:
        request = bench.token_csr(arguments.address, _key_id(arguments.token_key), arguments.organisation)
    else:
        request = bench.csr(arguments.address, arguments.generation, arguments.organisation)
    sys.stdout.write(request.decode("ascii"))
    return Exit.OK


def _publish(arguments: argparse.Namespace, bench: KeyBench) -> int:
    certificates = bench.published(arguments.authority)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for one in certificates:
        (arguments.out / one.file_name).write_bytes(one.content)
        print(f"{one.file_name}  until {one.not_after:%Y-%m-%d}\n    SHA-256 {one.sha256}")
    for file in _outdated(arguments, bench, frozenset(one.file_name for one in certificates)):
        file.unlink()
        print(f"{file.name}  removed: it is published no longer")
    return Exit.OK


def _outdated(arguments: argparse.Namespace, bench: KeyBench, written: frozenset[str]) -> tuple[Path, ...]:
    """What was published here before and is not now. Only exact copies of certificates of the ring: the rest is not ours."""
    ring = (one for _, one in bench.ring(arguments.authority).entries)
    ours = {content for one in ring for content in (one.certificate, *one.chain)}
    files = (file for file in arguments.out.iterdir() if file.suffix in PUBLISHED_SUFFIXES and file.is_file())
    return tuple(sorted(file for file in files if file.name not in written and file.read_bytes() in ours))


def _reopen(arguments: argparse.Namespace, bench: KeyBench) -> int:
    try:
        done = bench.reopen(arguments.authority)
    except UnavailableError as error:
        remedy = "Start the gateway (poststelle serve), then: poststelle keys reopen"
        raise CommandError(str(error), remedy, Exit.UNAVAILABLE) from error
    if done.tried:
        print(f"{done.opened} of {done.tried} waiting messages opened")
    return Exit.OK


def _say(generations: Iterable[Generation]) -> int:
    for one in generations:
        print(_line(one))
    return Exit.OK


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}", "Name a file that can be read.", Exit.NOT_FOUND) from error


_COMMANDS: dict[str, Callable[[argparse.Namespace, KeyBench], int]] = {
    "list": _list,
    "generate": _generate,
    "import": _import,
    "rotate": _rotate,
    "retire": _retire,
    "csr": _csr,
    "publish": _publish,
    "reopen": _reopen,
}
