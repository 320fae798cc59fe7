"""What installed networks heard of labelled tracks when a library was scanned: not heard again."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import Examples, FeaturesToRead, Floats
from linernotes.learning.inputs import NETWORK, find_input
from linernotes.library.errors import LibraryError
from linernotes.library.network_tables import read_embeddings
from linernotes.library.store import Store
from linernotes.library.track_files import unchanged_tracks

if TYPE_CHECKING:
    from linernotes.explore import Library


def with_networks_heard(
    examples: Examples,
    library: str | os.PathLike[str] | Library | None,
    *,
    by_id: bool = False,
) -> Examples:
    """Let labelled tracks come with what installed networks heard of them in a library.

    Parameters
    ----------
    examples
        Labelled tracks.
    library
        Folder or URL; that of whoever names none if not given. It is opened when a recipe hears a
        network, and where it cannot be read, nothing is known.
    by_id
        Whether the tracks' ids are those of the library. Otherwise a file counts that has not
        changed since the library looked at it.

    Returns
    -------
    examples
        The same tracks.
    """
    from linernotes.networks import list_installed

    networks = {
        f"{NETWORK}{each.spec.name}": each
        for each in list_installed()
        if each.spec.embedding is not None
    }
    ids, paths = examples.track_id, examples.path
    if not networks or not any(ids if by_id else paths):
        return examples

    def read(names: Sequence[str], rows: NDArray[np.int64]) -> Mapping[str, Floats]:
        try:
            store = _opened(library)
            if by_id:
                tracks = [ids[row] or "" for row in rows.tolist()]
            else:
                files = [paths[row] or "" for row in rows.tolist()]
                known = unchanged_tracks(store, [path for path in files if path])
                tracks = [known.get(path, "") for path in files]
            return {name: read_embeddings(store, networks[name], tracks) for name in names}
        except LibraryError:
            return {
                name: np.full((len(rows), find_input(name).columns), np.nan, np.float32)
                for name in names
            }

    return replace(examples, heard=FeaturesToRead(tuple(networks), np.arange(len(examples)), read))


def heard_before(examples: Examples, names: Sequence[str]) -> dict[str, dict[int, Floats]]:
    """Return what a library knows of tracks, by the name of the input.

    Parameters
    ----------
    examples
        Labelled tracks.
    names
        Inputs that are to be heard of them.

    Returns
    -------
    dict
        By row, the track's row of numbers, float32, shape (1, columns); tracks of which nothing
        is known are not among them.
    """
    source = examples.heard
    wanted = [] if source is None else [name for name in names if name in source.names]
    if source is None or not wanted:
        return {}
    return {
        name: {
            row: values[row : row + 1]
            for row in np.flatnonzero(np.isfinite(values).all(axis=1)).tolist()
        }
        for name, values in source.read(wanted, source.rows).items()
    }


def _opened(library: str | os.PathLike[str] | Library | None) -> Store:
    from linernotes.explore import Library

    opened = library if isinstance(library, Library) else Library(library)
    return Store(opened.location, create=False, storage_options=opened.storage_options)
