"""``linernotes similar`` and ``map``."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from rich.console import Console

from linernotes.cli.show import clock, printable
from linernotes.explore.explorer import Explorer, Match, Query, TrackNotFoundError
from linernotes.explore.phrases import PhraseError, suggest
from linernotes.library import Collection, Library, analyse_track
from linernotes.library.file_tags import read_file_tags


def show_similar(
    tracks: Sequence[str],
    *,
    library: str | None = None,
    disliked: Sequence[str] = (),
    words: str | None = None,
    to: str | None = None,
    mix: bool = False,
    seed: int = 0,
    n: int = 20,
    per_artist: int | None = None,
    where: Sequence[str] = (),
    why: bool = False,
    playlist: Path | None = None,
    as_json: bool = False,
) -> int:
    """Print what sounds like tracks, or like what words say, and write the playlist.

    Parameters
    ----------
    tracks, disliked
        Files, in the library or not, and ids.
    library
        Folder or URL.
    words
        Such as "mellow jazz piano".
    to
        A track to find a path to, from the only one in ``tracks``.
    mix, seed
        Whether each track shall follow from the one before, and what chance begins with.
    n, per_artist, where, why
        As in `Explorer.similar`.
    playlist
        A .m3u8 file.
    as_json
        Whether to print one object a line.

    Returns
    -------
    int
        How many tracks were found.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    explorer = Explorer(Library(library).collection())
    if to is not None:
        found = _path(explorer, tracks, to, n=n, where=where)
    else:
        query = _query(explorer, tracks, disliked, words)
        for word in query.unknown:
            close = suggest(word, explorer.collection.tag_names)
            hint = f"; did you mean {' or '.join(close)}?" if close else ""
            messages.print(printable(f"nothing is known by {word!r}{hint}"), markup=False)
        if mix:
            found = _mix(explorer, query, n=n, seed=seed, where=where)
        else:
            found = explorer.similar(query, n=n, per_artist=per_artist, where=where, why=why)
    output = Console(highlight=False, soft_wrap=True)
    for number, match in enumerate(found, 1):
        if as_json:
            print(json.dumps(match.as_dict()), flush=True)
        else:
            _show(output, number, match, float(explorer.collection.duration[match.index]), why=why)
    if not found:
        messages.print("no track fits")
    if playlist is not None:
        _write_playlist(explorer.collection, found, playlist, messages)
    return len(found)


def write_map(
    output: Path,
    *,
    library: str | None = None,
    by: str | None = None,
    title: str | None = None,
    method: str = "tsne",
    seed: int = 0,
) -> int:
    """Write the map of a library, and say what clusters there are.

    Returns
    -------
    int
        How many tracks are on it.
    """
    from linernotes.explore.map import draw_map

    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    explorer = Explorer(Library(library).collection())
    count = len(explorer.collection)
    if not count:
        messages.print("the library holds no analysed tracks; linernotes scan FOLDER adds some")
        return 0
    made = draw_map(
        explorer, output, by=by, title=title, seed=seed,
        method="umap" if method == "umap" else "tsne",
    )  # fmt: skip
    sizes = np.bincount(made.dense.labels[made.dense.labels >= 0], minlength=len(made.dense.names))
    for name, size in zip(made.dense.names, sizes, strict=True):
        messages.print(f"{size:7,}  {name}", markup=False)
    messages.print(printable(f"map of {count:,} tracks: {output}"), markup=False)
    return count


def _query(
    explorer: Explorer, tracks: Sequence[str], disliked: Sequence[str], words: str | None
) -> Query:
    described = explorer.described(words) if words else None
    if not tracks:
        if described is None:
            raise PhraseError("name a track, or say what is wanted with --words")
        return described
    unlike = [_known(explorer, name) for name in disliked]
    known: list[int] = []
    others: list[Collection] = []
    for name in tracks:
        try:
            known.append(_known(explorer, name))
        except TrackNotFoundError:
            if not Path(name).is_file():
                raise
            others.append(_listen_to(name, explorer.collection))
    if others:
        everything = _joined([*others, _taken(explorer.collection, known)])
        liked = explorer.like_other(everything, disliked=unlike)
    else:
        liked = explorer.like(*known, disliked=unlike)
    return explorer.blend(liked, described) if described is not None else liked


def _known(explorer: Explorer, name: str) -> int:
    """Find a track by its id, its path, or its path from here."""
    try:
        return explorer.find(name)
    except TrackNotFoundError:
        place = os.path.abspath(os.path.expanduser(name))  # noqa: PTH100, PTH111 - as scanned
        if place != name and place in explorer.collection.path:
            return explorer.find(place)
        raise


def _listen_to(file: str, collection: Collection) -> Collection:
    """Analyse a file that is not in the library, as a collection of its own."""
    found = analyse_track(file)
    if found.networks is None or found.descriptors is None:
        raise TrackNotFoundError(f"{file}: it could not be analysed")
    told = read_file_tags(file)
    return Collection(
        track_id=(file,),
        path=(file,),
        metadata={field: (told.get(field),) for field in collection.metadata},
        duration=np.array([found.duration], np.float32),
        embedding=found.networks.embedding[np.newaxis],
        tags=found.networks.tags[np.newaxis],
        tag_names=collection.tag_names,
        descriptors=found.descriptors[np.newaxis],
    )


def _taken(collection: Collection, indices: Sequence[int]) -> Collection:
    rows = list(indices)
    return Collection(
        track_id=tuple(collection.track_id[i] for i in rows),
        path=tuple(collection.path[i] for i in rows),
        metadata={
            field: tuple(values[i] for i in rows) for field, values in collection.metadata.items()
        },
        duration=collection.duration[rows],
        embedding=collection.embedding[rows],
        tags=collection.tags[rows],
        tag_names=collection.tag_names,
        descriptors=collection.descriptors[rows],
    )


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


def _path(
    explorer: Explorer, tracks: Sequence[str], to: str, *, n: int, where: Sequence[str]
) -> list[Match]:
    from linernotes.explore.journeys import path_between

    if len(tracks) != 1:
        raise TrackNotFoundError("a path leads from one track of the library to another one")
    ends = _known(explorer, tracks[0]), _known(explorer, to)
    if ends[0] == ends[1]:
        raise TrackNotFoundError("a path leads from one track to another one, not to itself")
    return path_between(explorer, *ends, n=max(2, n), where=where)


def _mix(
    explorer: Explorer, query: Query, *, n: int, seed: int, where: Sequence[str]
) -> list[Match]:
    from linernotes.explore.journeys import endless_mix

    tracks: Iterator[Match] = endless_mix(explorer, query, seed=seed, where=where)
    return list(islice(tracks, n))


def _show(output: Console, number: int, match: Match, duration: float, *, why: bool) -> None:
    name = f"{match.artist} - {match.title}" if match.artist else match.title
    line = f"{number:4}  {match.score:6.3f}  {name}  {clock(duration)}"
    output.print(printable(line), markup=False)
    if why and match.why:
        output.print(printable(f"{'':14}{match.why}"), markup=False, style="dim")


def _write_playlist(
    collection: Collection, found: Sequence[Match], playlist: Path, messages: Console
) -> None:
    from linernotes.library.playlists import PlaylistEntry, write_playlist

    entries = [
        PlaylistEntry(m.path, float(collection.duration[m.index]), m.artist, m.title) for m in found
    ]
    failures = write_playlist(playlist, entries)
    for failure in failures:
        text = f"{failure.file}: {failure.code}: {failure.message}"
        messages.print(printable(text), markup=False)
    count = len(entries) - len(failures)
    messages.print(printable(f"playlist of {count} tracks: {playlist}"), markup=False)
