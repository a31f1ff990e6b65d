# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The client of the keyholder: one connection for one question, so that a keyholder started anew is found at once."""

import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from poststelle.adapters.keyholder.frames import DIGEST_BYTES, KEY_LENGTHS, Frame, FrameError, for_whom, receive, send
from poststelle.application.ports import NoContentKey, UnavailableError

ANSWER_SECONDS = 5.0
"""An answer takes some milliseconds; who waits is a message at the door."""
_REFUSALS = {b"-": NoContentKey.NO_KEY, b"?": NoContentKey.UNSUPPORTED}


class KeyholderClient:
    """Implements the port Keyholder."""

    def __init__(self, path: Path, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._path = str(path)
        self._answer_seconds = answer_seconds

    def unwrap(self, recipient_info: bytes, key_bytes: int, authority: str = "") -> bytes | NoContentKey:
        """The content key for this entry; see the port. UnavailableError where nobody answers."""
        if key_bytes not in KEY_LENGTHS:
            return NoContentKey.UNSUPPORTED
        answer = self._asked(Frame(b"U", for_whom(authority) + bytes((key_bytes,)) + recipient_info))
        if len(answer.content) != key_bytes:
            raise UnavailableError("the keyholder gave an answer of another length")
        return answer.content if answer.kind == b"K" else _REFUSALS[answer.kind]

    def sign(self, address: str, digest: bytes, authority: str = "") -> bytes | None:
        """A signature with the address's current key over a SHA-256 digest; None where the authority has no such key."""
        if len(digest) != DIGEST_BYTES:
            raise ValueError(f"a SHA-256 digest has {DIGEST_BYTES} bytes")
        answer = self._asked(Frame(b"S", for_whom(authority) + digest + address.encode()))
        return answer.content if answer.kind == b"S" else None

    def signer(self, authority: str) -> "AuthoritySigner":
        """What signs with the keys of this authority alone."""
        return AuthoritySigner(self, authority)

    def certificates(self) -> tuple[bytes, ...]:
        """The certificates (DER) whose keys are held."""
        listed, found = self._asked(Frame(b"L")).content, []
        while listed:
            (size,) = struct.unpack_from("!I", listed)
            found.append(listed[4 : 4 + size])
            listed = listed[4 + size :]
        return tuple(found)

    def _asked(self, question: Frame) -> Frame:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
                link.settimeout(self._answer_seconds)
                link.connect(self._path)
                send(link, question)
                answer = receive(link)
        except (OSError, FrameError) as error:
            raise UnavailableError(f"keyholder: {error!r}") from error
        if answer is None or answer.kind not in {b"K", b"S", b"L", *_REFUSALS}:
            raise UnavailableError("keyholder: closed without an answer")
        return answer


@dataclass(frozen=True, slots=True)
class AuthoritySigner:
    """Implements the port DigestSigner for one authority."""

    keyholder: KeyholderClient
    authority: str

    def sign(self, address: str, digest: bytes) -> bytes | None:
        """A signature with the address's current key over a SHA-256 digest; None where the authority has no such key."""
        return self.keyholder.sign(address, digest, self.authority)
