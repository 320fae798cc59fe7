"""Which files are in some places: folders, object stores, single files and addresses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from linernotes.library.discovery import files_in, is_within
from linernotes.library.jobs import stamp_of
from linernotes.storage import is_remote, list_objects
from linernotes.storage.addresses import is_in_object_store


@dataclass(frozen=True)
class Found:
    """A file, and by what it is known to be as it was.

    Parameters
    ----------
    uri
        Path, or address.
    size, etag
        Of a file in an object store; of one in a folder its size alone. ``None`` at web addresses,
        which are not asked before they are fetched.
    mtime_ns, ctime_ns
        Of a file in a folder.
    """

    uri: str
    size: int | None = None
    etag: str | None = None
    mtime_ns: int | None = None
    ctime_ns: int | None = None

    @property
    def stamp(self) -> str:
        """All of it as a text."""
        return stamp_text(self.uri, self.size, self.etag, self.mtime_ns)


def stamp_text(uri: str, size: int | None, etag: str | None, mtime_ns: int | None) -> str:
    """Return a text that changes whenever a file does."""
    if is_remote(uri) and not is_in_object_store(uri):
        return uri
    return f"{uri}\n{size}\n{etag if is_remote(uri) else mtime_ns}"


def find_files(
    places: Sequence[str],
    *,
    apart_from: Path | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Iterator[Found]:
    """Yield what may be a track in some places, each once.

    Parameters
    ----------
    places
        Folders, files, and addresses; see `whole_places`.
    apart_from
        A folder to leave out: that of the library.
    storage_options
        How to reach object stores.

    Raises
    ------
    StorageError, FolderNotFoundError
        A place cannot be listed.
    """
    for place in places:
        if is_in_object_store(place):
            for stored in list_objects(place, storage_options=storage_options):
                yield Found(stored.uri, stored.size, stored.etag)
        elif is_remote(place):
            yield Found(place)
        else:
            for path in files_in([place], apart_from=apart_from, unread=[]):
                stamp = stamp_of(path)
                yield Found(path, stamp.size, None, stamp.mtime_ns, stamp.ctime_ns)


def whole_places(places: Sequence[str]) -> list[str]:
    """Return places in the one form that their files have, without those that lie in others.

    Examples
    --------
    >>> whole_places(["s3://bucket/music/jazz", "s3://bucket/music/"])
    ['s3://bucket/music']
    """
    forms = {
        place.rstrip("/") if is_remote(place) else os.path.abspath(place)  # noqa: PTH100
        for place in places
    }
    return [
        place for place in sorted(forms)
        if not any(is_within(place, [other]) for other in forms - {place})
    ]  # fmt: skip
