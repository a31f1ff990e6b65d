# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""An installation on PostgreSQL and a bucket, backed up by the command, lost, and restored into other ones."""

import itertools
import json

from poststelle.adapters.blobs_fs import FileBlobs
from poststelle.adapters.blobs_s3 import BucketBlobs, open_bucket
from poststelle.records.database import attach, detach
from poststelle.records.models import JournalLeaf, Message
from support.command_line import poststelle
from support.policies import POLICIES
from support.records import a_body, a_settlement

_names = itertools.count()
LARGE = b"large line of text\r\n" * 10_000


def test_rows_and_bodies_of_servers_come_back_on_other_servers(
    tmp_path, postgres_server, open_postgres_records, s3_server
):
    store, first, second = open_postgres_records(), s3_server.bucket(), s3_server.bucket()
    bodies = bucket_blobs(first, tmp_path / "was")
    body = a_body(bodies, LARGE)
    bodies.secure(body)
    store.store.settle(a_settlement(body, reference="P-servers"))
    name = store.database.connection.settings_dict["NAME"]

    was = settings(tmp_path, "was", postgres_server.url(name), first)
    code, said = command(was, first, "backup", str(tmp_path / "b"), "--quiet", "--json")
    assert (code, json.loads(said)["kind"], json.loads(said)["bodies"]) == (0, "postgresql", 1), said
    for how in ((), ("--server", postgres_server.url("postgres"))):
        code, said = command(was, first, "verify", str(tmp_path / "b"), "--quiet", "--json", *how)
        assert code == 0, said
        assert (json.loads(said)["rows"]["messages"], json.loads(said)["journal"]["leaves"]) == (1, 0)
    assert (
        "holds records already"
        in command(
            settings(tmp_path, "over", postgres_server.url(name), second), second, "restore", str(tmp_path / "b")
        )[1]
    )

    other = f"restored_{next(_names)}"
    postgres_server.create(other, "template1")
    back = settings(tmp_path, "back", postgres_server.url(other), second)
    code, said = command(back, second, "restore", str(tmp_path / "b"), "--quiet")
    assert code == 0, said
    restored = attach(postgres_server.url(other), f"restored-{next(_names)}")
    try:
        assert Message.objects.using(restored.alias).get().reference == "P-servers"
        assert JournalLeaf.objects.using(restored.alias).count() == 2
    finally:
        detach(restored)
    with bucket_blobs(second, tmp_path / "look").open(body.key) as content:
        assert content.read() == LARGE


def bucket_blobs(place, folder) -> BucketBlobs:
    local = FileBlobs(folder / "blobs", lambda _key: None)
    return BucketBlobs(open_bucket(place), local, folder / "blobs" / "spool")


def settings(folder, name, database, bucket):
    file = folder / f"{name}.toml"
    file.write_text(
        f'[house]\ndata = "{folder / name}"\nmode = "demo"\npolicies = ["{POLICIES / "muenster"}"]\n'
        f'[store]\ndatabase = "{database}"\nbucket = "{bucket.name}"\nprefix = "{bucket.prefix}"\nendpoint = "{bucket.endpoint}"\n'
    )
    return file


def command(file, bucket, *words: str) -> tuple[int, str]:
    environment = {
        "POSTSTELLE_BACKUP_PASSPHRASE": "correct horse battery",
        "AWS_ACCESS_KEY_ID": bucket.access_key,
        "AWS_SECRET_ACCESS_KEY": bucket.secret_key,
    }
    done = poststelle("--settings", str(file), *words, environment=environment)
    return done.code, done.said
