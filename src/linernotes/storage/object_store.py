"""Object stores: listing what is in them, and fetching it.

A page at a time is listed, and throttling, broken connections and stores that are gone for a
while are waited for (obstore does both).
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from linernotes.errors import UnreadableError
from linernotes.names import is_passed_over, may_be_track
from linernotes.storage.addresses import is_in_object_store, split
from linernotes.storage.errors import (
    ForbiddenError,
    StorageError,
    StoreUnreachableError,
    TooLargeError,
)

if TYPE_CHECKING:
    from obstore.store import ObjectStore

_PAGE = 1000
_PIECE = 1 << 20
# Seconds until a store that answers with errors, or not at all, is given up.
_PATIENCE = 120.0
# After so long without a word a connection is taken for lost, and another one made.
_SILENCE = "20s"
_DENIED = ("PermissionDeniedError", "UnauthenticatedError")


class StoredObject(NamedTuple):
    """A file in an object store, as a listing tells of it.

    Parameters
    ----------
    uri
        Its address.
    size
        Bytes.
    etag
        What changes whenever its content does.
    """

    uri: str
    size: int
    etag: str | None


def list_objects(
    uri: str, *, storage_options: Mapping[str, str] | None = None
) -> Iterator[StoredObject]:
    """Yield what may be a track under an address, a page at a time.

    Parameters
    ----------
    uri
        Of a bucket, of something like a folder in it, or of one object.
    storage_options
        How to reach the store, by the names that Lance has; by default the environment tells.

    Yields
    ------
    StoredObject
        In the order of the store.

    Raises
    ------
    StorageError
        The place cannot be listed.

    Examples
    --------
    >>> next(list_objects("s3://bucket/music"))  # doctest: +SKIP
    StoredObject(uri='s3://bucket/music/song.mp3', size=4100231, etag='"6bd1…"')
    """
    import obstore

    bucket, prefix = split(uri)
    prefix = prefix.strip("/")
    store = open_store(bucket, storage_options)
    with _telling(uri):
        empty = True
        for page in obstore.list(store, prefix or None, chunk_size=_PAGE):
            for meta in page:
                empty = False
                if _may_be_track(meta["path"].removeprefix(prefix)):
                    yield StoredObject(f"{bucket}/{meta['path']}", meta["size"], meta["e_tag"])
        if empty and prefix:
            try:
                meta = obstore.head(store, prefix)
            except FileNotFoundError:
                return
            yield StoredObject(f"{bucket}/{meta['path']}", meta["size"], meta["e_tag"])


def list_files(
    uri: str, suffix: str, *, storage_options: Mapping[str, str] | None = None
) -> list[StoredObject]:
    """Return what lies under an address and has some suffix, sorted by name.

    Raises
    ------
    StorageError
        The place cannot be listed.

    Examples
    --------
    >>> list_files("s3://bucket/rows", ".parquet")  # doctest: +SKIP
    [StoredObject(uri='s3://bucket/rows/part-000000-8f1c0a52.parquet', size=9120034, etag='"6b…"')]
    """
    import obstore

    bucket, prefix = split(uri)
    store = open_store(bucket, storage_options)
    with _telling(uri):
        return sorted(
            StoredObject(f"{bucket}/{meta['path']}", meta["size"], meta["e_tag"])
            for page in obstore.list(store, prefix.strip("/") or None, chunk_size=_PAGE)
            for meta in page
            if meta["path"].endswith(suffix)
        )


def open_object(
    stored: StoredObject, *, storage_options: Mapping[str, str] | None = None
) -> BinaryIO:
    """Open an object to read parts of it, as a file is opened; each read is a request.

    Returns
    -------
    BinaryIO
        Its reads raise `StorageError` where the store does not give what is asked for.
    """
    return io.BufferedReader(_ObjectReader(stored, storage_options), _PIECE)


class _ObjectReader(io.RawIOBase):
    """An object whose parts are fetched as they are read."""

    def __init__(self, stored: StoredObject, options: Mapping[str, str] | None) -> None:
        bucket, self._key = split(stored.uri)
        self._uri, self._size, self._at = stored.uri, stored.size, 0
        self._store = open_store(bucket, options)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        import obstore

        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        with _telling(self._uri):
            found = bytes(obstore.get_range(self._store, self._key, start=self._at, length=length))
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)


def _may_be_track(key: str) -> bool:
    *folders, name = key.strip("/").split("/")
    return may_be_track(name) is not False and not any(map(is_passed_over, folders))


def fetch_object(
    uri: str,
    target: BinaryIO,
    *,
    largest: int,
    storage_options: Mapping[str, str] | None = None,
) -> str | None:
    """Write an object to a file, and return its ETag.

    Raises
    ------
    UnreadableError, ForbiddenError, TooLargeError, StoreUnreachableError
    """
    import obstore
    from obstore.exceptions import BaseError

    bucket, key = split(uri)
    try:
        found = obstore.get(open_store(bucket, storage_options), key)
        if found.meta["size"] > largest:
            raise TooLargeError(f"this file is larger than {largest / 2**20:.0f} MiB")
        for piece in found.stream(min_chunk_size=_PIECE):
            target.write(piece)
    except FileNotFoundError as error:
        raise UnreadableError("there is no such file") from error
    except (BaseError, ValueError) as error:
        if type(error).__name__ in _DENIED or _is_refused(error):
            raise ForbiddenError(
                f"you are not allowed to read this file; {_remedy(error)}"
            ) from error
        raise StoreUnreachableError(
            f"the object store does not give this file ({_first_line(error)}); scan again later"
        ) from error
    if target.tell() != found.meta["size"]:
        raise StoreUnreachableError("the object store broke off in this file; scan again later")
    return found.meta["e_tag"]


def put_object(uri: str, data: bytes, *, storage_options: Mapping[str, str] | None = None) -> None:
    """Write an object, whole or not at all.

    Raises
    ------
    StorageError
    """
    import obstore

    bucket, key = split(uri)
    with _telling(uri):
        obstore.put(open_store(bucket, storage_options), key, data)


def open_store(bucket: str, storage_options: Mapping[str, str] | None = None) -> ObjectStore:
    """Open a bucket, once in a process.

    Raises
    ------
    StorageError
        There is no such kind of store, or the package for them is not installed.
    """
    return _opened(bucket, tuple(sorted((storage_options or {}).items())))


@cache
def _opened(bucket: str, options: tuple[tuple[str, str], ...]) -> ObjectStore:
    try:
        from obstore.store import from_url
    except ImportError as error:
        raise StorageError(
            "object stores need a package more: pip install 'linernotes[cloud]'"
        ) from error
    if not is_in_object_store(bucket):
        raise StorageError(f"{bucket} is in no object store that is known: s3, gs or az")
    config = {name.lower(): value for name, value in options}
    # What is said of the client takes the place of what the environment says of it.
    plain = config.pop("aws_allow_http", None) or os.environ.get("AWS_ALLOW_HTTP")
    client: Any = {"connect_timeout": "10s", "read_timeout": _SILENCE, "timeout": "10min"}
    if plain is not None:
        client["allow_http"] = plain.lower() == "true"
    wait = timedelta(seconds=_PATIENCE)
    try:
        return from_url(  # type: ignore[call-overload,no-any-return]
            bucket,
            config=config or None,
            client_options=client,
            # Where it is refused, so many tries take half a minute.
            retry_config={"max_retries": 130, "retry_timeout": wait},
        )
    except Exception as error:
        raise StorageError(f"{bucket} cannot be opened: {_first_line(error)}") from error


@contextmanager
def _telling(uri: str) -> Iterator[None]:
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        denied = type(error).__name__ in _DENIED or _is_refused(error)
        remedy = _remedy(error) if denied else "check the address and the connection"
        raise StorageError(f"{uri} cannot be used: {_first_line(error)}; {remedy}") from error


def _is_refused(error: Exception) -> bool:
    text = str(error)
    return any(word in text for word in ("ExpiredToken", "InvalidAccessKeyId", "403 Forbidden"))


def _remedy(error: Exception) -> str:
    has_expired = "ExpiredToken" in str(error)
    return "the credentials have expired, renew them" if has_expired else "check the credentials"


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
