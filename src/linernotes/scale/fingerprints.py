"""Sets of texts that take little memory: what a scan of millions of files knows already."""

from __future__ import annotations

import hashlib
from bisect import bisect_left

import numpy as np
from numpy.typing import NDArray

# Held apart until they are so many, since putting them in order costs time.
_LOOSE = 100_000


class Fingerprints:
    """A set of texts by 64 bits of each: 8 bytes for a text, and about as much while it grows.

    Of a hundred million texts, one that is not among them is taken for one of them with a
    probability of 5e-12.

    Examples
    --------
    >>> known = Fingerprints()
    >>> known.add("a")
    >>> "a" in known, "b" in known
    (True, False)
    """

    def __init__(self) -> None:
        self._sorted: NDArray[np.uint64] = np.empty(0, np.uint64)
        self._view = self._sorted.data
        self._loose: set[int] = set()

    def add(self, text: str) -> None:
        """Add a text."""
        self._loose.add(_fingerprint(text))
        if len(self._loose) >= _LOOSE:
            new = np.sort(np.fromiter(self._loose, np.uint64, len(self._loose)))
            # Putting two rows in order together takes less than sorting them.
            places = np.searchsorted(self._sorted, new)
            is_new = places == np.searchsorted(self._sorted, new, side="right")
            self._sorted = np.insert(self._sorted, places[is_new], new[is_new])
            # Of which bisecting takes numbers faster than numpy tells them.
            self._view = self._sorted.data
            self._loose.clear()

    def __contains__(self, text: str) -> bool:
        mark = _fingerprint(text)
        if mark in self._loose:
            return True
        place = bisect_left(self._view, mark)
        return place < len(self._view) and self._view[place] == mark


def _fingerprint(text: str) -> int:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return int.from_bytes(digest, "little")
