"""Results of identifications on disk, so that their links lead somewhere after a restart as well.

A file a result: arrays, and JSON of what holds them; nothing in it is ever run. What was listened
to is not kept.
"""

from __future__ import annotations

import io
import json
import re
import time
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.files import write_atomically
from linernotes.identification import Identification
from linernotes.learning import Estimate, Prediction
from linernotes.learning.targets import Target
from linernotes.networks.musicnn import Tags
from linernotes.web.jobs import Job
from linernotes.web.limits import Limits
from linernotes.web.listening import HeardFeatures, UploadHeard, named

_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_TYPES = {
    each.__name__: each
    for each in (Estimate, HeardFeatures, Identification, Prediction, Tags, Target, UploadHeard)
}
# A result of many hours stays far below.
_LARGEST = 64 * 2**20
_DAMAGED = (
    OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError,
    zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class KeptResults:
    """A folder of results.

    Parameters
    ----------
    folder
        Made with the first result.
    limits
        How many results are kept, how large together, and for how long.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits

    def write(self, job: Job, heard: UploadHeard) -> None:
        """Keep a result, and let go of the oldest beyond the limits; a full disk keeps nothing.

        Parameters
        ----------
        job
            The identification, about to be done.
        heard
            Its result.
        """
        told = {"name": job.name, "created": job.created, "ended": time.time()}
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            data = pack(told, heard)
            write_atomically(self._folder / f"{job.id}.npz", data, durable=False)
            self._forget()

    def recall(self, name: str) -> Job | None:
        """Return an identification that was done, by its address; ``None`` if there is none."""
        found = self._read(name)
        if found is None:
            return None
        told, heard = found
        return Job(
            "identification", str(told["name"]), id=name, state="done", result=heard,
            created=float(told["created"]), ended=float(told["ended"]),
            progress=named(heard.identification),
        )  # fmt: skip

    def _read(self, name: str) -> tuple[dict[str, Any], UploadHeard] | None:
        if not _ID.fullmatch(name):
            return None
        file = self._folder / f"{name}.npz"
        try:
            found = file.stat()
            if found.st_size > _LARGEST or self._is_old(found.st_mtime):
                return None
            return unpack(file.read_bytes())
        except _DAMAGED:  # or of another version
            return None

    def delete(self, name: str) -> None:
        """Forget a result."""
        if _ID.fullmatch(name):
            with suppress(OSError):
                (self._folder / f"{name}.npz").unlink(missing_ok=True)

    def _is_old(self, written: float) -> bool:
        return time.time() - written > self._limits.keep_seconds

    def _forget(self) -> None:
        files = []
        for file in self._folder.glob("*.npz"):
            with suppress(OSError):
                found = file.stat()
                files.append((found.st_mtime, found.st_size, file))
        files.sort(key=lambda each: each[0], reverse=True)
        total = 0
        for number, (written, size, file) in enumerate(files):
            total += size
            beyond = number >= self._limits.kept_on_disk or total > self._limits.kept_bytes
            if beyond or self._is_old(written):
                with suppress(OSError):
                    file.unlink()


def pack(told: dict[str, Any], heard: UploadHeard) -> bytes:
    """Return a result as the bytes of a file."""
    arrays: list[NDArray[Any]] = []
    head = json.dumps({"told": told, "heard": _plain(heard, arrays)})
    file = io.BytesIO()
    np.savez_compressed(
        file,
        head=np.frombuffer(head.encode("ascii"), np.uint8),
        **{f"a{i}": array for i, array in enumerate(arrays)},  # type: ignore[arg-type]
    )
    return file.getvalue()


def unpack(data: bytes) -> tuple[dict[str, Any], UploadHeard]:
    """Return the result that was packed.

    Raises
    ------
    ValueError, TypeError, KeyError, OSError, EOFError, BadZipFile
        It was written by another version, or is damaged.
    """
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        head = json.loads(kept["head"].tobytes())
        heard = _made(head["heard"], lambda number: kept[f"a{int(number)}"])
    told = head["told"]
    if not isinstance(heard, UploadHeard) or not {"name", "created", "ended"} <= set(told):
        raise ValueError("this is no result")
    return told, heard


def _plain(value: Any, arrays: list[NDArray[Any]]) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        own = {each.name: _plain(getattr(value, each.name), arrays) for each in fields(value)}
        return {"type": type(value).__name__, "fields": own}
    if isinstance(value, np.ndarray):
        arrays.append(value)
        return {"array": len(arrays) - 1}
    if isinstance(value, list | tuple):
        return [_plain(each, arrays) for each in value]
    return value.item() if isinstance(value, np.generic) else value


def _made(value: Any, array: Callable[[int], NDArray[Any]]) -> Any:
    if isinstance(value, list):
        return tuple(_made(each, array) for each in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return array(value["array"])
    own = {name: _made(each, array) for name, each in value["fields"].items()}
    return _TYPES[value["type"]](**own)
