# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""The certificate of the door: renewed while it runs, half written, of no use."""

import logging
import ssl
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import serialization

from poststelle.adapters.smtp_door import CertificateFiles, reason_of
from support.door_house import DEFAULTS, Client, running_door, server_tls

SECRET = "Sehr geehrte Damen und Herren"


def shown_certificate(port: int) -> bytes | None:
    """What the door shows at STARTTLS; None where it does not get that far."""
    with Client(port) as client:
        client.ask(b"EHLO client.example\r\n")
        client.ask(b"STARTTLS\r\n")
        try:
            client.secure()
        except OSError:
            return None
        return client.socket.getpeercert(binary_form=True)


def test_a_renewed_certificate_is_shown_without_a_restart(tmp_path, caplog):
    caplog.set_level(logging.INFO, "poststelle.door")
    with running_door(replace(DEFAULTS, tls=server_tls(tmp_path))) as house:
        first = shown_certificate(house.port)
        assert shown_certificate(house.port) == first
        server_tls(tmp_path)
        second = shown_certificate(house.port)
        assert second not in {first, None}
    assert caplog.text.count("door.certificate_renewed") == 1


@pytest.mark.parametrize("content", [b"", b"half of it", None], ids=["empty", "half", "gone"])
def test_a_certificate_that_is_being_written_leaves_the_former_one(tmp_path, content, caplog):
    with running_door(replace(DEFAULTS, tls=server_tls(tmp_path))) as house:
        first = shown_certificate(house.port)
        file = tmp_path / "door.pem"
        file.write_bytes(content) if content is not None else file.unlink()
        assert [shown_certificate(house.port) for _ in range(2)] == [first, first]
        assert caplog.text.count("door.certificate_not_renewed") == 1
        server_tls(tmp_path)
        assert shown_certificate(house.port) not in {first, None}


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked_for_it(tmp_path):
    server_tls(tmp_path)
    key, certificate = tmp_path / "locked.key", tmp_path / "door.pem"
    private = serialization.load_pem_private_key(certificate.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"secret")
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    with pytest.raises(ssl.SSLError) as refused:
        CertificateFiles(certificate, key)
    assert "without a passphrase" in reason_of(refused.value)


def test_a_key_of_another_certificate_is_refused_as_that(tmp_path):
    server_tls(tmp_path)
    (tmp_path / "door.pem").rename(tmp_path / "other.pem")
    server_tls(tmp_path)
    with pytest.raises(ssl.SSLError) as refused:
        CertificateFiles(tmp_path / "door.pem", tmp_path / "other.pem")
    assert reason_of(refused.value) == "the key is not that of the certificate"


def test_tls_that_breaks_ends_the_connection(caplog):
    def broken() -> ssl.SSLContext:
        raise ValueError(SECRET)

    with running_door(replace(DEFAULTS, tls=broken)) as house:
        assert shown_certificate(house.port) is None
        house.until(lambda: house.door.connections == 0)
    assert "door.tls_broken" in caplog.text
    assert SECRET not in caplog.text
