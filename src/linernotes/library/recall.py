"""What a library knows of a track already, for whoever would listen to it otherwise."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from linernotes.audio import Source
from linernotes.library.content import track_id
from linernotes.library.errors import LibraryError
from linernotes.library.location import default_location
from linernotes.library.store import Store


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


def recall_descriptors(location: str, track: Source) -> NDArray[np.float32] | None:
    """Return the descriptors of a track that a library holds, made by the current version.

    The track is known by its content, wherever it lies and whatever its tags say.

    Parameters
    ----------
    location
        Folder or URL of a library.
    track
        Path, bytes or binary file object.

    Returns
    -------
    float32, shape (261,): of the excerpt or the whole, as the library heard it. ``None`` if it
    does not know the track, or cannot be read any more.

    Raises
    ------
    AudioError
        The track cannot be read.

    Examples
    --------
    >>> recall_descriptors("library", "song.mp3").shape  # doctest: +SKIP
    (261,)
    """
    own = track_id(track)
    try:
        found = _opened(location).analysis("descriptors", ["values"], tracks=[own])
    except LibraryError:
        return None
    if found is None or not found.num_rows:
        return None
    return np.array(found["values"].to_pylist()[-1], np.float32)


@cache
def _opened(location: str) -> Store:
    """Open a library once in each process; every question sees its newest state."""
    return Store(location, create=False)
