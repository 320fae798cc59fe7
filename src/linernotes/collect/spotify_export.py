"""Tables of Spotify's audio features that somebody exported earlier, made one table.

Spotify gives these features to new applications no longer, but many people have tables of them:
one a playlist from exporters, published data sets, tables of their own scripts. What
`spotify_table` reads from one table is here taken from many, together with titles, years and
ISRCs, so that the tracks can be told apart and found elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from linernotes.datasets.delimited import Delimited, Row, cell, open_delimited
from linernotes.datasets.spotify_table import (
    ALBUMS,
    ARTISTS,
    FEATURES,
    IDS,
    LABELS,
    feature_column,
    feature_value,
)
from linernotes.errors import SourceError
from linernotes.files import atomic_path

COLUMNS = ("track_id", "label", "title", "artist", "album", "year", "isrc", *FEATURES)
"""Columns of the table that is written."""

_TEXTS = {
    "track_id": IDS,
    # Exporters' "genres" are all genres of the artists: no label.
    "label": ("label", *LABELS),
    "title": ("track_name", "title", "song_name", "song", "track", "name"),
    "artist": (*ARTISTS, "artist_names"),
    "album": ALBUMS,
    "year": ("year", "release_date", "album_release_date", "track_album_release_date"),
    "isrc": ("isrc", "track_isrc"),
}
_RANGES = {"key": (-1, 11), "loudness": (-80, 10), "tempo": (0, 400)}
_UP_TO_ONE = tuple(name for name in FEATURES if name not in (*_RANGES, "mode"))


class SpotifyTableError(SourceError):
    """A table holds no audio features of Spotify, or not the label asked for."""

    code: ClassVar[str] = "spotify-table"


@dataclass(frozen=True)
class TableSummary:
    """The outcome of reading tables.

    Parameters
    ----------
    rows, written
        Rows that were read, and written.
    left_out
        Reasons for leaving rows out, and of how many.
    labels
        Rows by label.
    warnings
        What a person should know, a sentence each.
    """

    rows: int
    written: int
    left_out: dict[str, int]
    labels: dict[str, int]
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class _Positions:
    """Where a table has what, and which of its columns are per cent."""

    texts: dict[str, int | None]
    features: dict[str, int]
    percent: frozenset[str]
    label: str


def import_tables(
    tables: Sequence[Path], output: Path, *, label: str | None = None
) -> TableSummary:
    """Write exported tables of Spotify's audio features as one.

    Keys become the numbers 0 to 11, modes 1 (major) and 0 (minor), per cent becomes shares. A
    row with a feature missing or out of its range is left out and counted. Memory does not grow
    with the tables.

    Parameters
    ----------
    tables
        CSV files; any names of columns that exporters are known to use will do.
    output
        The CSV to write, with ``COLUMNS``.
    label
        The column to take as the label; by default one that is called label or genre. A table
        without one is taken for a playlist, whose name is the label.

    Raises
    ------
    SpotifyTableError
        A feature or the label has no column, or the output is one of the tables.
    ExamplesError
        A file is missing, or no table.
    """
    warnings: list[str] = []
    left_out: Counter[str] = Counter()
    labels: Counter[str] = Counter()
    count = 0
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and any(table.exists() and table.samefile(output) for table in tables):
        raise SpotifyTableError(f"{output} is one of the tables to read; write to another file")
    with atomic_path(output) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for table in tables:
            places, odd = _look_at(table, label)
            warnings += odd
            with open_delimited(table) as opened:
                for row in opened.rows:
                    count += 1
                    try:
                        values = _take(row, places)
                    except ValueError as error:
                        left_out[str(error)] += 1
                        continue
                    writer.writerow([values[name] for name in COLUMNS])
                    labels[values["label"]] += 1
    return TableSummary(count, labels.total(), dict(left_out), dict(labels), tuple(warnings))


def _look_at(table: Path, label: str | None) -> tuple[_Positions, list[str]]:
    """Read a table once to know its columns."""
    with open_delimited(table) as opened:
        texts = {name: opened.find(*names) for name, names in _TEXTS.items()}
        warnings = list(opened.warnings)
        if label is not None:
            texts["label"] = opened.find(label)
            if texts["label"] is None:
                raise SpotifyTableError(
                    f"{table.name} has no column {label!r}; it has {', '.join(opened.columns)}"
                )
        elif texts["label"] is None:
            warnings.append(
                f"{table.name} has no column of genres, so its name is the label of its rows"
            )
        found = {feature: feature_column(opened, feature) for feature in FEATURES}
        features = {feature: place for feature, place in found.items() if place is not None}
        missing = [feature for feature in FEATURES if feature not in features]
        if missing:
            raise SpotifyTableError(f"{table.name} has no column for {', '.join(missing)}")
        percent = _per_cent(opened, features)
    if percent:
        warnings.append(f"{table.name}: {', '.join(sorted(percent))} were taken for per cent")
    return _Positions(texts, features, percent, table.stem), warnings


def _per_cent(table: Delimited, features: dict[str, int]) -> frozenset[str]:
    """Find the columns that go up to 100 where they should go up to 1."""
    high = set()
    for row in table.rows:
        for name in _UP_TO_ONE:
            if (feature_value(name, cell(row, features[name])) or 0) > 1.5:
                high.add(name)
    return frozenset(high)


def _take(row: Row, places: _Positions) -> dict[str, str]:
    values = {name: cell(row, place) or "" for name, place in places.texts.items()}
    for name, place in places.features.items():
        value = feature_value(name, cell(row, place))
        if value is None:
            raise ValueError(f"no {name}")
        if name in places.percent:
            value /= 100
        low, high = _RANGES.get(name, (0, 1))
        if not low <= value <= high:
            raise ValueError(f"{name} out of range")
        values[name] = f"{value:.9g}"
    if places.texts["label"] is None:
        values["label"] = places.label
    elif not values["label"]:
        raise ValueError("no label")
    # Addresses and URIs of Spotify end in the track's id.
    values["track_id"] = re.split(r"[:/]", values["track_id"])[-1].partition("?")[0]
    values["artist"] = _artists(values["artist"])
    year = re.search(r"(?<!\d)(1[89]|20)\d\d(?!\d)", values["year"])
    values["year"] = year[0] if year else ""
    return values


def _artists(text: str) -> str:
    """Return names that were written as a list of Python, or between semicolons.

    Examples
    --------
    >>> _artists('''['Dennis Day', "Sinéad O'Connor"]'''), _artists("Low;Dirty Three")
    ("Dennis Day, Sinéad O'Connor", 'Low, Dirty Three')
    """
    if text.startswith("[") and text.endswith("]"):
        names = [one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", text)]
        return ", ".join(names) or text
    return ", ".join(part.strip() for part in text.split(";") if part.strip())
