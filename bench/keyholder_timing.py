# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""One timing class: how long the keyholder takes for entries that open and for entries that do not, asked in turn.

``python -m bench.keyholder_timing [--rounds 3000]`` asks a keyholder of its own over its socket. For each kind of failure
it prints the difference of the medians, and Welch's t of the times below the 90th percentile beside that of two good
entries against each other, which is the noise of this machine. |t| < 4.5 is the usual bar (Reparaz et al., dudect, 2017).
"""

import argparse
import gc
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256

from poststelle.adapters.keyholder import HeldKey, KeyholderClient, KeyholderServer, KeyIndex, Ring
from poststelle.adapters.keyring import KeyKind, new_key, self_signed
from poststelle.application.keyring import Generation, KeyState
from poststelle.inspection.cms.certificates import read_certificate
from poststelle.inspection.cms.der import INTEGER, NULL, OCTET_STRING, OID, SEQUENCE, context, encode, oid

ADDRESS = "post@stadt.example"
CONTENT_KEY = bytes(range(32))
_RSA, _OAEP, _MGF1, _SHA256 = (
    oid(dotted)
    for dotted in ("1.2.840.113549.1.1.1", "1.2.840.113549.1.1.7", "1.2.840.113549.1.1.8", "2.16.840.1.101.3.4.2.1")
)


def method(name: bytes, *parameters: bytes) -> bytes:
    return encode(SEQUENCE, encode(OID, name), *parameters)


V15 = method(_RSA, encode(NULL))
OAEP = method(
    _OAEP,
    encode(SEQUENCE, encode(context(0), method(_SHA256)), encode(context(1), method(_MGF1, method(_SHA256)))),
)


def entry(certificate: bytes, how: bytes, wrapped: bytes) -> bytes:
    known = read_certificate(certificate)
    serial = known.serial.to_bytes((known.serial.bit_length() + 8) // 8, "big")
    name = encode(SEQUENCE, known.issuer, encode(INTEGER, serial))
    return encode(SEQUENCE, encode(INTEGER, b"\0"), name, how, encode(OCTET_STRING, wrapped))


def kinds(certificate: bytes, public: object) -> dict[str, tuple[Callable[[], bytes], Callable[[], bytes]]]:
    """For each kind of failure what makes a good entry, and what makes a bad one; anew each time."""
    encrypt = getattr(public, "encrypt")  # noqa: B009 - an RSA key, whose type is not worth a guard in a bench
    size = getattr(public, "key_size") // 8  # noqa: B009 - as above
    sealed = padding.OAEP(padding.MGF1(SHA256()), SHA256(), None)

    def good() -> bytes:
        return entry(certificate, V15, encrypt(CONTENT_KEY, padding.PKCS1v15()))

    def short() -> bytes:
        return entry(certificate, V15, encrypt(CONTENT_KEY[:16], padding.PKCS1v15()))

    def noise() -> bytes:
        return entry(certificate, V15, b"\0" + os.urandom(size - 1))

    def good_oaep() -> bytes:
        return entry(certificate, OAEP, encrypt(CONTENT_KEY, sealed))

    def noise_oaep() -> bytes:
        return entry(certificate, OAEP, b"\0" + os.urandom(size - 1))

    return {
        "noise: good and good": (good, good),
        "v1.5 padding": (good, noise),
        "v1.5 length": (good, short),
        "noise: OAEP good and good": (good_oaep, good_oaep),
        "OAEP padding": (good_oaep, noise_oaep),
    }


def timed(ask: Callable[[bytes], object], made: bytes) -> float:
    started = time.perf_counter_ns()
    ask(made)
    return (time.perf_counter_ns() - started) / 1000


def compared(
    ask: Callable[[bytes], object], makers: tuple[Callable[[], bytes], Callable[[], bytes]], rounds: int
) -> str:
    """Both in random turn, so that what drifts drifts for both."""
    times: tuple[list[float], list[float]] = ([], [])
    order = [number % 2 for number in range(2 * rounds)]
    random.shuffle(order)
    entries = [(which, makers[which]()) for which in order]
    for which, made in entries:
        times[which].append(timed(ask, made))
    limit = statistics.quantiles(times[0] + times[1], n=10)[8]
    first, second = ([one for one in half if one <= limit] for half in times)
    spread = (statistics.variance(first) / len(first) + statistics.variance(second) / len(second)) ** 0.5
    t = (statistics.fmean(first) - statistics.fmean(second)) / spread
    apart = statistics.median(second) - statistics.median(first)
    return f"median {statistics.median(first):7.1f} us, the other {apart:+6.2f} us, t {t:+6.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3000)
    rounds = parser.parse_args().rounds
    key = new_key(KeyKind.RSA3072)
    certificate = self_signed(ADDRESS, key, datetime.now(UTC))
    index = KeyIndex((HeldKey(Generation(ADDRESS, "1", KeyState.CURRENT, certificate), key),))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keyholder.sock"
        server = KeyholderServer(path, Ring(lambda: index, lambda: 0), threads=1)
        threading.Thread(target=server.run, daemon=True).start()
        client = KeyholderClient(path)
        gc.disable()
        for name, makers in kinds(certificate, key.public_key()).items():
            for place, ask in (
                ("in the process", lambda made: index.content_key(made, 32)),
                ("over the socket", lambda made: client.unwrap(made, 32)),
            ):
                compared(ask, makers, 50)
                print(f"{name:28} {place:16} {compared(ask, makers, rounds)}", flush=True)


if __name__ == "__main__":
    main()
