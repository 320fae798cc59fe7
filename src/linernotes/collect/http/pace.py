"""One request at a time, and not too soon after another, whoever asks on this machine."""

from __future__ import annotations

import time
from pathlib import Path

from linernotes.collect.http.errors import BusyError
from linernotes.collect.http.retry import too_long
from linernotes.collect.http.service import Service

_LONGEST = 3600.0


class Pace:
    """Spaces requests to a service evenly, over all processes that share a folder.

    The time of the next free place stands in a file. Whoever wants to ask takes the place
    and leaves the next one behind, so nobody holds a lock while waiting, and a process that
    is killed costs one place.

    Parameters
    ----------
    service
        Whose pace it is.
    folder
        Where its file lies.
    """

    def __init__(self, service: Service, folder: Path) -> None:
        from filelock import FileLock

        folder.mkdir(parents=True, exist_ok=True)
        self._title, self._interval = service.title, service.interval
        self._file = folder / f"{service.name}.next"
        self._lock = FileLock(folder / f"{service.name}.lock")

    def wait(self, *, patience: float = _LONGEST) -> float:
        """Wait for a place, and return how many seconds that took.

        Raises
        ------
        BusyError
            The next place is further away than ``patience`` in seconds.
        """
        with self._lock:
            now = time.time()
            place = max(now, self._next(now))
            if place - now > patience:
                raise BusyError(self._title, too_long(place - now), retry_after=place - now)
            self._write(place + self._interval)
        time.sleep(max(0.0, place - now))
        return place - now

    def pause(self, seconds: float) -> None:
        """Let nobody ask for so many seconds, as the service wishes."""
        with self._lock:
            now = time.time()
            self._write(max(self._next(now), now + min(seconds, _LONGEST)))

    def _next(self, now: float) -> float:
        try:
            text = self._file.read_text(encoding="ascii")
            place = float(text) if text.endswith("\n") else now
        except (OSError, ValueError):
            return now
        # A clock that was set back must not keep everybody waiting.
        return place if place <= now + _LONGEST + self._interval else now

    def _write(self, place: float) -> None:
        # Half a number, of a process that was killed, counts as none.
        self._file.write_text(f"{place!r}\n", encoding="ascii")
