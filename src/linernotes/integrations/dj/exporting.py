"""Writing a library for DJ programs, by the ending of the file's name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from linernotes.errors import Failure
from linernotes.features.key_notation import KeyNotation
from linernotes.integrations.dj.collection_file import DjFileError, read_collection_file
from linernotes.integrations.dj.rekordbox import ROOT, write_rekordbox
from linernotes.integrations.dj.tracks import DjTrack, dj_tracks, with_structure
from linernotes.integrations.dj.traktor import NML_ROOT, write_traktor

if TYPE_CHECKING:
    from linernotes.library.collection import Collection

SUFFIXES = (".xml", ".nml")
"""Endings of what rekordbox and Traktor read."""


def export_for_djs(
    collection: Collection,
    path: str | os.PathLike[str],
    *,
    notation: KeyNotation = "musical",
    listen: bool = False,
    workers: int | None = None,
    watched: Callable[[Iterator[DjTrack | Failure]], Iterator[DjTrack | Failure]] = iter,
) -> tuple[Failure, ...]:
    """Write the tracks of a library into a collection of a DJ program.

    What people have set there is kept. Tempo and key are told where nine of ten are right, or the
    file tags tell them.

    Parameters
    ----------
    collection
        The tracks.
    path
        A ``.xml`` file for rekordbox, or ``.nml`` for Traktor.
    notation
        How keys are written.
    listen
        Whether to listen to every track for its beat grid and cue points, which takes seconds each.
    workers
        Processes that listen; ``None`` for one a processor.
    watched
        Passes on what was listened to, and may show how far that is.

    Returns
    -------
    tuple of Failure
        Tracks that could not be listened to; they are written without grid and cues.

    Raises
    ------
    DjFileError
        What is there is no such collection, or it cannot be written.

    Examples
    --------
    >>> export_for_djs(Library().collection(), "rekordbox.xml")  # doctest: +SKIP
    ()
    """
    target = Path(path).expanduser()
    kind = target.suffix.lower()
    if kind not in SUFFIXES:
        raise DjFileError(f"{target.name}: DJ programs read .xml (rekordbox) or .nml (Traktor)")
    if not target.parent.is_dir():
        raise DjFileError(f"there is no folder {target.parent} to write to")
    write, root = {".xml": (write_rekordbox, ROOT), ".nml": (write_traktor, NML_ROOT)}[kind]
    read_collection_file(target, root)  # what is wrong with it is said before the work
    tracks = dj_tracks(collection)
    failures: list[Failure] = []
    if listen:
        heard: list[DjTrack] = []
        for track, found in zip(
            tracks, watched(with_structure(tracks, workers=workers)), strict=True
        ):
            if isinstance(found, Failure):
                failures.append(found)
            heard.append(track if isinstance(found, Failure) else found)
        tracks = heard
    write(target, tracks, notation=notation)
    return tuple(failures)
