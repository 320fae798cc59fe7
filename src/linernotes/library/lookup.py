"""Looking up tracks that a library knows already, for whoever would listen to them otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Source
from linernotes.library.content import track_id
from linernotes.library.errors import LibraryError
from linernotes.library.location import default_location
from linernotes.library.store import Store

if TYPE_CHECKING:
    from pyarrow import Table

Floats = NDArray[np.float32]


def library_at_hand(location: str | None = None) -> str | None:
    """Return where a library is that can be asked, or ``None`` if there is none.

    Parameters
    ----------
    location
        Folder or URL; without it the library of whoever names none, if that can be read.

    Raises
    ------
    LibraryError
        There is none where one was named, or it cannot be read.

    Examples
    --------
    >>> library_at_hand()  # doctest: +SKIP
    '/home/me/.local/share/linernotes/library'
    """
    place = location or default_location()
    try:
        _opened(place)
    except LibraryError:
        if location is not None:
            raise
        return None
    return place


@dataclass(frozen=True, eq=False)
class KnownTrack:
    """A library's knowledge of a track, made by the current versions; ``None`` where it has none.

    Parameters
    ----------
    embedding, tags
        float32, shapes (800,) and (tags,): what the networks heard.
    descriptors
        float32, shape (descriptors,).
    """

    embedding: Floats | None = None
    tags: Floats | None = None
    descriptors: Floats | None = None


def look_up(location: str, track: Source) -> KnownTrack:
    """Return what a library knows of a track.

    The track is known by its content, wherever it lies and whatever its tags say.

    Parameters
    ----------
    location
        Folder or URL of a library.
    track
        Path, bytes or binary file object.

    Returns
    -------
    Of the excerpt or the whole, as the library heard it. Nothing if it does not know the track, or
    cannot be read any more.

    Raises
    ------
    AudioError
        The track cannot be read.

    Examples
    --------
    >>> look_up("library", "song.mp3").embedding.shape  # doctest: +SKIP
    (800,)
    """
    own = track_id(track)
    try:
        store = _opened(location)
        networks = store.analysis("networks", ["embedding", "tags"], tracks=[own])
        descriptors = store.analysis("descriptors", ["values"], tracks=[own])
    except LibraryError:
        return KnownTrack()
    return KnownTrack(
        embedding=_last(networks, "embedding"),
        tags=_last(networks, "tags"),
        descriptors=_last(descriptors, "values"),
    )


def _last(table: Table | None, column: str) -> Floats | None:
    if table is None or not table.num_rows:
        return None
    return np.array(table[column].to_pylist()[-1], np.float32)


@cache
def _opened(location: str) -> Store:
    """Open a library once in each process; every question sees its newest state."""
    return Store(location, create=False)
