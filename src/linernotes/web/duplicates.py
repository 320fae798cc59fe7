"""Recordings that are in the library more than once, as a page tells of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from linernotes.explore import Library
from linernotes.explore.duplicates import Copy, best_copy, same_recordings_among
from linernotes.explore.names import file_tag, plain
from linernotes.library.file_tags import kind_of
from linernotes.library.location import is_url
from linernotes.library.store import Store
from linernotes.library.track_files import TrackFile, read_track_files
from linernotes.web.library_cache import Snapshot
from linernotes.web.tracks import row_of

_KINDS = {"m4a": "mp4", "mp4": "mp4", "aif": "aiff", "oga": "ogg", "wv": "wavpack", "wma": "asf"}


def list_duplicates(
    known: Snapshot, library: Library, *, offset: int, limit: int
) -> dict[str, Any]:
    """Return a page of the recordings that several files hold, those with most files first.

    Parameters
    ----------
    known
        What the library holds.
    library
        Where it lies.
    offset, limit
        Which of them.

    Returns
    -------
    dict
        Of each, its files with what speaks for and against them, which one to keep and why, and
        how far it is certain that they are the same: "same file" where all have the same bytes,
        "same recording" where they sound the same, are equally long and have the same title,
        "perhaps" where the titles differ.
    """
    groups, files = known.duplicates(lambda: _duplicates(known, library))
    return {
        "total": len(groups),
        "offset": offset,
        "groups": [_told(known, group, files) for group in groups[offset : offset + limit]],
    }


def _duplicates(
    known: Snapshot, library: Library
) -> tuple[list[tuple[int, ...]], Mapping[str, tuple[TrackFile, ...]]]:
    files = (
        {}
        if is_url(library.location) or not len(known.collection)
        else read_track_files(Store(library.location, create=False))
    )
    groups = same_recordings_among(known.explorer.space.vectors, known.collection.duration)
    grouped = {row for group in groups for row in group}
    groups += [
        (row,)
        for row, track in enumerate(known.collection.track_id)
        if row not in grouped and len(files.get(track, ())) > 1
    ]
    count = {group: sum(len(_files_of(known, row, files)) for row in group) for group in groups}
    return sorted(groups, key=lambda group: (-count[group], group)), files


def _files_of(
    known: Snapshot, row: int, files: Mapping[str, tuple[TrackFile, ...]]
) -> Sequence[TrackFile]:
    collection = known.collection
    return files.get(collection.track_id[row]) or (TrackFile(collection.path[row], None),)


def _told(
    known: Snapshot, group: tuple[int, ...], files: Mapping[str, tuple[TrackFile, ...]]
) -> dict[str, Any]:
    copies = [
        Copy(
            row=row,
            path=file.path,
            kind=_kind(file.path),
            size=file.size,
            duration=float(known.collection.duration[row]),
            told=sum(
                file_tag(known.collection, field, row) is not None
                for field in known.collection.metadata
            ),
        )
        for row in group
        for file in _files_of(known, row, files)
    ]
    best, why = best_copy(copies)
    titles = {plain(known.titles[row]) for row in group}
    certain = "same file" if len(group) == 1 else "same recording"
    return {
        "certainty": certain if len(titles) == 1 else "perhaps",
        "keep": best,
        "why": why if len(group) > 1 else "all have the same bytes",
        "files": [
            {
                "track": row_of(known, copy.row),
                "path": copy.path,
                "format": copy.kind or None,
                "lossless": copy.is_lossless,
                "kbits": copy.rate,
                "bytes": copy.size,
                "tags": copy.told,
            }
            for copy in copies
        ],
    }


def _kind(path: str) -> str:
    """Tell the format of a file from its bytes, or of one that cannot be read from its name."""
    kind = None if is_url(path) else kind_of(path)
    ending = os.path.splitext(path)[1].removeprefix(".").casefold()  # noqa: PTH122
    return kind or _KINDS.get(ending, ending)
