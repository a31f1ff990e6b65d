# SPDX-FileCopyrightText: 2026 The poststelle authors
# SPDX-License-Identifier: EUPL-1.2
"""Bodies as objects of an S3 bucket, for many nodes: spooled on this machine while they arrive, then put there.

A body is durable when the bucket has answered the put; only then may a row refer to it. What is fetched is hashed on
the way: content that is not what its name says is never handed on. Knows nothing of small bodies, which lie with their
row, nor of how a spool works: both are the local store's, which is handed in.
"""

import hashlib
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import ObjectStore, S3Store

from poststelle.application.ports import Blobs, BlobSweep, BlobWriter, Body, UnavailableError
from poststelle.core.arrival import BlobKey

if TYPE_CHECKING:
    from obstore.store import ClientConfig, RetryConfig

GRACE_SECONDS = 3600.0
"""An object put this recently may be waited for by a row that is not committed yet: the sweep leaves it."""
MARK_SECONDS = 900.0
"""A mark of removal counts for so long; far longer than the requests of one removal take."""
ONE_PIECE_BYTES = 8 << 20
"""Up to here a body is put in one request that makes or refuses; larger ones go in parts, which cannot."""
CONNECT_SECONDS = 3.0
_RETRIES = 2
_CHUNK_BYTES = 1 << 20
_FAN_OUT = 2
_NOBODYS = BlobKey("0" * 64)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where the objects lie, and as whom we come."""

    name: str
    prefix: str = ""
    endpoint: str = ""
    """Empty means Amazon's own of the region."""
    region: str = "us-east-1"
    access_key: str = ""
    """Empty means: as the environment of the machine provides."""
    secret_key: str = ""
    timeout_seconds: float = 20.0
    """For one request, and for all attempts at it together before the last."""


def open_bucket(place: Bucket) -> ObjectStore:
    """The bucket behind this address. Nothing is asked of it yet."""
    timeout = timedelta(seconds=place.timeout_seconds)
    client: ClientConfig = {
        "timeout": timeout,
        "connect_timeout": timedelta(seconds=min(CONNECT_SECONDS, place.timeout_seconds)),
        "allow_http": place.endpoint.startswith("http://"),
    }
    retry: RetryConfig = {"max_retries": _RETRIES, "retry_timeout": timeout}
    given = {
        "endpoint": place.endpoint,
        "region": place.region,
        "access_key_id": place.access_key,
        "secret_access_key": place.secret_key,
    }
    known = {key: value for key, value in given.items() if value}
    return S3Store(place.name, prefix=place.prefix or None, client_options=client, retry_config=retry, **known)  # type: ignore[arg-type] # a TypedDict of its own


def ask_bucket(bucket: ObjectStore) -> None:
    """One question about content that nobody has. UnavailableError where no answer comes, or we are not let in."""
    with _reaching_bucket(), suppress(FileNotFoundError):
        obstore.head(bucket, _name(_NOBODYS))


class LocalBodies(Blobs, BlobSweep, Protocol):
    """The spool of this machine; also what it kept before there was a bucket."""


class BucketBlobs:
    """The blob store in a bucket: ``ab/<sha256>`` for each body, ``removed/<sha256>`` while one is taken away.

    One remover at a time per bucket (the sequencer sees to it); any number of doors beside it.
    """

    def __init__(
        self,
        bucket: ObjectStore,
        local: LocalBodies,
        scratch: Path,
        grace_seconds: float = GRACE_SECONDS,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._bucket = bucket
        self._local = local
        self._scratch = scratch
        self._grace_seconds = grace_seconds
        self._wall = wall

    def writer(self) -> BlobWriter:
        """Start a new body, on this machine's disk."""
        return self._local.writer()

    def secure(self, body: Body) -> None:
        """Put it into the bucket. Content that is there already is put anew, so that no removal takes it.

        The spooled copy stays until its writer discards it.
        """
        if body.inline is not None:
            return
        with self._spooled(body.key) as content, _reaching_bucket():
            if self._put_first(body, content):
                return
            content.seek(0)
            obstore.put(self._bucket, _name(body.key), content)
            # A removal marks, looks again, deletes. Either it sees how young the object is now, or we see its mark.
            if self._is_marked(body.key) or self._age(_name(body.key)) is None:
                raise UnavailableError("bucket: the same content is just being removed")

    def open(self, key: BlobKey) -> BinaryIO:
        """The content as a real file without a name, positioned at its start. Raises KeyError when there is none."""
        try:
            return self._local.open(key)
        except KeyError:
            if not _is_key(key):
                raise
        with _reaching_bucket():
            try:
                found = obstore.get(self._bucket, _name(key))
            except FileNotFoundError:
                raise KeyError(key) from None
            return self._fetched(key, found.stream(min_chunk_size=_CHUNK_BYTES))

    def remove(self, key: BlobKey) -> None:
        """Delete the content; not what was put within the grace, for which a row may be on its way.

        Where it fails half-way the mark stays, and until it is old the same content is answered 451.
        """
        self._local.remove(key)
        with _reaching_bucket():
            if not self._is_removable(key):
                return
            obstore.put(self._bucket, _mark(key), b"removed")
            if self._is_removable(key):  # nobody put it anew since the look above
                obstore.delete(self._bucket, _name(key))
            obstore.delete(self._bucket, _mark(key))

    def _put_first(self, body: Body, content: BinaryIO) -> bool:
        """Put it where nothing is yet; False where something is."""
        name = _name(body.key)
        if body.size_bytes > ONE_PIECE_BYTES:
            if self._age(name) is not None:
                return False
            obstore.put(self._bucket, name, content)
            return True
        try:
            obstore.put(self._bucket, name, content, mode="create")
        except AlreadyExistsError:
            return False
        return True

    @contextmanager
    def _spooled(self, key: BlobKey) -> Iterator[BinaryIO]:
        try:
            content = self._local.open(key)
        except KeyError as error:
            raise UnavailableError("bucket: the body is not in the spool any more") from error
        with content:
            yield content

    def _fetched(self, key: BlobKey, chunks: Iterable[bytes]) -> BinaryIO:
        with ExitStack() as stack:
            file, digest = stack.enter_context(tempfile.TemporaryFile(dir=self._scratch)), hashlib.sha256()
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            _check(digest.hexdigest() == key)
            file.seek(0)
            stack.pop_all()  # the caller closes it
        return file

    def _is_removable(self, key: BlobKey) -> bool:
        age = self._age(_name(key))
        return age is not None and age >= self._grace_seconds

    def _is_marked(self, key: BlobKey) -> bool:
        age = self._age(_mark(key))
        return age is not None and age < MARK_SECONDS

    def _age(self, name: str) -> float | None:
        """Seconds since the object was put, by the bucket's clock against ours; None where there is none."""
        try:
            found = obstore.head(self._bucket, name)
        except FileNotFoundError:
            return None
        return self._wall() - found["last_modified"].timestamp()


def _name(key: BlobKey) -> str:
    return f"{key[:_FAN_OUT]}/{key}"


def _mark(key: BlobKey) -> str:
    return f"removed/{key}"


def _is_key(key: BlobKey) -> bool:
    return len(key) == hashlib.sha256().digest_size * 2 and set(key) <= set("0123456789abcdef")


def _check(is_itself: bool) -> None:  # noqa: FBT001 - one fact
    if not is_itself:
        raise UnavailableError("bucket: an object is not what its name says")


@contextmanager
def _reaching_bucket() -> Iterator[None]:
    """Tells every failure of the bucket, and of the disk beside it, as UnavailableError; its words stay in the log.

    An answer of S3 may quote names and addresses, which belong in no journal entry.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        raise UnavailableError(f"bucket: {type(error).__name__}") from error
