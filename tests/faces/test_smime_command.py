# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""``poststelle smime inspect``: JSON lines in and out, keys and anchors from files, never an installation's."""

import io
import json
import subprocess
import sys
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from poststelle.application.keyring import KeyRingError
from poststelle.application.settings import House, Settings
from poststelle.compose.smime import smime_inspection
from poststelle.faces.cli.smime import answer_all, answer_row
from support.certificates import DAY, DER, NOW, Wish, authority, issued, revocation_list
from support.cms_maker import ENTITY, Signing, cbc, enveloped, signed_data, transported
from support.smime_mails import enclosed, message

CA = authority("Interface CA")
ERIKA = issued(CA)
POST = issued(CA, Wish(name="Post", email="post@stadt-muenster.example"))
KEY = bytes(range(32))


class Batch:
    """Files of a test, and rows about them."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self.inspect = smime_inspection(Settings(house=House(data=folder / "data")), is_configured=False)
        self.anchor = self.file("ca.pem", CA.pem)

    def file(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return str(self.folder / name)

    def said(self, path: str, **row: str) -> dict:
        return answer_row(json.dumps({"path": path, "form": "auto", "trust": self.anchor, **row}), self.inspect)


@pytest.fixture
def batch(tmp_path) -> Batch:
    return Batch(tmp_path)


def signed_mail() -> bytes:
    return message(enclosed(signed_data(ENTITY, Signing(ERIKA), embedded=ENTITY), "signed-data"), to="post@example.org")


def sealed(content: bytes) -> bytes:
    return enveloped((transported(POST, KEY),), cbc(content, KEY))


def test_an_answer_has_every_field_of_the_interface(batch) -> None:
    path = batch.file("erika.eml", signed_mail())
    assert batch.said(path) == {
        "path": path,
        "encryption": "ENC_NONE",
        "signature": "SIG_OK",
        "chain": "CHAIN_OK",
        "from": "match",
        "coverage": "whole",
        "notes": [],
        "layers": [
            {
                "kind": "signed",
                "encryption": "ENC_NONE",
                "signature": "SIG_OK",
                "chain": "CHAIN_OK",
                "notes": [],
            }
        ],
        "reasons": [],
    }


def keys_p12(batch: Batch) -> str:
    encryption = serialization.BestAvailableEncryption(b"geheim")
    return "p12:geheim:" + batch.file(
        "post.p12", pkcs12.serialize_key_and_certificates(b"post", POST.key, POST.certificate, None, encryption)
    )


def keys_pem(batch: Batch) -> str:
    return f"pem:{batch.file('post.crt', POST.pem)}|{batch.file('post.key', POST.key_pem)}"


def keys_der(batch: Batch) -> str:
    pkcs8 = POST.key.private_bytes(DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return f"der:{batch.file('post.cer', POST.der)}|{batch.file('post.pri', pkcs8)}"


@pytest.mark.parametrize("keys", [keys_p12, keys_pem, keys_der])
def test_keys_come_in_every_kind_of_file(batch, keys) -> None:
    path = batch.file("sealed.eml", message(enclosed(sealed(ENTITY)), to="post@example.org"))
    assert batch.said(path)["encryption"] == "ENC_NO_KEY"
    assert batch.said(path, keys=keys(batch))["encryption"] == "ENC_OK"


def test_a_bare_path_repeats_kind_and_password(batch) -> None:
    path = batch.file("sealed.der", sealed(ENTITY))
    first = keys_p12(batch)
    other = batch.file(
        "erika.p12",
        pkcs12.serialize_key_and_certificates(
            b"erika", ERIKA.key, ERIKA.certificate, None, serialization.BestAvailableEncryption(b"geheim")
        ),
    )
    assert batch.said(path, keys=f"p12:geheim:{other},{first.rpartition(':')[2]}")["encryption"] == "ENC_OK"


def armoured(der: bytes) -> bytes:
    body = enclosed(der).partition(b"\r\n\r\n")[2]
    return b"-----BEGIN CMS-----\n" + body.replace(b"\r\n", b"\n") + b"-----END CMS-----\n"


def test_a_bare_structure_is_read_in_der_and_pem_whatever_it_holds(batch) -> None:
    der = sealed(b"\x00\x01 no entity")
    for name, content, form in (
        ("a.der", der, "der"),
        ("a.pem", armoured(der), "pem"),
        ("b.pem", armoured(der), "auto"),
    ):
        said = batch.said(batch.file(name, content), form=form, keys=keys_p12(batch))
        assert (said["encryption"], said["from"]) == ("ENC_OK", "not-applicable")


def test_layers_inside_a_bare_structure_are_read_too(batch) -> None:
    inner = signed_data(ENTITY, Signing(ERIKA), embedded=ENTITY)
    said = batch.said(batch.file("n.der", sealed(inner)), keys=keys_p12(batch))
    assert [layer["kind"] for layer in said["layers"]] == ["enveloped", "signed"]
    assert (said["signature"], said["coverage"]) == ("SIG_OK", "whole")


def test_the_moment_is_now_or_given_or_the_claimed_one(batch) -> None:
    path = batch.file("erika.eml", signed_mail())
    assert batch.said(path, at="")["chain"] == "CHAIN_OK"
    assert batch.said(path, at=(NOW + 31 * DAY).isoformat())["chain"] == "CHAIN_EXPIRED"
    assert batch.said(path, at="signing-time")["chain"] == "CHAIN_OK"
    assert batch.said(path, at=(NOW - timedelta(days=2)).isoformat())["notes"] == ["TIME_FUTURE"]


def test_anchors_intermediates_and_lists_are_told_apart(batch) -> None:
    between = issued(CA, Wish(name="Interface Between", kind="p256"), ca=True)
    leaf = issued(between, Wish(name="Leaf"))
    der = signed_data(ENTITY, Signing(leaf), embedded=ENTITY)
    path = batch.file("leaf.der", der)
    assert batch.said(path)["chain"] == "CHAIN_UNTRUSTED"
    trust = f"{batch.anchor},{batch.file('between.crt', between.der)}"
    assert batch.said(path, trust=trust)["chain"] == "CHAIN_OK"
    lists = f"{batch.file('1.crl', revocation_list(CA))},{batch.file('2.crl', revocation_list(between, leaf))}"
    assert batch.said(path, trust=f"{trust},{lists}")["chain"] == "CHAIN_REVOKED"


def test_a_bad_row_is_an_error_of_its_own(batch) -> None:
    good = json.dumps({"path": batch.file("erika.eml", signed_mail()), "form": "mail", "trust": batch.anchor})
    missing = str(batch.folder / "missing.eml")
    rows = [
        "no json",
        json.dumps({"path": missing, "form": "mail"}),
        good,
        json.dumps({"path": "x", "form": "fax"}),
        json.dumps({"path": json.loads(good)["path"], "keys": f"p12:wrong:{keys_p12(batch).rpartition(':')[2]}"}),
        json.dumps({"path": json.loads(good)["path"], "at": "gestern"}),
    ]
    out = io.StringIO()
    answer_all(rows, out, batch.inspect)
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [("error" in answer) for answer in answers] == [True, True, False, True, True, True]
    assert answers[1]["path"] == missing


def test_it_never_runs_on_an_installations_data(tmp_path, batch) -> None:
    data = tmp_path / "installed"
    (data / "keys").mkdir(parents=True)
    settings = Settings(house=House(data=data))
    with pytest.raises(KeyRingError):
        smime_inspection(settings, is_configured=True)
    inside = data / "keys" / "a.p12"
    inside.write_bytes(b"")
    inspect = smime_inspection(settings, is_configured=False)
    said = answer_row(json.dumps({"path": batch.anchor, "keys": f"p12::{inside}"}), inspect)
    assert "installation" in said["error"]


def test_the_program_answers_on_standard_output(tmp_path, batch) -> None:
    row = json.dumps({"path": batch.file("erika.eml", signed_mail()), "form": "mail", "trust": batch.anchor})
    done = subprocess.run(
        [sys.executable, "-m", "poststelle", "smime", "inspect", "--batch", "-"],
        input=row + "\n",
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert [json.loads(line)["signature"] for line in done.stdout.splitlines()] == ["SIG_OK"]


def test_the_program_loads_nothing_of_the_gateway(tmp_path, batch) -> None:
    program = """import sys; from poststelle.__main__ import main
sys.argv[1:] = ["smime", "inspect", "--batch", "-"]
try:
    main()
except SystemExit:
    print([name for name in ("django", "aiohttp", "poststelle.application.intake") if name in sys.modules])"""
    done = subprocess.run(
        [sys.executable, "-c", program], input="", capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("word", ["CRLF", "LF", "both", "mbox"])
def test_a_mail_is_read_as_it_would_have_come_whatever_line_ends_it_lies_in(batch, word) -> None:
    mail = signed_mail()
    head, blank, body = mail.partition(b"\r\n\r\n")
    stored = {
        "CRLF": mail,
        "LF": mail.replace(b"\r\n", b"\n"),
        "both": head + blank + body.replace(b"\r\n", b"\n"),
        "mbox": b"From erika Mon Mar  2 10:00:00 2026\n" + mail.replace(b"\r\n", b"\n"),
    }[word]
    said = batch.said(batch.file("stored.eml", stored))
    assert (said["signature"], said["from"], said["coverage"]) == ("SIG_OK", "match", "whole")


def test_an_empty_file_is_an_answer(batch) -> None:
    assert batch.said(batch.file("empty.eml", b""), form="mail")["signature"] == "SIG_NONE"
