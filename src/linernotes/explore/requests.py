"""From what a person asks for, tracks, files and words, to queries."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from linernotes.explore.discover import like, tracks_of_artist
from linernotes.explore.explorer import Explorer, TrackNotFoundError
from linernotes.explore.phrases import PhraseError
from linernotes.explore.query import Match, Query
from linernotes.library.collection import Collection
from linernotes.library.presence import same_path


def query_of(
    explorer: Explorer,
    tracks: Sequence[str],
    *,
    disliked: Sequence[str] = (),
    words: str | None = None,
) -> Query:
    """Turn what a person asked for into a query.

    Parameters
    ----------
    explorer
        Of a library.
    tracks
        What it shall be like: ids, paths of tracks in the library, artists in it, each of whom
        counts as a track, or other files, which are listened to.
    disliked
        What it shall not be like: ids and paths of tracks in the library, and artists in it.
    words
        Such as "mellow jazz piano"; alone, or blended with the tracks.

    Raises
    ------
    PhraseError
        Nothing is asked for.
    TrackNotFoundError
        A name is neither that of a track or an artist in the library nor a file.
    AudioError
        A file cannot be listened to.

    Examples
    --------
    >>> query = query_of(explorer, ["song.mp3"], words="slow")  # doctest: +SKIP
    """
    described = explorer.described(words) if words else None
    if not tracks and described is None:
        raise PhraseError("name a track or an artist, or say what is wanted with --words")
    known, artists, files = _sorted_out(explorer, tracks)
    unlike, unlike_artists, missing = _sorted_out(explorer, disliked)
    if missing:
        raise TrackNotFoundError(f"{missing[0]}: what is not liked has to be in the library")
    if files:
        rows = [row for name in artists for row in tracks_of_artist(explorer, name)]
        against = [row for name in unlike_artists for row in tracks_of_artist(explorer, name)]
        heard = [_listen_to(file, explorer) for file in files]
        places = np.array([*known, *rows], np.intp)
        own = explorer.collection.taken(places)
        if explorer.networks is not None and explorer.networks.says_alike:
            own = explorer.networks.widened(own, places)
        everything = _joined([*heard, own])
        liked: Query | None = explorer.like_other(everything, disliked=[*unlike, *against])
    else:
        liked = like(explorer, known, unlike, artists=artists, unlike_artists=unlike_artists)
    if liked is None or described is None:
        return liked or described or Query()
    return explorer.blend(liked, described)


def _sorted_out(explorer: Explorer, names: Sequence[str]) -> tuple[list[int], list[str], list[str]]:
    """Return tracks of the library, artists in it, and files that are not."""
    known: list[int] = []
    artists: list[str] = []
    files: list[str] = []
    for name in names:
        try:
            known.append(_known(explorer, name))
        except TrackNotFoundError:
            if Path(name).is_file():
                files.append(name)
            elif tracks_of_artist(explorer, name):
                artists.append(name)
            else:
                raise
    return known, artists, files


def _known(explorer: Explorer, name: str) -> int:
    """Find a track by its id, its path, or its path from here."""
    try:
        return explorer.find(name)
    except TrackNotFoundError:
        place = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - as scanned
        if place != name and same_path(place, explorer.collection.path) is not None:
            return explorer.find(place)
        raise


def _listen_to(file: str, explorer: Explorer) -> Collection:
    """Analyse a file that is not in the library, as a collection of its own."""
    from linernotes.library.analysis import analyse_track
    from linernotes.library.file_tags import read_file_tags

    found = analyse_track(file)
    if found.networks is None or found.descriptors is None:
        raise TrackNotFoundError(f"{file}: it could not be analysed")
    told = read_file_tags(file)
    collection = explorer.collection
    heard = Collection(
        track_id=(file,),
        path=(file,),
        metadata={field: (told.get(field),) for field in collection.metadata},
        duration=np.array([found.duration], np.float32),
        embedding=found.networks.embedding[np.newaxis],
        tags=found.networks.tags[np.newaxis],
        tag_names=collection.tag_names,
        descriptors=found.descriptors[np.newaxis],
    )
    if explorer.networks is None or not explorer.networks.says_alike:
        return heard
    return explorer.networks.listen_to(file, heard)


def _joined(parts: Sequence[Collection]) -> Collection:
    fields = parts[0].metadata
    return Collection(
        track_id=tuple(name for part in parts for name in part.track_id),
        path=tuple(path for part in parts for path in part.path),
        metadata={f: tuple(v for part in parts for v in part.metadata[f]) for f in fields},
        duration=np.concatenate([part.duration for part in parts]),
        embedding=np.concatenate([part.embedding for part in parts]),
        tags=np.concatenate([part.tags for part in parts]),
        tag_names=parts[0].tag_names,
        descriptors=np.concatenate([part.descriptors for part in parts]),
    )


def path_to(
    explorer: Explorer,
    tracks: Sequence[str],
    to: str,
    *,
    n: int,
    per_artist: int | None = None,
    where: Sequence[str] = (),
) -> list[Match]:
    """Find a path from the only one of the tracks to another one; see `path_between`.

    Raises
    ------
    TrackNotFoundError
        There is not one track to begin with, or one of the ends is not in the library.

    Examples
    --------
    >>> path_to(explorer, ["a.mp3"], "b.mp3", n=5)  # doctest: +SKIP
    """
    from linernotes.explore.journeys import path_between

    if len(tracks) != 1:
        raise TrackNotFoundError("a path leads from one track of the library to another one")
    ends = _known(explorer, tracks[0]), _known(explorer, to)
    if ends[0] == ends[1]:
        raise TrackNotFoundError("a path leads from one track to another one, not to itself")
    return path_between(explorer, *ends, n=max(2, n), per_artist=per_artist, where=where)
