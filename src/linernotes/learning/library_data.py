"""Labelled tracks of a library, with a file tag or a table as label."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import (
    ColumnNotFoundError,
    Examples,
    FeaturesToRead,
    Floats,
)
from linernotes.datasets.names import did_you_mean
from linernotes.display import printable
from linernotes.learning.inputs import IN_LIBRARY
from linernotes.learning.label_table import LabelTable
from linernotes.learning.labelled_tracks import LabelledTracks
from linernotes.learning.networks_heard import with_networks_heard
from linernotes.library.labels import LABEL_FIELD, TrackLabels
from linernotes.library.status import read_failures
from linernotes.library.store import Store
from linernotes.library.stored_tracks import read_collection
from linernotes.library.tag_names import FIELDS

if TYPE_CHECKING:
    from linernotes.explore import Library
    from linernotes.library import Collection


def read_library(
    library: str | os.PathLike[str] | Library | None,
    *,
    label: str | None = None,
    labels: LabelTable | None = None,
) -> Examples:
    """Read the labelled tracks of a library; features are read when a recipe asks for them.

    Parameters
    ----------
    library
        Folder or URL; that of whoever names none if not given.
    label
        A field of the file tags, by default "genre", or "label" for what people called tracks
        themselves, see `linernotes.library.labels`.
    labels
        A table to take labels from instead.

    Returns
    -------
    examples
        Sorted by path.

    Raises
    ------
    LibraryError
        It cannot be used.
    ExamplesError
        Nothing is labelled so.

    Examples
    --------
    >>> read_library("~/.local/share/linernotes/library", label="producer")  # doctest: +SKIP
    """
    from linernotes.explore import Library

    wanted = labels.label if labels else label or "genre"
    if labels is None and wanted != LABEL_FIELD:
        check_field(wanted)
    opened = library if isinstance(library, Library) else Library(library)
    store = Store(opened.location, create=False, storage_options=opened.storage_options)
    collection = read_collection(store)
    tracks = LabelledTracks(label=wanted, name=f"library:{opened.location}")
    for failure in read_failures(store):
        tracks.leave_out(failure.file or "", failure.code, failure.message)
    fields = ("artist", "albumartist", "album", *(() if labels else (wanted,)))
    told = collection.file_tags([field for field in fields if field != LABEL_FIELD])
    if wanted == LABEL_FIELD and labels is None:
        given = TrackLabels(opened.location).by_track()
        told = {**told, LABEL_FIELD: tuple(map(given.get, collection.track_id))}
    columns = [told[field] for field in fields]
    for row, (path, track_id, *tags) in enumerate(
        zip(collection.path, collection.track_id, *columns, strict=True)
    ):
        artist, albumartist, album, *own = tags
        known = None
        if labels is not None:
            known = labels.find(path, track_id)
            if known is None:
                continue
        tracks.add(
            path,
            track_id,
            known.label if known else own[0],
            artist=(known and known.artist) or artist or albumartist,
            album=(known and known.album) or album,
            split=known.split if known else None,
            place=row,
        )
    if labels is not None:
        tracks.warnings += labels.warnings
        if not len(tracks):
            raise labels.none_found(opened.location)
    return with_networks_heard(tracks.examples(_features(collection)), opened, by_id=True)


def check_field(label: str) -> None:
    """See that a label is a field of the file tags.

    Raises
    ------
    ColumnNotFoundError
        It is none.
    """
    if label not in FIELDS:
        near = did_you_mean(label, FIELDS)
        raise ColumnNotFoundError(
            f"{printable(label)} is no file tag that is read{near or ';'} choose one of "
            f"{', '.join(FIELDS)}"
        )


def _features(collection: Collection) -> FeaturesToRead:
    def read(names: Sequence[str], rows: NDArray[np.int64]) -> Mapping[str, Floats]:
        return {name: collection.rows(name, rows) for name in names}

    return FeaturesToRead(IN_LIBRARY, np.arange(len(collection)), read)
