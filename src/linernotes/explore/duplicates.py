"""Recordings that a collection holds more than once, and which copy is the best.

Nothing is removed here: whoever asks is told, and decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linernotes.explore.copies import same_recording
from linernotes.explore.space import Floats

# Rows that are compared with one another at once.
_BLOCK = 1024

LOSSLESS = frozenset(
    "flac oggflac wav w64 aiff caf au ape wavpack tta tak shorten optimfrog dsf dff".split()
)
"""Formats that keep every sample; MP4 may or may not."""

# Kilobits a second that lossy sound in an MP4 file does not reach.
_LOSSLESS_MP4 = 450
# Bit rates are compared in steps; less apart is the same quality.
_SAME_RATE = 1.1


@dataclass(frozen=True)
class Copy:
    """A file that holds a recording which others hold as well.

    Parameters
    ----------
    row
        Of its track in the collection.
    path
        The file.
    kind
        Its format, such as ``"mp3"``; empty where it cannot be told.
    size
        Bytes, or ``None`` where they are not known.
    duration
        Seconds.
    told
        How many file tags it has.
    """

    row: int
    path: str
    kind: str
    size: int | None
    duration: float
    told: int = 0

    @property
    def rate(self) -> int | None:
        """Kilobits a second, of everything in the file."""
        if self.size is None or self.duration <= 0:
            return None
        return round(self.size * 8 / self.duration / 1000)

    @property
    def is_lossless(self) -> bool:
        """Whether it keeps every sample, as far as its format and size tell."""
        if self.kind == "mp4":
            return (self.rate or 0) > _LOSSLESS_MP4
        return self.kind in LOSSLESS


def same_recordings_among(vectors: Floats, durations: NDArray[Any]) -> list[tuple[int, ...]]:
    """Return which tracks hold the same recording.

    Parameters
    ----------
    vectors
        float32, shape (tracks, dimensions): where they lie in the space that tracks are compared
        in.
    durations
        Seconds, shape (tracks,).

    Returns
    -------
    list of tuple of int
        Groups of two tracks and more; each of a group sounds the same as its first. Only tracks
        that are equally long are compared, so 50,000 take a second or two.

    Examples
    --------
    >>> vectors = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    >>> same_recordings_among(vectors, np.array([200.0, 200.0, 200.3]))
    [(0, 2)]
    """
    order = np.argsort(durations, kind="stable")
    lengths = np.asarray(durations, np.float64)[order]
    # What is no longer than this may be as long as the last of a block.
    reach = np.searchsorted(lengths, lengths * 1.006 + 1.1, side="right")
    pairs: dict[int, list[int]] = {}
    for start in range(0, len(order), _BLOCK):
        stop = min(start + _BLOCK, len(order))
        end = int(reach[stop - 1])
        alike = vectors[order[start:stop]] @ vectors[order[start:end]].T
        ones, others = np.nonzero(np.triu(alike >= _LEAST, 1))
        for one, other in zip((start + ones).tolist(), (start + others).tolist(), strict=True):
            pairs.setdefault(one, []).append(other)
    taken: set[int] = set()
    groups = []
    for one in sorted(pairs):
        if one in taken:
            continue
        others_ = [other for other in pairs[one] if other not in taken]
        if not others_:
            continue
        first, rest = int(order[one]), order[others_]
        same = same_recording(
            vectors[first], float(durations[first]), vectors[rest], np.asarray(durations)[rest]
        )
        found = [each for each, is_same in zip(others_, same.tolist(), strict=True) if is_same]
        if found:
            taken.update(found)
            groups.append(tuple(sorted([first, *(int(order[each]) for each in found)])))
    return sorted(groups)


# A little less than what makes the same recording, which decides.
_LEAST = np.float32(0.95)


def best_copy(copies: Sequence[Copy]) -> tuple[int, str]:
    """Choose the copy to keep.

    Parameters
    ----------
    copies
        At least one.

    Returns
    -------
    tuple of int and str
        Which one, and why, in words. What keeps every sample goes first, then what has more bits
        a second, then what is tagged better, then the first by path.

    Examples
    --------
    >>> one = Copy(0, "a.mp3", "mp3", 4_000_000, 200.0, 3)
    >>> best_copy([one, Copy(1, "b.flac", "flac", 20_000_000, 200.0, 3)])
    (1, 'lossless')
    """
    order = sorted(range(len(copies)), key=lambda i: _rank(copies[i]))
    best, rest = copies[order[0]], [copies[i] for i in order[1:]]
    if not rest:
        return order[0], "the only one"
    second = rest[0]
    if best.is_lossless and not second.is_lossless:
        return order[0], "lossless"
    if _step(best) > _step(second):
        return order[0], f"{best.rate} kbit/s where the next has {second.rate}"
    if best.told > second.told:
        return order[0], f"{best.told} file tags where the next has {second.told}"
    return order[0], "as good as the next, and first by name"


def _rank(copy: Copy) -> tuple[Any, ...]:
    return (not copy.is_lossless, -_step(copy), -copy.told, copy.path)


def _step(copy: Copy) -> int:
    """Return the quality of a copy, equal for those that differ by next to nothing."""
    if not copy.rate or copy.is_lossless:
        return 0
    return round(float(np.log(copy.rate) / np.log(_SAME_RATE)))
