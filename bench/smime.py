# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""What S/MIME costs in one process: mails per CPU-second beside the bare key operations, large mails, BER beside DER.

``python -m bench.smime``. Keys and certificates are made anew; chains are warm after the first mail. The raw limit of a
mail is one private-key operation and one verification by ``cryptography``; nobody can be faster on this machine.
*cms* is decrypting and verifying alone; *layers* what S/MIME costs with the MIME around it taken apart; *whole* is the
inspection with every file in it looked into, as a worker does it. What is compared is measured by turns, so that a busy
machine disturbs all alike.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from poststelle.application.smime_case import Case, GivenKey, answer, truth_at
from poststelle.core.signature import Chain, Encryption, Layer, Signature
from poststelle.inspection.cms.layer import (
    LayerDialogue,
    Opened,
    Place,
    Recipient,
    Surroundings,
    detached_layer,
    open_layer,
)
from poststelle.inspection.layers import entity, signed_layer
from poststelle.inspection.mime.ledger import Ledger
from poststelle.inspection.mime.readings import read_leaf
from poststelle.inspection.mime.scan import scan
from poststelle.inspection.scope import Standing
from support.certificates import NOW
from support.smime_parties import CONTENT_KEY, Parties, mail, parties

SMALL_BYTES, LARGE_BYTES = 20_000, 20 * 1024 * 1024
SECONDS = 2.0
ROUNDS = 5
Works = dict[str, Callable[[], object]]


def rates_of(works: Works) -> dict[str, float]:
    """How often each gets done per CPU-second, after one warm round."""
    for work in works.values():
        work()
    spent, count = dict.fromkeys(works, 0.0), 0
    while min(spent.values()) < SECONDS:
        count += 1
        for name, work in works.items():
            spent[name] += _once(work)
    return {name: count / seconds for name, seconds in spent.items()}


def seconds_of(works: Works) -> dict[str, float]:
    """CPU seconds of the best of some rounds."""
    rounds = [{name: _once(work) for name, work in works.items()} for _ in range(ROUNDS)]
    return {name: min(one[name] for one in rounds) for name in works}


def _once(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def whole(case: Case) -> None:
    """The whole inspection; anything but a good answer would make the figure worthless."""
    facts = truth_at(case, NOW)
    _must_be_good(facts.encryption, facts.signature, facts.chain)


def layers(case: Case) -> None:
    """The two layers and nothing else."""
    surroundings = _surroundings(case)
    outer = scan(case.content, Ledger(len(case.content)))
    _, contents = read_leaf(outer.parts[0], is_text=False)
    opened = _driven(open_layer(bytes(next(contents)), Place("1"), surroundings), case.keys)
    inner = entity(opened.inner or b"")
    if opened.layer is None:
        raise SystemExit("no layer")
    tree = scan(inner, Ledger(len(inner)))
    if tree.parts[0].media_type == "multipart/signed":
        signed: Layer | None = signed_layer(tree, 0, Standing(), surroundings)
    else:
        _, contents = read_leaf(tree.parts[0], is_text=False)
        signed = _driven(open_layer(bytes(next(contents)), Place("1"), surroundings), case.keys).layer
    if signed is None:
        raise SystemExit("no signature")
    _must_be_good(opened.layer.encryption, signed.signature, signed.chain)


def cms(case: Case) -> Callable[[], None]:
    """Decrypting and verifying alone, of structures that lie decoded and a part that is cut out already."""
    surroundings = _surroundings(case)
    _, contents = read_leaf(scan(case.content, Ledger(len(case.content))).parts[0], is_text=False)
    structure = bytes(next(contents))
    inner = entity(_driven(open_layer(structure, Place("1"), surroundings), case.keys).inner or b"")
    parts = scan(inner, Ledger(len(inner))).parts
    part = inner[parts[1].start : parts[1].end]
    _, contents = read_leaf(parts[2], is_text=False)
    signature = bytes(next(contents))

    def work() -> None:
        opened = _driven(open_layer(structure, Place("1"), surroundings), case.keys)
        signed = detached_layer(part, signature, Place("1"), surroundings)
        _must_be_good(opened.layer.encryption if opened.layer else "", signed.signature, signed.chain)

    return work


def _surroundings(case: Case) -> Surroundings:
    return Surroundings(NOW, case.check_chain, tuple(Recipient(one.certificate, is_current=True) for one in case.keys))


def _must_be_good(*found: str) -> None:
    if found != (Encryption.OK, Signature.OK, Chain.OK):
        raise SystemExit(f"not a good mail: {found}")


def _driven(dialogue: LayerDialogue, keys: tuple[GivenKey, ...]) -> Opened:
    try:
        request = next(dialogue)
        while True:
            request = dialogue.send(answer(request, keys))
    except StopIteration as end:
        opened: Opened = end.value
        return opened


def raw(who: Parties) -> Callable[[], None]:
    """The two key operations of a mail, and nothing else."""
    wrapped = who.post.key.public_key().encrypt(CONTENT_KEY, padding.PKCS1v15())
    signature = who.sender.key.sign(b"x", padding.PKCS1v15(), hashes.SHA256())
    public = who.sender.key.public_key()

    def work() -> None:
        who.post.key.decrypt(wrapped, padding.PKCS1v15())
        public.verify(signature, b"x", padding.PKCS1v15(), hashes.SHA256())

    return work


ROADS = {"layers": layers, "whole": whole}


def rates() -> Iterator[str]:
    """Small mails per CPU-second."""
    for kind in ("rsa2048", "rsa4096"):
        who = parties(kind)
        case = who.case(mail(who, SMALL_BYTES))
        roads = {name: partial(road, case) for name, road in ROADS.items()}
        found = rates_of({"raw": raw(who), "cms": cms(case), **roads})
        limit = found.pop("raw")
        for name, ours in found.items():
            yield f"{kind} 20 KB {name}: {ours:.0f}/CPU-s, {ours / limit:.0%} of the raw limit {limit:.0f}/CPU-s"


def large() -> Iterator[str]:
    """Large mails, one signed beside its content and one around it, definite and streamed."""
    who = parties("rsa2048")
    for form, is_opaque in (("detached", False), ("opaque", True)):
        der, ber = (who.case(mail(who, LARGE_BYTES, is_streamed=one, is_opaque=is_opaque)) for one in (False, True))
        for name, road in ROADS.items():
            found = seconds_of({"der": partial(road, der), "ber": partial(road, ber)})
            ratio = found["ber"] / found["der"]
            yield f"20 MB {form} {name}: {found['der']:.3f} CPU-s; BER {found['ber']:.3f} CPU-s, {ratio:.2f} of DER"


def peaks() -> Iterator[str]:
    """Peak memory of a new process for each mail, itself included: ``poststelle smime inspect``, and what a worker loads.

    VmHWM, since ru_maxrss of a new process remembers the one it was forked from.
    """
    who = parties("rsa2048")
    with tempfile.TemporaryDirectory() as folder:
        for name, content in (("post.crt", who.post.pem), ("post.key", who.post.key_pem), ("ca.crt", who.anchor.pem)):
            (Path(folder) / name).write_bytes(content)
        for form, content in _weighed(who):
            (Path(folder) / "mail.eml").write_bytes(content)
            for name, program in (("command line", _COMMAND), ("inspector", _INSPECTOR)):
                peak = _peak_mib(folder, program)
                yield f"{form} signed and encrypted, {name}: peak {peak:.0f} MiB"


def _weighed(who: Parties) -> Iterator[tuple[str, bytes]]:
    yield "0.02 MiB detached", mail(who, SMALL_BYTES)
    for form, is_opaque in (("detached", False), ("opaque", True)):
        for name, is_streamed in (("DER", False), ("BER", True)):
            yield f"20 MiB {form} {name}", mail(who, LARGE_BYTES, is_streamed=is_streamed, is_opaque=is_opaque)


def _peak_mib(folder: str, program: str) -> float:
    row = {"path": "mail.eml", "form": "mail", "keys": "pem:post.crt|post.key", "trust": "ca.crt"}
    done = subprocess.run(
        [sys.executable, "-c", program + _PEAK],
        input=json.dumps(row),
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
    )
    answer_line, _, peak = done.stdout.rstrip().rpartition("\n")
    said = json.loads(answer_line)
    _must_be_good(said["encryption"], said["signature"], said["chain"])
    return int(peak) / 1024


_COMMAND = """
import sys
from poststelle.__main__ import main
sys.argv[1:] = ["smime", "inspect", "--batch", "-"]
try:
    main()
except SystemExit:
    pass
"""
_INSPECTOR = """
import json, mmap, sys
from datetime import UTC, datetime
from poststelle.adapters.inspector_pool import worker
from poststelle.adapters.smime_files import read_keys, read_trust
from poststelle.application.smime_case import answer
from poststelle.inspection.cms.chain import ChainChecker
row = json.load(sys.stdin)
keys, check_chain = read_keys(row["keys"]), ChainChecker(read_trust(row["trust"]))
around = worker.Surroundings(datetime.now(UTC), check_chain, None)
with open(row["path"], "rb") as file:
    content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
dialogue = worker.message.inspect_message(content, None, around)
try:
    request = next(dialogue)
    while True:
        said = answer(request, keys)
        del request
        request = dialogue.send(said)
except StopIteration as end:
    crypto = end.value.crypto
print(json.dumps({"encryption": crypto.encryption, "signature": crypto.signature, "chain": crypto.chain}))
"""
_PEAK = """
status = open("/proc/self/status").read()
print(status.partition("VmHWM:")[2].split()[0])
"""


if __name__ == "__main__":
    for line in (*rates(), *large(), *peaks()):
        print(line, flush=True)
