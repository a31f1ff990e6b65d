# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""GnuPG and NSS as somebody's mail program: a key of his own, an authority he trusts, certificates of others."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from support.certificates import Holder
from support.programs import require_program

PASSPHRASE = "geheim"
_TRIES = 6
"""gpgsm 2.2 cannot read every encrypted bag: the same key, another salt."""


@dataclass(frozen=True)
class Circle:
    """Whose program it is, and whom he knows."""

    own: Holder
    anchor: Holder
    others: tuple[Holder, ...] = ()

    def p12(self) -> bytes:
        """His key, as older programs read it; another salt in every call."""
        how = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2000)
        how = how.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(hashes.SHA1())
        chain = [self.anchor.certificate]
        built = how.build(PASSPHRASE.encode())
        return pkcs12.serialize_key_and_certificates(b"own", self.own.key, self.own.certificate, chain, built)


class Gnupg:
    """``close`` it: its agent runs on."""

    def __init__(self, home: Path, circle: Circle) -> None:
        self.home = home
        home.mkdir(mode=0o700)
        (home / "gpgsm.conf").write_text("disable-crl-checks\ndisable-dirmngr\n")
        (home / "gpg-agent.conf").write_text("allow-loopback-pinentry\n")
        known = (circle.anchor, *circle.others)
        trusted = (one.certificate.fingerprint(hashes.SHA1()).hex().upper() for one in known)
        (home / "trustlist.txt").write_text("".join(f"{one} S relax\n" for one in trusted))
        for number, holder in enumerate(known):
            self._import(f"{number}.der", holder.der)
        self._import_key(circle)

    def _import(self, name: str, content: bytes) -> None:
        (self.home / name).write_bytes(content)
        self.run("--import", str(self.home / name))

    def _import_key(self, circle: Circle) -> None:
        for left in reversed(range(_TRIES)):
            try:
                self._import("own.p12", circle.p12())
            except AssertionError:
                if not left:
                    raise
            else:
                return

    def run(self, *words: str, content: bytes = b"", other: bytes = b"") -> bytes:
        """What it says to these words, which may name the content ``in`` and the other one ``other``."""
        (self.home / "in").write_bytes(content)
        (self.home / "other").write_bytes(other)
        program = [require_program("gpgsm", "gpgsm"), "--homedir", str(self.home), "--batch", "--yes"]
        program += ["--pinentry-mode", "loopback", "--passphrase-fd", "0"]
        done = subprocess.run(
            [*program, *words], input=f"{PASSPHRASE}\n".encode(), capture_output=True, check=False,
            timeout=60, cwd=self.home,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def opened(self, structure: bytes) -> bytes:
        """What it decrypts."""
        return self.run("--decrypt", "in", content=structure)

    def verifies(self, signature: bytes, entity: bytes) -> bool:
        """Whether it calls the detached signature good; it knows the signer's issuer."""
        try:
            said = self.run("--status-fd", "1", "--verify", "in", "other", content=signature, other=entity)
        except AssertionError:
            return False
        return b"GOODSIG" in said

    def close(self) -> None:
        program = require_program("gpgconf", "gpgconf")
        subprocess.run([program, "--homedir", str(self.home), "--kill", "gpg-agent"], check=False)


class Nss:
    """The library of Thunderbird."""

    def __init__(self, folder: Path, circle: Circle) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self.store = f"sql:{folder}"
        self.run("certutil", "-N", "--empty-password")
        for number, holder in enumerate((circle.anchor, *circle.others)):
            (folder / f"{number}.der").write_bytes(holder.der)
            trust = ",P," if number else "CT,C,C"
            self.run("certutil", "-A", "-n", str(number), "-t", trust, "-i", str(folder / f"{number}.der"))
        (folder / "own.p12").write_bytes(circle.p12())
        self.run("pk12util", "-i", str(folder / "own.p12"), "-W", PASSPHRASE)

    def run(self, program: str, *words: str) -> bytes:
        found = require_program(program, "libnss3-tools")
        done = subprocess.run(
            [found, *words, "-d", self.store], capture_output=True, check=False, timeout=60, cwd=self.folder
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def made(self, *words: str, content: bytes) -> bytes:
        """What cmsutil makes of the content."""
        (self.folder / "in").write_bytes(content)
        self.run("cmsutil", *words, "-i", "in", "-o", "out")
        return (self.folder / "out").read_bytes()

    def opened(self, structure: bytes) -> bytes:
        """What it decrypts."""
        return self.made("-D", content=structure)

    def verifies(self, signature: bytes, entity: bytes) -> bool:
        """Whether it calls the detached signature good; it knows the signer's issuer."""
        (self.folder / "in").write_bytes(signature)
        (self.folder / "entity").write_bytes(entity)
        return b"GoodSignature" in self.run("cmsutil", "-D", "-i", "in", "-c", "entity", "-h", "0", "-n")


@contextmanager
def at_work(kind: type[Gnupg] | type[Nss], folder: Path, circle: Circle) -> Iterator[Gnupg | Nss]:
    """The program, set up in a folder below this one, and ended."""
    found = kind(folder / "own", circle)
    yield found
    if isinstance(found, Gnupg):
        found.close()
