"""``linernotes similar`` and ``map``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console

from linernotes.clock import clock
from linernotes.display import printable
from linernotes.explore import Library
from linernotes.explore.licences import notice_of
from linernotes.explore.neighbourhood import neighbourhood_of
from linernotes.explore.requests import path_to, query_of
from linernotes.library.store import Store

if TYPE_CHECKING:
    from linernotes.explore import Explorer
    from linernotes.explore.query import Match, Query
    from linernotes.learning import AnyModel


def show_similar(
    tracks: Sequence[str],
    *,
    library: str | None = None,
    disliked: Sequence[str] = (),
    words: str | None = None,
    to: str | None = None,
    mix: bool = False,
    random_state: int = 0,
    n: int = 20,
    per_artist: int | None = None,
    where: Sequence[str] = (),
    taste: bool = False,
    why: bool = False,
    playlist: Path | None = None,
    networks: Sequence[str] = (),
    models: Sequence[str] = (),
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
    mix, random_state
        Whether each track shall follow from the one before, and what chance begins with.
    n, per_artist, where, why
        As in `Explorer.similar`.
    taste
        Whether to lean to what is known to be liked.
    playlist
        A .m3u8 file.
    networks
        Names of installed networks that say what is alike, in place of those that ship.
    models
        Names and files of models: what they hear as alike counts as much as the sound, and
        filters know their answers.
    as_json
        Whether to print one object a line.

    Returns
    -------
    int
        How many tracks were found.
    """
    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    asked = _load(models)
    place, explorer = Library(library), None
    if not (asked or networks or disliked or words or to or mix or where or why or taste):
        store = Store(place.location, create=False)
        explorer = neighbourhood_of(store, tracks, n=n, per_artist=per_artist)
    explorer = explorer or _explorer(place, asked, networks, messages)
    if to is not None:
        found = path_to(explorer, tracks, to, n=n, per_artist=per_artist, where=where)
    else:
        query = query_of(explorer, tracks, disliked=disliked, words=words)
        for model in asked if tracks else ():
            from linernotes.identification.collection_labels import blend_with_model

            query = blend_with_model(explorer, query, tracks, model)
        if taste:
            query = _leaning(place, explorer, query)
        _tell_understood(query, explorer, messages)
        if mix:
            from linernotes.explore.journeys import endless_mix

            found = list(
                islice(endless_mix(explorer, query, random_state=random_state, where=where), n)
            )
        else:
            found = explorer.similar(query, n=n, per_artist=per_artist, where=where, why=why)
    output = Console(highlight=False, soft_wrap=True)
    notice = notice_of(explorer)
    for number, match in enumerate(found, 1):
        if as_json:
            stamp = {} if notice is None else {"licence": notice}
            print(json.dumps({**match.as_dict(), **stamp}), flush=True)
        else:
            _show(output, number, match, float(explorer.collection.duration[match.index]), why=why)
    if not found:
        messages.print("no track fits")
    if playlist is not None:
        _write_playlist(explorer, found, playlist, messages)
    return len(found)


def write_map(
    output: Path,
    *,
    library: str | None = None,
    by: str | None = None,
    title: str | None = None,
    method: str = "tsne",
    random_state: int = 0,
    networks: Sequence[str] = (),
) -> int:
    """Write the map of a library, and say what clusters there are.

    Returns
    -------
    int
        How many tracks are on it.
    """
    from linernotes.cli.bars import share_bar
    from linernotes.explore.map import draw_map

    messages = Console(stderr=True, highlight=False, soft_wrap=True)
    explorer = _explorer(Library(library), (), networks, messages)
    count = len(explorer.collection)
    if not count:
        messages.print("the library holds no analysed tracks; linernotes scan FOLDER adds some")
        return 0
    with share_bar(messages) as progress:
        made = draw_map(
            explorer, output, by=by, title=title, random_state=random_state, progress=progress,
            method="umap" if method == "umap" else "tsne",
        )  # fmt: skip
    sizes = np.bincount(made.dense.labels[made.dense.labels >= 0], minlength=len(made.dense.names))
    for name, size in zip(made.dense.names, sizes, strict=True):
        messages.print(f"{size:7,}  {name}", markup=False)
    messages.print(printable(f"map of {count:,} tracks: {output}"), markup=False)
    return count


def _tell_understood(query: Query, explorer: Explorer, messages: Console) -> None:
    for each in query.understood:
        if not each.is_literal:
            text = f"{each.words}: taken for {each.meaning}"
            messages.print(printable(text), markup=False)
    for word in query.unknown:
        from linernotes.explore.phrases import suggest

        close = suggest(word, explorer.collection.tag_names)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        messages.print(printable(f"nothing is known by {word!r}{hint}"), markup=False)


def _leaning(place: Library, explorer: Explorer, query: Query) -> Query:
    from linernotes.explore.leaning import LearnedTaste
    from linernotes.library.taste import Taste

    return query.leaning(LearnedTaste(Taste(place.location)).leaning(explorer))


def _explorer(
    place: Library, asked: Sequence[AnyModel], networks: Sequence[str], messages: Console
) -> Explorer:
    explorer = place.explorer()
    if asked:
        from linernotes.identification.collection_fields import with_model_fields

        collection, _, _ = with_model_fields(explorer.collection, asked)
        explorer = replace(explorer, collection=collection)
    if networks:
        from linernotes.explore.network_ears import explore_with_networks

        store = Store(place.location, create=False)
        explorer = explore_with_networks(
            store, explorer.collection, networks, further=explorer.further
        )
        if explorer.networks is not None and (said := explorer.networks.describe_weights()):
            messages.print(printable(said), markup=False)
    return explorer


def _load(models: Sequence[str]) -> list[AnyModel]:
    if not models:
        return []
    from linernotes.learning import load_model

    return [load_model(name) for name in models]


def _show(output: Console, number: int, match: Match, duration: float, *, why: bool) -> None:
    name = f"{match.artist} - {match.title}" if match.artist else match.title
    line = f"{number:4}  {match.score:6.3f}  {name}  {clock(duration)}"
    output.print(printable(line), markup=False)
    if why and match.why:
        output.print(printable(f"{'':14}{match.why}"), markup=False, style="dim")


def _write_playlist(
    explorer: Explorer, found: Sequence[Match], playlist: Path, messages: Console
) -> None:
    from linernotes.library.playlists import PlaylistEntry, write_playlist
    from linernotes.library.presence import Presence

    durations = explorer.collection.duration
    entries = [PlaylistEntry(m.path, float(durations[m.index]), m.artist, m.title) for m in found]
    failures = write_playlist(playlist, entries, comment=notice_of(explorer) or "")
    for failure in failures:
        text = f"{failure.file}: {failure.code}: {failure.message}"
        messages.print(printable(text), markup=False)
    presence = Presence()
    absent = [match.path for match in found if presence.find(match.path) is None]
    if absent:
        text = f"{len(absent)} of the files are not there now, such as {absent[0]}; is their drive "
        messages.print(printable(f"{text}connected? A scan finds where they moved"), markup=False)
    count = len(entries) - len(failures)
    messages.print(printable(f"playlist of {count} tracks: {playlist}"), markup=False)
