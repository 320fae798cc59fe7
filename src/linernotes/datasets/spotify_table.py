"""Examples from a table of Spotify's audio features, exported while they could be had.

Eleven columns are needed, under any of the names that exports use; the rest says what the tracks
are. Keys are numbers from 0 (C) to 11 or names of notes, modes 1 and 0 or "Major" and "Minor".
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np

from linernotes.datasets.delimited import Delimited, Row, cell, open_delimited, part_of
from linernotes.datasets.examples import ColumnNotFoundError, Examples, LeftOut
from linernotes.datasets.table import Labelled, gather, label_column, without_repeats
from linernotes.display import printable

FEATURES = (
    "danceability", "energy", "key", "mode", "loudness", "speechiness", "acousticness",
    "instrumentalness", "liveness", "valence", "tempo",
)  # fmt: skip
"""The columns of the feature set "spotify", in order."""

LABELS = (
    "genre", "track_genre", "music_genre", "playlist_genre", "top genre", "producer",
)  # fmt: skip
ARTISTS = ("artist", "artists", "artist_name", "artist name(s)", "track_artist")
ALBUMS = ("album", "album_name", "album name", "track_album_name")
IDS = ("track_id", "spotify_id", "spotify track id", "track uri", "uri", "id", "instance_id")
"""Names of label, artist, album and id in exports; the first that is there counts."""

_SHARES = (
    "danceability", "energy", "speechiness", "acousticness", "instrumentalness", "liveness",
    "valence",
)  # fmt: skip
_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "danceability": ("danceability", "dance"),
        "acousticness": ("acousticness", "acoustic"),
        "instrumentalness": ("instrumentalness", "instrumental"),
        "speechiness": ("speechiness", "speech"),
        "liveness": ("liveness", "live"),
        "valence": ("valence", "happiness"),
        "loudness": ("loudness", "loud (db)", "loudness (db)", "db"),
        "tempo": ("tempo", "bpm"),
    }
)
_SPLITS = ("split", "set", "subset", "partition")
_NOTES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_NOTE = re.compile(r"([a-h])([#♯b♭]?)(?:/.*)?(?:\s*(major|minor))?", re.IGNORECASE)
_UNITS = re.compile(r"\s*(?:db|bpm|%)\s*$", re.IGNORECASE)


def is_spotify_table(table: Delimited) -> bool:
    """Tell whether a table has the eleven columns."""
    return all(feature_column(table, feature) is not None for feature in FEATURES)


def read_spotify_table(path: str | os.PathLike[str], *, label: str | None = None) -> Examples:
    """Read labelled tracks from a table of Spotify's audio features.

    Parameters
    ----------
    path
        A CSV file with a header, as Exportify, Chosic, or data sets at Kaggle have them.
    label
        The column of the classes; by default the first of ``label``, ``genre``,
        ``track_genre``, ``playlist_genre`` and the like that is there.

    Returns
    -------
    The tracks; ``features["spotify"]`` has 11 columns. Rows with numbers missing, tracks that
    are listed twice, and those of several classes are listed in ``left_out``.

    Raises
    ------
    ExamplesNotFoundError, ExamplesUnreadableError
        There is no such file, or it is no table.
    ColumnNotFoundError
        A feature or the label is not there.
    NoExamplesError
        No row can be used.

    Examples
    --------
    >>> read_spotify_table("songs.csv", label="genre").features["spotify"].shape  # doctest: +SKIP
    (2500, 11)
    """
    name = Path(path).name
    with open_delimited(path) as table:
        missing = [feature for feature in FEATURES if feature_column(table, feature) is None]
        if missing:
            raise ColumnNotFoundError(
                f"{printable(name)} has no column {missing[0]}; a table of Spotify's audio "
                f"features has {', '.join(FEATURES)}"
            )
        target, called = label_column(table, label, name, LABELS)
        places = {feature: feature_column(table, feature) for feature in FEATURES}
        others = {
            "artist": table.find(*ARTISTS),
            "album": table.find(*ALBUMS),
            "split": table.find(*_SPLITS),
            "track_id": table.find(*IDS),
        }
        rows: list[Labelled] = []
        left_out: list[LeftOut] = []
        for row in table.rows:
            found = _labelled(row, len(table.columns), target, places, others)
            if isinstance(found, LeftOut):
                left_out.append(found)
            else:
                rows.append(found)
        warnings = list(table.warnings)
    rows, more = without_repeats(rows)
    rows, scaled = _to_shares(rows)
    if scaled:
        warnings.append(f"{', '.join(scaled)} go up to 100 and were taken for per cent")
    return gather(
        rows,
        label=called,
        name=name,
        left_out=(*left_out, *more),
        warnings=warnings,
        features="spotify",
    )


def feature_column(table: Delimited, feature: str) -> int | None:
    """Return where a table has a feature, under whatever name; ``None`` if it has it not."""
    return table.find(*_ALIASES.get(feature, (feature,)))


def _labelled(
    row: Row,
    width: int,
    target: int,
    places: Mapping[str, int | None],
    others: Mapping[str, int | None],
) -> Labelled | LeftOut:
    track_id = cell(row, others["track_id"])
    name = f"{track_id} (line {row.line})" if track_id else f"line {row.line}"
    if len(row.values) != width:
        return LeftOut(
            name,
            "bad-row",
            f"this row has {len(row.values)} fields, the header {width}; "
            "check its commas and quotes",
        )
    label = cell(row, target)
    if label is None:
        return LeftOut(name, "no-label", "this row has no label; add it")
    values = [feature_value(feature, cell(row, places[feature])) for feature in FEATURES]
    bad = [feature for feature, value in zip(FEATURES, values, strict=True) if value is None]
    if bad:
        message = f"this row has no number for {', '.join(bad)}; fill it in"
        return LeftOut(name, "nan-features", message)
    return Labelled(
        name=name,
        target=label,
        path=None,
        artist=cell(row, others["artist"]),
        album=cell(row, others["album"]),
        split=part_of(cell(row, others["split"])),
        track_id=track_id,
        values=np.array(values, dtype=np.float32),
    )


def feature_value(feature: str, text: str | None) -> float | None:
    """Return the number that a field of a feature's column stands for, or ``None``.

    Examples
    --------
    >>> feature_value("key", "F#"), feature_value("mode", "Major")
    (6.0, 1.0)
    >>> feature_value("loudness", "-7,2 dB"), feature_value("tempo", "?")
    (-7.2, None)
    """
    if text is None:
        return None
    if feature == "mode" and text.casefold() in ("major", "minor"):
        return float(text.casefold() == "major")
    if feature == "key" and (note := _NOTE.fullmatch(text)):
        shift = {"": 0, "#": 1, "♯": 1}.get(note[2], -1)
        return float((_NOTES[note[1].lower()] + shift) % 12)
    try:
        value = float(_UNITS.sub("", text).replace(",", "."))
    except ValueError:
        return None
    # Spotify says -1 where it heard no key.
    return value if math.isfinite(value) and abs(value) < 1e6 else None


def _to_shares(rows: list[Labelled]) -> tuple[list[Labelled], list[str]]:
    """Take what goes up to 100 for per cent; shares go up to 1."""
    if not rows:
        return rows, []
    columns = [FEATURES.index(feature) for feature in _SHARES]
    values = np.stack([row.values for row in rows if row.values is not None])
    high = [column for column in columns if values[:, column].max() > 1.5]
    values[:, high] /= 100
    if high:
        rows = [replace(row, values=value) for row, value in zip(rows, values, strict=True)]
    return rows, [FEATURES[column] for column in high]
