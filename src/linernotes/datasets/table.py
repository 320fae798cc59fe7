"""Examples from a CSV file: a row a track, with the path of its audio file and its label."""

from __future__ import annotations

import itertools
import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from linernotes.datasets.delimited import Delimited, Row, cell, open_delimited, part_of
from linernotes.datasets.examples import (
    ColumnNotFoundError,
    Examples,
    Floats,
    LeftOut,
    NoExamplesError,
    similar_classes,
)
from linernotes.datasets.names import did_you_mean
from linernotes.display import printable

PATH_COLUMNS = ("path", "file", "filename", "filepath", "file_path", "audio", "audio_path", "wav")
LABEL_COLUMNS = ("label", "class", "target")
# What the column "label" of a table that was collected may hold.
_COLLECTED = ("producer", "genre")
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "artist": ("artist", "artists", "artist_name", "artist_names", "albumartist"),
        "album": ("album", "album_name", "album_title", "release"),
        "split": ("split", "set", "subset", "partition"),
        "track_id": ("track_id", "id"),
    }
)
"""Names of the columns that are understood, the first that is there counts."""

# So many rows tell which column holds the paths.
_LOOKED_AT = 100


@dataclass(frozen=True, eq=False)
class Labelled:
    """One row of a table, as far as it could be understood.

    Parameters
    ----------
    name
        What to call it when it is left out.
    target, artist, album, split, track_id
        What the table tells.
    path
        Its audio file.
    values
        Its features, in a table of features.
    """

    name: str
    target: str
    path: str | None
    artist: str | None
    album: str | None
    split: str | None
    track_id: str | None
    values: Floats | None = None


def read_table(
    path: str | os.PathLike[str],
    *,
    label: str | None = None,
    columns: Mapping[str, str] = MappingProxyType({}),
) -> Examples:
    """Read labelled tracks from a CSV or TSV file.

    Parameters
    ----------
    path
        The table. Its columns ``path`` and ``label`` are needed; ``artist``, ``album``,
        ``split`` ("train", "validation" or "test") and ``track_id`` are used where they are
        there. Paths are relative to the table.
    label
        The column of the classes or numbers; by default ``label``. In a table that ``linernotes
        collect`` wrote, "producer" and "genre" are what its column ``label`` holds.
    columns
        Which columns to take instead: ``{"album": "release_group"}``. Keys are ``path``,
        ``artist``, ``album``, ``split`` and ``track_id``.

    Returns
    -------
    The tracks. Rows without a class, whose file is missing, that occur twice, or that contradict
    each other are listed in ``left_out``.

    Raises
    ------
    ExamplesNotFoundError, ExamplesUnreadableError
        There is no such file, or it is no table.
    ColumnNotFoundError
        A column that is needed is not there.
    NoExamplesError
        No row can be used.

    Examples
    --------
    >>> examples = read_table("tracks.csv", label="producer")  # doctest: +SKIP
    >>> examples.classes, len(examples.left_out)  # doctest: +SKIP
    (('Dilla', 'Madlib'), 3)
    """
    name = Path(path).name
    with open_delimited(path) as table:
        target, called = label_column(table, label, name)
        # Every candidate of the first rows is looked at, then the rest goes on as it is read.
        first = list(itertools.islice(table.rows, _LOOKED_AT))
        folder = Path(path).absolute().parent
        place = _path_column(table, columns.get("path"), first, folder, name)
        known = {key: find_column(table, key, columns, name) for key in COLUMNS}
        rows: list[Labelled] = []
        left_out: list[LeftOut] = []
        for row in itertools.chain(first, table.rows):
            found = _labelled(
                row,
                width=len(table.columns),
                target=target,
                place=place,
                known=known,
                folder=folder,
            )
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                rows.append(found)
        warnings = table.warnings
    kept, more = without_repeats(rows)
    return gather(kept, label=called, name=name, left_out=(*left_out, *more), warnings=warnings)


def label_column(
    table: Delimited, label: str | None, name: str, others: Iterable[str] = ()
) -> tuple[int, str]:
    """Return the column of the classes or numbers, and what they are of."""
    place = table.find(*([label] if label else (*LABEL_COLUMNS, *others)))
    if place is None and label and label.casefold() in _COLLECTED and _is_collected(table):
        place = table.find("label")
    if place is None:
        near = did_you_mean(label, map(printable, filter(None, table.columns))) if label else ""
        raise ColumnNotFoundError(
            f"{printable(name)} has no column {printable(label or 'label')}{near or ';'} "
            f"name one of {_listed(table.columns)} with --label"
        )
    return place, label or table.columns[place]


def _is_collected(table: Delimited) -> bool:
    return all(table.find(column) is not None for column in ("label", "isrc", "title"))


def find_column(table: Delimited, key: str, columns: Mapping[str, str], name: str) -> int | None:
    """Return the column of what is not always there, or raise if it was asked for by name."""
    if key not in columns:
        return table.find(*COLUMNS[key])
    place = table.find(columns[key])
    if place is None:
        raise ColumnNotFoundError(
            f"{printable(name)} has no column {printable(columns[key])} for the {key}; "
            f"it has {_listed(table.columns)}"
        )
    return place


def without_repeats(rows: Iterable[Labelled]) -> tuple[list[Labelled], list[LeftOut]]:
    """Keep one row of each track, and none of those whose rows contradict each other.

    A track is its audio file, whatever its path goes through, or else its id.
    """
    by_track: dict[str, list[Labelled]] = defaultdict(list)
    for count, row in enumerate(rows):
        file = os.path.realpath(row.path) if row.path is not None else None
        by_track[file or (row.track_id and f"\0{row.track_id}") or f"\0\0{count}"].append(row)
    kept: list[Labelled] = []
    left_out: list[LeftOut] = []
    for same in by_track.values():
        classes = sorted({row.target for row in same})
        if len(classes) > 1:
            said = ", ".join(map(printable, classes))
            left_out += [
                LeftOut(
                    row.name,
                    "conflicting-labels",
                    f"this track is listed as {said}; keep the row that is right",
                )
                for row in same
            ]
            continue
        kept.append(same[0])
        left_out += [
            LeftOut(row.name, "duplicate", "this track is listed more than once; once is enough")
            for row in same[1:]
        ]
    return kept, left_out


def gather(
    rows: list[Labelled],
    *,
    label: str,
    name: str,
    left_out: Iterable[LeftOut],
    warnings: Iterable[str],
    features: str | None = None,
) -> Examples:
    """Make examples of rows, or raise if there are none."""
    left_out = tuple(left_out)
    if not rows:
        raise NoExamplesError(nothing_left(printable(name), left_out))
    targets = tuple(row.target for row in rows)
    values = [row.values for row in rows if row.values is not None]
    return Examples(
        label=label,
        target=targets,
        path=tuple(row.path for row in rows),
        artist=tuple(row.artist for row in rows),
        album=tuple(row.album for row in rows),
        split=tuple(row.split for row in rows),
        features={features: np.stack(values)} if features else {},
        track_id=tuple(row.track_id for row in rows),
        left_out=left_out,
        warnings=(*warnings, *similar_classes(targets)),
        name=name,
    )


def nothing_left(name: str, left_out: tuple[LeftOut, ...]) -> str:
    """Return the sentence for when there is nothing to learn from."""
    if not left_out:
        return f"{name} lists no tracks; add some, with their classes"
    (code, count), *_ = Counter(one.code for one in left_out).most_common()
    first = next(one for one in left_out if one.code == code)
    return (
        f"none of the {len(left_out)} tracks of {name} can be used; of {count} the reason is as of "
        f"{printable(first.name)}: {first.message}"
    )


def _labelled(
    row: Row, *, width: int, target: int, place: int, known: Mapping[str, int | None], folder: Path
) -> Labelled | LeftOut:
    written = cell(row, place)
    name = f"{written} (line {row.line})" if written else f"line {row.line}"
    if len(row.values) > width or len(row.values) <= max(target, place):
        return LeftOut(
            name,
            "bad-row",
            f"this row has {len(row.values)} fields, the header {width}; "
            "check its commas and quotes",
        )
    if written is None:
        return LeftOut(name, "missing-file", "this row names no file; add its path")
    label = cell(row, target)
    if label is None:
        return LeftOut(name, "no-label", "this row has no label; add it")
    file = _locate(folder, written)
    if file is None:
        return LeftOut(name, "missing-file", f"there is no such file in {folder}; check the path")
    return Labelled(
        name=name,
        target=label,
        path=file,
        artist=cell(row, known["artist"]),
        album=cell(row, known["album"]),
        split=part_of(cell(row, known["split"])),
        track_id=cell(row, known["track_id"]),
    )


def _locate(folder: Path, written: str) -> str | None:
    """Return the absolute path of a file as a table writes it, if it is there."""
    for text in dict.fromkeys((written, written.replace("\\", "/"))):
        path = os.path.join(folder, os.path.expanduser(text))  # noqa: PTH111, PTH118 - odd names
        if os.path.isfile(path):  # noqa: PTH113 - which a null byte in a name does not upset
            return os.path.normpath(path)
    return None


def _path_column(
    table: Delimited, asked: str | None, first: list[Row], folder: Path, name: str
) -> int:
    """Return the column of the audio files: where several may be it, the one that finds most."""
    places = [
        place
        for column in ([asked] if asked else PATH_COLUMNS)
        if (place := table.find(column)) is not None
    ]
    if not places:
        raise ColumnNotFoundError(
            f"{printable(name)} has no column {printable(asked or 'path')} of audio files; "
            f"it has {_listed(table.columns)}"
        )

    def found(place: int) -> int:
        return sum(_locate(folder, cell(row, place) or "\0") is not None for row in first)

    return places[0] if len(places) == 1 else max(places, key=found)


def _listed(columns: tuple[str, ...]) -> str:
    named = [printable(column) for column in columns if column]
    return ", ".join(named[:20]) + (", …" if len(named) > 20 else "")
