# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""A PKCS#11 token in software (SoftHSM), with keys that a test puts in."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from poststelle.adapters.pkcs11_token import PIN_VARIABLE, TokenPlace
from support.certificates import Holder
from support.programs import require_program

LABEL, PIN = "poststelle", "7391"
CONFIGURATION = "SOFTHSM2_CONF"
MODULES = tuple(Path(folder) / "libsofthsm2.so" for folder in ("/usr/lib/softhsm", "/usr/lib64/softhsm"))


class SoftToken:
    """The token, its folder, and what a keyholder needs to know of it."""

    def __init__(self, folder: Path, module: Path, program: str) -> None:
        self.folder = folder
        self.place = TokenPlace(module, LABEL)
        self._program = program
        (folder / "tokens").mkdir(parents=True)
        text = f"directories.tokendir = {folder}/tokens\nobjectstore.backend = file\nlog.level = ERROR\n"
        (folder / "softhsm2.conf").write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        return {CONFIGURATION: str(self.folder / "softhsm2.conf"), PIN_VARIABLE: PIN}

    def begin(self) -> None:
        self._run("--init-token", "--free", "--label", LABEL, "--pin", PIN, "--so-pin", PIN)

    def put(self, holder: Holder, key_id: str) -> None:
        """The holder's pair of keys into the token, for everything that they can do."""
        import pkcs11
        from pkcs11.util.ec import decode_ec_private_key, decode_ec_public_key
        from pkcs11.util.rsa import decode_rsa_private_key, decode_rsa_public_key

        is_rsa = isinstance(holder.key, rsa.RSAPrivateKey)
        plain, traditional = serialization.NoEncryption(), serialization.PrivateFormat.TraditionalOpenSSL
        der = holder.key.private_bytes(serialization.Encoding.DER, traditional, plain)
        made = (decode_rsa_private_key if is_rsa else decode_ec_private_key)(der)
        use = pkcs11.Attribute.DECRYPT if is_rsa else pkcs11.Attribute.DERIVE
        made |= {
            pkcs11.Attribute.TOKEN: True,
            pkcs11.Attribute.PRIVATE: True,
            pkcs11.Attribute.SENSITIVE: True,
            pkcs11.Attribute.EXTRACTABLE: False,
            pkcs11.Attribute.SIGN: True,
            pkcs11.Attribute.ID: bytes.fromhex(key_id),
            use: True,
        }
        public = holder.key.public_key()
        form = serialization.PublicFormat.PKCS1 if is_rsa else serialization.PublicFormat.SubjectPublicKeyInfo
        decode = decode_rsa_public_key if is_rsa else decode_ec_public_key
        shown = decode(public.public_bytes(serialization.Encoding.DER, form))
        shown |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.ID: bytes.fromhex(key_id)}
        library = pkcs11.lib(str(self.place.module))
        with library.get_token(token_label=LABEL).open(user_pin=PIN, rw=True) as session:
            session.create_object(made)
            session.create_object(shown)

    def vanish(self) -> None:
        """The token is unplugged, as far as a token in software can be."""
        shutil.move(self.folder / "tokens", self.folder / "aside")
        (self.folder / "tokens").mkdir()

    def come_back(self) -> None:
        (self.folder / "tokens").rmdir()
        shutil.move(self.folder / "aside", self.folder / "tokens")

    def _run(self, *words: str) -> None:
        environment = {**os.environ, **self.environment}
        subprocess.run([self._program, *words], env=environment, check=True, capture_output=True)


@contextmanager
def a_token(folder: Path) -> Iterator[SoftToken]:
    """A fresh token, named in the environment while it is there."""
    program = require_program("softhsm2-util", "softhsm2")
    pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed: pip install 'poststelle[pkcs11]'")
    token = SoftToken(folder, next(module for module in MODULES if module.exists()), program)
    before = {name: os.environ.get(name) for name in token.environment}
    os.environ.update(token.environment)
    token.begin()
    try:
        yield token
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
