"""A cache of features in a folder, so that what was heard once need not be heard again.

An entry is named by what it was made of (the content of a track, an input and its version, how
the track was cut), so that it never grows old; what is not asked for any more is dropped when
the folder grows beyond its limit. An entry holds plain numbers and their check sum: a damaged
one counts as none. Processes share the folder without knowing of each other, since entries
appear whole and never change.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

#: Bytes that the folder may hold, about: 100,000 tracks of 1,000 numbers, ten times over.
LIMIT = 4 * 2**30

_MAGIC = b"linernotes rows 1\n"
_DIGEST_SIZE = 16
_SHAPE = struct.Struct("<QQ")
_HEAD = len(_MAGIC) + _DIGEST_SIZE + _SHAPE.size
_LEFT_BEHIND = 86_400.0  # seconds after which a file half written has no writer any more


def default_folder() -> Path:
    """Return the folder in the user's cache that is used when none is named.

    Returns
    -------
    Path
        It may not exist yet.
    """
    import platformdirs

    return Path(platformdirs.user_cache_dir("linernotes", appauthor=False)) / "heard"


@dataclass(frozen=True)
class FeatureCache:
    """A folder of entries.

    Parameters
    ----------
    folder
        Made when something is first kept. Where it cannot be written to, nothing is kept.
    limit
        Bytes that `trim` leaves at most.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cache = FeatureCache(Path(folder))
    ...     cache.put("song", np.ones((2, 3), np.float32))
    ...     cache.get("song").shape, cache.get("another song")
    ((2, 3), None)
    """

    folder: Path = field(default_factory=default_folder)
    limit: int = LIMIT

    def get(self, key: str) -> Floats | None:
        """Return the rows kept under a key, float32 of shape (rows, columns), if there are any."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)  # what is used stays
        except OSError:
            return None
        return _decode(data)

    def put(self, key: str, rows: Floats) -> None:
        """Keep rows under a key."""
        self._write(self._path(key), _encode(rows))

    def track_of(self, path: str) -> str | None:
        """Return the id of the track in a file that did not change since `remember`."""
        try:
            known = self._path(f"file {os.path.abspath(path)}").read_text("ascii")  # noqa: PTH100
        except (OSError, ValueError):
            return None
        size, mtime, track = (*known.split(" "), "", "", "")[:3]
        return track if track and f"{size} {mtime}" == stamp_of(path) else None

    def remember(self, path: str, track: str, *, stamp: str) -> None:
        """Remember which track a file holds, and the `stamp_of` it that it had."""
        key = f"file {os.path.abspath(path)}"  # noqa: PTH100
        self._write(self._path(key), f"{stamp} {track}".encode("ascii"))

    def trim(self) -> None:
        """Drop what was not used for longest, if there is more than the limit."""
        entries: list[tuple[float, int, Path]] = []
        try:
            paths = list(self.folder.glob("??/*"))
        except OSError:  # not ours to read
            return
        for path in paths:
            with contextlib.suppress(OSError):  # another process dropped it
                status = path.stat()
                if path.suffix and time.time() - status.st_mtime > _LEFT_BEHIND:
                    path.unlink()
                    continue
                entries.append((status.st_mtime, status.st_size, path))
        total = sum(size for _, size, _ in entries)
        if total <= self.limit:
            return
        for _, size, path in sorted(entries):
            with contextlib.suppress(OSError):
                path.unlink()
            total -= size
            if total <= 0.8 * self.limit:
                return

    def _path(self, key: str) -> Path:
        name = hashlib.blake2b(os.fsencode(key), digest_size=_DIGEST_SIZE).hexdigest()
        return self.folder / name[:2] / name

    def _write(self, path: Path, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a full or read-only disk costs time alone
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=".new")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                os.replace(name, path)  # noqa: PTH105
            except BaseException:
                os.unlink(name)  # noqa: PTH108
                raise


def stamp_of(path: str) -> str | None:
    """Return what tells that a file changed, or ``None`` if it is out of reach.

    Returns
    -------
    str or None
        Its size, and when it was changed last.
    """
    try:
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    return f"{status.st_size} {status.st_mtime_ns}"


def _encode(rows: Floats) -> bytes:
    body = _SHAPE.pack(*rows.shape) + np.ascontiguousarray(rows, "<f4").tobytes()
    return _MAGIC + _digest(body) + body


def _decode(data: bytes) -> Floats | None:
    if len(data) < _HEAD or not data.startswith(_MAGIC):
        return None
    digest, body = (
        data[len(_MAGIC) : len(_MAGIC) + _DIGEST_SIZE],
        data[len(_MAGIC) + _DIGEST_SIZE :],
    )
    if _digest(body) != digest:
        return None
    rows, columns = _SHAPE.unpack_from(body)
    if 4 * rows * columns != len(body) - _SHAPE.size:
        return None
    values = np.frombuffer(body, "<f4", offset=_SHAPE.size).astype(np.float32)
    return values.reshape(rows, columns)


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest()
