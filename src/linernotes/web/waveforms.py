"""The waveforms of tracks, for players to draw: measured once, in a process that can be killed."""

from __future__ import annotations

import hashlib
import os
import struct
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from linernotes.audio import stream
from linernotes.audio.signal import WaveformOutline
from linernotes.engine.local import Processes
from linernotes.errors import LinernotesError
from linernotes.files import write_atomically
from linernotes.library.covers import make_room

#: Of a waveform; a player is no wider.
POINTS = 600
# Samples of a stretch of sound, before stretches are put together to points.
_STRETCH = 2048
_SECONDS = 180.0
_MEMORY = 2 * 2**30
_MOST_BYTES = 64 * 2**20
_THREADS = 4
_HEAD = struct.Struct("<d")


@dataclass(frozen=True)
class Waveform:
    """How loud a track is along its length.

    Parameters
    ----------
    duration
        Seconds.
    peaks
        A byte a point: the highest sample in it, 255 for the highest of the track.
    """

    duration: float
    peaks: bytes

    def as_dict(self) -> dict[str, Any]:
        """Return what the API tells."""
        return {"duration": round(self.duration, 3), "peaks": list(self.peaks)}


def measure_waveform(path: str) -> Waveform:
    """Measure the waveform of a file, all of which is decoded.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    AudioError
        It cannot be listened to.
    """
    outline = WaveformOutline(_STRETCH)
    with stream(path, mono=True, timeout=_SECONDS) as blocks:
        for block in blocks:
            outline.add(block[0])
        duration = blocks.decoded
    peaks = np.abs(outline.points(POINTS)).max(axis=1)
    loudest = max(float(peaks.max(initial=0)), 1e-6)
    return Waveform(duration, np.round(255 * peaks / loudest).astype(np.uint8).tobytes())


class Waveforms:
    """Measures waveforms, one at a time, and keeps what was measured.

    Parameters
    ----------
    folder
        Where they are kept: 64 MiB of them, those that were not asked for longest go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads = ThreadPoolExecutor(_THREADS, "waveforms")
        self._processes: Processes[str, Waveform] | None = None
        self._kept: int | None = None
        self._refused: dict[tuple[str, int], LinernotesError] = {}

    def later(self, track: str, path: str) -> Future[Waveform]:
        """Return at once what will be the waveform of a track.

        Parameters
        ----------
        track
            Its id: of another sound it is another.
        path
            Its file.

        Raises
        ------
        AudioError
            In the end, where it cannot be listened to.
        """
        return self._threads.submit(self._find, track, path)

    def close(self) -> None:
        """End the process that measures."""
        self._closing.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._processes is not None:
                self._processes.end(finished=False)
                self._processes = None

    def _find(self, track: str, path: str) -> Waveform:
        place = self._folder / f"{hashlib.sha256(track.encode()).hexdigest()[:32]}.wave"
        with suppress(OSError, struct.error):
            return _read(place)
        with self._lock:
            with suppress(OSError, struct.error):  # measured meanwhile
                return _read(place)
            known = (path, _changed(path))
            if known in self._refused:
                raise self._refused[known]
            if self._processes is None:
                self._processes = Processes(
                    measure_waveform, workers=1, timeout=_SECONDS, memory=_MEMORY,
                    lowest_priority=True,
                )  # fmt: skip
            error: BaseException | None = None
            for outcome in self._processes.run([path]):
                if outcome is not None and outcome.value is not None:
                    self._keep(place, outcome.value)
                    return outcome.value
                if self._closing.is_set():
                    raise LinernotesError("the server ends")
                error = outcome.error if outcome is not None else error
            refusal = (
                error
                if isinstance(error, LinernotesError)
                else LinernotesError("this file cannot be listened to")
            )
            self._refused[known] = refusal
            raise refusal

    def _keep(self, place: Path, found: Waveform) -> None:
        with suppress(OSError):  # a full disk, a folder that may not be written
            self._folder.mkdir(parents=True, exist_ok=True)
            write_atomically(place, _HEAD.pack(found.duration) + found.peaks, durable=False)
            size = _HEAD.size + len(found.peaks)
            if self._kept is None or self._kept + size > _MOST_BYTES:
                self._kept = make_room(self._folder, most=_MOST_BYTES)
            else:
                self._kept += size


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns  # noqa: PTH116 - a string, as it was scanned
    except (OSError, ValueError):
        return -1


def _read(place: Path) -> Waveform:
    data = place.read_bytes()
    return Waveform(_HEAD.unpack_from(data)[0], data[_HEAD.size :])
