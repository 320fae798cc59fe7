"""Labelled tracks from the shards that a cluster's scan has written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from linernotes.datasets.examples import ColumnNotFoundError, Examples, FeaturesToRead
from linernotes.datasets.names import did_you_mean
from linernotes.display import printable
from linernotes.learning.certainty import Certainty
from linernotes.learning.inputs import IN_LIBRARY
from linernotes.learning.label_table import LabelTable
from linernotes.learning.labelled_tracks import LabelledTracks
from linernotes.library.analyses import versions
from linernotes.library.shards import Shards
from linernotes.library.tag_names import FIELDS

if TYPE_CHECKING:
    import pyarrow as pa

_PREDICTIONS = "predictions:"
_COLUMNS = ("uri", "track_id", "versions", "code", "message", "file_tags")

#: Returns the label of each row of a batch.
Tell = Callable[["pa.RecordBatch"], list[str | None]]


def read_parquet(
    place: str,
    *,
    label: str | None = None,
    labels: LabelTable | None = None,
    storage_options: Mapping[str, str] | None = None,
) -> Examples:
    """Read labelled tracks from shards; their features are read when a recipe asks for them.

    Of a file that was scanned more than once, the last row counts; the same track in several
    files is used once.

    Parameters
    ----------
    place
        Folder, or address in an object store, that ``linernotes scan --output parquet`` has
        written to.
    label
        A field of the file tags, by default "genre"; or ``predictions:MODEL`` for what a model
        was sure of, and ``predictions:MODEL:NAME`` for the number that it gave to a class or
        target.
    labels
        A table to take labels from instead.
    storage_options
        How to reach the object store; by default the environment tells.

    Returns
    -------
    examples
        Sorted by address, whatever wrote them in whatever order.

    Raises
    ------
    ShardsError, StorageError
        There are no shards, or they cannot be read.
    ExamplesError
        Nothing is labelled so.

    Examples
    --------
    >>> read_parquet("s3://bucket/rows", label="genre").classes  # doctest: +SKIP
    ('jazz', 'rock')
    """
    wanted = labels.label if labels else label or "genre"
    tell, more = (_none, ()) if labels else _teller(wanted)
    shards = Shards(place, storage_options=storage_options)
    counts = _last_rows(shards)
    tracks = LabelledTracks(
        label=wanted,
        name=f"parquet:{place}",
        unlabelled="" if wanted in FIELDS else f"no answer of {wanted[12:]} to it was sure",
    )
    seen = 0
    for first, batch in shards.batches([*_COLUMNS, *more]):
        for row in _rows(batch, tell(batch), counts[first : first + batch.num_rows]):
            seen += _add(tracks, row, first, labels)
    if labels is not None:
        tracks.warnings += labels.warnings
        if not seen:
            raise labels.none_found(place)
    if more:
        tracks.warnings.append(
            f"the labels are what the model {printable(wanted[12:])} has said, which nobody has "
            "checked: what learns them learns its mistakes as well"
        )
    return tracks.examples(FeaturesToRead(IN_LIBRARY, np.arange(len(counts)), shards.lists))


def _last_rows(shards: Shards) -> NDArray[np.bool_]:
    """Return which rows count: of each address the last one."""
    # Eight bytes of each address: a million addresses take a hundred megabytes.
    hashes = [
        np.fromiter(map(hash, batch["uri"].to_pylist()), np.int64, batch.num_rows)
        for _, batch in shards.batches(["uri"])
    ]
    whole = np.concatenate([np.empty(0, np.int64), *hashes])
    order = np.argsort(whole, kind="stable")
    counts = np.ones(len(whole), np.bool_)
    counts[order[:-1]] = whole[order[1:]] != whole[order[:-1]]
    return counts


def _rows(
    batch: pa.RecordBatch, labels: list[str | None], counts: Any
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows of a batch that count, with their number in it."""
    columns = [batch[name].to_pylist() for name in ("uri", "track_id", "code", "message")]
    tags = (_tag(batch, field) for field in ("artist", "albumartist", "album"))
    made_by = [_made_by(batch, name) for name in ("networks", "descriptors")]
    rows = enumerate(zip(*columns, *tags, *made_by, labels, strict=True))
    return (pair for pair, count in zip(rows, counts, strict=True) if count)


def _add(
    tracks: LabelledTracks,
    numbered: tuple[int, tuple[Any, ...]],
    first: int,
    labels: LabelTable | None,
) -> bool:
    """Add a row, and tell whether a table of labels knows it."""
    number, row = numbered
    uri, track_id, code, message, artist, albumartist, album, networks, descriptors, label = row
    known = labels.find(uri, track_id) if labels is not None else None
    if labels is not None and known is None:
        return False
    if code is not None:
        tracks.leave_out(uri, code, message or "it could not be analysed")
    elif (networks, descriptors) != tuple(versions()[name] for name in ("networks", "descriptors")):
        tracks.leave_out(
            uri,
            "other-version",
            f"it was analysed by networks {networks} and descriptors {descriptors}, and this "
            "linernotes has others; scan again",
        )
    elif known is not None and known.label is None:
        tracks.leave_out(uri, "conflicting-labels", "the table has several labels for this track")
    else:
        tracks.add(
            uri,
            track_id,
            label if known is None else known.label,
            artist=(known and known.artist) or artist or albumartist,
            album=(known and known.album) or album,
            split=known.split if known else None,
            place=first + number,
        )
    return True


def _teller(label: str) -> tuple[Tell, tuple[str, ...]]:
    """Return what tells the label of rows, and the column that it needs besides."""
    if label.startswith(_PREDICTIONS):
        model, _, name = label.removeprefix(_PREDICTIONS).partition(":")
        return (lambda batch: _told_by(batch, model, name)), ("predictions",)
    if label not in FIELDS:
        near = did_you_mean(label, FIELDS)
        raise ColumnNotFoundError(
            f"{printable(label)} is no file tag that is read{near or ';'} choose one of "
            f"{', '.join(FIELDS)}, or predictions:MODEL for what a model has said, or give a "
            "table with --labels"
        )
    return (lambda batch: _tag(batch, label)), ()


def _none(batch: pa.RecordBatch) -> list[str | None]:
    return [None] * batch.num_rows


def _tag(batch: pa.RecordBatch, field: str) -> list[str | None]:
    import pyarrow.compute as pc

    found: list[str | None] = pc.map_lookup(batch["file_tags"], field, "first").to_pylist()
    return found


def _made_by(batch: pa.RecordBatch, name: str) -> list[str | None]:
    import pyarrow.compute as pc

    found: list[str | None] = pc.struct_field(batch["versions"], name).to_pylist()
    return found


def _told_by(batch: pa.RecordBatch, model: str, name: str) -> list[str | None]:
    """Return what a model was sure of, or the number that it gave to a class or target."""
    told: list[str | None] = []
    for predictions in batch["predictions"].to_pylist():
        own = next((each for each in predictions or () if each["model"] == model), None)
        if own is None:
            told.append(None)
        elif name:
            numbers = dict(zip(own["names"], own["values"], strict=True))
            told.append(repr(numbers[name]) if name in numbers else None)
        else:
            told.append(own["answer"] if own["certainty"] == Certainty.SURE else None)
    return told
