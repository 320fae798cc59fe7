"""Names of tracks and artists, whatever their file tags lack."""

from __future__ import annotations

import ntpath
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.artists import artists_in

if TYPE_CHECKING:
    from linernotes.library.collection import Collection


def file_tag(collection: Collection, field: str, index: int) -> str | None:
    """Return a file tag of a track, ``None`` where it says nothing."""
    values = collection.metadata.get(field)
    value = values[index] if values else None
    return value.strip() or None if value else None


def shown_title(collection: Collection, index: int) -> str:
    """Return a track's title, or its file's name without the ending."""
    title = file_tag(collection, "title", index)
    if title:
        return title
    # Names of both kinds of systems: libraries move.
    path: str = collection.path[index]
    base = ntpath.basename(path.rstrip("/\\"))
    return ntpath.splitext(base)[0] or base


def shown_artist(collection: Collection, index: int) -> str | None:
    """Return a track's artist, else that of its album."""
    return file_tag(collection, "artist", index) or file_tag(collection, "albumartist", index)


def artist_of(collection: Collection, index: int) -> str | None:
    """Return by what the tracks of an artist are known to be his, of several the first one's.

    See `linernotes.datasets.artists`; ``None`` where nobody is named.
    """
    for field in ("artist", "albumartist"):
        if names := artists_in(file_tag(collection, field, index)):
            return names[0]
    return None


def sort_out(values: Sequence[str | None]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return different values, the commonest first, and which one each is; -1 for none.

    Examples
    --------
    >>> names, labels = sort_out(["rock", "Rock", None, "jazz", "Rock"])
    >>> names, labels.tolist()
    (('Rock', 'jazz'), [0, 0, -1, 1, 0])
    """
    # Whoever wrote "Rock" and "rock" meant the same; the commonest way of writing is shown.
    spellings: dict[str, Counter[str]] = {}
    for value in values:
        if value is not None:
            spellings.setdefault(value.casefold(), Counter())[value] += 1
    order = sorted(spellings, key=lambda key: (-spellings[key].total(), key))
    names = tuple(min(spellings[k], key=lambda s, k=k: (-spellings[k][s], s)) for k in order)  # type: ignore[misc]
    numbers = {key: number for number, key in enumerate(order)}
    labels = [-1 if value is None else numbers[value.casefold()] for value in values]
    return names, np.array(labels, np.int32)


def plain(text: str) -> str:
    """Return a text without case and accents.

    Examples
    --------
    >>> plain("Beyoncé")
    'beyonce'
    """
    folded = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in folded if not unicodedata.combining(c))
