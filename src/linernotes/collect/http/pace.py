"""When to ask: one request at a time, not too soon after another, and when to try again."""

from __future__ import annotations

import random
import time
from datetime import UTC
from email.utils import parsedate_to_datetime
from pathlib import Path

from linernotes.collect.http.errors import BusyError
from linernotes.collect.http.service import Service

_LONGEST = 3600.0
_LONGEST_BACKOFF = 60.0


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


def retry_after(value: str | None) -> float | None:
    """Seconds that a ``Retry-After`` header asks for, given as a number or as a date.

    Examples
    --------
    >>> retry_after("7"), retry_after("soon"), retry_after("Wed, 21 Oct 2015 07:28:00 GMT")
    (7.0, None, 0.0)
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, IndexError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, date.timestamp() - time.time())


def backoff(attempt: int, *, first: float) -> float:
    """Seconds to wait after a failed attempt: doubled each time, the half of it by chance.

    Chance keeps those who failed together from coming back together.

    Examples
    --------
    >>> 4.0 <= backoff(2, first=2.0) <= 8.0
    True
    """
    longest = min(_LONGEST_BACKOFF, first * 2.0**attempt)
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - not a secret


def too_long(seconds: float) -> str:
    """Say that a service wants to be left alone for longer than anybody would wait.

    Examples
    --------
    >>> too_long(5400)
    'it asks to be left alone for 90 minutes; run the same command again then'
    """
    minutes = max(1, round(seconds / 60))
    return f"it asks to be left alone for {minutes} minutes; run the same command again then"
