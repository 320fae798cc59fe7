"""Leaving a machine usable while it works: priority, pauses, and a bound on its processors."""

from __future__ import annotations

import heapq
import math
import os
import sys
import time
from collections.abc import Callable, Hashable

from linernotes.engine.processors import cpu_count

#: Share of the processors from which on others count as busy.
BUSY = 0.5

# Seconds between two looks: systems count in hundredths.
_APART = 0.5


def lower_priority() -> None:
    """Let this process have the processors and the disk only when nobody else wants them."""
    import psutil

    process = psutil.Process()
    if sys.platform == "win32":
        process.nice(psutil.IDLE_PRIORITY_CLASS)
        process.ionice(psutil.IOPRIO_VERYLOW)
        return
    process.nice(19)
    if sys.platform == "linux":
        process.ionice(psutil.IOPRIO_CLASS_IDLE)


class Others:
    """How much of the processors other programs use, from one look to the next.

    What runs at a lowered priority does not count: it makes room by itself, as we do.

    Examples
    --------
    >>> others = Others()
    >>> 0 <= others.share() <= 1
    True
    """

    def __init__(self) -> None:
        self._seen = _times()
        self._share = 0.0

    def share(self) -> float:
        """Return the share, 0 to 1, since a look half a second ago or longer; 0 at first."""
        busy, total = _times()
        before, long_ago = self._seen
        if total - long_ago > _APART * (os.cpu_count() or 1):
            self._seen = busy, total
            self._share = min(1.0, max(0.0, (busy - before) / (total - long_ago)))
        return self._share


def _times() -> tuple[float, float]:
    """Return the seconds that processors were busy with others, and all of them."""
    import psutil

    spent = psutil.cpu_times()

    def seconds(*names: str) -> float:
        return sum(getattr(spent, name, 0.0) for name in names)

    # Guests are told once more among what their hosts spend.
    total = sum(spent) - seconds("guest", "guest_nice")
    busy = total - seconds("idle", "iowait", "nice")
    if not hasattr(spent, "nice"):  # Windows does not tell priorities apart
        busy -= _own_seconds()
    return busy, total


def _own_seconds() -> float:
    import psutil

    seconds = 0.0
    process = psutil.Process()
    for each in (process, *process.children(recursive=True)):
        try:
            spent = each.cpu_times()
        except psutil.Error:  # it has just ended
            continue
        seconds += spent.user + spent.system
    return seconds


class Pacer:
    """Says when the next item may be begun, so that the machine stays usable.

    Parameters
    ----------
    share
        Of the processors that may be used on average, above 0 and up to 1.
    gentle
        Begin nothing while others are busy, and use one processor.
    workers
        Processes; ``None`` for as many as the above leads to.
    others, clock
        The share of the processors that others use, and the seconds of a clock.

    Examples
    --------
    >>> pacer = Pacer(share=0.5, workers=cpu_count())
    >>> pacer.may_begin()
    True
    """

    def __init__(
        self,
        *,
        share: float = 1.0,
        gentle: bool = False,
        workers: int | None = None,
        others: Callable[[], float] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"the share of the processors is above 0 and up to 1, not {share}")
        most = share * cpu_count()
        self.workers = workers or (1 if gentle else math.ceil(most))
        self._duty = min(1.0, most / self.workers)
        self._gentle = gentle
        self._others = others or (Others().share if gentle else lambda: 0.0)
        self._clock = clock
        self._begun: dict[Hashable, float] = {}
        self._resting: list[float] = []

    @property
    def paces(self) -> bool:
        """Whether there is anything to wait for."""
        return self._gentle or self._duty < 1

    def may_begin(self) -> bool:
        """Tell whether another item may be begun now.

        Returns
        -------
        bool
            ``False`` while the processes rest, or others use the machine.
        """
        now = self._clock()
        while self._resting and self._resting[0] <= now:
            heapq.heappop(self._resting)
        if self._duty < 1 and len(self._begun) + len(self._resting) >= self.workers:
            return False
        return not self._gentle or self._others() < BUSY

    def begin(self, item: Hashable) -> None:
        """Note that an item is begun.

        Parameters
        ----------
        item
            Any name for it, to be given to `end` as well.
        """
        self._begun[item] = self._clock()

    def end(self, item: Hashable) -> None:
        """Note that an item has ended: what it took is made up for by rest.

        Parameters
        ----------
        item
            The name that `begin` was given.
        """
        begun = self._begun.pop(item, None)
        if begun is not None and self._duty < 1:
            now = self._clock()
            heapq.heappush(self._resting, now + (now - begun) * (1 / self._duty - 1))
