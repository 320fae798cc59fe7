"""How long a scan will still take, from how long it took for what is done."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

# What was done last says most: drives, formats and pauses differ along a collection.
_WINDOW = 300
# Less than this says nothing.
_FEWEST = 10
_SHORTEST = 5.0


class TimeLeft:
    """An estimate of the time that a scan still takes.

    Only files that needed work count, and pauses count as time.

    Parameters
    ----------
    clock
        Tells seconds.

    Examples
    --------
    >>> seconds = iter(range(100))
    >>> left = TimeLeft(clock=lambda: float(next(seconds)))
    >>> for _ in range(20):
    ...     left.done()
    >>> left.seconds(60)
    60.0
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends: deque[float] = deque(maxlen=_WINDOW + 1)
        self.begin()

    def begin(self) -> None:
        """Note that the work begins now: what came before says nothing of it."""
        self._ends.clear()
        self._ends.append(self._clock())

    def done(self) -> None:
        """Note that a file is done."""
        self._ends.append(self._clock())

    def seconds(self, files: int) -> float | None:
        """Return the seconds that so many files will take, or ``None`` if that cannot be told."""
        taken = self._ends[-1] - self._ends[0]
        count = len(self._ends) - 1
        if count < _FEWEST or taken < _SHORTEST:
            return None
        return taken / count * files


def in_words(seconds: float) -> str:
    """Write how long something takes as exactly as that can be known.

    Examples
    --------
    >>> in_words(20), in_words(100), in_words(3000), in_words(40_000)
    ('less than a minute', '2 minutes', '50 minutes', '11 hours')
    """
    if seconds < 45:
        return "less than a minute"
    minutes = round(seconds / 60)
    if minutes > 10:
        minutes = round(minutes / 5) * 5
    if minutes < 90:
        return "1 minute" if minutes <= 1 else f"{minutes} minutes"
    hours = seconds / 3600
    return (
        f"{hours:.1f} hours"
        if hours < 5
        else f"{hours:.0f} hours"
        if hours < 48
        else (f"{hours / 24:.0f} days")
    )
