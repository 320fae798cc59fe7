"""Groups of tracks that belong together: those of one artist, or on one album.

Tracks of a group share more than their class: a voice, a studio, a mastering engineer. A model
that has heard some of them recognises the others by that, so that a split that tells the truth
keeps a group on one side.

*Artists* are told apart by their names, see `linernotes.datasets.artists`; those that stand for
nobody ("Various Artists", "unknown") say nothing.

*Albums* of one title are the same if their artists are, or one of them is not known. Titles recur,
so that of different artists they are the same only on a compilation: where a track is by "Various
Artists"; where the files lie in a folder of their own; or where three artists or more share the
title with two tracks each at most, on average, and it is not one that everybody uses ("Greatest
Hits").
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.artists import artists_in, is_nobody, is_various, plain_text
from linernotes.datasets.examples import Examples

GROUPINGS = ("artist", "album")
"""Fields that tracks can be grouped by."""

_COMMON_TITLES = re.compile(
    r"(?:the )?(?:very )?(?:greatest hits|best of|hits|live|unplugged|demos?|singles|e\.?p\.?|"
    r"collection|anthology|essential|essentials|remixes|christmas|bootleg|promo|album|s/t|"
    r"self[- ]titled)(?: (?:vol(?:ume)?\.? ?)?\d+)?"
)


def group_of(examples: Examples, *, group_by: Sequence[str] = GROUPINGS) -> NDArray[np.int64]:
    """Put tracks that share an artist or an album, directly or by others, into groups.

    Parameters
    ----------
    examples
        Labelled tracks.
    group_by
        "artist", "album" or both.

    Returns
    -------
    int64, shape (n,): the group of each track, numbered as they first occur. A track that tells
    neither is a group of its own.

    Raises
    ------
    ValueError
        There is nothing of that name to group by.

    Examples
    --------
    >>> nothing = (None,) * 4
    >>> examples = Examples("genre", ("a", "a", "b", "b"), nothing,
    ...     ("The Beatles", "beatles feat. Billy Preston", "Nina", None), nothing, nothing, {},
    ...     nothing)
    >>> group_of(examples).tolist()
    [0, 0, 1, 2]
    """
    unknown = sorted(set(group_by) - set(GROUPINGS))
    if unknown or not group_by:
        raise ValueError(
            f"Tracks are grouped by {' or '.join(GROUPINGS)}, not {unknown or group_by}."
        )
    artists = [artists_in(artist) for artist in examples.artist]
    joined = _Joined(len(examples))
    if "artist" in group_by:
        joined.join_alike(artists)
    if "album" in group_by:
        joined.join_alike(_album_keys(examples, artists))
    return joined.numbers()


def has_group(examples: Examples, *, group_by: Sequence[str] = GROUPINGS) -> NDArray[np.bool_]:
    """Tell of each track whether its artist or album is known at all.

    Examples
    --------
    >>> examples = Examples("genre", ("a", "b"), (None,) * 2, ("Various Artists", "Nina"),
    ...                     (None,) * 2, (None,) * 2, {}, (None,) * 2)
    >>> has_group(examples).tolist()
    [False, True]
    """
    known = np.zeros(len(examples), dtype=np.bool_)
    if "artist" in group_by:
        known |= [bool(artists_in(artist)) for artist in examples.artist]
    if "album" in group_by:
        known |= [_title(album) is not None for album in examples.album]
    return known


def _title(text: str | None) -> str | None:
    title = plain_text(text or "")
    return None if is_nobody(title) else title


def _album_keys(examples: Examples, artists: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return keys of each track; those of tracks on one album have one in common."""
    rows_of: dict[str, list[int]] = defaultdict(list)
    titles = [_title(album) for album in examples.album]
    for row, title in enumerate(titles):
        if title is not None:
            rows_of[title].append(row)
    own_folder = _folders_of_one_title(examples, titles)
    keys: list[tuple[str, ...]] = [()] * len(examples)
    for title, rows in rows_of.items():
        names = {name for row in rows for name in artists[row]}
        various = any(is_various(examples.artist[row] or "") for row in rows)
        few_each = len(names) >= 3 and len(rows) <= 2 * len(names)
        # Where nobody is said to have made it, it may be anybody's.
        one = various or len(names) <= 1 or not all(artists[row] for row in rows)
        one = one or (few_each and not _COMMON_TITLES.fullmatch(title))
        for row in rows:
            folder = own_folder.get(row)
            keys[row] = (
                *((title,) if one else ()),
                *(f"{title}\0{name}" for name in artists[row]),
                *((f"{title}\0/{folder}",) if folder is not None else ()),
            )
    return keys


def _folders_of_one_title(examples: Examples, titles: Sequence[str | None]) -> dict[int, str]:
    """Return the folders of the tracks whose folder holds one album and nothing else."""
    rows_in: dict[str, list[int]] = defaultdict(list)
    for row, path in enumerate(examples.path):
        if path is not None:
            rows_in[os.path.dirname(path)].append(row)  # noqa: PTH120 - names only
    return {
        row: folder
        for folder, rows in rows_in.items()
        if len(rows_in) > 1 and len({titles[row] for row in rows}) == 1
        for row in rows
    }


class _Joined:
    """Sets of rows that grow together (union-find, the smallest row standing for its set)."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def join_alike(self, keys: Iterable[tuple[str, ...]]) -> None:
        """Join the rows that have a key in common."""
        first: dict[str, int] = {}
        for row, found in enumerate(keys):
            for key in found:
                one, other = self._root(first.setdefault(key, row)), self._root(row)
                self._parent[max(one, other)] = min(one, other)

    def numbers(self) -> NDArray[np.int64]:
        roots = [self._root(row) for row in range(len(self._parent))]
        number = {root: index for index, root in enumerate(dict.fromkeys(roots))}
        return np.array([number[root] for root in roots], dtype=np.int64)

    def _root(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row
