"""What tracks and artists are called, whatever their file tags lack."""

from __future__ import annotations

import ntpath
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

_GUESTS = re.compile(r"\s+[\(\[]?(?:feat|ft|featuring)\b.*$")
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


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
    """Return by what the tracks of an artist are known to be his: no case, no guests.

    Examples
    --------
    >>> _GUESTS.sub("", "some one feat. another")
    'some one'
    """
    artist = shown_artist(collection, index)
    if artist is None:
        return None
    return _GUESTS.sub("", " ".join(artist.casefold().split()))


def legible(text: str) -> str:
    """Return text that can be written and read, whatever bytes a name is made of."""
    return _CONTROLS.sub("\ufffd", text)
