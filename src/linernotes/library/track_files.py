"""The files of a library's tracks: a track whose bytes lie in several places has several."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from linernotes.library.jobs import is_as_it_was, stamp_of
from linernotes.library.rows import FILES
from linernotes.library.store import Store
from linernotes.library.store_errors import reading
from linernotes.library.stored_tracks import texts


@dataclass(frozen=True)
class TrackFile:
    """A file that holds a track.

    Parameters
    ----------
    path
        Where it was scanned.
    size
        Bytes, or ``None`` where that could not be seen.
    """

    path: str
    size: int | None


def read_track_files(store: Store) -> dict[str, tuple[TrackFile, ...]]:
    """Return the files of each track that no scan has found gone, sorted by path.

    Parameters
    ----------
    store
        The library.

    Returns
    -------
    dict
        By the ids of the tracks.

    Examples
    --------
    >>> read_track_files(Store("library", create=False))  # doctest: +SKIP
    {'0c1d…': (TrackFile(path='/music/a.mp3', size=4000000),)}
    """
    with reading(store.location):
        files = store.as_it_is(FILES)
        if files is None:
            return {}
        columns = ["path", "size", "track_id", "code", "missing_since"]
        table = files.to_table(columns=columns)
    missing = (~table["missing_since"].is_null().to_numpy()).tolist()
    told = zip(
        texts(table["path"]),
        table["size"].to_pylist(),
        table["track_id"].to_pylist(),
        table["code"].to_pylist(),
        missing,
        strict=True,
    )
    # Where two processes wrote the same path, the later row counts.
    last = {path: (size, track, code, gone) for path, size, track, code, gone in told}
    found: dict[str, list[TrackFile]] = {}
    for path in sorted(last):
        size, track, code, gone = last[path]
        if track is not None and code is None and not gone:
            found.setdefault(track, []).append(TrackFile(path, size if size >= 0 else None))
    return {track: tuple(files) for track, files in found.items()}


def unchanged_tracks(store: Store, paths: Sequence[str]) -> dict[str, str]:
    """Return the tracks in files that have not changed since a library looked at them.

    Parameters
    ----------
    store
        The library.
    paths
        Of files.

    Returns
    -------
    dict
        Ids of tracks by these paths; files that the library does not know are not among them.
    """
    rows = store.files(tags=False)
    found: dict[str, str] = {}
    for path in paths:
        row = rows.get(os.path.abspath(path))  # noqa: PTH100
        if row is not None and row.track_id and is_as_it_was(row, stamp_of(row.path)):
            found[path] = row.track_id
    return found
